//go:build !unix

package blocklist

import (
	"io"
	"os"
)

// mapFile reads the whole file where the system has no mappings.
func mapFile(file *os.File) (data []byte, unmap func([]byte), err error) {
	data, err = io.ReadAll(file)
	return data, func([]byte) {}, err
}

func release([]byte) {}

// lockFolder does nothing where the system has no locks that end with the
// process.
func lockFolder(string) (unlock func(), err error) { return func() {}, nil }
