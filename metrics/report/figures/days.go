package figures

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lachan/metrics/tally"
)

// This file has the figures that are counted by day: distinct clients, and names.

const (
	topNames = 20
	// unnamedCategory is the category whose names are never shown. They are not recorded
	// either; this is a second barrier.
	unnamedCategory = "csam"
)

// DayCounts are the figures of package tally, by day. All are lower bounds: names that
// few clients asked for are left out, and the keys that tell clients apart are
// forgotten at midnight, so that the clients of two days, or of two nodes, cannot be
// added without counting some twice.
type DayCounts struct {
	Days    int         `json:"days"`    // of the period that something is known of
	Nodes   []string    `json:"nodes"`   // that have told it
	Missing []string    `json:"missing"` // nodes of the report that have not
	Clients Daily       `json:"clients"` // different ones in a day, of schools that had enough
	Blocked Daily       `json:"blocked"` // different names that were blocked in a day
	Names   []NameCount `json:"names"`   // blocked most; nil where they cannot be told apart from others'
}

// Daily sums up a count of single days. Median is over days with lessons, or over all
// days if there are none.
type Daily struct {
	Median Figure `json:"median"`
	Most   Figure `json:"most"`
	On     string `json:"on,omitempty"` // the first day that had most
	Sum    Figure `json:"sum"`
}

// A NameCount is a name and how often it was blocked at least.
type NameCount struct {
	Name     string `json:"name"`
	Category string `json:"category"` // its label
	Blocked  Figure `json:"blocked"`
}

// dayCounts sums up the days of the period.
func (b *besideBuilder) dayCounts() DayCounts {
	c := DayCounts{Nodes: []string{}, Missing: []string{}}
	byDay := make(map[string][]tally.Day)
	for _, d := range b.spec.Days {
		if at, err := time.ParseInLocation(time.DateOnly, d.Day, b.until.Location()); err != nil ||
			at.Before(midnight(b.spec.Period.Start)) ||
			!at.Before(b.until) {
			continue
		}
		byDay[d.Day] = append(byDay[d.Day], d)
		if !slices.Contains(c.Nodes, d.Node) {
			c.Nodes = append(c.Nodes, d.Node)
		}
	}
	slices.Sort(c.Nodes)
	for _, n := range b.nodes {
		if !slices.Contains(c.Nodes, n.Node) {
			c.Missing = append(c.Missing, n.Node)
		}
	}
	c.Days = len(byDay)
	c.Clients = b.daily(byDay, b.clientsOf)
	c.Blocked = b.daily(byDay, b.blockedOf)
	c.Names = b.names(byDay)
	return c
}

// daily sums up a count of single days. A day with a file but without a count had too
// few clients.
func (b *besideBuilder) daily(days map[string][]tally.Day, of func([]tally.Day) Figure) Daily {
	if len(days) == 0 {
		none := Figure{Sign: NoData}
		return Daily{Median: none, Most: none, Sum: none}
	}
	var all, lessons []int64
	star := Figure{Sign: Suppressed}
	d := Daily{Median: star, Most: star, Sum: star}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		n := of(days[day])
		if !n.Known() {
			continue
		}
		if !d.Most.Known() || n.Value > d.Most.Value {
			d.Most, d.On = n, day
		}
		all = append(all, n.Value)
		if at, err := time.ParseInLocation(time.DateOnly, day, b.until.Location()); err == nil &&
			b.lessonsAnywhere(at) {
			lessons = append(lessons, n.Value)
		}
	}
	if len(all) == 0 {
		return d
	}
	sum := int64(0)
	for _, n := range all {
		sum += n
	}
	d.Sum = Number(sum)
	if len(lessons) == 0 {
		lessons = all
	}
	slices.Sort(lessons)
	d.Median = Number((lessons[(len(lessons)-1)/2] + lessons[len(lessons)/2]) / 2)
	return d
}

// clientsOf counts the different clients of a day. If two nodes serve a school, both
// may have seen the same client, so only the larger count is certain.
func (b *besideBuilder) clientsOf(day []tally.Day) Figure {
	most := make(map[string]uint64)
	for _, node := range day {
		for _, s := range node.Clients {
			if b.census.schools[s.School] != nil {
				most[s.School] = max(most[s.School], s.Clients)
			}
		}
	}
	sum := Figure{Sign: Suppressed}
	for i, school := range slices.Sorted(maps.Keys(most)) {
		if i == 0 {
			sum = Number(0)
		}
		sum.Value += int64(most[school])
	}
	return sum
}

// blockedOf counts the different names of a day: the largest count of a node.
func (b *besideBuilder) blockedOf(day []tally.Day) Figure {
	unit := cmp.Or(b.spec.Unit, tally.Everywhere)
	most := Figure{Sign: Suppressed}
	for _, node := range day {
		for _, u := range node.Blocked {
			if n := Number(int64(u.Names)); u.Unit == unit && (!most.Known() || n.Value > most.Value) {
				most = n
			}
		}
	}
	return most
}

// names returns the names blocked most. They are counted by province, so there are
// none for a commune or a school.
func (b *besideBuilder) names(days map[string][]tally.Day) []NameCount {
	if b.unit.Rank > Province || len(days) == 0 {
		return nil
	}
	type name struct{ category, name string }
	counts := make(map[name]int64)
	for _, day := range days {
		for _, node := range day {
			for _, n := range node.Names {
				ours := b.spec.Unit == "" || n.Province == b.spec.Unit
				if ours && n.Category != unnamedCategory && b.census.class(n.Category) != Technical {
					counts[name{n.Category, n.Name}] += int64(n.Count - n.Over)
				}
			}
		}
	}
	list := make([]NameCount, 0, len(counts))
	for n, count := range counts {
		list = append(list, NameCount{n.name, b.census.categories[b.census.category(n.category)].Label, Number(count)})
	}
	slices.SortFunc(list, func(x, y NameCount) int {
		return cmp.Or(
			cmp.Compare(y.Blocked.Value, x.Blocked.Value),
			cmp.Compare(x.Name, y.Name),
			cmp.Compare(x.Category, y.Category),
		)
	})
	return list[:min(topNames, len(list))]
}

// hide suppresses the figures of a unit that is too small itself.
func (c *DayCounts) hide() {
	star := Figure{Sign: Suppressed}
	c.Clients = Daily{Median: star, Most: star, Sum: star}
	c.Blocked, c.Names = c.Clients, nil
}
