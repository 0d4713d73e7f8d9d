package confine

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// Become makes this process, which is root's, one of another user: what it makes
// from now on is that user's, and what that user may not write it does not write.
// It may still read every file, since the way to that user's own may lead through
// a folder of root's.
func Become(o Owner) error {
	if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1, 0, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return os.NewSyscallError("setgroups", err)
	}
	if err := syscall.Setgid(o.GID); err != nil {
		return os.NewSyscallError("setgid", err)
	}
	if err := syscall.Setuid(o.UID); err != nil {
		return os.NewSyscallError("setuid", err)
	}
	return Privileges(ReadFiles)
}

// StartAs is how a child of root is started as a process of another user, which
// may read every file as after Become.
func StartAs(o Owner, attributes *syscall.SysProcAttr) {
	attributes.Credential = &syscall.Credential{Uid: uint32(o.UID), Gid: uint32(o.GID)}
	if mayReadFiles() {
		attributes.AmbientCaps = []uintptr{unix.CAP_DAC_READ_SEARCH}
	}
}

// mayReadFiles reports whether this process has the privilege ReadFiles.
func mayReadFiles() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had [2]unix.CapUserData
	return unix.Capget(&header, &had[0]) == nil && had[0].Permitted&ReadFiles != 0
}
