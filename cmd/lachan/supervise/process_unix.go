//go:build unix

package supervise

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// upgradeSignal makes the supervisor replace the program.
const upgradeSignal = syscall.SIGUSR2

// apart starts a child in a process group of its own: what a terminal sends to
// all at Ctrl-C is for the supervisor to hand on. A child ends with the
// supervisor because its connection does.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// inherit lets the next exec keep f and returns its descriptor.
func inherit(f *os.File) (descriptor int, err error) {
	return descriptor, withDescriptor(f, func(fd int) error {
		descriptor = fd
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0)
		return os.NewSyscallError("fcntl", err)
	})
}

// keepFromChildren closes f on exec, as it is with every file of Go.
func keepFromChildren(f *os.File) error {
	return withDescriptor(f, func(fd int) error {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC)
		return os.NewSyscallError("fcntl", err)
	})
}

func withDescriptor(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	if err := raw.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil {
		return err
	}
	return done
}

// become replaces this process by a program with the same arguments.
func become(program string, env []string) error {
	return os.NewSyscallError("execve", syscall.Exec(program, os.Args, env))
}
