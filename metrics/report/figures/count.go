package figures

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// outcomes are counts of queries by outcome.
type outcomes struct {
	allowed, excepted int64
	blocked           []int64 // by category, as census.categories has them
}

func (t *outcomes) block(category int, n int64) {
	for len(t.blocked) <= category {
		t.blocked = append(t.blocked, 0)
	}
	t.blocked[category] += n
}

func (t *outcomes) add(other *outcomes) {
	t.allowed += other.allowed
	t.excepted += other.excepted
	for category, n := range other.blocked {
		t.block(category, n)
	}
}

func (t *outcomes) all() int64 { return t.allowed + t.excepted + t.blockedInAll() }

func (t *outcomes) blockedInAll() (sum int64) {
	for _, n := range t.blocked {
		sum += n
	}
	return sum
}

// A census has everything that the schools of a report counted in one period.
type census struct {
	known      map[string]int // category code to its place
	categories []Category

	schools   map[string]*schoolCount
	months    []outcomes               // of the spans of the period, schools together
	daily     []dayCount               // of a census of one school, the days that are read by the hour
	groups    map[string]*outcomes     // of a census of one school, by the label group
	days      int64                    // blocked in the days that are looked at by the hour
	up        map[string]time.Duration // for how long each node protected some school, at least
	backwards []string
	began     map[string]bool // nodes that had counted queries before the period
}

// A schoolCount has the counts of one school.
type schoolCount struct {
	outcomes
	heard     bool            // something was counted or protected at all, if only zero
	protected []time.Duration // at least, by span: of a school with several nodes, those of the busiest
	nodes     map[string]time.Duration
}

func newCensus(categories []Category, schools []string) *census {
	c := &census{
		known:   make(map[string]int),
		up:      make(map[string]time.Duration),
		began:   make(map[string]bool),
		schools: make(map[string]*schoolCount, len(schools)),
		groups:  make(map[string]*outcomes),
	}
	for _, category := range categories {
		c.known[category.Code] = len(c.categories)
		c.categories = append(c.categories, category)
	}
	for _, id := range schools {
		c.schools[id] = &schoolCount{nodes: make(map[string]time.Duration)}
	}
	return c
}

// category is the place of a code. An unknown one stands at the end,
// with content that has its time.
func (c *census) category(code string) int {
	if place, ok := c.known[code]; ok {
		return place
	}
	c.known[code] = len(c.categories)
	c.categories = append(c.categories, Category{Code: code, Label: code, Class: Managed})
	return c.known[code]
}

// class is the subtotal that a code belongs to.
func (c *census) class(code string) Class { return c.categories[c.category(code)].Class }

// A reading is a moment at which counters are read for a census.
type reading struct {
	at     time.Time
	back   time.Duration // since the reading before
	span   int           // that ends here, or goes on
	closes bool          // it ends
	inDays bool          // what was counted since the last reading is of days that are read by the hour
}

// readings are at the beginning of the first span, the ends of all, and the ends of days
// within them; of one school, at the end of each of these days.
func readings(spans []Span, days Span, each bool) []reading {
	all := []reading{{at: spans[0].Start, back: lookback}}
	cuts := []time.Time{days.Start, days.End}
	if each {
		cuts = cuts[:1]
		for at := days.Start; at.Before(days.End); {
			at = at.AddDate(0, 0, 1)
			cuts = append(cuts, at)
		}
	}
	for i, span := range spans {
		for _, part := range span.cut(cuts...) {
			all = append(all, reading{
				at: part.End, back: part.End.Sub(part.Start), span: i, closes: part.End.Equal(span.End),
				inDays: !part.Start.Before(days.Start) && !part.End.After(days.End),
			})
		}
	}
	return all
}

