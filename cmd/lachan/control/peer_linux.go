package control

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// peer is the number of the user at the other end, as the kernel noted it when the
// connection was made.
func peer(c net.Conn) (uid int, known bool) {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return 0, false
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return 0, false
	}
	var found *unix.Ucred
	err = raw.Control(func(fd uintptr) { found, _ = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err != nil || found == nil {
		return 0, false
	}
	return int(found.Uid), true
}

// short is a way to a folder that fits into the address of a socket, of 108 bytes,
// however long its name is. It leads there until done is called.
func short(folder string) (path string, done func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d", f.Fd()), func() { _ = f.Close() }, nil
}
