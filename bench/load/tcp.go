//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// A streamTransport carries messages over TCP, each behind its length (RFC
// 1035 section 4.2.2), as many as there are in one write.
type streamTransport struct {
	messages [maxBatch][packetOctets]byte
	out      []byte // framed; what the system has not taken yet
	in       []byte // read; begins with a frame that is not whole yet
}

const streamOctets = 1 << 16

func newStreamTransport() *streamTransport {
	return &streamTransport{out: make([]byte, 0, streamOctets), in: make([]byte, 0, 2*streamOctets)}
}

func dialTCP(from netip.Addr, to netip.AddrPort) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return 0, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: from.As4()}); err != nil {
		return 0, fmt.Errorf("bind to %s: %w", from, err)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return 0, fmt.Errorf("connect to %s: %w", to, err)
	}
	return fd, unix.SetNonblock(fd, true)
}

func (t *streamTransport) room(i int) []byte { return t.messages[i][:] }

// send takes all messages or, while much waits to be written, none.
func (t *streamTransport) send(fd int, lengths []int) int {
	t.write(fd)
	if len(t.out) > streamOctets/2 {
		return 0
	}
	for i, n := range lengths {
		t.out = binary.BigEndian.AppendUint16(t.out, uint16(n))
		t.out = append(t.out, t.messages[i][:n]...)
	}
	t.write(fd)
	return len(lengths)
}

func (t *streamTransport) write(fd int) {
	if len(t.out) == 0 {
		return
	}
	if n, err := unix.Write(fd, t.out); err == nil {
		t.out = t.out[:copy(t.out, t.out[n:])]
	}
}

func (t *streamTransport) receive(fd int, yield func([]byte)) {
	n, err := unix.Read(fd, t.in[len(t.in):cap(t.in)])
	if err != nil || n <= 0 {
		return
	}
	t.in = t.in[:len(t.in)+n]
	rest := t.in
	for len(rest) >= 2 {
		end := 2 + int(binary.BigEndian.Uint16(rest))
		if end > len(rest) {
			break
		}
		yield(rest[2:end])
		rest = rest[end:]
	}
	t.in = t.in[:copy(t.in, rest)]
	t.write(fd)
}