// take reads the counters at the beginning of the period and at the end of each
// of its spans. All sums of a report are made of these differences, so that they
// agree by construction. What was blocked in some days of them is also counted by
// itself.
func (c *census) take(ctx context.Context, r *reader, s selector, spans []Span, days Span) error {
	all := readings(spans, days, len(c.schools) == 1)
	posts, err := r.posts(ctx, s, all[0].at, all[len(all)-1].at)
	if err != nil {
		return err
	}
	queries, protected := newMeter(), newMeter()
	c.months = make([]outcomes, len(spans))
	read := func(ctx context.Context, i int) (showing, error) {
		return r.shown(ctx, s, posts, all[i].at, all[i].back)
	}
	err = inTurn(ctx, len(all), read, func(i int, shown showing) {
		defer r.done()
		if i == 0 {
			protected.advance(shown.protected, func(labels.Labels, int64) {})
			queries.advance(shown.queries, c.begin)
			return
		}
		month := &c.months[all[i].span]
		before, since := month.blockedInAll(), c.only()
		protected.advance(shown.protected, c.protect)
		queries.advance(shown.queries, func(l labels.Labels, n int64) { c.count(month, l, n) })
		if all[i].inDays {
			c.days += month.blockedInAll() - before
			c.closeDay(all[i].at.Add(-all[i].back), since)
		}
		if all[i].closes {
			span := spans[all[i].span]
			c.closeSpan(span.End.Sub(span.Start))
		}
	})
	for node := range protected.backwards {
		queries.backwards[node] = true
	}
	c.backwards = slices.Sorted(maps.Keys(queries.backwards))
	return err
}

// begin notes the node of a counter of a school of the report that has counted
// something before the period.
func (c *census) begin(l labels.Labels, n int64) {
	if n > 0 && c.schools[schoolOf(l)] != nil {
		c.began[nodeOf(l)] = true
	}
}

// count adds what a counter of a school of the report has counted in a month.
func (c *census) count(month *outcomes, l labels.Labels, n int64) {
	school := c.schools[schoolOf(l)]
	if school == nil {
		return
	}
	school.heard = true
	counted := []*outcomes{&school.outcomes, month}
	if len(c.schools) == 1 {
		group := l.Get("group")
		if c.groups[group] == nil {
			c.groups[group] = &outcomes{}
		}
		counted = append(counted, c.groups[group])
	}
	for _, t := range counted {
		switch l.Get("decision") {
		case "allowed":
			t.allowed += n
		case "excepted":
			t.excepted += n
		default:
			t.block(c.category(l.Get("category")), n)
		}
	}
}

func (c *census) protect(l labels.Labels, seconds int64) {
	if school := c.schools[schoolOf(l)]; school != nil {
		school.heard = true
		school.nodes[l.Get("node")] += time.Duration(seconds) * time.Second
	}
}

// closeSpan ends a span of some length: it adds how long schools were protected and
// how long nodes were up.
func (c *census) closeSpan(long time.Duration) {
	up := make(map[string]time.Duration)
	for _, school := range c.schools {
		for node, d := range school.nodes {
			up[node] = max(up[node], min(d, long))
		}
		school.closeSpan()
	}
	for node, d := range up {
		c.up[node] += d
	}
}

// closeSpan adds the seconds of a span. Two nodes may have protected the school at
// the same time, so only the larger number is certain.
func (s *schoolCount) closeSpan() {
	var most time.Duration
	for _, d := range s.nodes {
		most = max(most, d)
	}
	clear(s.nodes)
	s.protected = append(s.protected, most)
}

// protectedInAll is how long the school was protected in the period.
func (s *schoolCount) protectedInAll() (sum time.Duration) {
	for _, d := range s.protected {
		sum += d
	}
	return sum
}

// heardIn reports whether anything was counted or protected in a span.
func (c *census) heardIn(span int) bool {
	if c.months[span].all() > 0 {
		return true
	}
	for _, school := range c.schools {
		if span < len(school.protected) && school.protected[span] > 0 {
			return true
		}
	}
	return false
}

// total is the sum of all schools.
func (c *census) total() (sum outcomes) {
	for _, school := range c.schools {
		sum.add(&school.outcomes)
	}
	return sum
}
