package upstream

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
)

// Opening a socket for each exchange would cost more than all the rest of it,
// so sockets are used again, one exchange at a time. A forger still has to
// guess the ID and the port. Ports are drawn by the kernel when a socket is
// opened and change as sockets are retired; and which of maxIdle places an
// exchange takes its socket from is drawn at random, where a place without one
// gets a new socket. So a quiet server has many ports too.
const (
	maxIdle = 256 // idle sockets kept for one server
	maxUses = 128 // exchanges of one socket, on average
)

// sockets are those of one server that no exchange has now. What nobody refers
// to any more is closed by the runtime.
type sockets struct {
	server netip.AddrPort
	mu     sync.Mutex
	idle   []*net.UDPConn
}

// take gives the caller a socket of its own.
func (s *sockets) take(ctx context.Context) (*net.UDPConn, error) {
	if conn := s.draw(); conn != nil {
		return conn, nil
	}
	return new(net.Dialer).DialUDP(ctx, "udp", netip.AddrPort{}, s.server)
}

func (s *sockets) draw() *net.UDPConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.idle) - 1
	i := rand.IntN(maxIdle)
	if i > last {
		return nil
	}
	conn := s.idle[i]
	s.idle[i] = s.idle[last]
	s.idle[last] = nil
	s.idle = s.idle[:last]
	return conn
}

// give takes a socket back. One on which something else may still come is not
// clean, and is closed; so is, now and then, any.
func (s *sockets) give(conn *net.UDPConn, clean bool) {
	if clean && rand.IntN(maxUses) != 0 {
		s.mu.Lock()
		room := len(s.idle) < maxIdle
		if room {
			s.idle = append(s.idle, conn)
		}
		s.mu.Unlock()
		if room {
			return
		}
	}
	_ = conn.Close() // nothing was written that could be lost
}
