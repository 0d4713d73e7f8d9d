package policy

import (
	"runtime"
	"time"

	"lachan/policy/compiled"
)

// What counts where the address of a client says one unit, and the link id that it
// shows another.

// Settle is the group of a client that is at an address of one unit and shows the
// link id of another. It allocates nothing.
//
//   - A link id narrows what the address says: in the network of a school the link
//     id of its teachers counts.
//   - At an address of the link's own unit or below it, or of another group of the
//     same school, the stricter of the two counts, and the address if neither is:
//     the link id of a school does not open its examination room.
//   - In the network of another school the address counts.
func (r *Rules) Settle(address, link GroupID) GroupID {
	f := &r.policy.file
	a, l := uint32(address), uint32(link)
	related := a == l || f.IsAbove(l, a) || f.School(a) == f.School(l) && f.School(a) != compiled.NoUnit
	settled := address
	if f.IsAbove(a, l) || related && stricter(r, l, a) {
		settled = link
	}
	runtime.KeepAlive(r)
	return settled
}

// OpensMore reports whether a group of a school may do something during lessons
// that the school itself may not. A secret of such a group must not be seen by the
// others.
func OpensMore(p *Policy, g GroupID, at time.Time) bool {
	school := p.file.School(uint32(g))
	if school == compiled.NoUnit {
		return false
	}
	r := lessonRules(p, at)
	of, ofSchool := severityOf(r, uint32(g)), severityOf(r, school)
	runtime.KeepAlive(p)
	return !of.covers(&ofSchool)
}

// strictest is the unit of a list that has none stricter in it. Of several the first
// counts.
func strictest(r *Rules, units []uint32) GroupID {
	strictest := units[0]
	for _, u := range units[1:] {
		if stricter(r, u, strictest) {
			strictest = u
		}
	}
	return GroupID(strictest)
}

// stricter reports whether at this minute unit a is allowed nothing that b is not,
// by all that profile, timetable, locks and the units' own categories say, and less
// than b in something. Own entries for single names are not compared.
func stricter(r *Rules, a, b uint32) bool {
	x, y := severityOf(r, a), severityOf(r, b)
	return x.covers(&y) && !y.covers(&x)
}

// A severity is what a unit may not do at a minute.
type severity struct {
	deny                bool // only what is allowed resolves
	closed              bool // and units allow nothing
	safeSearch, youTube int
	shut                Set // tags that are blocked
	open                Set // tags that are explicitly allowed
	unblocked           Set // what those unblock
}

func severityOf(r *Rules, u uint32) severity {
	m := &r.minutes[r.policy.file.UnitPlan[u]]
	s := severity{
		deny: m.profile.Deny, closed: m.profile.Closed,
		safeSearch: int(m.profile.SafeSearch), youTube: int(m.profile.YouTube),
		shut: m.blocked, open: m.allowed,
	}
	for i := len(m.layers) - 1; i >= 0 && !s.closed; i-- { // the nearest last: it comes before the others
		l := &m.layers[i]
		opened := l.Allow.Or(l.Lists)
		s.shut = s.shut.Without(opened).Or(l.Block)
		s.open = s.open.Without(l.Block).Or(opened)
	}
	s.shut = s.shut.Or(m.locked)
	s.unblocked = r.policy.file.Tags.UnblockedByProfile(s.open)
	return s
}

// covers reports whether what s leaves open is open in t too.
func (s *severity) covers(t *severity) bool {
	switch {
	case t.closed && !s.closed:
		return false
	case s.deny:
	case t.deny, s.safeSearch < t.safeSearch, s.youTube < t.youTube, !t.shut.Without(s.shut).Empty():
		return false
	}
	more := s.open.Without(t.open)
	return more.Empty() || !t.deny && !s.unblocked.Or(more).Meets(t.shut)
}
