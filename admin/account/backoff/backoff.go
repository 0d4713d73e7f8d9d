// Package backoff slows down repeated attempts to log in. Failures are counted by the
// address that they come from and by the account that they are for. No account is ever
// locked out: an attempt from an address without recent failures is looked at.
package backoff

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Bounds of tries.
const (
	free       = 5               // failures for an account that cost no time
	freeOfAll  = 20              // likewise from one place, for all accounts: many people may be there
	most       = 5 * time.Minute // between tries, however many failed
	forgotten  = time.Hour       // after the last failure
	besieged   = 50              // failures of one account from everywhere
	mostKept   = 16_384          // failures that are counted, 2 MiB; the oldest makes room
	prefixIPv4 = 24
	prefixIPv6 = 48
)

// A Backoff counts failures, in memory. Its methods may be called by any number of
// goroutines.
type Backoff struct {
	mu     sync.Mutex
	counts *simplelru.LRU[key, count] // mu
}

// A key is what failures are counted by: a hash, so that nobody's name is kept.
type key [16]byte

type count struct {
	failures int
	next     time.Time // no try before it is looked at
	last     time.Time
}

// New is a Backoff that saw nothing yet.
func New() *Backoff {
	counts, err := simplelru.NewLRU[key, count](mostKept, nil)
	if err != nil {
		panic(err) // a size that is not positive
	}
	return &Backoff{counts: counts}
}

// A Try is one of being somebody. It counts as failed until Succeeded is called, so that
// many at once count as many after each other.
type Try struct {
	b       *Backoff
	counted []counted
}

// What is counted of a try, and what the count was before.
type counted struct {
	key     key
	free    int
	before  count
	forgive bool // all that failed before, when the try succeeds
	delays  bool
}

// Begin is a try to be an account, from an address, of a kind (password, code). Known is
// what a device shows that was let in before, "" if nothing: its failures are counted
// apart, so that those who try beside it do not hold it up. A try that comes too early
// is none, and wait says how long to wait.
func (b *Backoff) Begin(
	kind, account string, from netip.Addr, known string, now time.Time,
) (t *Try, wait time.Duration) {
	prefix := prefixOf(from).String()
	b.mu.Lock()
	defer b.mu.Unlock()
	all := counted{key: keyOf(kind, "account", account), free: besieged}
	all.before = b.count(all.key, now)
	own := counted{key: keyOf(kind, "from", prefix, account), free: free, forgive: true, delays: true}
	if all.before.failures >= besieged {
		own.free = 1
	}
	t = &Try{b, []counted{all, own, {key: keyOf(kind, "from", prefix), free: freeOfAll, delays: true}}}
	if known != "" {
		t.counted = []counted{{key: keyOf(kind, "known", account, known), free: free, forgive: true, delays: true}}
	}
	for i := range t.counted {
		c := &t.counted[i]
		if c.before = b.count(c.key, now); c.delays && c.before.next.After(now) {
			wait = max(wait, c.before.next.Sub(now))
		}
	}
	if wait > 0 {
		return nil, wait
	}
	for _, c := range t.counted {
		b.fail(c, now)
	}
	return t, 0
}

// Succeeded takes the try back, and what failed before for the same account from the
// same place. What failed there for others stays counted: an account of one's own is no
// way around it.
func (t *Try) Succeeded() { t.takeBack(true) }

// Withdraw takes back a try that came to nothing, such as one that had to be refused
// because too many others wait.
func (t *Try) Withdraw() { t.takeBack(false) }

func (t *Try) takeBack(succeeded bool) {
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	for _, c := range t.counted {
		is, ok := t.b.counts.Peek(c.key)
		switch {
		case succeeded && c.forgive:
			t.b.counts.Remove(c.key)
		case ok && is.failures == c.before.failures+1:
			t.b.counts.Add(c.key, c.before)
		case ok && is.failures > 0: // others tried meanwhile, or it was forgotten
			is.failures--
			t.b.counts.Add(c.key, is)
		}
	}
}

// count is what is known of a key now. The caller holds mu.
func (b *Backoff) count(k key, now time.Time) count {
	c, ok := b.counts.Get(k)
	if !ok || now.Sub(c.last) > forgotten {
		return count{}
	}
	return c
}

// fail counts one failure. After those that are free, the time to the next try doubles
// with each. The caller holds mu.
func (b *Backoff) fail(c counted, now time.Time) {
	is := count{failures: c.before.failures + 1, last: now}
	if over := is.failures - c.free; over >= 0 && c.delays {
		is.next = now.Add(min(most, time.Second<<min(over, 20)))
	}
	b.counts.Add(c.key, is)
}

// prefixOf is what one person may have many addresses of.
func prefixOf(a netip.Addr) netip.Prefix {
	bits := prefixIPv6
	if a = a.Unmap(); a.Is4() {
		bits = prefixIPv4
	}
	p, _ := a.WithZone("").Prefix(bits) // an address that is none has no prefix, and all such share it
	return p
}

func keyOf(parts ...string) (k key) {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte{byte(len(p)), byte(len(p) >> 8)})
		h.Write([]byte(p))
	}
	copy(k[:], h.Sum(nil))
	return k
}

// Len is how many counts are kept.
func (b *Backoff) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts.Len()
}
