package compiled

import (
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

// A Store is the folder of compiled policies. SERIAL.policy is a policy, the
// higher serial the newer, and SERIAL.over its overlay, if it has one. The newest
// policy and the one before it are kept.
//
// Save, SaveOverlay and OpenLatest change the folder, and one process alone may
// call them. The other methods only read, and may be called while that process
// saves: files appear under their names whole. A Store is used by one goroutine at
// a time.
type Store struct{ dir string }

const (
	baseSuffix    = ".policy"
	overlaySuffix = ".over"
)

// NewStore returns the store in a folder, which need not exist before the first
// Save.
func NewStore(dir string) *Store { return &Store{dir} }

// A Stored is a policy of a store.
type Stored struct {
	Serial  uint64
	File    *File
	Overlay *Overlay // nil if it has none
}

// OpenLatest opens the newest policy that is whole. It sets damaged files aside
// under another name and reports them in damaged. Files of another version stay
// where they are, for that version, and are reported too. With none left the
// policy is nil.
func (s *Store) OpenLatest() (latest *Stored, damaged []error) {
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
func (s *Store) OpenLatestReadOnly() (latest *Stored, damaged []error) {
	return s.open(func(_ string, err error) error { return err })
}

// open opens the newest policy that is whole. It reports for each file that is
// not what bad returns.
func (s *Store) open(bad func(path string, err error) error) (latest *Stored, damaged []error) {
	serials, err := s.serials()
	if err != nil {
		return nil, []error{err}
	}
	for _, n := range slices.Backward(serials) {
		file, err := Open(s.path(n, baseSuffix))
		if err != nil {
			damaged = append(damaged, bad(s.path(n, baseSuffix), err))
			continue
		}
		overlay, err := s.OpenOverlay(n, file)
		if err != nil {
			damaged = append(damaged, bad(s.path(n, overlaySuffix), err))
		}
		return &Stored{n, file, overlay}, damaged
	}
	return nil, damaged
}

// OpenSerial opens the policy of a serial, which another process may have saved.
// It only reads. An overlay that cannot be read is an error.
func (s *Store) OpenSerial(serial uint64) (*Stored, error) {
	file, err := Open(s.path(serial, baseSuffix))
	if err != nil {
		return nil, err
	}
	overlay, err := s.OpenOverlay(serial, file)
	if err != nil {
		return nil, err
	}
	return &Stored{serial, file, overlay}, nil
}

// OpenOverlay opens the overlay of the policy of a serial; nil if there is none. It
// only reads.
func (s *Store) OpenOverlay(serial uint64, base *File) (*Overlay, error) {
	overlay, err := OpenOverlay(s.path(serial, overlaySuffix), base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return overlay, err
}

// Save puts a policy into the folder under the next serial, and removes all but
// it and the one before, which is on the disk then. It does not wait until the new one is
// there, which is most of its time and which nobody who opens it needs: Keep does.
func (s *Store) Save(f *File) (serial uint64, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return 0, fmt.Errorf("create folder of compiled policies: %w", err)
	}
	s.removeTemporary()
	serials, err := s.serials()
	if err != nil {
		return 0, err
	}
	serial = 1
	if len(serials) > 0 {
		serial = serials[len(serials)-1] + 1
	}
	_ = os.Remove(s.path(serial, overlaySuffix)) // of one of this serial that was set aside
	if err := f.Write(s.path(serial, baseSuffix)); err != nil {
		return 0, err
	}
	if len(serials) > 1 {
		if err := durable.Keep(s.path(serials[len(serials)-1], baseSuffix)); err != nil {
			return 0, fmt.Errorf("keep the policy before: %w", err)
		}
	}
	for len(serials) > 1 {
		_ = os.Remove(s.path(serials[0], overlaySuffix)) // a file too many does no harm
		_ = os.Remove(s.path(serials[0], baseSuffix))
		serials = serials[1:]
	}
	return serial, nil
}

// Keep waits until the policy of a serial is on the disk. It may be called while another
// process saves.
func (s *Store) Keep(serial uint64) error {
	if err := durable.Keep(s.path(serial, baseSuffix)); err != nil {
		return fmt.Errorf("keep the compiled policy: %w", err)
	}
	return nil
}

// SaveOverlay puts an overlay beside the policy of a serial, in place of the one
// before.
func (s *Store) SaveOverlay(serial uint64, o *Overlay) error {
	return o.Write(s.path(serial, overlaySuffix))
}

// removeTemporary removes what was being written when a process was killed.
func (s *Store) removeTemporary() {
	entries, _ := os.ReadDir(s.dir) // serials reports what is wrong with the folder
	for _, e := range entries {
		if durable.IsTemporary(e.Name()) {
			_ = os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}

func (s *Store) path(serial uint64, suffix string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%08d%s", serial, suffix))
}

// serials are the serials of all policies in the folder, the oldest first.
func (s *Store) serials() (list []uint64, err error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list compiled policies: %w", err)
	}
	for _, e := range entries {
		if text, ok := strings.CutSuffix(e.Name(), baseSuffix); ok {
			if n, err := strconv.ParseUint(text, 10, 64); err == nil {
				list = append(list, n)
			}
		}
	}
	slices.Sort(list)
	return list, nil
}
