package upstream

import (
	"errors"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/cores"
)

// On Linux the loops of the cores wait for the sockets of a carrier, as they wait
// for those of clients: a question and its reply change no thread.

// A carrier brings what comes on its sockets to the pool. connect is called
// under the pool's lock.
type carrier struct {
	pool   *pool
	domain int
	to     unix.Sockaddr
	loops  []*cores.Loop
	room   [][]byte // of each loop, for a datagram
	next   int      // the loop of the next socket
}

// port is a socket of the system. It is used under the lock of its socket, until
// hangUp.
type port struct {
	fd   int
	loop *cores.Loop
}

func newCarrier(p *pool) (c *carrier, err error) {
	c = &carrier{pool: p}
	if c.loops, err = cores.Loops(); err != nil {
		return nil, err
	}
	if err := c.address(p.server); err != nil {
		return nil, err
	}
	for range c.loops {
		c.room = append(c.room, make([]byte, maxDatagram))
	}
	return c, nil
}

func (c *carrier) address(server netip.AddrPort) error {
	a := server.Addr().Unmap()
	if a.Is4() {
		c.domain, c.to = unix.AF_INET, &unix.SockaddrInet4{Port: int(server.Port()), Addr: a.As4()}
		return nil
	}
	to := &unix.SockaddrInet6{Port: int(server.Port()), Addr: a.As16()}
	c.domain, c.to = unix.AF_INET6, to
	if a.Zone() == "" {
		return nil
	}
	link, err := net.InterfaceByName(a.Zone())
	if err != nil {
		return err
	}
	to.ZoneId = uint32(link.Index)
	return nil
}

// connect opens a socket with a port of the kernel's choice.
func (c *carrier) connect(s *socket) error {
	fd, err := unix.Socket(c.domain, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	s.fd = fd
	if err := unix.Connect(fd, c.to); err != nil {
		return errors.Join(os.NewSyscallError("connect", err), unix.Close(fd))
	}
	c.next = (c.next + 1) % len(c.loops)
	room := c.room[c.next]
	s.loop = c.loops[c.next]
	if err := s.loop.Watch(fd, func() { c.pool.read(s, room) }); err != nil {
		s.hangUp()
		return err
	}
	return nil
}

// read takes one datagram from s; if there are more, it is told of s again.
func (p *pool) read(s *socket, buf []byte) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	n, err := unix.Read(s.fd, buf)
	switch {
	case err == nil:
		p.received(s, buf[:n])
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		s.mu.Unlock()
	default: // an ICMP error for what was sent before
		p.broke(s, networkError("ask", p.server, os.NewSyscallError("recv", err)))
	}
}

// send writes a datagram. What the system has no room for now is lost, as any
// packet may be.
func (s *socket) send(msg []byte) error {
	_, err := unix.Write(s.fd, msg)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) || errors.Is(err, unix.ENOBUFS) {
		return nil
	}
	return os.NewSyscallError("send", err)
}

func (s *socket) hangUp() {
	s.loop.Forget(s.fd)
	_ = unix.Close(s.fd) // nothing was written that could be lost
}
