package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lachan/internal/durable"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A Store is the folder of compiled policies: SERIAL.policy, the higher serial the
// newer, and SERIAL.over, its overlay if it has one. The newest and the one before
// it are kept. rows.json has the rows of tables when they were last good,
// units.kept pieces of long files as they were decoded.
//
// Save, SaveOverlay and OpenLatest change the folder, and one process alone may
// call them. The other methods only read, and may be called while that process
// saves. A Store is used by one goroutine at a time.
type Store struct {
	dir   string
	files *compiled.Store
}

// NewStore returns the store in a folder, which need not exist before the first
// Save.
func NewStore(dir string) *Store { return &Store{dir, compiled.NewStore(dir)} }

// OpenLatest opens the newest policy that is whole, with its overlay. It sets
// damaged files aside under another name and reports them in damaged. Files of
// another version of the program stay where they are, for that version, and are
// reported too. With none left p is nil.
func (s *Store) OpenLatest() (p *Policy, serial uint64, damaged []error) {
	return s.open(s.files.OpenLatest())
}

// OpenLatestReadOnly is OpenLatest for callers that must not change the folder.
// Damaged files stay where they are.
func (s *Store) OpenLatestReadOnly() (p *Policy, serial uint64, damaged []error) {
	return s.open(s.files.OpenLatestReadOnly())
}

func (s *Store) open(stored *compiled.Stored, damaged []error) (*Policy, uint64, []error) {
	if stored == nil {
		return nil, 0, damaged
	}
	p, err := newStored(stored)
	if err != nil {
		return nil, 0, append(damaged, err)
	}
	return p, stored.Serial, damaged
}

// OpenSerial opens the policy of a serial with its overlay. It only reads.
func (s *Store) OpenSerial(serial uint64) (*Policy, error) {
	stored, err := s.files.OpenSerial(serial)
	if err != nil {
		return nil, err
	}
	return newStored(stored)
}

func newStored(stored *compiled.Stored) (*Policy, error) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	p, err := newPolicy(stored.File, facts)
	if err == nil && stored.Overlay != nil {
		p.overlay = stored.Overlay
	}
	return p, err
}

// Rows are those of the tables of the policy that Save has saved last; nil without
// any, or if they cannot be read.
func (s *Store) Rows() (rows Rows) {
	data, err := os.ReadFile(s.rowsFile())
	if err != nil || json.Unmarshal(data, &rows) != nil {
		return nil
	}
	return rows
}

// Kept are the pieces of long files that Save has saved last, by this build of the
// program.
func (s *Store) Kept() *Kept { return source.ReadKept(filepath.Join(s.dir, "units.kept"), build()) }

// build tells the program from others that may decode the same text differently.
func build() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

func (s *Store) rowsFile() string { return filepath.Join(s.dir, "rows.json") }

// SaveAlone puts a policy into a folder of its own and returns its serial. What it was made
// of is not kept with it.
func (s *Store) SaveAlone(p *Policy) (serial uint64, err error) { return s.files.Save(&p.file) }

// Save puts a policy into the folder, with its overlay if it has one, and
// returns its serial. It removes all but it and the one before. The rows of a policy
// that was loaded take the place of those before. After a power cut the policy may be
// damaged, which Open reports, until Keep has returned.
func (s *Store) Save(p *Policy) (serial uint64, err error) {
	if err := s.saveRows(p.rows); err != nil {
		return 0, fmt.Errorf("save rows of tables: %w", err)
	}
	if p.kept != nil {
		_ = p.kept.Save() // without it the next policy takes longer, and that is all
	}
	if serial, err = s.files.Save(&p.file); err == nil && p.overlay != nil {
		err = s.files.SaveOverlay(serial, p.overlay)
	}
	return serial, err
}

// Keep waits until the policy of a serial is on the disk. It may be called while another
// process saves.
func (s *Store) Keep(serial uint64) error { return s.files.Keep(serial) }

// saveRows puts rows in place of those before; nil leaves them as they are.
func (s *Store) saveRows(rows Rows) error {
	if rows == nil {
		return nil
	}
	if len(rows) == 0 {
		if err := os.Remove(s.rowsFile()); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	data, err := json.Marshal(rows)
	if err == nil {
		err = os.MkdirAll(s.dir, 0o700)
	}
	if err != nil {
		return err
	}
	return durable.WriteFile(s.rowsFile(), data, 0o600)
}

// Overlaid is p, which is the policy of a serial, with the overlay that is beside it
// now in place of the one that it has. It only reads.
func (s *Store) Overlaid(serial uint64, p *Policy) (*Policy, error) {
	o, err := s.files.OpenOverlay(serial, &p.file)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return p.With(nil)
	}
	return p.With(&Overlay{o})
}

// SaveOverlay puts an overlay beside the policy of a serial, in place of the one
// before. The overlay must have been made for that policy.
func (s *Store) SaveOverlay(serial uint64, o *Overlay) error {
	return s.files.SaveOverlay(serial, o.file)
}
