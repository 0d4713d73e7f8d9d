// Package watch remembers for minutes what one address asks, for the one who sits at it and
// has asked to see it. It is in memory only. What is remembered is gone when its time is
// over, and nothing of it is told but to those who know its id.
//
// Bounds: Most addresses at a time, each for at most Longest and with MostBytes of names.
package watch

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Longest is how long an address is watched at most.
	Longest = 5 * time.Minute
	// Most is how many addresses are watched at a time.
	Most = 16
	// MostBytes bounds the names that are remembered of one address, with overhead for each.
	MostBytes = 32 << 10

	overhead = 96 // bytes of a name's entry beside its text
)

// ErrFull means that as many addresses are watched as can be.
var ErrFull = errors.New("too many addresses are watched")

// A Table is the addresses that are watched. Its methods may be called by any number of
// goroutines. While none is watched, Of is one atomic load.
type Table struct {
	on atomic.Pointer[map[netip.Addr][]*Watch] // nil while nobody watches; never changed in place
	mu sync.Mutex
	by map[string]*Watch // mu; by id
}

// A Watch is one address that is watched.
type Watch struct {
	address netip.Addr
	until   time.Time
	timer   *time.Timer

	mu     sync.Mutex
	names  map[string]*Name // mu; nil once it is over
	order  []*Name          // mu; in which they were first asked
	bytes  int              // mu
	more   int              // mu; questions for names that there was no room for
	shared bool             // mu; others ask from the address too
}

// A Name is one that was asked.
type Name struct {
	Name    string    `json:"name"`
	Blocked bool      `json:"blocked,omitempty"` // the last time
	Times   int       `json:"times"`
	Last    time.Time `json:"last"`
}

// Seen is what was asked from an address.
type Seen struct {
	Until time.Time `json:"until"`
	// Names are those that were asked, in the order of their first question.
	Names []Name `json:"names,omitempty"`
	// More is how many questions for further names there was no room for.
	More int `json:"more,omitempty"`
	// Shared means that the address spoke for others: nothing of it is remembered.
	Shared bool `json:"shared,omitempty"`
}

// Begin watches an address for a time, at most Longest. What is known by the id already is
// forgotten.
func (t *Table) Begin(id string, address netip.Addr, during time.Duration) error {
	during = max(0, min(during, Longest))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(id)
	if len(t.by) >= Most {
		return ErrFull
	}
	if t.by == nil {
		t.by = map[string]*Watch{}
	}
	w := &Watch{address: address.Unmap().WithZone(""), until: time.Now().Add(during), names: map[string]*Name{}}
	w.timer = time.AfterFunc(during, func() { t.expire(id, w) })
	t.by[id] = w
	t.publish()
	return nil
}

// End forgets what is known by an id.
func (t *Table) End(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(id)
	t.publish()
}

// Seen is what was asked so far; on is false if nothing is watched by the id.
func (t *Table) Seen(id string) (s Seen, on bool) {
	t.mu.Lock()
	w := t.by[id]
	t.mu.Unlock()
	if w == nil || !time.Now().Before(w.until) {
		return s, false
	}
	return w.seen(), true
}

// Of are those who watch an address; nil while nobody does.
func (t *Table) Of(address netip.Addr) []*Watch {
	on := t.on.Load()
	if on == nil {
		return nil
	}
	return (*on)[address]
}

// expire forgets a watch whose time is over, if it is still the one of its id.
func (t *Table) expire(id string, w *Watch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by[id] == w {
		t.drop(id)
		t.publish()
	}
}

// drop forgets a watch. The caller holds mu.
func (t *Table) drop(id string) {
	w := t.by[id]
	if w == nil {
		return
	}
	delete(t.by, id)
	w.timer.Stop()
	w.forget()
}

// publish makes what queries see what by has. The caller holds mu.
func (t *Table) publish() {
	if len(t.by) == 0 {
		t.on.Store(nil)
		return
	}
	on := make(map[netip.Addr][]*Watch, len(t.by))
	for _, w := range t.by {
		on[w.address] = append(on[w.address], w)
	}
	t.on.Store(&on)
}

// Note remembers that a name was asked.
func (w *Watch) Note(name string, blocked bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.names == nil || w.shared {
		return
	}
	n := w.names[name]
	if n == nil {
		size := len(name) + overhead
		if w.bytes+size > MostBytes {
			w.more++
			return
		}
		n = &Name{Name: name}
		w.names[name], w.order, w.bytes = n, append(w.order, n), w.bytes+size
	}
	n.Blocked, n.Last = blocked, time.Now()
	n.Times++
}

// Share takes note that the address speaks for others: what was remembered is forgotten,
// and nothing more is remembered.
func (w *Watch) Share() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.names != nil {
		w.names, w.order, w.bytes, w.more, w.shared = map[string]*Name{}, nil, 0, 0, true
	}
}

func (w *Watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names, w.order, w.bytes, w.more = nil, nil, 0, 0
}

func (w *Watch) seen() Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Seen{Until: w.until, More: w.more, Shared: w.shared}
	for _, n := range w.order {
		s.Names = append(s.Names, *n)
	}
	return s
}
