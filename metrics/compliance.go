package metrics

import (
	"fmt"
	"io"
)

// The compliance exposition is written here and not through client_golang,
// which takes seconds and hundreds of megabytes for the 480,000 series of
// 40,000 schools.

const (
	schoolQueries   = "lachan_school_queries_total"
	schoolProtected = "lachan_school_protected_seconds_total"
	schoolInfo      = "lachan_school_info"
	schoolVisits    = "lachan_school_visits_total"
	schoolChecks    = "lachan_school_checks_total"
	nodeAnswers     = "lachan_node_answers_total"
)

// A Family is what is said of one metric.
type Family struct {
	Name string
	Type string // "counter" or "gauge"
	Help string
}

// Families are the metrics that reports are made of.
func Families() []Family {
	return []Family{
		{schoolQueries, "counter", "Queries of a group of a school by decision and category."},
		{schoolProtected, "counter", "Time for which a school was protected."},
		{schoolInfo, "gauge", "A school in force and where it belongs."},
		{nodeAnswers, "counter", "Answers of the node that took no longer than this."},
		{schoolVisits, "counter", "Queries of a group of a school, those of one client for one name within 60 seconds taken as one; an estimate."},
		{schoolChecks, "counter", "Checks of the filter that a group of a school made, by category and result."},
	}
}

// Write writes the odometers and the schools in force in the Prometheus text
// format 0.0.4.
func (o *Odometers) Write(w io.Writer) error {
	e := newExposition(w, o.node)
	families := Families()
	e.family(families[0])
	others := e.queries(o)
	e.family(families[1])
	for _, c := range others {
		if c.school == nil {
			continue
		}
		e.sample(e.head(schoolProtected, "school", c.school.id), "", c.value)
	}
	e.family(families[2])
	for _, s := range o.schools {
		e.sample(e.head(schoolInfo, "school", s.ID, "province", s.Province, "commune", s.Commune, "level", s.Level), "", 1)
	}
	e.family(families[3])
	for _, c := range others {
		if c.within > 0 {
			e.sample(e.head(nodeAnswers, "within", withins[c.within-1].label), "", c.value)
		}
	}
	e.family(families[4])
	for _, c := range others {
		if c.visits {
			e.sample(e.head(schoolVisits, "school", c.cell.school, "group", c.cell.group), "", c.value)
		}
	}
	e.family(families[5])
	for _, c := range others {
		if c.result > 0 {
			e.sample(e.head(schoolChecks, "school", c.cell.school, "group", c.cell.group,
				"category", o.code(c.category), "result", Result(c.result-1).String()), "", c.value)
		}
	}
	e.flush()
	if e.err != nil {
		return fmt.Errorf("write compliance metrics: %w", e.err)
	}
	return nil
}

// queries writes the counts of all cells and returns the others, which come
// after them.
func (e *exposition) queries(o *Odometers) (others []count) {
	outcomes := outcomesOf(o)
	var head []byte
	var of *Cell
	for i, c := range o.counts {
		if !c.ofQueries() {
			return o.counts[i:]
		}
		if c.cell != of {
			of, head = c.cell, e.head(schoolQueries, "school", c.cell.school, "group", c.cell.group)
		}
		e.sample(head, outcomes[c.decision][c.category], c.value)
	}
	return nil
}

// outcomes are the labels decision and category, ready to be written after the
// head of a series.
type outcomes [len(decisionNames)][256]string

// outcomesOf makes them once for all the series they are on.
func outcomesOf(o *Odometers) *outcomes {
	all := new(outcomes)
	for d := range all {
		labels := func(code string) string {
			return string(appendLabels(nil, "decision", Decision(d).String(), "category", code))
		}
		for category, code := range o.codes {
			all[d][category] = labels(code)
		}
		all[d][CategoryOther] = labels("other")
	}
	return all
}
