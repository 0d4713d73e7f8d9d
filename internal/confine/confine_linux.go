// Package confine takes from a process what it does not need, so that an attacker
// who takes it over gains little: privileges, and with Landlock the files that it
// does not work on. What a kernel cannot do is left undone: nothing that
// people rely on depends on it.
package confine

import (
	"fmt"
	"os"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// Capabilities of capabilities(7) that a process may keep.
const (
	ReadFiles  = 1 << unix.CAP_DAC_READ_SEARCH  // of other users
	WriteFiles = 1 << unix.CAP_DAC_OVERRIDE     // likewise
	BindPorts  = 1 << unix.CAP_NET_BIND_SERVICE // below 1024
)

// Raise makes a privilege effective, in all threads, that this process is permitted and
// has not: as the program's file in an image permits it.
func Raise(privilege uint32) error {
	header, had, err := capabilities()
	if err != nil {
		return err
	}
	more := had[0].Permitted & privilege &^ had[0].Effective
	if more == 0 {
		return nil
	}
	had[0].Effective |= more
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&had[0])), 0)
	if errno != 0 {
		return os.NewSyscallError("capset", errno)
	}
	return nil
}

// Thread gives up in this thread what Privileges gives up in all: a program that the
// thread starts has no more, also not by what its file permits.
func Thread(keep uint32) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	header, had, err := capabilities()
	if err != nil {
		return err
	}
	kept := had[0].Permitted & keep
	less := [2]unix.CapUserData{{Effective: kept, Permitted: kept}}
	return os.NewSyscallError("capset", unix.Capset(&header, &less[0]))
}

// capabilities are those of this thread, which all threads have alike until one of them
// gives some up.
func capabilities() (header unix.CapUserHeader, had [2]unix.CapUserData, err error) {
	header.Version = unix.LINUX_CAPABILITY_VERSION_3
	return header, had, os.NewSyscallError("capget", unix.Capget(&header, &had[0]))
}

// Privileges gives up all capabilities but those in keep, in all threads, and
// lets no program that this process starts have more than it has.
func Privileges(keep uint32) error {
	if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	header, had, err := capabilities()
	if err != nil {
		return err
	}
	kept := had[0].Permitted & keep
	less := [2]unix.CapUserData{{Effective: kept, Permitted: kept}}
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&less[0])), 0)
	if errno != 0 {
		return os.NewSyscallError("capset", errno)
	}
	return nil
}

// Files lets this process open no file but those named and those below the
// folders named: to read, or to read and write. What is not there is left out,
// what is open already stays open. It needs Landlock, of Linux 5.13 and later.
func Files(readable, writable []string) error {
	rules := []landlock.Rule{landlock.RWDirs(writable...).IgnoreIfMissing()}
	for _, path := range readable {
		rule := landlock.RODirs(path)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			rule = landlock.ROFiles(path)
		}
		rules = append(rules, rule.IgnoreIfMissing())
	}
	if err := landlock.V3.BestEffort().RestrictPaths(rules...); err != nil {
		return fmt.Errorf("confine to files: %w", err)
	}
	return nil
}
