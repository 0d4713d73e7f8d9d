// Package tap tells a collector which questions were asked and how they were answered
// (dnstap, https://dnstap.info), without what tells one client from another: addresses are
// cut, ports and options left out. encode.go says what a message has.
//
// What answers puts messages into bounded memory and never waits. Run writes them to a
// connection that others have made; nothing is read from it here.
package tap

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Settings say what is told.
type Settings struct {
	// Identity and Version are what the server calls itself; "" is left out.
	Identity, Version string
	// Queries and Responses are which messages there are.
	Queries, Responses bool
	// Addresses has the first bits of the address of a client told: 24 of IPv4, 48 of IPv6.
	Addresses bool
	// Until is when it ends by itself.
	Until time.Time
	// Bytes bounds what is to be told and was not yet.
	Bytes int64
}

// Counts are the messages since the start of the process.
type Counts struct {
	Sent    atomic.Uint64 // that were written to a collector
	Dropped atomic.Uint64 // for which there was no room, or no collector
}

// A Tap takes questions from any number of goroutines.
type Tap struct {
	counts    *Counts
	most      int   // bytes of each of the two buffers
	until     int64 // Unix, nanoseconds
	queries   bool
	responses bool
	addresses bool
	prelude   []byte        // what every message begins with
	wake      chan struct{} // holds one when there is something to tell
	open      atomic.Bool   // somebody tells

	mu   sync.Mutex
	next batch // mu; is told next
	free batch // mu; is told, or was; has room for what comes after
}

// A batch is what is told at once: whole frames.
type batch struct {
	frames []byte
	count  uint64 // of them
}

// New makes a tap that nothing comes out of yet.
func New(s Settings, counts *Counts) *Tap {
	most := int(s.Bytes / 2)
	return &Tap{
		counts: counts, most: most, until: s.Until.UnixNano(),
		queries: s.Queries, responses: s.Responses, addresses: s.Addresses,
		prelude: appendPrelude(nil, s.Identity, s.Version), wake: make(chan struct{}, 1),
		next: batch{frames: make([]byte, 0, most)}, free: batch{frames: make([]byte, 0, most)},
	}
}

// A Question is one that is answered. Its bytes stay the caller's.
type Question struct {
	Client    netip.Addr
	Transport Transport
	ID, Flags uint16 // as the client sent them
	Wire      []byte // name, type and class as the client sent them
	EDNS, DO  bool
	UDPSize   uint16 // what the client says that it can take
	OwnSize   uint16 // what the server says
	Reply     []byte // what the client gets, without its OPT record
	Extended  uint8  // the upper bits of its RCODE, which are in that record
	Error     uint16 // extended DNS error; dnswire.EDENone for none
	// Took is how long the client waited.
	Took time.Duration
}

// Put has q told, if there is room and somebody who tells; else it is counted.
func (t *Tap) Put(q *Question) {
	now := time.Now()
	if now.UnixNano() >= t.until {
		return
	}
	count := uint64(0)
	if t.queries {
		count++
	}
	if t.responses {
		count++
	}
	if !t.open.Load() || !t.put(q, now, count) {
		t.counts.Dropped.Add(count)
	}
}

// put reports whether there was room.
func (t *Tap) put(q *Question, now time.Time, count uint64) (ok bool) {
	f := t.frameOf(q, now)
	t.mu.Lock()
	if len(t.next.frames)+f.size() > t.most {
		t.mu.Unlock()
		return false
	}
	first := t.next.count == 0
	t.next.frames = f.append(t.next.frames)
	t.next.count += count
	t.mu.Unlock()
	if first {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	return true
}

// take is what is to be told now. It stays as it is until the next call.
func (t *Tap) take() batch {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.next
	t.next, t.free = batch{frames: t.free.frames[:0]}, taken
	return taken
}

// Connected reports whether somebody tells.
func (t *Tap) Connected() bool { return t.open.Load() }

// Held is how many bytes are to be told.
func (t *Tap) Held() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(len(t.next.frames))
}
