package resolver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lachan/internal/eventloop"
)

// On Linux packets are read and written many at a time, with recvmmsg(2) and
// sendmmsg(2) on the raw socket. Where a socket is bound to all addresses, the
// control message that says which of them a packet came to goes back with the
// answer, so that the answer comes from there.
//
// The loop of a core waits for packets, not Go's poller: see cores.

const (
	// socketBuffer is in octets; the system may grant less. Linux takes it twice
	// and a question for 768 octets, so it holds what comes in a second on a busy
	// core: a machine that stands still that long loses nothing, and in overload no
	// answer is much older than that, when clients begin to ask again.
	socketBuffer   = 64 << 20
	controlOctets  = 64 // holds PKTINFO of either family
	sockaddrOctets = unix.SizeofSockaddrInet6
)

// packetState is what the socket keeps with a query.
type packetState struct {
	from    [sockaddrOctets]byte
	fromLen uint32
	control [controlOctets]byte
	ctrlLen uint64
	iov     unix.Iovec
}

// A udpSocket is one socket of its address; several share it by SO_REUSEPORT. It
// is itself the conn of the batch that was read. receive, write and flush belong
// to its reader.
type udpSocket struct {
	addr   netip.AddrPort
	file   *os.File
	raw    syscall.RawConn // of file; keeps it open while it is used
	fd     int
	loop   *eventloop.Loop // waits for packets
	reader *reader         // answers them

	in      [batchSize]eventloop.Message
	receipt receipt
	out     outbox
	late    lateConn
	waiting sync.WaitGroup // parked queries that were read here
}

// receipt carries the results of a system call out of the callback that makes
// it, which therefore need not be made anew for each batch.
type receipt struct {
	read  func(fd uintptr) bool
	n     int
	errno syscall.Errno
}

func listenUDP(addr netip.AddrPort) (*udpSocket, error) {
	network := "udp4"
	if addr.Addr().Is6() {
		network = "udp6"
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		return errors.Join(c.Control(func(fd uintptr) { err = setOptions(int(fd), addr.Addr()) }), err)
	}}
	pc, err := lc.ListenPacket(context.Background(), network, addr.String())
	if err != nil {
		return nil, err
	}
	fd, err := detached(pc.(*net.UDPConn))
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "udp")
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &udpSocket{addr: addr, file: file, raw: raw, fd: fd}
	s.receipt.read = s.read
	s.late.socket = s
	return s, nil
}

// detached is conn out of reach of Go's poller; conn itself is closed.
func detached(conn *net.UDPConn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, errors.Join(err, conn.Close())
	}
	var copied error
	err = raw.Control(func(of uintptr) { fd, copied = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) })
	if err := errors.Join(err, os.NewSyscallError("fcntl", copied), conn.Close()); err != nil {
		return 0, err
	}
	if err := unix.SetNonblock(fd, false); err != nil { // by this Go knows that it is not to wait for it
		return 0, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(fd))
	}
	return fd, nil
}

// start lets d answer, on the loop of the i-th core, until stopReading.
func (s *udpSocket) start(d *reader, i int) error {
	loops, err := eventloop.Loops()
	if err != nil {
		d.close()
		return err
	}
	s.reader, s.loop = d, loops[i]
	return s.loop.Watch(s.fd, s.ready)
}

func (s *udpSocket) ready() (tail func()) {
	if err := s.reader.answer(); err != nil {
		s.loop.Forget(s.fd)
		s.reader.log.Error("read from socket", "address", s.addr, "error", err)
	}
	return nil
}

func setOptions(fd int, addr netip.Addr) (err error) {
	switch {
	case !addr.IsUnspecified():
	case addr.Is6():
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	default:
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	}
	// More room than the system grants by default is a wish, not a need.
	for _, option := range [2]int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, option+forceOffset(option), socketBuffer) != nil {
			err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, socketBuffer))
		}
	}
	return errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
}

