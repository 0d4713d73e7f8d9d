package cache

import (
	"sync/atomic"

	"lachan/policy"
)

// A Hot cache has the answers that one reader gave lately. What is asked often is
// found here with two reaches into memory and no lock, where the Cache needs a map,
// a list and a mutex. It belongs to the reader; what it points at is immutable.
type Hot struct {
	slots    [hotSlots]hotSlot
	hits     atomic.Uint64 // written by the reader alone
	bytes    atomic.Int64  // likewise; that the answers in it take
	maxBytes atomic.Int64  // written by the Cache
	hand     int           // where room is made next
}

const (
	hotSlots = 1 << 14
	// recheckAfter is after how many answers from here, at most, the Cache is asked
	// all the same, so that it does not evict what is asked often. It is asked after
	// 1, 2, 4 ... of them first: it always knows of at least half of the questions.
	recheckAfter = 64
)

type hotSlot struct {
	hash    uint64
	answer  *Answer
	verdict Verdict
	answers uint16 // since the Cache was asked last
	limit   uint16 // of them
	weight  uint32 // of the answer, in bytes
}

// get finds the answer to a question, if it is here, is not near its end, and was
// judged by the rules in force.
func (h *Hot) get(f *Found, q *Question, hash uint64, rules *policy.Rules, now int64) bool {
	s := &h.slots[hash%hotSlots]
	a := s.answer
	if s.hash != hash || a == nil || !a.isFor(q) || s.verdict.Serial != rules.Serial() ||
		now-a.stored >= a.lifetime-a.lifetime/prefetchPart || s.answers >= s.limit {
		return false
	}
	s.answers++
	h.hits.Store(h.hits.Load() + 1)
	f.Answer, f.Verdict = a, s.verdict
	return true
}

// Peek is the answer in the place of a question. It may be the answer to another
// question, or nil.
func (h *Hot) Peek(hash uint64) *Answer { return h.slots[hash%hotSlots].answer }

// put places an answer that the Cache gave, unless it is large.
func (h *Hot) put(hash uint64, a *Answer, v Verdict) {
	s, limit := &h.slots[hash%hotSlots], uint16(1)
	if s.hash == hash {
		limit = min(2*s.limit, recheckAfter)
	}
	h.clear(s)
	weight, most := a.weight(), h.maxBytes.Load()
	if len(a.data) > maxHotAnswer || weight > most {
		return
	}
	for h.bytes.Load()+weight > most {
		h.clear(&h.slots[h.hand])
		h.hand = (h.hand + 1) % hotSlots
	}
	h.bytes.Store(h.bytes.Load() + weight)
	*s = hotSlot{hash: hash, answer: a, verdict: v, limit: limit, weight: uint32(weight)}
}

// clear empties a slot.
func (h *Hot) clear(s *hotSlot) {
	h.bytes.Store(h.bytes.Load() - int64(s.weight))
	*s = hotSlot{}
}

// takeCount is how many answers to a question were given from here since the Cache
// was asked last.
func (h *Hot) takeCount(hash uint64) (answers uint16) {
	s := &h.slots[hash%hotSlots]
	if s.hash == hash {
		answers, s.answers = s.answers, 0
	}
	return answers
}
