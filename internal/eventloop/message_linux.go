package eventloop

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Message is struct mmsghdr of recvmmsg(2): one packet of many. Go rounds its
// size up as C does, to a multiple of the size of a pointer.
type Message struct {
	unix.Msghdr
	Len uint32 // bytes received
}

// Receive reads as many packets as there are, at most one into each of messages,
// with one system call that does not wait: EAGAIN when there is none.
func Receive(fd int, messages []Message) (n int, errno syscall.Errno) {
	return transfer(unix.SYS_RECVMMSG, fd, messages)
}

// Send writes packets until one of them cannot be, with one system call that does
// not wait: errno is that of the first, when not even that was sent.
func Send(fd int, messages []Message) (n int, errno syscall.Errno) {
	return transfer(unix.SYS_SENDMMSG, fd, messages)
}

func transfer(call uintptr, fd int, messages []Message) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(
		call, uintptr(fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(len(messages)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
