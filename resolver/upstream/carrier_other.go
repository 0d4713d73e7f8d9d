//go:build !linux

package upstream

import (
	"errors"
	"net"
	"os"
)

// A carrier brings what comes on its sockets to the pool. connect is called
// under the pool's lock.
type carrier struct{ pool *pool }

// port is a socket of the system, which a goroutine of its own reads.
type port struct{ conn *net.UDPConn }

func newCarrier(p *pool) (*carrier, error) { return &carrier{p}, nil }

// connect opens a socket with a port of the kernel's choice.
func (c *carrier) connect(s *socket) (err error) {
	if s.conn, err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(c.pool.server)); err != nil {
		return err
	}
	go c.pool.read(s)
	return nil
}

// read takes what comes on s until s is closed.
func (p *pool) read(s *socket) {
	buf := make([]byte, maxDatagram)
	var l landing
	for {
		n, err := s.conn.Read(buf)
		s.mu.Lock()
		switch {
		case errors.Is(err, net.ErrClosed):
			s.mu.Unlock()
			return
		case err == nil:
			l.datagrams = append(l.datagrams[:0], buf[:n])
			p.received(s, &l)
			l.settle()
		default: // an ICMP error for what was sent before
			p.broke(s, networkError("ask", p.server, err))
		}
	}
}

// send sends calls. The error is that of the first that is not sent.
func (s *socket) send(calls []*call) (sent int, err error) {
	for _, c := range calls {
		if _, err := s.conn.Write(c.sent); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

func (s *socket) hangUp() { _ = s.conn.Close() } // nothing was written that could be lost
