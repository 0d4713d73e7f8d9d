package radius

import (
	"net/netip"
	"slices"
	"time"

	"lachan/resolver/sessions"
)

// A session is one of a customer, or one that has ended lately: what is late of that must
// not bring it back.
type session struct {
	key      key
	unit     string // "" for a line that no unit has
	prefixes []netip.Prefix
	began    time.Time
	heard    time.Time // when its access server last spoke of it
	ended    time.Time // zero while it goes on
}

// A book has the sessions that go on. An address is that of the session that began last,
// and nobody's when that has ended. Only one goroutine may use it.
type book struct {
	sessions map[id]map[id]*session // by server, then session
	owners   map[netip.Prefix]*session
	count    int
	most     int
	silent   time.Duration // after how long a session that nothing is heard of is over
	full     uint64        // how many could not be taken
	late     uint64        // reports that came after the end
}

func newBook() *book {
	return &book{sessions: map[id]map[id]*session{}, owners: map[netip.Prefix]*session{}}
}

// A turn is what came of a report: who has which address from now on, and of which
// sessions something else is true than before.
type turn struct {
	changes []sessions.Change
	touched map[*session]struct{}
}

// take is what a report changes. unit is that of its line.
func (b *book) take(r *report, unit string, now time.Time) (t turn) {
	switch r.what {
	case goesOn:
		b.goesOn(&t, r, unit, now)
	case ended:
		b.ends(&t, r, now)
	case serverOn:
		for _, s := range b.sessions[r.key.server] {
			if !s.began.After(r.at) {
				b.end(&t, s, r.at)
				b.forget(s)
			}
		}
	}
	return t
}

func (b *book) goesOn(t *turn, r *report, unit string, now time.Time) {
	s := b.sessions[r.key.server][r.key.session]
	if s != nil && !s.ended.IsZero() {
		if !r.began.After(s.ended) {
			b.late++
			return
		}
		b.forget(s) // an access server that was started anew counts from the beginning
		s = nil
	}
	if s == nil {
		if b.count >= b.most {
			b.full++
			b.shut(t, r)
			return
		}
		s = &session{key: r.key, began: r.began, unit: unit}
		if r.began.IsZero() {
			s.began = r.at
		}
		b.remember(s)
	}
	if r.began.After(s.began) {
		s.began = r.began
	}
	s.heard = now
	changed := s.unit != unit
	s.unit = unit
	for _, old := range slices.Clone(s.prefixes) {
		if replaces(r.prefixes, old) {
			b.release(t, s, old)
		}
	}
	for _, p := range r.prefixes {
		b.give(t, s, p)
	}
	if changed {
		for _, p := range s.prefixes {
			t.changes = append(t.changes, sessions.Change{Prefix: p, Unit: unit})
		}
		t.touch(s)
	}
}

// replaces reports whether a session has no longer a prefix, as a report names others of
// that family.
func replaces(now []netip.Prefix, old netip.Prefix) bool {
	sameFamily := func(p netip.Prefix) bool { return p.Addr().Is4() == old.Addr().Is4() }
	return slices.ContainsFunc(now, sameFamily) && !slices.Contains(now, old)
}

// give makes a prefix the session's, if that began after the one that has it.
func (b *book) give(t *turn, s *session, p netip.Prefix) {
	owner := b.owners[p]
	if owner == s || owner != nil && owner.began.After(s.began) {
		return
	}
	if owner != nil {
		owner.prefixes = slices.DeleteFunc(owner.prefixes, func(q netip.Prefix) bool { return q == p })
		t.touch(owner)
	}
	b.owners[p] = s
	s.prefixes = append(s.prefixes, p)
	t.changes = append(t.changes, sessions.Change{Prefix: p, Unit: s.unit})
	t.touch(s)
}

// shut takes the addresses of a session for which there is no room from those who had
// them before: they are somebody else's.
func (b *book) shut(t *turn, r *report) {
	for _, p := range r.prefixes {
		if owner := b.owners[p]; owner != nil && !owner.began.After(r.began) { // else it is late
			b.release(t, owner, p)
		}
	}
}

// ends ends a session. One that was not known is remembered: what began it may be late.
func (b *book) ends(t *turn, r *report, now time.Time) {
	s := b.sessions[r.key.server][r.key.session]
	switch {
	case s == nil && b.count >= b.most:
	case s == nil:
		s = &session{key: r.key, began: r.at, heard: now, ended: r.at}
		b.remember(s)
		t.touch(s)
	case s.ended.IsZero() && !r.at.Before(s.began):
		s.heard = now
		b.end(t, s, r.at)
	}
}

func (b *book) end(t *turn, s *session, at time.Time) {
	for _, p := range slices.Clone(s.prefixes) {
		b.release(t, s, p)
	}
	s.ended = at
	t.touch(s)
}

func (b *book) release(t *turn, s *session, p netip.Prefix) {
	s.prefixes = slices.DeleteFunc(s.prefixes, func(q netip.Prefix) bool { return q == p })
	delete(b.owners, p)
	t.changes = append(t.changes, sessions.Change{Prefix: p})
	t.touch(s)
}

func (t *turn) touch(s *session) {
	if t.touched == nil {
		t.touched = map[*session]struct{}{}
	}
	t.touched[s] = struct{}{}
}

func (b *book) remember(s *session) {
	of := b.sessions[s.key.server]
	if of == nil {
		of = map[id]*session{}
		b.sessions[s.key.server] = of
	}
	of[s.key.session] = s
	b.count++
}

func (b *book) forget(s *session) {
	of := b.sessions[s.key.server]
	delete(of, s.key.session)
	if len(of) == 0 {
		delete(b.sessions, s.key.server)
	}
	b.count--
}

// expire ends what nothing was heard of for too long, and forgets what has ended.
func (b *book) expire(now time.Time) (t turn) {
	for _, of := range b.sessions {
		for _, s := range of {
			if now.Sub(s.heard) < b.silent {
				continue
			}
			if s.ended.IsZero() {
				b.end(&t, s, now)
			}
			b.forget(s)
		}
	}
	return t
}

// all are the addresses of units.
func (b *book) all() (list []sessions.Change) {
	for p, s := range b.owners {
		if s.unit != "" {
			list = append(list, sessions.Change{Prefix: p, Unit: s.unit})
		}
	}
	return list
}

// going is how many sessions go on.
func (b *book) going() (n int) {
	for _, of := range b.sessions {
		for _, s := range of {
			if s.ended.IsZero() {
				n++
			}
		}
	}
	return n
}
