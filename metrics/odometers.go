package metrics

import "slices"

// An Odometer is one counter of a school that goes on where history left it
// when the process starts: the queries of a group by decision and category, its
// visits, its checks by category and result, the time for which a school was
// protected, or the answers of the node within some time. Equal values are the
// same counter, as long as the process lives.
type Odometer struct {
	cell     *Cell   // whose queries, visits or checks, or
	school   *school // whose time, or
	within   uint8   // place in withins, plus one
	visits   bool
	result   uint8 // of checks: Result, plus one
	decision Decision
	category Category
}

// ofQueries tells whether it counts queries.
func (o Odometer) ofQueries() bool { return o.cell != nil && !o.visits && o.result == 0 }

// School is the id of the school that is counted; "" of what is the node's own.
func (o Odometer) School() string {
	switch {
	case o.cell != nil:
		return o.cell.school
	case o.school != nil:
		return o.school.id
	}
	return ""
}

// Odometers are what all odometers of a node read at one moment, and the
// schools in force then. They do not change.
type Odometers struct {
	node    string
	codes   []string // by Category, CategoryOther apart
	counts  []count
	schools []School
}

type count struct {
	Odometer
	value uint64
}

// Odometers reads all of them. Counting goes on meanwhile; none reads lower
// than an earlier call had it. What is zero is left out, except the allowed
// queries of each group and the time of each school, so that what is new is
// there from its first reading.
func (c *Counters) Odometers() *Odometers {
	sum := c.totals()
	c.mu.Lock()
	cells := c.cells[:len(c.cells):len(c.cells)]
	schools := c.schools[:len(c.schools):len(c.schools)]
	o := &Odometers{
		node:    c.node,
		schools: c.inForce,
		counts:  make([]count, 0, 5*len(cells)+len(schools)+len(withins)),
	}
	c.mu.Unlock()

	for _, cell := range cells {
		o.counts = append(o.counts, count{Odometer{cell: cell}, cell.allowed.Load()})
		cell.blocked.each(func(category Category, n uint64) {
			o.counts = append(o.counts, count{Odometer{cell: cell, decision: DecisionBlocked, category: category}, n})
		})
		cell.excepted.each(func(category Category, n uint64) {
			o.counts = append(o.counts, count{Odometer{cell: cell, decision: DecisionExcepted, category: category}, n})
		})
	}
	for _, cell := range cells {
		if n := cell.visits.Load(); n > 0 {
			o.counts = append(o.counts, count{Odometer{cell: cell, visits: true}, n})
		}
	}
	for _, cell := range cells {
		cell.eachCheck(func(result Result, category Category, n uint64) {
			o.counts = append(o.counts, count{Odometer{cell: cell, result: uint8(result) + 1, category: category}, n})
		})
	}
	for _, s := range schools {
		o.counts = append(o.counts, count{Odometer{school: s}, s.seconds()})
	}
	o.counts = append(o.counts, c.answers.read(&sum)...)

	c.mu.Lock() // a category is named before the first of its queries is counted
	defer c.mu.Unlock()
	o.codes = c.codes[:len(c.codes):len(c.codes)]
	return o
}

// Schools are those in force, in the order SetSchools had them.
func (o *Odometers) Schools() []School { return o.schools }

// Each calls yield for every odometer, those of queries first, always in the
// same order.
func (o *Odometers) Each(yield func(Odometer, uint64)) {
	for _, c := range o.counts {
		yield(c.Odometer, c.value)
	}
}

// Labels are the name of an odometer, under "__name__", and its labels: pairs
// of name and value.
func (o *Odometers) Labels(of Odometer) []string {
	if of.within > 0 {
		return []string{"__name__", nodeAnswers, "node", o.node, "within", withins[of.within-1].label}
	}
	if of.school != nil {
		return []string{"__name__", schoolProtected, "node", o.node, "school", of.school.id}
	}
	if of.visits {
		return []string{"__name__", schoolVisits, "node", o.node, "school", of.cell.school, "group", of.cell.group}
	}
	if of.result > 0 {
		return []string{"__name__", schoolChecks, "node", o.node, "school", of.cell.school, "group", of.cell.group,
			"category", o.code(of.category), "result", Result(of.result - 1).String()}
	}
	return []string{"__name__", schoolQueries, "node", o.node, "school", of.cell.school, "group", of.cell.group,
		"decision", of.decision.String(), "category", o.code(of.category)}
}

