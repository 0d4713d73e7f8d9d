package resolver

import (
	"hash/maphash"
	"math/bits"
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

// sift takes the queries from the shard for which gives says so, those first that came
// first. An exchange for which none waits any more then is left.
func (s *pendingShard) sift(gives func(*Query) bool, taken []*Query, left []*pending) ([]*Query, []*pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.oldest; p != nil; {
		next, before := p.newer, len(taken)
		p.waiters = slices.DeleteFunc(p.waiters, func(q *Query) bool {
			if !gives(q) {
				return false
			}
			taken = append(taken, q)
			return true
		})
		if len(taken) > before && len(p.waiters) == 0 {
			left = append(left, s.leave(p))
		}
		p = next
	}
	return taken, left
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

// A census finds the queries that give way when too many wait: those of the clients
// that have most, and of these the ones that have waited longest, since most answers
// come soon. A client that has few waiting is not answered worse because others ask
// for what takes long, whether that is one name or many.
//
// It looks at all that wait, three times, and so that this is seldom a part of all
// gives way at once, one in roomPart.
type census struct {
	of   [2][clientSlots]uint16 // queries, by client; hardly two share a slot in both
	ages [ageClasses]uint16     // of the queries of those that give way, by how long they have waited
}

const (
	clientSlots = 1 << 13
	ageClasses  = 64 << ageBits
	ageBits     = 3 // of precision: an eighth
	roomPart    = 16
)

// choose takes as many queries as are wanted, or all that wait if these are fewer. The
// exchanges that are left are to be abandoned.
func (c *census) choose(ps *pendings, wanted int) (taken []*Query, left []*pending) {
	visit := func(gives func(*Query) bool) {
		for i := range ps.shards {
			taken, left = ps.shards[i].sift(gives, taken, left)
		}
	}
	*c = census{}
	visit(func(q *Query) bool {
		first, second := ps.clientSlots(q)
		c.of[0][first]++
		c.of[1][second]++
		return false
	})
	most, now := c.most(wanted), ps.route.clock()
	hasMost := func(q *Query) bool {
		first, second := ps.clientSlots(q)
		return bits.Len16(min(c.of[0][first], c.of[1][second])) >= most
	}
	visit(func(q *Query) bool {
		if hasMost(q) {
			c.ages[ageClass(now-q.received)]++
		}
		return false
	})
	longest := c.longest(wanted)
	visit(func(q *Query) bool {
		gives := wanted > 0 && ageClass(now-q.received) >= longest && hasMost(q)
		if gives {
			wanted--
		}
		return gives
	})
	return taken, left
}

// clientSlots is where the client of a query is counted.
func (ps *pendings) clientSlots(q *Query) (first, second uint64) {
	address, bytes := q.client.As16(), 16
	if q.client.Is6() {
		bytes = 8 // as clientconn.ClientPrefix
	}
	hash := maphash.Bytes(ps.seed, address[:bytes])
	return hash % clientSlots, hash / clientSlots % clientSlots
}

// most is how many queries a client has that gives way, as a number of bits: no more
// clients give way than it takes.
func (c *census) most(wanted int) int {
	var queries [17]int // by the bits of how many a client has
	for _, n := range c.of[0] {
		queries[bits.Len16(n)] += int(n)
	}
	most := len(queries) - 1
	for wanted -= queries[most]; wanted > 0 && most > 1; wanted -= queries[most] {
		most--
	}
	return most
}

// longest is the class of age from which on queries give way.
func (c *census) longest(wanted int) int {
	longest := len(c.ages) - 1
	for wanted -= int(c.ages[longest]); wanted > 0 && longest > 0; wanted -= int(c.ages[longest]) {
		longest--
	}
	return longest
}

// ageClass is the class of a time in nanoseconds: its bits, and the ageBits after the
// first.
func ageClass(age int64) int {
	n := uint64(max(age, 0))
	if n < 1<<ageBits {
		return int(n)
	}
	length := bits.Len64(n)
	return length<<ageBits | int(n>>(length-1-ageBits))&(1<<ageBits-1)
}
