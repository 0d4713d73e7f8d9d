//go:build unix

package mapped

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a file for reading; unmap gives the mapping back.
func mapFile(file *os.File) (data []byte, unmap func([]byte), err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 { // which cannot be mapped
		return nil, func([]byte) {}, nil
	}
	data, err = unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	return data, func(b []byte) { _ = unix.Munmap(b) }, err
}

func release(data []byte) {
	if len(data) > 0 {
		_ = unix.Madvise(data, unix.MADV_DONTNEED) // an error costs memory only
		_ = unix.Madvise(data, unix.MADV_RANDOM)
	}
}
