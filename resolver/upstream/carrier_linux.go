package upstream

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/cores"
)

// On Linux a carrier waits for all its sockets at once, with epoll(7), beside the
// runtime's own poller: a goroutine of each core reads whatever has come before it
// sleeps again.

// A carrier brings what comes on its sockets to the pool. connect is called
// under the pool's lock.
type carrier struct {
	pool    *pool
	domain  int
	to      unix.Sockaddr
	pollers []*poller
	next    int // the poller of the next socket
}

// port is a socket of the system. It is used under the lock of its socket, until
// hangUp.
type port struct{ fd int }

// A poller is one epoll instance and its goroutine, which closes it.
type poller struct {
	pool    *pool
	fd      int
	bell    int       // an eventfd; the goroutine ends when it is rung
	sockets []*socket // pool.mu; by file descriptor
	events  [64]unix.EpollEvent
	ready   []*socket
}

func newCarrier(p *pool) (*carrier, error) {
	c := &carrier{pool: p}
	if err := c.address(p.server); err != nil {
		return nil, err
	}
	for range cores.Count {
		poller, err := newPoller(p)
		if err != nil {
			c.close()
			return nil, err
		}
		c.pollers = append(c.pollers, poller)
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

func newPoller(p *pool) (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("eventfd", err), unix.Close(fd))
	}
	poll := &poller{pool: p, fd: fd, bell: bell}
	if err := poll.watch(bell); err != nil {
		return nil, errors.Join(err, unix.Close(bell), unix.Close(fd))
	}
	go poll.run()
	return poll, nil
}

// watch takes fd to those that are waited for.
func (l *poller) watch(fd int) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(l.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}))
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
	c.next = (c.next + 1) % len(c.pollers)
	poll := c.pollers[c.next]
	for len(poll.sockets) <= fd {
		poll.sockets = append(poll.sockets, nil)
	}
	poll.sockets[fd] = s
	if err := poll.watch(fd); err != nil {
		return errors.Join(err, unix.Close(fd))
	}
	return nil
}

func (c *carrier) close() {
	one := binary.NativeEndian.AppendUint64(nil, 1)
	for _, poll := range c.pollers {
		_, _ = unix.Write(poll.bell, one) // as documented, it takes the first 2^64-2
	}
}

// run reads until the bell rings.
func (l *poller) run() {
	defer func() { _ = errors.Join(unix.Close(l.fd), unix.Close(l.bell)) }() // they hold nothing
	buf := make([]byte, maxDatagram)
	for {
		n, err := unix.EpollWait(l.fd, l.events[:], -1)
		if err != nil { // EINTR: all else would be a mistake of ours
			continue
		}
		l.pool.mu.Lock()
		l.ready = l.ready[:0]
		for _, e := range l.events[:n] {
			if e.Fd == int32(l.bell) {
				l.pool.mu.Unlock()
				return
			}
			l.ready = append(l.ready, l.sockets[e.Fd])
		}
		l.pool.mu.Unlock()
		for _, s := range l.ready {
			l.pool.read(s, buf)
		}
	}
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

func (s *socket) hangUp() { _ = unix.Close(s.fd) } // nothing was written that could be lost
