package metrics

// Totals are the values of all counters that history keeps, at one moment, and the
// schools in force then. They do not change.
type Totals struct {
	node    string
	codes   []string // by Category, CategoryOther apart
	counts  [numKinds][]count
	schools []School
}

// A count is a counter and its value.
type count struct {
	Counter
	value uint64
}

func (t *Totals) put(c Counter, value uint64) {
	if c.kind == kindConnectivity {
		return // it is not kept
	}
	t.counts[c.kind] = append(t.counts[c.kind], count{c, value})
}

// Totals returns the values of all counters that history keeps. Counting goes on
// meanwhile; no value is lower than in an earlier call. Counters at zero are left
// out, except the allowed queries of each group and the time of each school, so that
// groups and schools are there from their first tick.
func (c *Counters) Totals() *Totals {
	sum := c.sumShards()
	c.mu.Lock()
	groups := c.groups[:len(c.groups):len(c.groups)]
	schools := c.schools[:len(c.schools):len(c.schools)]
	t := &Totals{node: c.node, schools: c.inForce}
	c.mu.Unlock()

	t.counts[kindQueries] = make([]count, 0, 4*len(groups))
	t.counts[kindProtected] = make([]count, 0, len(schools))
	for _, g := range groups {
		t.put(queriesOf(g, DecisionAllowed, CategoryNone), g.allowed.Load())
		g.eachButAllowed(t.put)
	}
	for _, s := range schools {
		t.put(Counter{kind: kindProtected, school: s}, s.seconds())
	}
	c.answers.each(&sum, t.put)
	t.codes = c.categoryCodes() // after the counters: a category is named before the first of its queries is counted
	return t
}

// Schools returns those in force, in the order of SetSchools.
func (t *Totals) Schools() []School { return t.schools }

// Each calls yield for every counter, those of queries first, always in the
// same order.
func (t *Totals) Each(yield func(Counter, uint64)) {
	for k := range t.counts {
		for _, c := range t.counts[k] {
			yield(c.Counter, c.value)
		}
	}
}

// Labels returns the name of a counter, under "__name__", and its labels, as pairs of
// name and value.
func (t *Totals) Labels(of Counter) []string {
	row := &kinds[of.kind]
	return append([]string{"__name__", row.Name, "node", t.node}, row.labels(t, of)...)
}

// InfoLabels returns the labels of the series that says where a school belongs, in
// the form of Labels. Its value is 1.
func (t *Totals) InfoLabels(s School) []string {
	return append([]string{"__name__", SchoolInfo, "node", t.node}, s.labels()...)
}

// SchoolOf returns the school of a series with InfoLabels; !ok for other series.
func SchoolOf(label func(name string) string) (s School, ok bool) {
	s = School{ID: label("school"), Province: label("province"), Commune: label("commune"), Level: label("level")}
	return s, label("__name__") == SchoolInfo
}

func (t *Totals) code(category Category) string {
	if int(category) < len(t.codes) {
		return t.codes[category]
	}
	return "other"
}

// Node returns the label of this node.
func (c *Counters) Node() string { return c.node }
