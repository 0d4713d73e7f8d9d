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

	"lachan/cores"
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

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
	_   [4]byte
}

// A udpSocket is one socket of its address; several share it by SO_REUSEPORT.
// receive, batch and flush belong to its reader; write on its parked form may
// be called by any number of goroutines.
type udpSocket struct {
	addr   netip.AddrPort
	file   *os.File
	raw    syscall.RawConn // of file; keeps it open while it is used
	fd     int
	loop   *cores.Loop // waits for packets
	reader *reader     // answers them

	in, out [batchSize]mmsghdr
	pending []*Query
	receipt receipt
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
	s := &udpSocket{addr: addr, file: file, raw: raw, fd: fd, pending: make([]*Query, 0, batchSize)}
	s.receipt.read = s.recvmmsg
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
	loops, err := cores.Loops()
	if err != nil {
		d.close()
		return err
	}
	s.reader, s.loop = d, loops[i]
	return s.loop.Watch(s.fd, s.ready)
}

func (s *udpSocket) ready() {
	if err := s.reader.answer(); err != nil {
		s.loop.Forget(s.fd)
		s.reader.log.Error("read from socket", "address", s.addr, "error", err)
	}
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
		h := &s.in[i].hdr
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

func (s *udpSocket) recvmmsg(fd uintptr) bool {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&s.in[0])), batchSize, unix.MSG_DONTWAIT, 0, 0)
	s.receipt.n, s.receipt.errno = int(n), errno
	return true // never to wait
}

func (q *Query) takePacket(m *mmsghdr) {
	q.message = q.in[:m.len]
	if m.hdr.Flags&unix.MSG_TRUNC != 0 { // no query is that long
		q.message = nil
	}
	q.packet.fromLen = m.hdr.Namelen
	q.packet.ctrlLen = uint64(m.hdr.Controllen)
	switch from := &q.packet.from; *(*uint16)(unsafe.Pointer(from)) { // sa_family, in the machine's order
	case unix.AF_INET:
		q.client = netip.AddrFrom4([4]byte(from[4:8]))
	case unix.AF_INET6:
		q.client = netip.AddrFrom16([16]byte(from[8:24])).Unmap()
	}
}

// batch is the conn whose answers wait for flush.
func (s *udpSocket) batch() conn { return (*batchConn)(s) }

type batchConn udpSocket

func (b *batchConn) write(q *Query) {
	if len(q.out) > 0 {
		b.pending = append(b.pending, q)
	}
}

func (b *batchConn) parked() conn {
	b.waiting.Add(1)
	return (*singleConn)(b)
}

// flush sends all answers of the batch. An answer that the system does not
// take is lost, as any packet may be.
func (s *udpSocket) flush() {
	for i, q := range s.pending {
		q.fillHeader(&s.out[i].hdr)
	}
	for sent := 0; sent < len(s.pending); {
		n, errno := s.sendmmsg(s.out[sent:len(s.pending)])
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		case unix.EAGAIN:
			if !s.waitWritable() {
				sent = len(s.pending)
			}
		default:
			sent++ // this one cannot be sent; the next may
		}
	}
	s.pending = s.pending[:0]
}

func (q *Query) fillHeader(h *unix.Msghdr) {
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

func (s *udpSocket) sendmmsg(out []mmsghdr) (n int, errno syscall.Errno) {
	err := s.raw.Control(func(fd uintptr) {
		var sent uintptr
		sent, _, errno = syscall.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)), unix.MSG_DONTWAIT, 0, 0)
		n = int(sent)
	})
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

// singleConn sends each answer at once: the conn of queries that were parked.
// Each of them is written once.
type singleConn udpSocket

func (c *singleConn) parked() conn { return c }

func (c *singleConn) write(q *Query) {
	defer c.waiting.Done()
	if len(q.out) == 0 {
		return
	}
	var m [1]mmsghdr
	q.fillHeader(&m[0].hdr)
	s := (*udpSocket)(c)
	for {
		switch _, errno := s.sendmmsg(m[:]); errno {
		case unix.EINTR:
		case unix.EAGAIN:
			if !s.waitWritable() {
				return
			}
		default:
			return
		}
	}
}

// udpSockets is how many sockets share an address: one for each core.
func udpSockets() int { return cores.Count }

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
