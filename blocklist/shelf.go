package blocklist

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Shelf is the folder of compiled snapshots, each named SERIAL.snap. A
// higher serial is newer; the newest and the one before it are kept. It is
// used by one goroutine at a time.
type Shelf struct{ dir string }

const snapshotSuffix = ".snap"

// OpenShelf makes the folder if need be and removes what a compilation that
// was cut off left behind.
func OpenShelf(dir string) (*Shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create folder of snapshots: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("remove left-over: %w", err)
		}
	}
	return &Shelf{dir}, nil
}

// Latest opens the newest snapshot that is whole. Damaged ones are set aside
// under another name and reported in damaged. With none left the snapshot is
// nil.
func (s *Shelf) Latest() (snapshot *Snapshot, serial uint64, damaged []error) {
	serials, err := s.serials()
	if err != nil {
		return nil, 0, []error{err}
	}
	for _, n := range slices.Backward(serials) {
		snapshot, err := Open(s.path(n))
		if err == nil {
			return snapshot, n, damaged
		}
		if errors.Is(err, ErrDamaged) {
			err = errors.Join(err, os.Rename(s.path(n), s.path(n)+".damaged"))
		}
		damaged = append(damaged, err)
	}
	return nil, 0, damaged
}

// Newest opens the newest whole snapshot of a folder and changes nothing there.
// Without one it returns nil, and the error of the newest damaged one if there
// is any.
func Newest(dir string) (*Snapshot, error) {
	s := &Shelf{dir}
	serials, err := s.serials()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, n := range slices.Backward(serials) {
		snapshot, e := Open(s.path(n))
		if e == nil {
			return snapshot, nil
		}
		err = e
	}
	return nil, err
}

// CompileAside is Compile for lists that nobody keeps: the file has no name
// once it is open.
func CompileAside(ctx context.Context, sources []Source) (*Snapshot, error) {
	dir, err := os.MkdirTemp("", "lachan-*")
	if err != nil {
		return nil, fmt.Errorf("compile aside: %w", err)
	}
	defer os.RemoveAll(dir) // the mapping outlives the name
	path := filepath.Join(dir, "lists"+snapshotSuffix)
	if _, err := Compile(ctx, path, sources, Options{}); err != nil {
		return nil, err
	}
	return Open(path)
}

// Compile writes the sources as the newest snapshot and opens it. It appears
// under its name whole and synced or not at all. Whatever goes wrong, the
// snapshots that were there stay.
func (s *Shelf) Compile(ctx context.Context, sources []Source, o Options) (*Snapshot, uint64, Report, error) {
	serials, err := s.serials()
	if err != nil {
		return nil, 0, Report{}, err
	}
	serial := uint64(1)
	if len(serials) > 0 {
		serial = serials[len(serials)-1] + 1
	}
	temporary := filepath.Join(s.dir, "compile.tmp")
	report, err := Compile(ctx, temporary, sources, o)
	if err != nil {
		return nil, 0, report, err
	}
	if err := errors.Join(os.Rename(temporary, s.path(serial)), syncDir(s.dir)); err != nil {
		return nil, 0, report, fmt.Errorf("put snapshot in place: %w", err)
	}
	snapshot, err := Open(s.path(serial))
	if err != nil {
		return nil, 0, report, err
	}
	for len(serials) > 1 {
		if err := os.Remove(s.path(serials[0])); err != nil {
			return snapshot, serial, report, nil // an old file more harms nobody
		}
		serials = serials[1:]
	}
	return snapshot, serial, report, nil
}

func (s *Shelf) path(serial uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", serial, snapshotSuffix))
}

func (s *Shelf) serials() (list []uint64, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	for _, e := range entries {
		if text, ok := strings.CutSuffix(e.Name(), snapshotSuffix); ok {
			if n, err := strconv.ParseUint(text, 10, 64); err == nil {
				list = append(list, n)
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
