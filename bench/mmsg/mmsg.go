//go:build linux

// Package mmsg sends and receives many packets with one system call on plain
// IPv4 sockets: what the programs that measure share.
package mmsg

import (
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// header is struct mmsghdr of recvmmsg(2).
type header struct {
	unix.Msghdr
	length uint32
	_      [4]byte
}

// A Batch is room for packets and for the addresses they came from. One
// goroutine uses it at a time.
type Batch struct {
	headers []header
	vectors []unix.Iovec
	from    []unix.RawSockaddrInet4
	room    [][]byte
}

// NewBatch makes room for count packets of at most size octets.
func NewBatch(count, size int) *Batch {
	b := &Batch{
		headers: make([]header, count), vectors: make([]unix.Iovec, count),
		from: make([]unix.RawSockaddrInet4, count), room: make([][]byte, count),
	}
	octets := make([]byte, count*size)
	for i := range b.room {
		b.room[i] = octets[i*size : (i+1)*size : (i+1)*size]
		b.vectors[i].Base = &b.room[i][0]
		b.headers[i].Iov = &b.vectors[i]
		b.headers[i].SetIovlen(1)
	}
	return b
}

// Len is how many packets there is room for.
func (b *Batch) Len() int { return len(b.headers) }

// Room is the whole room of packet i.
func (b *Batch) Room(i int) []byte { return b.room[i] }

// Packet is packet i as Receive read it.
func (b *Batch) Packet(i int) []byte { return b.room[i][:b.headers[i].length] }

// SetLength makes the first n octets of the room of packet i what Send sends.
func (b *Batch) SetLength(i, n int) { b.vectors[i].SetLen(n) }

// Receive reads packets, with their addresses when the socket is not
// connected. Without unix.MSG_DONTWAIT in flags it waits for the first.
func (b *Batch) Receive(fd, flags int) (int, error) {
	for i := range b.headers {
		b.vectors[i].SetLen(len(b.room[i]))
		b.headers[i].Name = (*byte)(unsafe.Pointer(&b.from[i]))
		b.headers[i].Namelen = unix.SizeofSockaddrInet4
	}
	return call(unix.SYS_RECVMMSG, fd, b.headers, flags)
}

// Reply sends the first n packets to where they came from.
func (b *Batch) Reply(fd, n int) (int, error) { return call(unix.SYS_SENDMMSG, fd, b.headers[:n], 0) }

// Send sends the first n packets on a connected socket, without waiting.
func (b *Batch) Send(fd, n int) (int, error) {
	for i := range b.headers[:n] {
		b.headers[i].Name, b.headers[i].Namelen = nil, 0
	}
	return call(unix.SYS_SENDMMSG, fd, b.headers[:n], unix.MSG_DONTWAIT)
}

func call(trap uintptr, fd int, headers []header, flags int) (int, error) {
	if len(headers) == 0 {
		return 0, nil
	}
	n, _, errno := syscall.Syscall6(
		trap, uintptr(fd), uintptr(unsafe.Pointer(&headers[0])), uintptr(len(headers)), uintptr(flags), 0, 0,
	)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// socketBuffer is in octets; the system may grant less.
const socketBuffer = 8 << 20

// Listen opens a socket bound to addr that blocks.
func Listen(addr netip.AddrPort) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	for _, option := range [...]int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, socketBuffer); err != nil {
			return 0, os.NewSyscallError("setsockopt", err)
		}
	}
	if err := unix.Bind(fd, sockaddr(addr)); err != nil {
		return 0, fmt.Errorf("bind to %s: %w", addr, err)
	}
	return fd, nil
}

// Dial opens a socket from any port of the address from that is connected to
// addr and does not block.
func Dial(from netip.Addr, addr netip.AddrPort) (fd int, err error) {
	fd, err = Listen(netip.AddrPortFrom(from, 0))
	if err != nil {
		return 0, err
	}
	if err := unix.Connect(fd, sockaddr(addr)); err != nil {
		return 0, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return fd, unix.SetNonblock(fd, true)
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
}
