package listen

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"

	"lachan/internal/eventloop"
)

// socketBuffer is in bytes; the system may grant less. Linux doubles it and
// charges 768 bytes for a question, so it holds what comes in a second on a busy
// core. A machine that stands still for a second loses nothing, and in overload
// no answer is much older than that, when clients begin to ask again.
const socketBuffer = 64 << 20

// socketsPerAddress is how many sockets share an address: one for each core.
func socketsPerAddress() int { return eventloop.Count }

// setOptions prepares a socket for plain DNS over UDP. If it is bound to all
// addresses each packet says which of them it came to.
func setOptions(fd int, addr netip.Addr) (err error) {
	switch {
	case !addr.IsUnspecified():
	case addr.Is6():
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	default:
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	}
	// A privileged process gets more room than the system grants by default; for
	// others the default has to do.
	for _, option := range [2]int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, forced(option), socketBuffer) != nil {
			err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, socketBuffer))
		}
	}
	return errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
}

// forced is the form of SO_RCVBUF and SO_SNDBUF that exceeds the system's limit,
// which a privileged process may use.
func forced(option int) int {
	if option == unix.SO_RCVBUF {
		return unix.SO_RCVBUFFORCE
	}
	return unix.SO_SNDBUFFORCE
}
