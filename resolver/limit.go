package resolver

import (
	"net/netip"
	"sync/atomic"
	"time"

	"lachan/blocklist/domain"
)

// Rate limits are kept by the generic cell rate algorithm: of each client only
// the time is kept at which its allowance will be whole again, one word in a
// table of fixed size, without locks. An allowance is one second's worth, so a
// class that wakes up together is not cut off.

// A rate is a limit in the form in which it is checked.
type rate struct {
	interval int64 // nanoseconds that a query costs; 0: no limit
	burst    int64 // nanoseconds that may be owed
}

// perSecond is the rate of n queries a second; 0 is no limit.
func perSecond(n int) rate {
	if n <= 0 {
		return rate{}
	}
	return rate{interval: int64(time.Second) / int64(n), burst: int64(time.Second)}
}

// take counts one query against whole, the time at which an allowance will be
// whole again, and tells whether it was within the limit.
func (l rate) take(whole *atomic.Int64, now int64) bool {
	for {
		old := whole.Load()
		next := max(old, now) + l.interval
		if next-now > l.burst+l.interval {
			return false
		}
		if whole.CompareAndSwap(old, next) {
			return true
		}
	}
}

// clientSlots is how many clients are told apart at a time: 2 MiB of slots.
// When more ask within a second, some share an allowance.
const (
	clientSlots = 1 << 17
	clientWays  = 4 // slots that a client may be in
)

// clientLimits are the allowances of clients by address; of IPv6 by /64, which
// is what one client can choose from.
type clientLimits struct{ slots [clientSlots]clientSlot }

type clientSlot struct {
	client atomic.Uint64 // hash of the address
	whole  atomic.Int64
}

func (c *clientLimits) take(a netip.Addr, l rate, now int64) bool {
	return l.take(&c.slot(a, now).whole, now)
}

// slot finds the client's slot, or takes one whose client has been quiet.
func (c *clientLimits) slot(a netip.Addr, now int64) *clientSlot {
	octets := a.As16()
	key := octets[:]
	if !a.Is4() && !a.Is4In6() {
		key = octets[:8]
	}
	hash := domain.HashBytes(key) | 1
	first := hash % (clientSlots - clientWays)
	ways := c.slots[first : first+clientWays]
	for i := range ways {
		if ways[i].client.Load() == hash {
			return &ways[i]
		}
	}
	for i := range ways {
		if s := &ways[i]; s.whole.Load() <= now {
			s.client.Store(hash)
			return s
		}
	}
	return &ways[hash>>32%clientWays]
}

// withinLimits counts q against the limits of its client and of its school. The
// former may be off for clients that prove their address by a cookie.
func (r *Resolver) withinLimits(q *Query, known bool) bool {
	w := q.world
	exempt := q.proven && w.settings.CookiesExempt
	if w.perClient.interval != 0 && !exempt && !r.clients.take(q.client, w.perClient, q.now) {
		return false
	}
	return !known || w.perUnit.interval == 0 || w.perUnit.take(w.schools[q.group], q.now)
}
