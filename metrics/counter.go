package metrics

import (
	"slices"
)

// Names of the metrics that history keeps and reports are made of.
// HistoryShipped goes to the engine that history is sent to.
const (
	SchoolQueries   = "lachan_school_queries_total"
	SchoolProtected = "lachan_school_protected_seconds_total"
	SchoolInfo      = "lachan_school_info"
	SchoolVisits    = "lachan_school_visits_total"
	SchoolChecks    = "lachan_school_checks_total"
	SchoolObserved  = "lachan_school_observed_total"
	NodeAnswers     = "lachan_node_answers_total"
	HistoryShipped  = "lachan_history_shipped_timestamp_seconds"
)

// A Counter is a counter that history keeps: after a start it goes on from
// there. Equal values are the same counter, as long as the process lives.
type Counter struct {
	kind     kind
	what     uint8          // decision, result, or place in withins, as the kind needs it
	category Category       // of some kinds
	group    *GroupCounters // nil if it is not of a group
	school   *school        // nil if it is not of a school as such
}

// A kind is a place in kinds.
type kind uint8

const (
	kindQueries kind = iota
	kindProtected
	kindInfo
	kindAnswers
	kindVisits
	kindChecks
	kindObserved
	numKinds
	// kindConnectivity is not kept: it has no row in kinds.
	kindConnectivity
)

// kinds describes each kind of counter, in the order of the exposition. labels
// returns pairs of name and value, without the node; find returns the counter with
// given labels; add adds to a counter.
var kinds = [numKinds]struct {
	Family
	labels func(t *Totals, of Counter) []string
	find   func(c *Counters, label func(name string) string) (found Counter, ok bool)
	add    func(c *Counters, to Counter, n uint64)
}{
	kindQueries: {
		Family{SchoolQueries, "counter", "Queries of a group of a school by decision and category."},
		queriesLabels, findQueries, addQueries,
	},
	kindProtected: {
		Family{SchoolProtected, "counter", "Time for which a school was protected."},
		func(_ *Totals, of Counter) []string { return []string{"school", of.school.id} },
		findProtected,
		func(_ *Counters, to Counter, n uint64) { to.school.protected.Add(int64(n * 1e9)) },
	},
	kindInfo: { // no counter: see Totals.InfoLabels
		Family: Family{SchoolInfo, "gauge", "A school in force and where it belongs."},
	},
	kindAnswers: {
		Family{NodeAnswers, "counter", "Answers of the node that took no longer than this."},
		func(_ *Totals, of Counter) []string { return []string{"within", withins[of.what].label} },
		findAnswers,
		func(c *Counters, to Counter, n uint64) { c.answers[to.what].Add(n) },
	},
	kindVisits: {
		Family{SchoolVisits, "counter", "Queries of a group of a school, those of one client for one name " +
			"within 60 seconds taken as one; an estimate."},
		func(_ *Totals, of Counter) []string { return groupLabels(of.group) },
		func(c *Counters, label func(string) string) (Counter, bool) {
			return Counter{kind: kindVisits, group: c.Group(label("school"), label("group"))}, true
		},
		func(_ *Counters, to Counter, n uint64) { to.group.visits.Add(n) },
	},
	kindChecks: {
		Family{SchoolChecks, "counter", "Checks of the filter that a group of a school made, by category and result."},
		func(t *Totals, of Counter) []string {
			return groupLabels(of.group, "category", t.code(of.category), "result", Result(of.what).String())
		},
		findChecks,
		func(_ *Counters, to Counter, n uint64) { to.group.check(to.category, Result(to.what), n) },
	},
	kindObserved: {
		Family{SchoolObserved, "counter", "Queries of a group of a school that passed, by the category that its " +
			"profile observes."},
		func(t *Totals, of Counter) []string { return groupLabels(of.group, "category", t.code(of.category)) },
		findObserved,
		func(_ *Counters, to Counter, n uint64) { to.group.observed.add(to.category, n) },
	},
}

