package admin

import (
	"maps"
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/policy"
)

// voidBy is the line that leaves an exception without effect, or what else does; "" if
// nothing does.
func voidBy(q *asking, e *policy.OverlayEntry) string {
	void, err := policy.Void(q.rules, *e)
	switch {
	case err != nil || void == nil:
		return ""
	case void.Place != "":
		return void.Place
	}
	return void.By.String()
}

// impact is for whom an exception changes anything; without is the opposite one of the
// unit that it takes the place of.
func (d *Desk) impact(q *asking, unit, name string, e *policy.OverlayEntry, without string) Impact {
	p := q.rules.Policy()
	before := d.entriesOf(q, name, "", "")
	after := d.entriesOf(q, name, unit, without)
	if e != nil {
		after = append(after, *e)
	}
	nowBefore, lessonsBefore, ok := d.with(p, before)
	nowAfter, lessonsAfter, alright := d.with(p, after)
	var n domain.Name
	var i Impact
	if !ok || !alright || n.SetText(name) != nil {
		return i
	}
	for g := range policy.Below(p, unit) {
		i.Units++
		i.Now.add(blocks(nowBefore, g, &n), blocks(nowAfter, g, &n))
		i.Lessons.add(blocks(lessonsBefore, g, &n), blocks(lessonsAfter, g, &n))
	}
	return i
}

func (c *Change) add(before, after bool) {
	switch {
	case before && !after:
		c.Opened++
	case after && !before:
		c.Blocked++
	}
}

func blocks(r *policy.Rules, g policy.GroupID, n *domain.Name) bool {
	return r.Decide(g, n, domain.TypeA).Action == policy.Block
}

// with are the rules as they would be with exceptions, and no others.
func (d *Desk) with(p *policy.Policy, entries []policy.OverlayEntry) (now, lessons *policy.Rules, ok bool) {
	overlay, _, err := policy.OverlayOf(p, entries) // of units that are there
	if err != nil {
		return nil, nil, false
	}
	if p, err = p.With(overlay); err != nil {
		return nil, nil, false
	}
	now, lessons = d.parts.View.If(p)
	return now, lessons, true
}

// entriesOf are the exceptions that say something of a name, but one of a unit.
func (d *Desk) entriesOf(q *asking, name, unit, without string) (entries []policy.OverlayEntry) {
	for _, kind := range []string{"allow/", "block/"} {
		for v := range q.state.Kind(kind) {
			of, _ := nameOf(v.Object)
			if v.Unit == unit && v.Object == without || of != name && !strings.HasSuffix(name, "."+of) {
				continue
			}
			if e, ok := entryOf(&v, q.now.Location()); ok {
				entries = append(entries, e)
			}
		}
	}
	return entries
}

// What is told of who has something newly opened or blocked.
const (
	mostReaches = 40
	mostWho     = 50
)

// impactOf is what differences of two policies come to.
func impactOf(list []policy.Difference) (i Impact) {
	opened, blocked := map[string]int{}, map[string]int{}
	for _, d := range list {
		n := len(d.Units)
		i.Units += n
		i.Now.shift(&d.Now, n)
		i.Lessons.shift(&d.Lessons, n)
		i.Ahead.shift(&d.Ahead, n)
		if !d.First.IsZero() && (i.First.IsZero() || d.First.Before(i.First)) {
			i.First = d.First
		}
		count(opened, n, d.Now.Opened, d.Lessons.Opened, d.Ahead.Opened)
		count(blocked, n, d.Now.Blocked, d.Lessons.Blocked, d.Ahead.Blocked)
		i.Who = append(i.Who, d.Units[:min(n, mostWho-len(i.Who))]...)
	}
	i.Opened, i.Blocked = reaches(opened), reaches(blocked)
	return i
}

// shift counts so many units that change alike.
func (c *Change) shift(s *policy.Shift, units int) {
	if len(s.Opened) > 0 {
		c.Opened += units
	}
	if len(s.Blocked) > 0 {
		c.Blocked += units
	}
}

// count counts so many units for each code of some lists, once.
func count(of map[string]int, units int, lists ...[]string) {
	codes := slices.Concat(lists...)
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		of[code] += units
	}
}

// reaches are counts, the most units first.
func reaches(of map[string]int) (list []Reach) {
	for _, code := range slices.Sorted(maps.Keys(of)) {
		list = append(list, Reach{code, of[code]})
	}
	slices.SortStableFunc(list, func(a, b Reach) int { return b.Units - a.Units })
	return slices.Clip(list[:min(len(list), mostReaches)])
}
