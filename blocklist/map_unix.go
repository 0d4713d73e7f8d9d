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