// forceOffset leads from SO_RCVBUF and SO_SNDBUF to their forms that exceed
// the system's limit, which a privileged process may use.
func forceOffset(option int) int {
	if option == unix.SO_RCVBUF {
		return unix.SO_RCVBUFFORCE - unix.SO_RCVBUF
	}
	return unix.SO_SNDBUFFORCE - unix.SO_SNDBUF
}

// receive fills as many queries as there are packets, none if there is none.
func (s *udpSocket) receive(batch []*Query) (int, error) {
	for i, q := range batch {
		q.packet.iov.Base = &q.in[0]
		q.packet.iov.SetLen(len(q.in))
		h := &s.in[i]
		h.Name, h.Namelen = &q.packet.from[0], sockaddrOctets
		h.Iov, h.Iovlen = &q.packet.iov, 1
		if s.addr.Addr().IsUnspecified() {
			h.Control = &q.packet.control[0]
			h.SetControllen(controlOctets)
		}
	}
	for {
		if err := s.raw.Read(s.receipt.read); err != nil {
			return 0, err
		}
		switch s.receipt.errno {
		case 0:
			for i, q := range batch[:s.receipt.n] {
				q.takePacket(&s.in[i])
			}
			return s.receipt.n, nil
		case unix.EAGAIN:
			return 0, nil
		case unix.EINTR, unix.ECONNREFUSED: // the latter: an ICMP error for an earlier answer
		default:
			return 0, os.NewSyscallError("recvmmsg", s.receipt.errno)
		}
	}
}

func (s *udpSocket) read(fd uintptr) bool {
	s.receipt.n, s.receipt.errno = eventloop.Receive(int(fd), s.in[:])
	return true // never to wait
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

func (s *udpSocket) parked() conn {
	s.waiting.Add(1)
	return &s.late
}

func (s *udpSocket) write(q *Query) {
	if len(q.out) > 0 {
		s.out.add(q)
	}
}

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
	for i, q := range o.answers[:held] {
		q.fillHeader(&o.messages[i])
	}
	for sent := 0; sent < held; {
		n, errno := s.sendSome(o.messages[sent:held])
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
	o.held = 0
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

func (s *udpSocket) sendSome(messages []eventloop.Message) (n int, errno syscall.Errno) {
	err := s.raw.Control(func(fd uintptr) { n, errno = eventloop.Send(int(fd), messages) })
	if err != nil {
		return 0, unix.EBADF
	}
	return n, errno
}

const writePatience = 100 * time.Millisecond

// waitWritable waits a moment for room in the socket's buffer.
func (s *udpSocket) waitWritable() bool {
	n := 0
	err := s.raw.Control(func(fd uintptr) {
		n, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, int(writePatience.Milliseconds()))
	})
	return err == nil && n > 0
}

// lateConn is the conn of queries that were parked. Any number of goroutines
// write to it, each query once, and flush.
type lateConn struct {
	socket *udpSocket
	mu     sync.Mutex // held while answers are sent, so that who flushes finds them sent
	out    outbox     // mu
}

func (c *lateConn) parked() conn { return c }

func (c *lateConn) write(q *Query) {
	if len(q.out) == 0 {
		c.socket.waiting.Done()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.held == batchSize {
		c.send()
	}
	c.out.add(q)
}

func (c *lateConn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.send()
}

func (c *lateConn) send() {
	if held := c.out.held; held > 0 {
		c.out.send(c.socket)
		c.socket.waiting.Add(-held)
	}
}

// udpSockets is how many sockets share an address: one for each core.
func udpSockets() int { return eventloop.Count }

// stopReading ends what start began. The socket stays open for the answers to
// what waits.
func (s *udpSocket) stopReading() error {
	if d := s.reader; d != nil {
		s.loop.Forget(s.fd)
		s.loop.Settle()
		s.reader = nil
		d.close()
	}
	return nil
}

func (s *udpSocket) close() error { return errors.Join(s.stopReading(), s.file.Close()) }
