//go:build !linux

package listen

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// socketBuffer is in bytes: some thousand questions that come at once.
const socketBuffer = 4 << 20

// socketsPerAddress is how many sockets share an address: without Linux's
// SO_REUSEPORT, which divides what comes, one.
func socketsPerAddress() int { return 1 }

// setOptions asks for more room than the system grants by default. Without it
// the socket works too.
func setOptions(fd int, _ netip.Addr) error {
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer)
	return nil
}
