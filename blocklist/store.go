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
	"time"

	"github.com/gofrs/flock"

	"lachan/internal/durable"
)

// A Store is the folder of compiled lists. SERIAL.snap is a snapshot, the
// higher serial the newer, and SERIAL.over what changed since it was compiled.
//
// Update and OpenLatest change the folder. One process compiles at a time; a
// lock of the folder sees to it. The other methods only read, take no lock, and
// may be called while another process compiles: files appear under their names
// whole, and the snapshot that a reader may be told to open next is still there,
// see remove.
//
// A Store is used by one goroutine at a time.
type Store struct{ dir string }

const (
	snapshotSuffix = ".snap"
	overlaySuffix  = ".over"
)

// An overlay has at most overlayLeast changes, or as many as a snapshot of
// overlayPart times as many keys.
const (
	overlayPart  = 50
	overlayLeast = 1000
)

// lockRetry is the time between two attempts to lock the folder.
const lockRetry = 50 * time.Millisecond

// NewStore returns the store in a folder, which need not exist before the first
// Update.
func NewStore(dir string) *Store { return &Store{dir} }

// OpenLatest opens the newest lists that are whole. It sets damaged files aside
// under another name and reports them in damaged. With none left lists is nil. What
// another version of the program has compiled is neither opened nor damaged.
func (s *Store) OpenLatest() (lists *Lists, damaged []error) {
	return s.open(func(path string, err error) error {
		if errors.Is(err, ErrDamaged) {
			_, failed := durable.SetAside(path)
			err = errors.Join(err, failed)
		}
		return err
	})
}

// OpenLatestReadOnly is OpenLatest for callers that must not change the folder.
// Damaged files stay where they are.
func (s *Store) OpenLatestReadOnly() (lists *Lists, damaged []error) {
	return s.open(func(_ string, err error) error { return err })
}

// open opens the newest lists that are whole. It reports for each file that is
// not what bad returns.
func (s *Store) open(bad func(path string, err error) error) (lists *Lists, damaged []error) {
	serials, err := s.serials()
	if err != nil {
		return nil, []error{err}
	}
	for _, n := range slices.Backward(serials) {
		base, err := Open(s.path(n, snapshotSuffix))
		if errors.Is(err, ErrVersion) {
			continue
		}
		if err != nil {
			damaged = append(damaged, bad(s.path(n, snapshotSuffix), err))
			continue
		}
		overlay, err := openOverlay(s.path(n, overlaySuffix), base)
		if err != nil {
			damaged = append(damaged, bad(s.path(n, overlaySuffix), err))
		}
		return &Lists{serial: n, base: base, overlay: overlay}, damaged
	}
	return nil, damaged
}

// OpenSerial opens the lists of a serial, which another process may have
// compiled. It takes what they have in common with old, which may be nil, from
// there. It only reads.
func (s *Store) OpenSerial(old *Lists, serial uint64) (*Lists, error) {
	lists := &Lists{serial: serial}
	var err error
	if old != nil && old.serial == serial {
		lists.base = old.base
	} else if lists.base, err = Open(s.path(serial, snapshotSuffix)); err != nil {
		return nil, err
	}
	if lists.overlay, err = openOverlay(s.path(serial, overlaySuffix), lists.base); err != nil {
		return nil, err
	}
	return lists, nil
}

// openOverlay opens the overlay of base; it returns nil if there is none.
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

// CompileAside is Compile for lists that are not kept: the file has no name
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

// Update brings old, which may be nil, up to date with the sources. If little
// changed it only writes an overlay; otherwise it compiles all sources. What it
// writes appears under its name whole and synced or not at all. Whatever goes
// wrong, the files that were there stay.
func (s *Store) Update(ctx context.Context, old *Lists, sources []Source, o Options) (*Lists, Report, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return nil, Report{}, fmt.Errorf("lock folder of compiled lists: %w", err)
	}
	defer unlock()
	if err := s.removeTemporary(); err != nil {
		return nil, Report{}, fmt.Errorf("remove left-over: %w", err)
	}
	if old != nil {
		lists, report, err := s.overlay(ctx, old, sources, o)
		if !errors.Is(err, ErrTooMuch) {
			return lists, report, err
		}
	}
	if o.OnFullCompile != nil {
		o.OnFullCompile()
	}
	return s.compile(ctx, old, sources, o)
}

// lock makes the folder if need be and waits until no other process compiles
// into it. The lock ends with unlock or with the process.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(s.dir, "lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return func() { _ = lock.Close() }, nil // which unlocks
}

// removeTemporary removes what was being written when a process was killed. The
// folder is locked, so that no process is writing now.
func (s *Store) removeTemporary() error {
	left, err := filepath.Glob(filepath.Join(s.dir, "*.tmp"))
	for _, name := range left {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// overlay writes what changed since old was compiled. The error is ErrTooMuch if
// that is too much for an overlay.
func (s *Store) overlay(ctx context.Context, old *Lists, sources []Source, o Options) (*Lists, Report, error) {
	var changed []Source
	for _, source := range sources {
		if source.Digest != old.base.Digest(source.Name) {
			changed = append(changed, source)
		}
	}
	limit := max(overlayLeast, old.base.Keys()/overlayPart)
	path := s.path(old.serial, overlaySuffix)
	report, err := old.base.Overlay(ctx, path, changed, limit, o)
	if err != nil {
		return nil, report, err
	}
	overlay, err := openOverlay(path, old.base)
	return &Lists{serial: old.serial, base: old.base, overlay: overlay}, report, err
}

// compile writes a snapshot of all sources.
func (s *Store) compile(ctx context.Context, old *Lists, sources []Source, o Options) (*Lists, Report, error) {
	serials, err := s.serials()
	if err != nil {
		return nil, Report{}, err
	}
	serial := uint64(1)
	if len(serials) > 0 {
		serial = serials[len(serials)-1] + 1
	}
	path := s.path(serial, snapshotSuffix)
	report, err := Compile(ctx, path, sources, o)
	if err != nil {
		return nil, report, err
	}
	base, err := Open(path)
	if err != nil {
		return nil, report, err
	}
	s.remove(serials, old)
	return &Lists{serial: serial, base: base}, report, nil
}

// remove removes snapshots, given those that were there before the one just
// compiled. The last of them stays: until the new one is announced, other
// processes are told to open that, and it is what to go back to. The one that
// the caller has in force stays for the same reason, which is another if some
// other process has compiled meanwhile.
func (s *Store) remove(serials []uint64, inForce *Lists) {
	if len(serials) == 0 {
		return
	}
	for _, n := range serials[:len(serials)-1] {
		if inForce != nil && n == inForce.serial {
			continue
		}
		// A file too many does no harm.
		_ = os.Remove(s.path(n, snapshotSuffix))
		_ = os.Remove(s.path(n, overlaySuffix))
	}
}

func (s *Store) path(serial uint64, suffix string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", serial, suffix))
}

// serials returns the serials of the snapshots in the folder, in order.
func (s *Store) serials() (list []uint64, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
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
