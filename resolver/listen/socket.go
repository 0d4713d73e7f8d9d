package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// bind opens one socket. The File that it returns is not in Go's poller, which
// would wake the holder for everything that comes.
func bind(network string, addr netip.AddrPort, plain bool) (*os.File, error) {
	family := "4"
	if addr.Addr().Is6() {
		family = "6"
	}
	var lc net.ListenConfig
	if network == TCP {
		l, err := lc.Listen(context.Background(), network+family, addr.String())
		if err != nil {
			return nil, err
		}
		return detach(l.(*net.TCPListener), network, lengthen)
	}
	if plain {
		lc.Control = func(_, _ string, c syscall.RawConn) error {
			var err error
			return errors.Join(c.Control(func(fd uintptr) { err = setOptions(int(fd), addr.Addr()) }), err)
		}
	}
	c, err := lc.ListenPacket(context.Background(), network+family, addr.String())
	if err != nil {
		return nil, err
	}
	return detach(c.(*net.UDPConn), network, func(int) error { return nil })
}

// backlog is how many connections may wait to be accepted, unless the system
// allows fewer. Go reads that below /proc/sys, and takes 128 where it is not shown
// (ProcSubset=pid of systemd).
const backlog = 4096

// lengthen lets more connections wait at a listener. Where it cannot, it listens
// as it did.
func lengthen(fd int) error {
	_ = unix.Listen(fd, backlog)
	return nil
}

// detach returns the socket out of reach of Go's poller, prepared, and closes it
// as it was.
func detach(socket interface {
	syscall.Conn
	Close() error
}, name string, prepare func(fd int) error) (file *os.File, err error) {
	raw, err := socket.SyscallConn()
	if err == nil {
		err = controlRaw(raw, func(fd int) (err error) {
			if err := unix.SetNonblock(fd, false); err != nil { // os.NewFile leaves it alone then
				return os.NewSyscallError("fcntl", err)
			}
			if err := prepare(fd); err != nil {
				return err
			}
			if fd, err = duplicate(fd); err == nil {
				file = os.NewFile(uintptr(fd), name)
			}
			return err
		})
	}
	return file, errors.Join(err, socket.Close())
}

// duplicate returns another descriptor of the same open socket.
func duplicate(fd int) (int, error) {
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	return fd, os.NewSyscallError("fcntl", err)
}

// control calls f with the descriptor of an open file.
func control(file *os.File, f func(fd int) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	return controlRaw(raw, f)
}

func controlRaw(raw syscall.RawConn, f func(fd int) error) (err error) {
	if closed := raw.Control(func(fd uintptr) { err = f(int(fd)) }); closed != nil {
		return closed
	}
	return err
}

// portOf is the port that a socket is bound to.
func portOf(fd int) (uint16, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return 0, os.NewSyscallError("getsockname", err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return uint16(sa.Port), nil
	case *unix.SockaddrInet6:
		return uint16(sa.Port), nil
	}
	return 0, fmt.Errorf("a socket of kind %T", sa)
}
