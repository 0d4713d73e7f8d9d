//go:build !linux

package udp

import (
	"errors"
	"net"
	"os"

	"lachan/resolver/upstream/exchange"
)

// A transport brings what comes on its sockets to the pool.
type transport struct{ pool *Pool }

// sock is a socket of the system, from which a goroutine of its own reads.
type sock struct{ conn *net.UDPConn }

func newTransport(p *Pool) (*transport, error) { return &transport{p}, nil }

// connect opens a socket with a port of the kernel's choice. The pool's lock is
// held.
func (t *transport) connect(s *socket) (err error) {
	if s.conn, err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(t.pool.server)); err != nil {
		return err
	}
	go t.pool.read(s)
	return nil
}

// read takes what comes on s until s is closed.
func (p *Pool) read(s *socket) {
	buf := make([]byte, exchange.MaxDatagram)
	var b batch
	for {
		n, err := s.conn.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		b.reset()
		s.mu.Lock()
		if err == nil {
			b.datagrams = append(b.datagrams, buf[:n])
			s.match(&b)
		} else { // an ICMP error for what was sent before
			s.breakOff(&b, p.networkError(err))
		}
		s.mu.Unlock()
		p.complete(&b)
		b.runTails()
	}
}

// send sends requests. The error is that of the first request that is not sent.
func (s *socket) send(requests []*Request) (sent int, err error) {
	for _, r := range requests {
		if _, err := s.conn.Write(r.Query); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

func (s *socket) closeFD() { _ = s.conn.Close() } // nothing was written that could be lost
