package resolver

import "sync/atomic"

// recent are the answers that one reader gave lately. What is asked often is
// found here with two reaches into memory and no lock, where the cache needs a
// map, a list and a mutex. A recent belongs to the reader; what it points at is
// never written after it was made.
type recent struct {
	slots [recentSlots]recentSlot
	hits  atomic.Uint64 // written by the reader, read by whoever wants statistics
}

const (
	recentSlots = 1 << 14
	// recentTouch is after how many answers from here, at most, the cache is asked
	// all the same, so that it does not take what is asked often for forgotten.
	// It is asked after 1, 2, 4 ... of them first: at any time it knows of half.
	recentTouch = 64
)

type recentSlot struct {
	hash    uint64
	entry   *entry
	verdict verdict
	answers uint16 // since the cache was asked last
	limit   uint16 // of them
}

// append writes the answer to q's question as q's reply, if it is here, is
// not near its end, and was judged by the rules in force.
func (c *recent) append(q *Query, hash uint64) (f found, ok bool) {
	s := &c.slots[hash%recentSlots]
	e := s.entry
	if s.hash != hash || e == nil || !e.isFor(q) || s.verdict.serial != q.world.rules.Serial() ||
		q.now-e.stored >= e.lifetime-e.lifetime/prefetchPart || s.answers >= s.limit {
		return found{}, false
	}
	s.answers++
	e.appendTo(q)
	c.hits.Store(c.hits.Load() + 1)
	return found{verdict: s.verdict, private: e.private && !e.local}, true
}

// likely is the answer in the place of a question; it may be that to another, or
// nil.
func (c *recent) likely(hash uint64) *entry { return c.slots[hash%recentSlots].entry }

// keep puts an answer that the cache gave in the place of another.
func (c *recent) keep(hash uint64, e *entry, v verdict) {
	s, limit := &c.slots[hash%recentSlots], uint16(1)
	if s.hash == hash {
		limit = min(2*s.limit, recentTouch)
	}
	*s = recentSlot{hash: hash, entry: e, verdict: v, limit: limit}
}

// untold are the answers to a question that were given from here since the
// cache was asked last.
func (c *recent) untold(hash uint64) (answers uint16) {
	s := &c.slots[hash%recentSlots]
	if s.hash == hash {
		answers, s.answers = s.answers, 0
	}
	return answers
}
