//go:build unix

package blocklist

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mapFile maps the whole file for reading. The mapping outlives the file's
// name: a snapshot that is replaced stays readable until unmap.
func mapFile(file *os.File) (data []byte, unmap func([]byte), err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 {
		return nil, func([]byte) {}, nil
	}
	data, err = unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	return data, func(b []byte) { _ = unix.Munmap(b) }, err
}

// release gives the pages of a mapping back to the system, which brings those
// that are needed back from its cache: checking a file has touched all of it,
// look-ups touch little.
func release(data []byte) {
	if len(data) > 0 {
		_ = unix.Madvise(data, unix.MADV_DONTNEED) // memory is a wish, not a need
		_ = unix.Madvise(data, unix.MADV_RANDOM)
	}
}

// lockFolder waits until no other process has the folder locked. The lock ends
// with unlock or with the process.
func lockFolder(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // which unlocks
}
