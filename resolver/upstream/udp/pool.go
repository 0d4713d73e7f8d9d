// Package udp asks one server over UDP. Any number of queries are under way at a
// time, without a goroutine or a timer for each.
package udp

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"lachan/internal/eventloop"
	"lachan/resolver/upstream/exchange"
)

// ErrUseTCP ends a request to which something came, but not a reply to rely on.
var ErrUseTCP = errors.New("udp reply was truncated or forged")

// A Pool holds the sockets on which one server is asked.
//
// A query goes out on a socket that is drawn at random from slots sockets, with
// an ID drawn at random. Queries that start together share the socket, but not
// the ID: one system call sends them, and one receives their replies. Each socket
// is connected to the server, so that the kernel drops what comes from elsewhere,
// and has a port that the kernel drew at random from its range, 28,232 ports by
// default on Linux. A forger has to guess the ID (16 bits) and the port: about 31
// bits. A forger that has learned all open ports still has to guess which of them
// the query left from: 24 bits. One query is under way for a question, however
// many clients ask it, and a guess names one question: it has one chance, and the
// queries beside it on the socket make it no better. A socket on which something
// came that answers nothing is given no further queries, and after maxWrong such
// datagrams the queries under way on it turn to TCP. A socket is also replaced
// after maxUses queries on average.
//
// Sockets are opened when they are drawn, and closed when no query started for
// idleAfter. A pool without queries holds nothing.
//
// # Locks
//
// Pool.mu guards which sockets there are; socket.mu guards one socket and the
// requests on it. Pool.mu is taken first where both are needed (draw, sweep,
// closeAll).
// Either is held when a loop is told to Watch a new socket or to Forget one that
// is closed, which takes the loop's own lock; the loop holds none that these need
// while it calls read. Done is called with no lock held.
//
// The descriptor of a socket is used only under socket.mu, after a look at
// socket.closed: as soon as it is closed, the kernel may give its number to
// another socket. A loop may still call read for an event that was due for the
// old one, since closing does not wait for the loop. That does no harm: read
// finds the socket closed. If the number already belongs to a new socket, the
// loop has the new one read, which does not wait and ends its own requests only.
type Pool struct {
	loops      *eventloop.Loops // wait for the sockets
	server     netip.AddrPort
	mismatches atomic.Uint64 // datagrams that answered nothing
	inFlight   atomic.Int64  // requests under way
	letters    caseLearner

	mu        sync.Mutex
	random    randPool             // mu
	slots     [slots]*socket       // mu; from which sockets are drawn
	open      map[*socket]struct{} // mu; the sockets in slots and those that wait for their last replies
	transport *transport           // mu; nil while the pool is idle
	sweeper   *time.Timer          // mu; runs while there is a transport
	started   uint64               // mu; requests since the pool was made
	sweptAt   uint64               // mu; started at the last sweep that found no request under way
}

const (
	slots    = 256
	maxUses  = 128         // queries of one socket, on average
	maxAge   = time.Minute // of a socket that is given further queries
	maxWrong = 32          // datagrams on one socket that answer nothing
	// MaxBatch is how many queries are sent, and how many datagrams are received,
	// with one system call.
	MaxBatch = 32
	// sweepEvery is how exact the deadlines of requests are.
	sweepEvery = 10 * time.Millisecond
	idleAfter  = 2 * time.Second
)

// New returns a Pool for the server. It opens nothing; loops wait for its sockets.
func New(loops *eventloop.Loops, server netip.AddrPort) *Pool {
	return &Pool{loops: loops, server: server, letters: caseLearner{made: time.Now(), changed: make(chan struct{}, 1)}}
}

// Mismatches counts the datagrams that were dropped since the start because
// they came from the server's address and port but did not answer a query.
func (p *Pool) Mismatches() uint64 { return p.mismatches.Load() }

// Start sends requests, at most MaxBatch of them. A request that cannot be sent
// ends at once.
func (p *Pool) Start(requests []*Request, now time.Time) {
	for _, r := range requests {
		r.spelling = spelling{}
	}
	p.start(requests, now)
}

// start sends requests, some of which may have been sent before.
func (p *Pool) start(requests []*Request, now time.Time) {
	for _, r := range requests {
		r.resendAt = now.Add(r.Deadline.Sub(now) / 2)
	}
	for len(requests) > 0 {
		s, err := p.draw(requests, now)
		if err != nil {
			p.endAll(requests, p.networkError(err))
			return
		}
		sent, err := s.begin(requests)
		if err != nil { // that of the next request; the others may not meet it
			p.endAll(requests[sent:sent+1], p.networkError(err))
			sent++
		}
		if requests = requests[sent:]; len(requests) > 0 {
			p.inFlight.Add(-int64(len(requests))) // until a socket is drawn for them again
		}
	}
}

