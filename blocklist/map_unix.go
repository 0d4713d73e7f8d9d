//go:build unix

package blocklist

import (
	"os"

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

// dropPages gives the pages of a mapping back to the system, which reads those
// that are needed again from its cache: checking a file touches all of it,
// look-ups touch little.
func dropPages(data []byte) {
	if len(data) > 0 {
		_ = unix.Madvise(data, unix.MADV_DONTNEED) // without it the process only takes more memory
		_ = unix.Madvise(data, unix.MADV_RANDOM)
	}
}
