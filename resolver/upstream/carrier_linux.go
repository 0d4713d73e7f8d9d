package upstream

import (
	"errors"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/internal/eventloop"
)

// On Linux the loops of the cores wait for the sockets of a carrier, as they wait
// for those of clients: a question and its reply change no thread.

// receiveBuffer is in octets; the system may grant less. Linux takes it twice and
// a reply for up to 2,304, so that the replies to ten batches can wait while the
// machine stands still.
const receiveBuffer = 512 << 10

// A carrier brings what comes on its sockets to the pool. connect is called
// under the pool's lock.
type carrier struct {
	pool   *pool
	domain int
	to     unix.Sockaddr
	loops  []*eventloop.Loop
	fields []*field // where sockets land, of each loop
	next   int      // the loop of the next socket
}

// A field is room for what comes on one socket at a time.
type field struct {
	landing
	room     [maxTogether][maxDatagram]byte
	vectors  [maxTogether]unix.Iovec
	messages [maxTogether]eventloop.Message
	tail     func() // settle
}

func newField() *field {
	f := &field{}
	for i := range f.messages {
		f.vectors[i].Base = &f.room[i][0]
		f.vectors[i].SetLen(maxDatagram)
		f.messages[i].Iov = &f.vectors[i]
		f.messages[i].SetIovlen(1)
	}
	f.tail = f.settle
	return f
}

// port is a socket of the system. It is used under the lock of its socket, until
// hangUp.
type port struct {
	fd   int
	loop *eventloop.Loop
}

func newCarrier(p *pool) (c *carrier, err error) {
	c = &carrier{pool: p}
	if c.loops, err = eventloop.Loops(); err != nil {
		return nil, err
	}
	if err := c.address(p.server); err != nil {
		return nil, err
	}
	for range c.loops {
		c.fields = append(c.fields, newField())
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
	// More room than the system grants by default is a wish, not a need.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	if err := unix.Connect(fd, c.to); err != nil {
		return errors.Join(os.NewSyscallError("connect", err), unix.Close(fd))
	}
	c.next = (c.next + 1) % len(c.loops)
	f := c.fields[c.next]
	s.loop = c.loops[c.next]
	if err := s.loop.Watch(fd, func() func() { return c.pool.read(s, f) }); err != nil {
		s.hangUp()
		return err
	}
	return nil
}

// read takes what has come on s. If that is more than there is room for, it is told
// of s again.
func (p *pool) read(s *socket, f *field) (tail func()) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	n, errno := eventloop.Receive(s.fd, f.messages[:])
	switch errno {
	case 0:
		f.datagrams = f.datagrams[:0]
		for i := range n {
			f.datagrams = append(f.datagrams, f.room[i][:f.messages[i].Len])
		}
		p.received(s, &f.landing)
		return f.tail
	case unix.EAGAIN, unix.EINTR:
		s.mu.Unlock()
	default: // an ICMP error for what was sent before
		p.broke(s, networkError("ask", p.server, os.NewSyscallError("recvmmsg", errno)))
	}
	return nil
}

// send sends calls, at most maxTogether. What the system has no room for now is
// lost, as any packet may be. The error is that of the first that is not sent.
func (s *socket) send(calls []*call) (sent int, err error) {
	var vectors [maxTogether]unix.Iovec
	var messages [maxTogether]eventloop.Message
	for i, c := range calls {
		vectors[i].Base = &c.sent[0]
		vectors[i].SetLen(len(c.sent))
		messages[i].Iov = &vectors[i]
		messages[i].SetIovlen(1)
	}
	for sent < len(calls) {
		n, errno := eventloop.Send(s.fd, messages[sent:len(calls)])
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			return len(calls), nil
		default:
			return sent, os.NewSyscallError("sendmmsg", errno)
		}
	}
	return sent, nil
}

func (s *socket) hangUp() {
	s.loop.Forget(s.fd)
	_ = unix.Close(s.fd) // nothing was written that could be lost
}
