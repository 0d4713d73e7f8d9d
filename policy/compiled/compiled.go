// Package compiled holds a policy as the compiler leaves it: one run of bytes,
// in memory or mapped from a file, whose tables are read in place. It knows what
// is where and that all of it is sound; what it means for a client is package
// policy's to say.
//
// What grows with the number of units is in tables of records of a fixed width
// without pointers, so that opening the policy of a country reads nothing into
// the heap. What does not (categories, profiles, timetables) is JSON and decoded.
// FORMAT.md describes all of it byte by byte.
package compiled

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"lachan/blocklist"
	"lachan/internal/durable"
	"lachan/internal/mapped"
)

// Set is a set of tags; see Tags.
type Set = blocklist.Set

// A File is a compiled policy. It is immutable and may be read by any number of
// goroutines. Copies share the tables; the caller keeps one copy alive while it
// reads the tables of a File that was opened.
type File struct {
	Tables
	Meta
	digest string
	parts  [][]byte     // all of it, one part after another
	keeper *mapped.File // keeps parts mapped; nil if they are in the heap
}

// New lays out a policy, and keeps the tables that it is given. An error means that they
// contradict one another.
func New(t *Tables, m *Meta) (*File, error) {
	meta, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode compiled policy: %w", err)
	}
	f := &File{Tables: *t}
	var sealing sync.WaitGroup
	sealing.Go(func() {
		parts, digest := baseLayout().seal(append([][]byte{meta}, t.encode()...))
		f.parts, f.digest = parts, hex.EncodeToString(digest)
	})
	err = f.settle(meta) // which only reads the tables, as sealing does
	sealing.Wait()
	return f, err
}

// Open maps a policy that Write has written, and checks all of it. The error
// wraps ErrDamaged if the bytes are not what Write wrote, and ErrVersion if
// another version of the program wrote them; neither is to be used.
func Open(path string) (*File, error) {
	m, err := mapped.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open compiled policy: %w", err)
	}
	f, err := decode(m.Bytes())
	if err != nil {
		return nil, fmt.Errorf("open compiled policy %s: %w", path, err)
	}
	f.keeper = m
	return f, nil
}

// Write replaces the file at path, or makes it. Whoever opens it finds it whole, and only
// its owner may read it: it tells which unit a secret belongs to. It is not waited for that
// it is on the disk.
func (f *File) Write(path string) error {
	err := writeInPieces(path, f.parts)
	runtime.KeepAlive(f)
	if err != nil {
		return fmt.Errorf("write compiled policy: %w", err)
	}
	return nil
}

// pieceSize bounds one write. The system's cache keeps a file in pages as large as
// the writes that made it, up to 2 MB, and a process that reads a byte of a mapped
// page has all of the page in its memory.
const pieceSize = 16 << 10

func writeInPieces(path string, parts [][]byte) error {
	file, err := durable.Create(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, part := range parts {
		for piece := range slices.Chunk(part, pieceSize) {
			if _, err := file.Write(piece); err != nil {
				return errors.Join(err, file.Close())
			}
		}
	}
	return errors.Join(file.Place(path), file.Close())
}

// Release gives the memory of what was read of a mapped file back to the system,
// which keeps what is read later.
func (f *File) Release() {
	if f.keeper != nil {
		f.keeper.Release()
	}
}

// Digest is the SHA-256 of the content in hexadecimal. Two files with the same
// digest are the same policy.
func (f *File) Digest() string { return f.digest }

// Size is how many bytes the policy has in all.
func (f *File) Size() (bytes int) {
	for _, part := range f.parts {
		bytes += len(part)
	}
	return bytes
}

func decode(image []byte) (*File, error) {
	sections, digest, err := baseLayout().unseal(image)
	if err != nil {
		return nil, err
	}
	f := &File{parts: [][]byte{image}, digest: hex.EncodeToString(digest)}
	if err := f.Tables.decode(sections[1:]); err != nil {
		return nil, err
	}
	return f, f.settle(sections[0])
}

// settle reads what does not grow with the units, and checks all of it.
func (f *File) settle(meta []byte) error {
	if err := json.Unmarshal(meta, &f.Meta); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return f.check()
}
