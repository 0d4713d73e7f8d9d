package resolver

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// A silence is the wait for a client to send something, without room for what
// it may be.
type silence struct {
	socket syscall.RawConn
	over   func(fd uintptr) bool // what the socket asks
	looked bool
	octet  [1]byte
}

// silenceOf is that of a TCP socket, nil of anything else.
func silenceOf(c net.Conn) *silence {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	socket, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	s := &silence{socket: socket}
	s.over = s.isOver
	return s
}

// wait returns when there is something to read, if only the end, or with an
// error when the deadline for reading is over.
func (s *silence) wait() error {
	s.looked = false
	return s.socket.Read(s.over)
}

// isOver looks once, as what came before would not wake anybody. After that to be
// woken is enough.
func (s *silence) isOver(fd uintptr) bool {
	if s.looked {
		return true
	}
	s.looked = true
	_, _, err := unix.Recvfrom(int(fd), s.octet[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err != unix.EAGAIN
}
