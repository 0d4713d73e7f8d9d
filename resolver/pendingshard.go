package resolver

import (
	"slices"
	"sync"
)

// A pendingShard has the pending exchanges of a part of all questions, in the order in
// which they began.
type pendingShard struct {
	mu             sync.Mutex
	by             map[string]*pending // mu
	oldest, newest *pending            // mu
}

// longest takes the query that has waited longest from the shard; it is nil if none
// waits. If it was the last that waited for its exchange, that is left.
func (s *pendingShard) longest() (q *Query, left *pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.oldest; p != nil; p = p.newer {
		if len(p.waiters) == 0 {
			continue
		}
		q = p.waiters[0]
		p.waiters = slices.Delete(p.waiters, 0, 1)
		if len(p.waiters) == 0 {
			return q, s.leave(p)
		}
		return q, nil
	}
	return nil, nil
}

// idle takes the oldest exchange that no query waits for out of the shard, whose lock
// is held. It is nil if there is none.
func (s *pendingShard) idle() *pending {
	for p := s.oldest; p != nil; p = p.newer {
		if len(p.waiters) == 0 {
			return s.leave(p)
		}
	}
	return nil
}

// leave takes p out of the shard, whose lock is held, for it to be abandoned.
func (s *pendingShard) leave(p *pending) *pending {
	s.unlink(p)
	p.abandoned = true
	return p
}

// unlink takes p out of the shard, whose lock is held.
func (s *pendingShard) unlink(p *pending) {
	delete(s.by, p.key)
	if p.older != nil {
		p.older.newer = p.newer
	} else {
		s.oldest = p.newer
	}
	if p.newer != nil {
		p.newer.older = p.older
	} else {
		s.newest = p.older
	}
	p.older, p.newer = nil, nil
}
