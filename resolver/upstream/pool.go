package upstream

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A pool carries queries to one server over UDP. Many are under way at a time,
// without a goroutine or a timer for each.
//
// A query goes out on a socket that is drawn at random from places sockets, with
// an ID drawn at random. Queries that start together share the socket, and not
// the ID: they leave with one system call, and so do their replies come. Each
// socket is connected to the server, so that the kernel drops what comes from
// elsewhere, and has a port that the kernel drew at random from its range, 28,232
// ports by default on Linux. A forger has to guess the ID (16 bits) and the port:
// about 31 bits. Who has learned all open ports still has to guess which of them
// the query left: 24 bits. As there is one query under way for a question, however
// many ask it, a guess has one chance: it names one question, so that those beside
// it on the socket make it no better. A socket on which something came that answers
// nothing is given no further queries, and after maxWrong such datagrams what is
// under way on it turns to TCP. So is one replaced after maxUses queries on
// average.
//
// Sockets are opened when they are drawn and closed when the pool was quiet for
// linger; a pool without queries holds nothing.
type pool struct {
	server  netip.AddrPort
	dropped atomic.Uint64 // datagrams that answered nothing

	mu      sync.Mutex
	chance  chance               // mu
	places  [places]*socket      // mu
	open    map[*socket]struct{} // mu; those in places and those that wait for their last replies
	carrier *carrier             // mu; nil while quiet
	sweeper *time.Timer          // mu; runs while carrier is there
	begun   uint64               // mu; queries since the pool was made
	swept   uint64               // mu; begun at the last sweep without a query under way
	live    atomic.Int64         // queries under way
}

const (
	places   = 256
	maxUses  = 128 // queries of one socket, on average
	maxWrong = 32  // datagrams on one socket that answer nothing
	// maxTogether is how many queries are sent, and how many datagrams are read, at
	// a time.
	maxTogether = 32
	// sweepEvery is how exact the times of queries are.
	sweepEvery = 10 * time.Millisecond
	linger     = 2 * time.Second
)

// A call is a query on its way.
type call struct {
	sent []byte    // with the ID that it has on its way
	half time.Time // when it is sent again; zero once it was
	ends time.Time
	// done takes the reply, which is part of memory that is used again, or the
	// error: ErrTimeout, ErrNetwork, ErrMalformed or errUseTCP. It is called once,
	// mostly by the goroutine that reads sockets, and must not wait. The tail that
	// it returns, if any, is called when done was called for all that ended at the
	// same time.
	done func(reply []byte, err error) (tail func())
	on   *socket
}

// A socket is connected to the server. Any number of queries is under way on it.
type socket struct {
	port // what the operating system has of it

	mu    sync.Mutex
	calls []*call // mu
	wrong int     // mu; datagrams that answered nothing
	spent bool    // mu; gets no further calls
	ended bool    // mu; closed
}

// chance hands out random numbers of the system's random source.
type chance struct {
	octets [512]byte
	left   int
}

func (c *chance) next() uint32 {
	if c.left == 0 {
		_, _ = rand.Read(c.octets[:]) // documented to fill the slice or end the program
		c.left = len(c.octets)
	}
	c.left -= 4
	return binary.LittleEndian.Uint32(c.octets[c.left:])
}

// start sends calls, at most maxTogether of them. What cannot be sent is done.
func (p *pool) start(calls []*call, now time.Time) {
	for _, c := range calls {
		c.half = now.Add(c.ends.Sub(now) / 2)
	}
	for len(calls) > 0 {
		s, err := p.draw(calls)
		if err != nil {
			p.endAll(calls, networkError("ask", p.server, err))
			return
		}
		sent, err := s.begin(calls)
		if err != nil { // that of the next; the rest may not meet it
			p.endAll(calls[sent:sent+1], networkError("ask", p.server, err))
			sent++
		}
		if calls = calls[sent:]; len(calls) > 0 {
			p.live.Add(-int64(len(calls))) // until they are drawn for again
		}
	}
}

// begin sends calls on the socket, none if it is spent. The error is that of the
// first that could not be sent.
func (s *socket) begin(calls []*call) (sent int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent {
		return 0, nil
	}
	if sent, err = s.send(calls); err != nil {
		s.spent = true
	}
	for _, c := range calls[:sent] {
		c.on = s
	}
	s.calls = append(s.calls, calls[:sent]...)
	return sent, err
}

// draw returns a socket for calls, gives each of them an ID, and counts them as
// under way.
func (p *pool) draw(calls []*call) (s *socket, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = p.wake()
	p.live.Add(int64(len(calls)))
	if err != nil {
		return nil, err
	}
	p.begun += uint64(len(calls))
	worn := false
	for _, c := range calls {
		random := p.chance.next()
		binary.BigEndian.PutUint16(c.sent, uint16(random>>16))
		worn = worn || random%maxUses == 0
	}
	place := &p.places[p.chance.next()%places]
	if s := *place; s != nil {
		s.mu.Lock()
		s.spent = s.spent || worn
		spent := s.spent
		s.mu.Unlock()
		if !spent {
			return s, nil
		}
		*place = nil
	}
	s = &socket{}
	if err := p.carrier.connect(s); err != nil {
		return nil, err
	}
	*place, p.open[s] = s, struct{}{}
	return s, nil
}

