// Package mapped reads files through a read-only mapping where the system has
// mappings, so that their pages are shared between processes and are in memory
// only while they are used.
package mapped

import (
	"fmt"
	"os"
	"runtime"
)

// A File is the content of a file. It stays readable after the file has been
// renamed, replaced or removed, but not after it has been shortened.
type File struct{ data []byte }

// Open maps the whole file at path.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the mapping outlives it
	data, unmap, err := mapFile(file)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	f := &File{data}
	runtime.AddCleanup(f, unmap, data)
	return f, nil
}

// Bytes is the content. It must not be written, nor read once f cannot be
// reached any more: the caller keeps f alive (runtime.KeepAlive) while it reads.
func (f *File) Bytes() []byte { return f.data }

// Release gives the pages back to the system. It brings those that are read
// later back from its cache, without reading ahead.
func (f *File) Release() { release(f.data) }
