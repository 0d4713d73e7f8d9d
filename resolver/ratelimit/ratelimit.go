// Package ratelimit bounds how many queries a second a client may ask.
//
// It is the generic cell rate algorithm: of each client only the time is kept at
// which its allowance will be whole again, one word in a table of fixed size,
// without locks. An allowance is one second's worth, so a class that wakes up
// together is not cut off. Times are nanoseconds on a clock of the caller's.
package ratelimit

import (
	"net/netip"
	"sync/atomic"
	"time"

	"lachan/blocklist/domain"
)

// A Rate is a limit in the form in which it is checked.
type Rate struct {
	interval int64 // nanoseconds that a query costs; 0: no limit
	burst    int64 // nanoseconds that may be owed
}

// PerSecond is the rate of n queries a second; 0 is no limit.
func PerSecond(n int) Rate {
	if n <= 0 {
		return Rate{}
	}
	return Rate{interval: int64(time.Second) / int64(n), burst: int64(time.Second)}
}

// Limited reports whether there is a limit.
func (r Rate) Limited() bool { return r.interval != 0 }

// Take counts one query against whole, the time at which an allowance will be
// whole again, and reports whether the query was within the limit.
func (r Rate) Take(whole *atomic.Int64, now int64) bool {
	for {
		old := whole.Load()
		next := max(old, now) + r.interval
		if next-now > r.burst+r.interval {
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

// Clients are the allowances of clients by address; of IPv6 by /64, which is what
// one client can choose from. The zero value is ready for use, by any number of
// goroutines.
type Clients struct{ slots [clientSlots]clientSlot }

type clientSlot struct {
	client atomic.Uint64 // hash of the address
	whole  atomic.Int64
}

// Take counts one query against the allowance of a client and reports whether it
// was within the limit.
func (c *Clients) Take(a netip.Addr, r Rate, now int64) bool {
	return r.Take(&c.slot(a, now).whole, now)
}

// slot finds the client's slot, or takes one whose client has been quiet.
func (c *Clients) slot(a netip.Addr, now int64) *clientSlot {
	sixteen := a.As16()
	key := sixteen[:]
	if !a.Is4() && !a.Is4In6() {
		key = sixteen[:8]
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
