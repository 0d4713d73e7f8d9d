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

	"lachan/internal/durable"
)

// A Shelf is the folder of compiled lists. SERIAL.snap is a snapshot, the
// higher serial the newer, and SERIAL.over what changed since it was compiled.
// The newest snapshot and the one before it are kept. A shelf is used by one
// goroutine at a time; processes that share one take turns.
type Shelf struct{ dir string }

const (
	snapshotSuffix = ".snap"
	overlaySuffix  = ".over"
)

// overlayPart is how large an overlay may grow: a part of the snapshot's keys,
// or overlayLeast changes where that is more.
const (
	overlayPart  = 50
	overlayLeast = 1000
)

// OpenShelf makes the folder if need be.
func OpenShelf(dir string) (*Shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create folder of snapshots: %w", err)
	}
	return &Shelf{dir}, nil
}

// clear removes what was being written when a process was killed. The folder is
// locked, so that nobody is writing now.
func (s *Shelf) clear() error {
	left, err := filepath.Glob(filepath.Join(s.dir, "*.tmp"))
	for _, name := range left {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// Latest opens the newest lists that are whole. Damaged files are set aside
// under another name and reported in damaged. With none left lists is nil.
func (s *Shelf) Latest() (lists *Lists, damaged []error) {
	aside := func(path string, err error) {
		if errors.Is(err, ErrDamaged) {
			err = errors.Join(err, os.Rename(path, path+".damaged"))
		}
		damaged = append(damaged, err)
	}
	serials, err := s.serials()
	if err != nil {
		return nil, []error{err}
	}
	for _, n := range slices.Backward(serials) {
		base, err := Open(s.path(n, snapshotSuffix))
		if err != nil {
			aside(s.path(n, snapshotSuffix), err)
			continue
		}
		overlay, err := openOverlay(s.path(n, overlaySuffix), base)
		if err != nil {
			aside(s.path(n, overlaySuffix), err)
		}
		return &Lists{serial: n, base: base, overlay: overlay}, damaged
	}
	return nil, damaged
}

// Newest is Latest for those who must change nothing in the folder. Without
// any lists it returns nil, and the error of the newest damaged ones if there
// are any.
func Newest(dir string) (*Lists, error) {
	s := &Shelf{dir}
	serials, err := s.serials()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, n := range slices.Backward(serials) {
		base, e := Open(s.path(n, snapshotSuffix))
		if e != nil {
			err = e
			continue
		}
		overlay, e := openOverlay(s.path(n, overlaySuffix), base)
		return &Lists{serial: n, base: base, overlay: overlay}, e
	}
	return nil, err
}

// Take opens the lists of a serial, which another process may have put there.
// What they have in common with old, which may be nil, is taken from it.
func (s *Shelf) Take(old *Lists, serial uint64) (*Lists, error) {
	lists := &Lists{serial: serial}
	var err error
	if old != nil && old.serial == serial {
		lists.base = old.base
	} else if lists.base, err = Open(s.path(serial, snapshotSuffix)); err != nil {
		return nil, err
	}
	lists.overlay, err = openOverlay(s.path(serial, overlaySuffix), lists.base)
	return lists, err
}

// openOverlay opens the overlay of base; nil when there is none.
func openOverlay(path string, base *Snapshot) (*Snapshot, error) {
	overlay, err := Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && overlay.meta.Base != base.Inputs() {
		return nil, fmt.Errorf("open overlay %s: %w: it belongs to another snapshot", path, ErrDamaged)
	}
	return overlay, err
}

// CompileAside is Compile for lists that nobody keeps: the file has no name
// once it is open.
func CompileAside(ctx context.Context, sources []Source) (*Lists, error) {
	dir, err := os.MkdirTemp("", "lachan-*")
	if err != nil {
		return nil, fmt.Errorf("compile aside: %w", err)
	}
	defer os.RemoveAll(dir) // the mapping outlives the name
	path := filepath.Join(dir, "lists"+snapshotSuffix)
	if _, err := Compile(ctx, path, sources, Options{}); err != nil {
		return nil, err
	}
	base, err := Open(path)
	return &Lists{base: base}, err
}

// Update brings old, which may be nil, up to date with the sources. Where
// little changed it only writes an overlay; otherwise it compiles anew. What it
// writes appears under its name whole and synced or not at all. Whatever goes
// wrong, the files that were there stay.
func (s *Shelf) Update(ctx context.Context, old *Lists, sources []Source, o Options) (*Lists, Report, error) {
	unlock, err := lockFolder(s.dir)
	if err != nil {
		return nil, Report{}, fmt.Errorf("lock folder of compiled lists: %w", err)
	}
	defer unlock()
	if err := s.clear(); err != nil {
		return nil, Report{}, fmt.Errorf("remove left-over: %w", err)
	}
	if old != nil {
		lists, report, err := s.overlay(ctx, old, sources, o)
		if !errors.Is(err, ErrTooMuch) {
			return lists, report, err
		}
	}
	if o.Anew != nil {
		o.Anew()
	}
	return s.compile(ctx, sources, o)
}

func (s *Shelf) overlay(ctx context.Context, old *Lists, sources []Source, o Options) (*Lists, Report, error) {
	var changed []Source
	for _, source := range sources {
		if source.Digest != old.base.Digest(source.Name) {
			changed = append(changed, source)
		}
	}
	limit := max(overlayLeast, old.base.Keys()/overlayPart)
	temporary := filepath.Join(s.dir, "overlay.tmp")
	report, err := old.base.Overlay(ctx, temporary, changed, limit, o)
	if err != nil {
		return nil, report, err
	}
	if err := s.place(temporary, s.path(old.serial, overlaySuffix)); err != nil {
		return nil, report, err
	}
	overlay, err := openOverlay(s.path(old.serial, overlaySuffix), old.base)
	return &Lists{serial: old.serial, base: old.base, overlay: overlay}, report, err
}

func (s *Shelf) compile(ctx context.Context, sources []Source, o Options) (*Lists, Report, error) {
	serials, err := s.serials()
	if err != nil {
		return nil, Report{}, err
	}
	serial := uint64(1)
	if len(serials) > 0 {
		serial = serials[len(serials)-1] + 1
	}
	temporary := filepath.Join(s.dir, "compile.tmp")
	report, err := Compile(ctx, temporary, sources, o)
	if err != nil {
		return nil, report, err
	}
	if err := s.place(temporary, s.path(serial, snapshotSuffix)); err != nil {
		return nil, report, err
	}
	base, err := Open(s.path(serial, snapshotSuffix))
	if err != nil {
		return nil, report, err
	}
	for len(serials) > 1 {
		// A file too many harms nobody.
		_ = os.Remove(s.path(serials[0], snapshotSuffix))
		_ = os.Remove(s.path(serials[0], overlaySuffix))
		serials = serials[1:]
	}
	return &Lists{serial: serial, base: base}, report, nil
}

func (s *Shelf) place(temporary, path string) error {
	if err := errors.Join(os.Rename(temporary, path), durable.SyncDir(s.dir)); err != nil {
		return fmt.Errorf("put compiled lists in place: %w", err)
	}
	return nil
}

func (s *Shelf) path(serial uint64, suffix string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", serial, suffix))
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
