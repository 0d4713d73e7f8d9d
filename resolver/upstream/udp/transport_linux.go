package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/internal/eventloop"
	"lachan/resolver/upstream/exchange"
)

// On Linux the event loops wait for the sockets of upstreams as they wait for
// those of clients: a query and its reply do not change the thread.

// receiveBuffer is in bytes; the system may grant less. Linux doubles the value
// and charges up to 2,304 bytes for a reply, so that the replies to ten batches
// can wait while the machine stands still.
const receiveBuffer = 512 << 10

// A transport brings what comes on its sockets to the pool.
type transport struct {
	pool    *Pool
	domain  int
	to      unix.Sockaddr
	buffers []*recvBuf // one for each loop
	next    int        // the loop of the next socket
}

// recvBuf is the memory into which one loop receives, from one socket at a time.
type recvBuf struct {
	batch
	bytes    [MaxBatch][exchange.MaxDatagram]byte
	vectors  [MaxBatch]unix.Iovec
	messages [MaxBatch]eventloop.Message
	tail     func() // runTails
}

func newRecvBuf() *recvBuf {
	b := &recvBuf{}
	for i := range b.messages {
		b.vectors[i].Base = &b.bytes[i][0]
		b.vectors[i].SetLen(exchange.MaxDatagram)
		b.messages[i].Iov = &b.vectors[i]
		b.messages[i].SetIovlen(1)
	}
	b.tail = b.runTails
	return b
}

// sock is a socket of the system. It is used under the lock of its socket.
type sock struct {
	fd   int
	loop *eventloop.Loop
}

func newTransport(p *Pool) (t *transport, err error) {
	t = &transport{pool: p}
	if err := t.address(p.server); err != nil {
		return nil, err
	}
	for range p.loops.Len() {
		t.buffers = append(t.buffers, newRecvBuf())
	}
	return t, nil
}

// address sets where sockets are connected to.
func (t *transport) address(server netip.AddrPort) error {
	a := server.Addr().Unmap()
	if a.Is4() {
		t.domain, t.to = unix.AF_INET, &unix.SockaddrInet4{Port: int(server.Port()), Addr: a.As4()}
		return nil
	}
	to := &unix.SockaddrInet6{Port: int(server.Port()), Addr: a.As16()}
	t.domain, t.to = unix.AF_INET6, to
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

// connect opens a socket with a port of the kernel's choice. The pool's lock is
// held.
func (t *transport) connect(s *socket) error {
	fd, err := unix.Socket(t.domain, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	s.fd = fd
	// The socket is usable if the system does not grant the room.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	if err := unix.Connect(fd, t.to); err != nil {
		return errors.Join(os.NewSyscallError("connect", err), unix.Close(fd))
	}
	t.next = (t.next + 1) % len(t.buffers)
	b := t.buffers[t.next]
	s.loop = t.pool.loops.At(t.next)
	if err := s.loop.Watch(fd, func() func() { return t.pool.read(s, b) }); err != nil {
		s.closeFD()
		return err
	}
	return nil
}

// read takes what has come on s. If that is more than there is room for, the
// loop calls it again.
func (p *Pool) read(s *socket, b *recvBuf) (tail func()) {
	b.reset()
	p.receive(s, b)
	p.complete(&b.batch)
	return b.tail
}

// receive reads from s and matches what came with the requests.
func (p *Pool) receive(s *socket, b *recvBuf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	n, errno := eventloop.Receive(s.fd, b.messages[:])
	switch errno {
	case 0:
		for i := range n {
			b.datagrams = append(b.datagrams, b.bytes[i][:b.messages[i].Len])
		}
		s.match(&b.batch)
	case unix.EAGAIN, unix.EINTR:
	default: // an ICMP error for what was sent before
		s.breakOff(&b.batch, p.networkError(os.NewSyscallError("recvmmsg", errno)))
	}
}

// send sends requests, at most MaxBatch of them. What the system has no room for
// now is lost, as any packet may be. The error is that of the first request that
// is not sent.
func (s *socket) send(requests []*Request) (sent int, err error) {
	var vectors [MaxBatch]unix.Iovec
	var messages [MaxBatch]eventloop.Message
	for i, r := range requests {
		vectors[i].Base = &r.Query[0]
		vectors[i].SetLen(len(r.Query))
		messages[i].Iov = &vectors[i]
		messages[i].SetIovlen(1)
	}
	for sent < len(requests) {
		n, errno := eventloop.Send(s.fd, messages[sent:len(requests)])
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			return len(requests), nil
		default:
			return sent, os.NewSyscallError("sendmmsg", errno)
		}
	}
	return sent, nil
}

func (s *socket) closeFD() {
	s.loop.Forget(s.fd)
	_ = unix.Close(s.fd) // nothing was written that could be lost
}
