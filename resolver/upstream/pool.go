package upstream

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A pool carries queries to one server over UDP. Many are under way at a time,
// without a goroutine, a timer or a system call more than sending and receiving
// for each.
//
// A query goes out on a socket that is drawn at random from places sockets, with
// an ID drawn at random. Each socket is connected to the server, so that the
// kernel drops what comes from elsewhere, and has a port that the kernel drew at
// random from its range, 28,232 ports by default on Linux. A forger has to guess
// the ID (16 bits) and the port: about 31 bits. Who has learned all open ports
// still has to guess which of them the query left: 24 bits. As there is one query
// under way for a question, however many ask it, a guess has one chance. A socket
// on which something came that answers nothing is given no further queries, and
// after maxWrong such datagrams what is under way on it turns to TCP. So is one
// replaced after maxUses queries on average.
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
	// by the goroutine that reads sockets, and must not wait.
	done func(reply []byte, err error)
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

// start sends c. When it returns an error, c.done is not called.
func (p *pool) start(c *call, now time.Time) error {
	c.half = now.Add(c.ends.Sub(now) / 2)
	for {
		s, id, err := p.draw()
		if err != nil {
			return err
		}
		binary.BigEndian.PutUint16(c.sent, id)
		if sent, err := s.begin(c); sent {
			return nil
		} else if p.live.Add(-1); err != nil {
			return err
		} // it was spent between the draw and now
	}
}

// begin sends c on the socket, unless that is spent.
func (s *socket) begin(c *call) (sent bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent {
		return false, nil
	}
	if err := s.send(c.sent); err != nil {
		s.spent = true
		return false, err
	}
	c.on = s
	s.calls = append(s.calls, c)
	return true, nil
}

// draw returns a socket, and an ID for a query on it that is counted as under
// way.
func (p *pool) draw() (s *socket, id uint16, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.wake(); err != nil {
		return nil, 0, err
	}
	p.begun++
	p.live.Add(1)
	random := p.chance.next()
	id = uint16(random >> 16)
	place := &p.places[random%places]
	if s := *place; s != nil {
		s.mu.Lock()
		s.spent = s.spent || p.chance.next() < math.MaxUint32/maxUses
		spent := s.spent
		s.mu.Unlock()
		if !spent {
			return s, id, nil
		}
		*place = nil
	}
	s = &socket{}
	if err := p.carrier.connect(s); err != nil {
		p.live.Add(-1)
		return nil, 0, err
	}
	*place, p.open[s] = s, struct{}{}
	return s, id, nil
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
		for _, c := range over {
			p.end(c, nil, ErrTimeout)
		}
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
			_ = s.send(c.sent) // then it ends with its time
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

// received takes a datagram that came on s, whose lock is held, and unlocks.
func (p *pool) received(s *socket, datagram []byte) {
	i := slices.IndexFunc(s.calls, func(c *call) bool { return answers(c.sent, datagram) })
	if i < 0 {
		p.dropped.Add(1)
		s.spent = true
		if s.wrong++; s.wrong > maxWrong {
			p.broke(s, errUseTCP)
			return
		}
		s.mu.Unlock()
		return
	}
	c := s.calls[i]
	last := len(s.calls) - 1
	s.calls[i], s.calls[last] = s.calls[last], nil
	s.calls = s.calls[:last]
	s.mu.Unlock()
	if truncated(datagram) {
		p.end(c, nil, errUseTCP)
		return
	}
	end, err := replyEnd(datagram)
	p.end(c, datagram[:end], err)
}

// broke ends all that is under way on s, whose lock is held, and unlocks.
func (p *pool) broke(s *socket, err error) {
	calls := s.calls
	s.calls, s.spent = nil, true
	s.mu.Unlock()
	for _, c := range calls {
		p.end(c, nil, err)
	}
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

func (p *pool) end(c *call, reply []byte, err error) {
	p.live.Add(-1)
	c.done(reply, err)
}

// errUseTCP ends the UDP part of an exchange: something came, but not a reply
// to rely on.
var errUseTCP = errors.New("udp reply was truncated or forged")
