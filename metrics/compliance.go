package metrics

import (
	"fmt"
	"io"
)

// The compliance exposition is written here and not through client_golang,
// which takes seconds and hundreds of megabytes for the 480,000 series of
// 40,000 schools. What is zero is not written, except the allowed queries of
// each group, so that a new school is there from its first scrape.

const (
	schoolQueries   = "lachan_school_queries_total"
	schoolProtected = "lachan_school_protected_seconds_total"
	schoolInfo      = "lachan_school_info"
)

// WriteCompliance writes the counts of every school in the Prometheus text
// format 0.0.4. Counting goes on meanwhile; no counter is ever lower than an
// earlier call wrote it.
func (c *Counters) WriteCompliance(w io.Writer) error {
	c.mu.Lock()
	cells := c.cells[:len(c.cells):len(c.cells)]
	codes := c.codes[:len(c.codes):len(c.codes)]
	schools := c.schools[:len(c.schools):len(c.schools)]
	inForce := c.inForce
	c.mu.Unlock()

	e := newExposition(w, c.node)
	e.family(schoolQueries, "counter", "Queries of a group of a school by decision and category.")
	outcomes := outcomesOf(codes)
	for _, cell := range cells {
		e.cell(cell, outcomes)
	}
	e.family(schoolProtected, "counter", "Time for which a school was protected.")
	for _, s := range schools {
		e.sample(e.head(schoolProtected, "school", s.id), "", uint64(s.protected.Load()/1e9))
	}
	e.family(schoolInfo, "gauge", "A school in force and where it belongs.")
	for _, s := range inForce {
		e.sample(e.head(schoolInfo, "school", s.ID, "province", s.Province, "commune", s.Commune, "level", s.Level), "", 1)
	}
	e.flush()
	if e.err != nil {
		return fmt.Errorf("write compliance metrics: %w", e.err)
	}
	return nil
}

// cell writes the series of one group. A category that was named after the
// outcomes were made waits for the next exposition.
func (e *exposition) cell(c *Cell, of *outcomes) {
	head := e.head(schoolQueries, "school", c.school, "group", c.group)
	e.sample(head, of[DecisionAllowed][CategoryNone], c.allowed.Load())
	c.blocked.each(func(category Category, n uint64) {
		if labels := of[DecisionBlocked][category]; labels != "" {
			e.sample(head, labels, n)
		}
	})
	c.excepted.each(func(category Category, n uint64) {
		if labels := of[DecisionExcepted][category]; labels != "" {
			e.sample(head, labels, n)
		}
	})
}

// outcomes are the labels decision and category, ready to be written after the
// head of a series; "" for categories without a code.
type outcomes [len(decisionNames)][256]string

// outcomesOf makes them once for all the series they are on.
func outcomesOf(codes []string) *outcomes {
	all := new(outcomes)
	for d := range all {
		labels := func(code string) string {
			return string(appendLabels(nil, "decision", Decision(d).String(), "category", code))
		}
		for category, code := range codes {
			all[d][category] = labels(code)
		}
		all[d][CategoryOther] = labels("other")
	}
	return all
}
