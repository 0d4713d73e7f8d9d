package clientconn

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// An IdleWait waits for a client to send something, without room for what it may
// be.
type IdleWait struct {
	socket syscall.RawConn
	over   func(fd uintptr) bool // what the socket asks
	looked bool
	first  [1]byte
}

// NewIdleWait returns one for a TCP socket, and nil for anything else.
func NewIdleWait(c net.Conn) *IdleWait {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	socket, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	w := &IdleWait{socket: socket}
	w.over = w.isOver
	return w
}

// Wait returns when there is something to read, if only the end, or with an error
// when the deadline for reading is over.
func (w *IdleWait) Wait() error {
	w.looked = false
	return w.socket.Read(w.over)
}

// isOver looks at the socket once, as what came before would not wake the reader.
// After that to be woken is enough.
func (w *IdleWait) isOver(fd uintptr) bool {
	if w.looked {
		return true
	}
	w.looked = true
	_, _, err := unix.Recvfrom(int(fd), w.first[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err != unix.EAGAIN
}