// wake begins to receive and to sweep.
func (p *pool) wake() (err error) {
	if p.carrier != nil {
		if p.live.Load() == 0 {
			p.sweeper.Reset(sweepEvery)
		}
		return nil
	}
	if p.carrier, err = newCarrier(p); err != nil {
		return err
	}
	p.open = map[*socket]struct{}{}
	p.sweeper = time.AfterFunc(sweepEvery, p.sweep)
	return nil
}

// sweep sends again what is half over, ends what is over, and closes sockets
// that nothing waits for any more.
func (p *pool) sweep() {
	now := time.Now()
	var over []*call
	p.mu.Lock()
	defer func() {
		p.mu.Unlock()
		p.endAll(over, ErrTimeout)
	}()
	for s := range p.open {
		over = s.sweep(now, over)
		if s.close() {
			delete(p.open, s)
		}
	}
	switch quiet := p.live.Load() == 0; {
	case !quiet:
		p.sweeper.Reset(sweepEvery)
	case p.swept != p.begun:
		p.swept = p.begun
		p.sweeper.Reset(linger)
	default:
		p.rest()
	}
}

// rest closes everything; p.mu is held.
func (p *pool) rest() {
	for s := range p.open {
		s.mu.Lock()
		s.spent = true
		s.mu.Unlock()
		s.close()
	}
	p.places, p.open = [places]*socket{}, nil
	p.carrier = nil
}

// sweep takes from the socket what is over, and appends it to over.
func (s *socket) sweep(now time.Time, over []*call) []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = slices.DeleteFunc(s.calls, func(c *call) bool {
		switch {
		case !now.Before(c.ends):
			s.spent = true // its reply may still come
			over = append(over, c)
			return true
		case !c.half.IsZero() && !now.Before(c.half):
			s.spent = true // a second reply may come
			c.half = time.Time{}
			_, _ = s.send([]*call{c}) // if it fails, the call ends with its time
		}
		return false
	})
	return over
}

// close closes a socket that is spent and on which nothing is under way.
func (s *socket) close() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.spent || len(s.calls) > 0 {
		return false
	}
	if !s.ended {
		s.ended = true
		s.hangUp()
	}
	return true
}

// A landing is what came on a socket at one time. It belongs to the goroutine that
// reads.
type landing struct {
	datagrams [][]byte
	calls     []*call  // that they answer, by datagram; nil: none
	tails     []func() // of calls that are done
}

// received takes what has landed on s, whose lock is held, and unlocks.
func (p *pool) received(s *socket, l *landing) {
	l.calls = l.calls[:0]
	var broken []*call
	for _, datagram := range l.datagrams {
		c := s.take(datagram)
		if l.calls = append(l.calls, c); c != nil {
			continue
		}
		p.dropped.Add(1)
		s.spent = true
		if s.wrong++; s.wrong > maxWrong { // nothing that comes after it answers anything
			broken, s.calls = append(broken, s.calls...), nil
		}
	}
	s.mu.Unlock()
	for i, c := range l.calls {
		if c != nil {
			l.add(p.landed(c, l.datagrams[i]))
		}
	}
	for _, c := range broken {
		l.add(p.end(c, nil, errUseTCP))
	}
	clear(l.calls)
}

// take takes the call from the socket that a datagram answers; nil: there is none.
func (s *socket) take(datagram []byte) *call {
	i := slices.IndexFunc(s.calls, func(c *call) bool { return answers(c.sent, datagram) })
	if i < 0 {
		return nil
	}
	c := s.calls[i]
	last := len(s.calls) - 1
	s.calls[i], s.calls[last] = s.calls[last], nil
	s.calls = s.calls[:last]
	return c
}

// landed ends c with the datagram that answers it.
func (p *pool) landed(c *call, datagram []byte) (tail func()) {
	if truncated(datagram) {
		return p.end(c, nil, errUseTCP)
	}
	end, err := replyEnd(datagram)
	return p.end(c, datagram[:end], err)
}

func (l *landing) add(tail func()) {
	if tail != nil {
		l.tails = append(l.tails, tail)
	}
}

// settle calls the tails.
func (l *landing) settle() {
	for _, tail := range l.tails {
		tail()
	}
	clear(l.tails)
	l.tails = l.tails[:0]
}

// broke ends all that is under way on s, whose lock is held, and unlocks.
func (p *pool) broke(s *socket, err error) {
	calls := s.calls
	s.calls, s.spent = nil, true
	s.mu.Unlock()
	p.endAll(calls, err)
}

// cancel takes c back; false when it has ended or is about to.
func (p *pool) cancel(c *call) bool {
	s := c.on
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.calls, c)
	if i < 0 {
		return false
	}
	s.calls = slices.Delete(s.calls, i, i+1)
	s.spent = true // its reply may still come
	p.live.Add(-1)
	return true
}

func (p *pool) end(c *call, reply []byte, err error) (tail func()) {
	p.live.Add(-1)
	return c.done(reply, err)
}

// endAll ends calls without a reply.
func (p *pool) endAll(calls []*call, err error) {
	var l landing
	for _, c := range calls {
		l.add(p.end(c, nil, err))
	}
	l.settle()
}

// errUseTCP ends the UDP part of an exchange: something came, but not a reply
// to rely on.
var errUseTCP = errors.New("udp reply was truncated or forged")