// draw returns a socket for requests, gives each of them an ID and letters in random
// case, and counts them as under way.
func (p *Pool) draw(requests []*Request, now time.Time) (*socket, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.wake()
	p.inFlight.Add(int64(len(requests)))
	if err != nil {
		return nil, err
	}
	p.started += uint64(len(requests))
	worn := false
	mixes, trial := p.letters.mixes(now)
	for _, r := range requests {
		random := p.random.next()
		r.setID(uint16(random >> 16))
		worn = worn || random%maxUses == 0
		r.unmix() // it was drawn before, and not sent
		if mixes && !r.second {
			r.mix(&p.random, trial)
		}
	}
	slot := &p.slots[p.random.next()%slots]
	if s := *slot; s != nil {
		if s.usable(worn || now.After(s.until)) {
			return s, nil
		}
		*slot = nil
	}
	s := &socket{until: now.Add(maxAge)}
	if err := p.transport.connect(s); err != nil {
		if other := p.usable(); other != nil { // out of descriptors, most likely
			return other, nil
		}
		return nil, err
	}
	*slot, p.open[s] = s, struct{}{}
	return s, nil
}

// usable is a socket that is open; nil if there is none. p.mu is held.
func (p *Pool) usable() *socket {
	first := p.random.next()
	for i := range uint32(slots) {
		if s := p.slots[(uint32(first)+i)%slots]; s != nil && s.usable(false) {
			return s
		}
	}
	return nil
}

// wake begins to receive and to sweep. p.mu is held.
func (p *Pool) wake() (err error) {
	if p.transport != nil {
		if p.inFlight.Load() == 0 {
			p.sweeper.Reset(sweepEvery)
		}
		return nil
	}
	if p.transport, err = newTransport(p); err != nil {
		return err
	}
	p.open = map[*socket]struct{}{}
	p.sweeper = time.AfterFunc(sweepEvery, p.sweep)
	return nil
}

// sweep resends requests at half of their time, ends those whose time is over,
// and closes sockets on which nothing is under way any more.
func (p *Pool) sweep() {
	now := time.Now()
	var expired []*Request
	p.mu.Lock()
	defer func() {
		p.mu.Unlock()
		p.endAll(expired, exchange.ErrTimeout)
	}()
	for s := range p.open {
		expired = s.sweep(now, expired)
		if s.closeUnused() {
			delete(p.open, s)
		}
	}
	switch quiet := p.inFlight.Load() == 0; {
	case !quiet:
		p.sweeper.Reset(sweepEvery)
	case p.sweptAt != p.started:
		p.sweptAt = p.started
		p.sweeper.Reset(idleAfter)
	default:
		p.closeAll()
	}
}

// closeAll closes all sockets. p.mu is held.
func (p *Pool) closeAll() {
	for s := range p.open {
		s.retire()
		s.closeUnused()
	}
	p.slots, p.open = [slots]*socket{}, nil
	p.transport = nil
}

// complete ends the requests that a batch of datagrams answered or broke. No
// lock is held.
func (p *Pool) complete(b *batch) {
	if b.wrong > 0 {
		p.mismatches.Add(uint64(b.wrong))
	}
	for i, r := range b.answered {
		if r != nil {
			b.after(p.reply(r, b.datagrams[i]))
		}
	}
	for _, r := range b.broken {
		b.after(p.end(r, nil, b.err))
	}
	clear(b.answered)
	b.broken = nil
}

// reply ends r with the datagram that answers it, or asks it again.
func (p *Pool) reply(r *Request, datagram []byte) (tail func()) {
	if !p.letters.heed(r, datagram) {
		if !r.trial {
			p.mismatches.Add(1)
		}
		p.again(r)
		return nil
	}
	if exchange.Truncated(datagram) {
		return p.end(r, nil, ErrUseTCP)
	}
	end, err := exchange.ReplyEnd(datagram)
	if err == nil && r.mixed {
		r.respell(datagram[:end])
	}
	return p.end(r, datagram[:end], err)
}

// again sends r once more, with the name as it was given. It leaves from another
// socket.
func (p *Pool) again(r *Request) {
	r.socket.Load().retire()
	r.unmix()
	r.second = true
	p.inFlight.Add(-1) // until a socket is drawn for it
	p.start([]*Request{r}, time.Now())
}

func (p *Pool) end(r *Request, reply []byte, err error) (tail func()) {
	r.unmix()
	p.inFlight.Add(-1)
	return r.Done(reply, err)
}

// endAll ends requests without a reply. No lock is held.
func (p *Pool) endAll(requests []*Request, err error) {
	var b batch
	for _, r := range requests {
		b.after(p.end(r, nil, err))
	}
	b.runTails()
}

// cancel takes r back. It reports false if r has ended or is about to.
func (p *Pool) cancel(r *Request) bool {
	if s := r.socket.Load(); s == nil || !s.remove(r) { // nil: it could not be sent
		return false
	}
	p.inFlight.Add(-1)
	return true
}

// networkError says that asking the server met err.
func (p *Pool) networkError(err error) error { return exchange.NetworkError("ask", p.server, err) }