// A Family describes one metric.
type Family struct {
	Name string
	Type string // "counter" or "gauge"
	Help string
}

// Families returns the metrics that reports are made of.
func Families() []Family {
	all := make([]Family, len(kinds))
	for k := range kinds {
		all[k] = kinds[k].Family
	}
	return all
}

func groupLabels(g *GroupCounters, more ...string) []string {
	return append([]string{"school", g.school, "group", g.id}, more...)
}

func queriesLabels(t *Totals, of Counter) []string {
	return groupLabels(of.group, "decision", Decision(of.what).String(), "category", t.code(of.category))
}

func findQueries(c *Counters, label func(string) string) (found Counter, ok bool) {
	decision := slices.Index(decisionNames[:], label("decision"))
	if decision < 0 {
		return Counter{}, false
	}
	return queriesOf(c.Group(label("school"), label("group")), Decision(decision), c.Category(label("category"))), true
}

// queriesOf returns the counter of queries of a group. Allowed queries have one
// counter for all categories.
func queriesOf(g *GroupCounters, d Decision, category Category) Counter {
	if d == DecisionAllowed {
		category = CategoryNone
	}
	return Counter{kind: kindQueries, group: g, what: uint8(d), category: category}
}

func addQueries(_ *Counters, to Counter, n uint64) {
	switch Decision(to.what) {
	case DecisionAllowed:
		to.group.allowed.Add(n)
	case DecisionBlocked:
		to.group.blocked.add(to.category, n)
	case DecisionExcepted:
		to.group.excepted.add(to.category, n)
	}
}

func findProtected(c *Counters, label func(string) string) (found Counter, ok bool) {
	return c.protectedOf(label("school")), true
}

// protectedOf returns the counter of the time for which a school was protected.
func (c *Counters) protectedOf(school string) Counter {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counter{kind: kindProtected, school: c.known(school)}
}

func findAnswers(_ *Counters, label func(string) string) (found Counter, ok bool) {
	for i := range withins {
		if withins[i].label == label("within") {
			return Counter{kind: kindAnswers, what: uint8(i)}, true
		}
	}
	return Counter{}, false
}

func findChecks(c *Counters, label func(string) string) (found Counter, ok bool) {
	result := slices.Index(resultNames[:], label("result"))
	if result < 0 {
		return Counter{}, false
	}
	group, category := c.Group(label("school"), label("group")), c.Category(label("category"))
	return Counter{kind: kindChecks, group: group, what: uint8(result), category: category}, true
}

func findObserved(c *Counters, label func(string) string) (found Counter, ok bool) {
	group, category := c.Group(label("school"), label("group")), c.Category(label("category"))
	return Counter{kind: kindObserved, group: group, category: category}, true
}

// School returns the id of the school that is counted; "" if the counter is of the
// node itself.
func (c Counter) School() string {
	switch {
	case c.group != nil:
		return c.group.school
	case c.school != nil:
		return c.school.id
	}
	return ""
}

// Restore adds the value that a counter had when history was written last; label
// returns the values of its labels, as Totals.Labels has them. It is called once for
// each counter, at any time: counts made meanwhile stay. It does nothing and reports
// false for a counter of another node, or one that this version does not have.
func (c *Counters) Restore(label func(name string) string, value uint64) bool {
	if label("node") != c.node {
		return false
	}
	counter, ok := c.find(label)
	if ok {
		c.add(counter, value)
	}
	return ok
}

// find returns the counter with some labels; !ok if this version has none.
func (c *Counters) find(label func(name string) string) (found Counter, ok bool) {
	for k := range kinds {
		if kinds[k].Name == label("__name__") && kinds[k].find != nil {
			return kinds[k].find(c, label)
		}
	}
	return Counter{}, false
}

// add adds n to a counter of c.
func (c *Counters) add(to Counter, n uint64) { kinds[to.kind].add(c, to, n) }
