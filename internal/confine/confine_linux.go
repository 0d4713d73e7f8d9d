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
	ReadFiles  = 1 << unix.CAP_DAC_READ_SEARCH // of other users
	WriteFiles = 1 << unix.CAP_DAC_OVERRIDE    // likewise
)

// Privileges gives up all capabilities but those in keep, in all threads, and
// lets no program that this process starts have more than it has.
func Privileges(keep uint32) error {
	if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had [2]unix.CapUserData
	if err := unix.Capget(&header, &had[0]); err != nil {
		return os.NewSyscallError("capget", err)
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