// InfoLabels are those of the series that says where a school belongs, in the
// form of Labels. Its value is 1.
func (o *Odometers) InfoLabels(s School) []string {
	return []string{"__name__", schoolInfo, "node", o.node, "school", s.ID,
		"province", s.Province, "commune", s.Commune, "level", s.Level}
}

// SchoolOf is the school that a series of InfoLabels tells of, when it is one.
func SchoolOf(label func(name string) string) (s School, ok bool) {
	s = School{ID: label("school"), Province: label("province"), Commune: label("commune"), Level: label("level")}
	return s, label("__name__") == schoolInfo
}

func (o *Odometers) code(category Category) string {
	if int(category) < len(o.codes) {
		return o.codes[category]
	}
	return "other"
}

// Node is the label of this node.
func (c *Counters) Node() string { return c.node }

// Restore adds what an odometer read when the process before this one wrote it
// last; label gives the values of its labels, those of Odometers.Labels. It is
// done once for each, at any time: what was counted meanwhile stays counted.
// What is no odometer of this version, or of another node, is left alone, and
// Restore reports false.
func (c *Counters) Restore(label func(name string) string, value uint64) bool {
	if label("node") != c.node {
		return false
	}
	o, ok := c.labelled(label)
	if ok {
		c.add(o, value)
	}
	return ok
}

// labelled is the odometer with these labels; !ok if this version has none.
func (c *Counters) labelled(label func(name string) string) (o Odometer, ok bool) {
	school := label("school")
	switch label("__name__") {
	case schoolProtected:
		c.mu.Lock()
		defer c.mu.Unlock()
		return Odometer{school: c.known(school)}, true
	case nodeAnswers:
		for i := range withins {
			if withins[i].label == label("within") {
				return Odometer{within: uint8(i + 1)}, true
			}
		}
	case schoolVisits:
		return Odometer{cell: c.Cell(school, label("group")), visits: true}, true
	case schoolChecks:
		if result := slices.Index(resultNames[:], label("result")); result >= 0 {
			cell, category := c.Cell(school, label("group")), c.Category(label("category"))
			return Odometer{cell: cell, result: uint8(result) + 1, category: category}, true
		}
	case schoolQueries:
		if decision := slices.Index(decisionNames[:], label("decision")); decision >= 0 {
			cell, category := c.Cell(school, label("group")), c.Category(label("category"))
			return Odometer{cell: cell, decision: Decision(decision), category: category}.canonical(), true
		}
	}
	return Odometer{}, false
}

// canonical is o itself, without the category if that does not tell it from
// others.
func (o Odometer) canonical() Odometer {
	if o.ofQueries() && o.decision == DecisionAllowed {
		o.category = CategoryNone
	}
	return o
}

// add adds n to an odometer of c.
func (c *Counters) add(o Odometer, n uint64) {
	switch {
	case o.within > 0:
		c.answers[o.within-1].Add(n)
	case o.school != nil:
		o.school.protected.Add(int64(n * 1e9))
	case o.visits:
		o.cell.visits.Add(n)
	case o.result > 0:
		o.cell.check(o.category, Result(o.result-1), n)
	case o.decision == DecisionAllowed:
		o.cell.allowed.Add(n)
	case o.decision == DecisionBlocked:
		o.cell.blocked.add(o.category, n)
	default:
		o.cell.excepted.add(o.category, n)
	}
}

// read is what an odometer of c reads, when no lane counts in c.
func (c *Counters) read(o Odometer) uint64 {
	switch {
	case o.within > 0:
		return c.answers[o.within-1].Load()
	case o.school != nil:
		return o.school.seconds()
	}
	value := uint64(0)
	o.cell.each(func(other Odometer, n uint64) {
		if other == o {
			value = n
		}
	})
	return value
}
