package upstream

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// On Linux a carrier waits for all its sockets at once, with epoll(7), which the
// runtime's own poller waits for: a goroutine of each core reads whatever has come
// before it sleeps again.

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

// A poller is one epoll instance and its goroutine.
type poller struct {
	pool    *pool
	file    *os.File
	fd      int
	sockets []*socket // pool.mu; by file descriptor
	events  [64]unix.EpollEvent
	ready   []*socket
	n       int
	err     error
}

func newCarrier(p *pool) (*carrier, error) {
	c := &carrier{pool: p}
	if err := c.address(p.server); err != nil {
		return nil, err
	}
	for range runtime.GOMAXPROCS(0) {
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
	if err := unix.SetNonblock(fd, true); err != nil { // by this the runtime knows that it can wait for it
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(fd))
	}
	poll := &poller{pool: p, file: os.NewFile(uintptr(fd), "epoll"), fd: fd}
	raw, err := poll.file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, poll.file.Close())
	}
	go poll.run(raw)
	return poll, nil
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
	if err := unix.EpollCtl(poll.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
		return errors.Join(os.NewSyscallError("epoll_ctl", err), unix.Close(fd))
	}
	return nil
}

func (c *carrier) close() {
	for _, poll := range c.pollers {
		_ = poll.file.Close() // holds nothing; its goroutine ends
	}
}

// run reads until the poller is closed.
func (l *poller) run(raw syscall.RawConn) {
	buf := make([]byte, maxDatagram)
	wait := l.poll
	for raw.Read(wait) == nil && l.err == nil {
		l.pool.mu.Lock()
		l.ready = l.ready[:0]
		for _, e := range l.events[:l.n] {
			l.ready = append(l.ready, l.sockets[e.Fd])
		}
		l.pool.mu.Unlock()
		for _, s := range l.ready {
			l.pool.read(s, buf)
		}
	}
}

// poll looks without waiting; false tells the runtime to wait until there is
// something.
func (l *poller) poll(fd uintptr) bool {
	l.n, l.err = unix.EpollWait(int(fd), l.events[:], 0)
	if errors.Is(l.err, unix.EINTR) {
		l.n, l.err = 0, nil
		return true
	}
	return l.n != 0 || l.err != nil
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
