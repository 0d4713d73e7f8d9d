package resolver

import (
	"errors"
	"net/netip"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lachan/internal/eventloop"
	"lachan/resolver/listen"
)

// On Linux packets are read and written many at a time, with recvmmsg(2) and
// sendmmsg(2) on the raw socket. Where a socket is bound to all addresses, the
// control message that says which of them a packet came to goes back with the
// answer, so that the answer comes from there.
//
// The loop of a core waits for packets, not Go's poller: see eventloop.

const (
	controlSize  = 64 // holds PKTINFO of either family
	sockaddrSize = unix.SizeofSockaddrInet6
)

// packet is what the socket keeps with a query.
type packet struct {
	from    [sockaddrSize]byte
	fromLen uint32
	control [controlSize]byte
	ctrlLen uint64
	iov     unix.Iovec
}

// A udpSocket is one socket of its address; several share it by SO_REUSEPORT. It
// is itself the responseWriter of the batch that was read. receive, write and flush belong
// to its worker.
type udpSocket struct {
	addr   netip.AddrPort
	loop   *eventloop.Loop // waits for packets
	worker *udpWorker      // answers them

	closing sync.RWMutex // held while something is sent
	fd      int          // closing; written under it, and read without by the loop; -1 once closed

	in      [batchSize]eventloop.Message
	out     outbox
	late    lateWriter
	waiting sync.WaitGroup // queries that were read here and wait for an upstream
}

// newUDPSocket makes one of a copy of a socket.
func newUDPSocket(socket listen.Socket, addr netip.AddrPort) (*udpSocket, error) {
	fd, err := socket.Descriptor()
	if err != nil {
		return nil, err
	}
	s := &udpSocket{addr: addr, fd: fd}
	s.late.socket = s
	return s, nil
}

// start lets w answer, on a loop for the i-th socket, until stopReading.
func (s *udpSocket) start(w *udpWorker, loops *eventloop.Loops, i int) error {
	s.worker, s.loop = w, loops.At(i)
	return s.loop.Watch(s.fd, s.ready)
}

func (s *udpSocket) ready() (tail func()) {
	if err := s.worker.answer(); err != nil {
		s.loop.Forget(s.fd)
		s.worker.log.Error("read from socket", "address", s.addr, "error", err)
	}
	return nil
}

// receive fills as many queries as there are packets, none if there is none.
func (s *udpSocket) receive(batch []*Query) (int, error) {
	for i, q := range batch {
		q.packet.iov.Base = &q.in[0]
		q.packet.iov.SetLen(len(q.in))
		h := &s.in[i]
		h.Name, h.Namelen = &q.packet.from[0], sockaddrSize
		h.Iov, h.Iovlen = &q.packet.iov, 1
		if s.addr.Addr().IsUnspecified() {
			h.Control = &q.packet.control[0]
			h.SetControllen(controlSize)
		}
	}
	for {
		n, errno := eventloop.Receive(s.fd, s.in[:])
		switch errno {
		case 0:
			for i, q := range batch[:n] {
				q.takePacket(&s.in[i])
			}
			return n, nil
		case unix.EAGAIN:
			return 0, nil
		case unix.EINTR, unix.ECONNREFUSED: // the latter: an ICMP error for an earlier answer
		default:
			return 0, os.NewSyscallError("recvmmsg", errno)
		}
	}
}

func (q *Query) takePacket(m *eventloop.Message) {
	q.message = q.in[:m.Len]
	if m.Flags&unix.MSG_TRUNC != 0 { // no query is that long
		q.message = nil
	}
	q.packet.fromLen = m.Namelen
	q.packet.ctrlLen = uint64(m.Controllen)
	switch from := &q.packet.from; *(*uint16)(unsafe.Pointer(from)) { // sa_family, in the machine's order
	case unix.AF_INET:
		q.client = netip.AddrFrom4([4]byte(from[4:8]))
	case unix.AF_INET6:
		q.client = netip.AddrFrom16([16]byte(from[8:24])).Unmap()
	}
}

// async counts one more query that waits. While the socket is read from, its
// worker calls it, so that no Add of waiting comes after the Wait in retire, which
// is called when reading has stopped.
func (s *udpSocket) async() responseWriter {
	s.waiting.Add(1)
	return &s.late
}

func (s *udpSocket) write(q *Query) { s.out.add(q) }

func (s *udpSocket) drop(*Query) {}

func (s *udpSocket) flush() { s.out.send(s) }

// An outbox holds the answers that leave together.
type outbox struct {
	answers  [batchSize]*Query
	messages [batchSize]eventloop.Message
	held     int
}

func (o *outbox) add(q *Query) {
	o.answers[o.held] = q
	o.held++
}

// send sends what it holds from s. An answer that the system does not take is
// lost, as any packet may be.
func (o *outbox) send(s *udpSocket) {
	held := o.held
	o.held = 0
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.fd < 0 {
		return
	}
	for i, q := range o.answers[:held] {
		q.fillHeader(&o.messages[i])
	}
	for sent := 0; sent < held; {
		n, errno := eventloop.Send(s.fd, o.messages[sent:held])
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		case unix.EAGAIN:
			if !s.waitWritable() {
				sent = held
			}
		default:
			sent++ // this one cannot be sent; the next may
		}
	}
}

func (q *Query) fillHeader(h *eventloop.Message) {
	q.packet.iov.Base = &q.out[0]
	q.packet.iov.SetLen(len(q.out))
	h.Name, h.Namelen = &q.packet.from[0], q.packet.fromLen
	h.Iov, h.Iovlen = &q.packet.iov, 1
	h.Control = nil
	if q.packet.ctrlLen > 0 {
		h.Control = &q.packet.control[0]
	}
	h.SetControllen(int(q.packet.ctrlLen))
}

const writePatience = 100 * time.Millisecond

// waitWritable waits a moment for room in the socket's buffer.
func (s *udpSocket) waitWritable() bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLOUT}}, int(writePatience.Milliseconds()))
	return n > 0
}

// A lateWriter takes the replies to queries that waited for an upstream. Any
// number of goroutines write to it, each query once, and flush.
type lateWriter struct {
	socket *udpSocket
	mu     sync.Mutex // held while answers are sent, so that they are sent when flush returns
	out    outbox     // mu
}

func (c *lateWriter) async() responseWriter { return c }

func (c *lateWriter) drop(*Query) { c.socket.waiting.Done() }

func (c *lateWriter) write(q *Query) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.held == batchSize {
		c.send()
	}
	c.out.add(q)
}

func (c *lateWriter) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.send()
}

func (c *lateWriter) send() {
	if held := c.out.held; held > 0 {
		c.out.send(c.socket)
		c.socket.waiting.Add(-held)
	}
}

// stopReading ends what start began. The socket stays open for the answers to
// what waits.
func (s *udpSocket) stopReading() error {
	if w := s.worker; w != nil {
		s.loop.Forget(s.fd)
		s.loop.Barrier()
		s.worker = nil
		w.close()
	}
	return nil
}

// close closes this copy of the socket. What is written later is lost.
func (s *udpSocket) close() error {
	err := s.stopReading()
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.fd < 0 {
		return err
	}
	err = errors.Join(err, os.NewSyscallError("close", unix.Close(s.fd)))
	s.fd = -1
	return err
}
