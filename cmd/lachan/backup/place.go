package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"lachan/internal/confine"
	"lachan/internal/durable"
)

// A place is where a state is put in: a new folder beside it, which takes its name when
// all of it is there.
type place struct {
	dir   string // the state
	fresh string // the new folder; "" once it has become the state
	owner confine.Owner
	chown bool
}

// newPlace makes the new folder. Links that lead to the state are followed.
func newPlace(dir string) (*place, error) {
	real, err := filepath.EvalSymlinks(dir)
	if errors.Is(err, fs.ErrNotExist) {
		real, err = dir, nil
	}
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, err
	}
	p := &place{dir: real}
	if os.Geteuid() == 0 {
		p.owner, p.chown = ownerOf(real)
	}
	if err := os.MkdirAll(filepath.Dir(real), 0o755); err != nil {
		return nil, err
	}
	p.fresh, err = os.MkdirTemp(filepath.Dir(real), filepath.Base(real)+".restoring-*")
	if errors.Is(err, fs.ErrPermission) {
		return nil, refuse(textNoRoomBeside, filepath.Dir(real), err)
	}
	return p, err
}

// ownerOf is who shall have a state: who has it, or the user that the package makes.
func ownerOf(dir string) (confine.Owner, bool) {
	if owner, ok := confine.OwnerOf(dir); ok {
		return owner, true
	}
	u, err := user.Lookup("lachan")
	if err != nil {
		return confine.Owner{}, false
	}
	uid, wrong := strconv.Atoi(u.Uid)
	gid, err := strconv.Atoi(u.Gid)
	return confine.Owner{UID: uid, GID: gid}, wrong == nil && err == nil
}

// room says when there is not enough of it on the disk.
func (p *place) room(m *Manifest) error {
	if free, ok := freeBytes(p.fresh); ok && m.size() > free {
		return refuse(textNoRoom, m.size()>>20+1, filepath.Dir(p.dir), free>>20)
	}
	return nil
}

// take writes a file of an archive.
func (p *place) take(e Entry, content io.Reader) error {
	name, _ := strings.CutPrefix(e.Name, stateFolder)
	to := filepath.Join(p.fresh, filepath.FromSlash(name))
	if err := p.makeDirs(filepath.Dir(to)); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err == nil && p.chown {
		err = f.Chown(p.owner.UID, p.owner.GID)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	return nil
}

// makeDirs makes the folders of a file, each its owner's.
func (p *place) makeDirs(dir string) error {
	if _, err := os.Stat(dir); err == nil || dir == p.fresh {
		return err
	}
	if err := p.makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if p.chown {
		return os.Chown(dir, p.owner.UID, p.owner.GID)
	}
	return nil
}

// commit gives the new folder the name of the state in one step. before is where the
// state that was there is now, "" if there was none.
func (p *place) commit(now time.Time) (before string, err error) {
	if p.chown {
		if err := os.Chown(p.fresh, p.owner.UID, p.owner.GID); err != nil {
			return "", err
		}
	}
	if err := durable.SyncAll(p.fresh); err != nil {
		return "", fmt.Errorf("bring the state to the disk: %w", err)
	}
	if _, err := os.Lstat(p.dir); errors.Is(err, fs.ErrNotExist) {
		return "", os.Rename(p.fresh, p.dir)
	}
	before = p.dir + ".before-" + now.Format("20060102-150405")
	if err := durable.Exchange(p.fresh, p.dir); err != nil {
		return "", refuse(textCannotSwap, p.dir, err)
	}
	// What was the state has the name of the new folder now.
	old := p.fresh
	p.fresh = ""
	if err := os.Rename(old, before); err != nil {
		return old, nil
	}
	return before, nil
}

// drop removes the new folder unless it has become the state.
func (p *place) drop() {
	if p.fresh != "" {
		_ = os.RemoveAll(p.fresh) // another try makes one of its own
	}
}

// putIn reads an archive into the place of a state.
func putIn(f *os.File, keys []age.Identity, dir string, may func(*Manifest) error, progress func(n int)) (
	m *Manifest, before string, err error,
) {
	var p *place
	defer func() {
		if p != nil {
			p.drop()
		}
	}()
	m, err = readArchive(f, keys, func(m *Manifest) (err error) {
		if err := may(m); err != nil {
			return err
		}
		if p, err = newPlace(dir); err != nil {
			return err
		}
		return p.room(m)
	}, func(e Entry, content io.Reader) error {
		return p.take(e, io.TeeReader(content, counting(progress)))
	})
	if err != nil {
		return nil, "", err
	}
	before, err = p.commit(time.Now())
	if err == nil {
		p.fresh = ""
	}
	return m, before, err
}
