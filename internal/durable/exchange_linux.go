package durable

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Exchange gives two folders each other's name in one step.
func Exchange(a, b string) error {
	return os.NewSyscallError("renameat2", unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE))
}

// SyncAll brings all that was written below a folder to the disk.
func SyncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	var synced error
	raw, err := f.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { synced = unix.Syncfs(int(fd)) })
	}
	return errors.Join(err, synced, f.Close())
}
