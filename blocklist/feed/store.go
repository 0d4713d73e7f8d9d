package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	signed "lachan/blocklist/version"
)

// A Store is the directory in which each feed has a directory of its own. Any
// number of goroutines and processes may use it; one of them at a time updates a
// feed.
type Store struct {
	// UserAgent is sent to servers. Set it before the first Update.
	UserAgent string
	// Dial makes the connections to servers, in place of net.Dialer, when it is
	// not nil. Set it before the first Update.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Examine examines lists, in place of Examination.Do in this process, when it
	// is not nil. Set it before the first Update.
	Examine func(ctx context.Context, e Examination) (Copy, error)

	// SignedDir has what publishers have signed of their versions; "" keeps none. Set it before
	// the first Update.
	SignedDir string

	root string

	mu      sync.Mutex
	checked map[string]fs.FileInfo // mu; copies whose bytes were compared with their digest, as they then were
}

// Open makes the directory if it is not there and removes what interrupted
// updates left in it. A damaged feed is no error.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open feed store: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open feed store: %w", err)
	}
	s := &Store{UserAgent: "lachan", root: dir}
	for _, e := range entries {
		if e.IsDir() && validName(e.Name()) {
			tidy(s.dir(e.Name()))
		}
	}
	return s, nil
}

// tidy removes temporary files unless the feed is being updated. Those that cannot
// be removed only cost space.
func tidy(dir string) {
	unlock, err := tryLock(dir)
	if err != nil {
		return
	}
	defer unlock()
	removeTemporary(dir)
}

// Good returns the last good copy of a feed. It compares its bytes with its
// digest, unless it has done so before and the file was not touched since. There
// is none before the first success. A damaged one is set aside and noted in the
// status, and then there is none. With an error it is not known whether there is
// one: what may not be read is not taken for what is not there.
func (s *Store) Good(name string) (c Copy, ok bool, err error) {
	if !validName(name) {
		return Copy{}, false, nil
	}
	dir := s.dir(name)
	last, err := readStatus(dir, name)
	if err == nil && last.Copy.Digest == "" {
		return Copy{}, false, nil
	}
	if err == nil && s.unharmed(&last.Copy) {
		return last.Copy, true, nil
	}
	if err != nil && !errors.Is(err, errDamaged) {
		return Copy{}, false, err
	}
	unlock, err := tryLock(dir)
	if err != nil {
		return Copy{}, false, fmt.Errorf("look at copy of feed %q: %w", name, err)
	}
	defer unlock()
	last, err = s.repair(name)
	return last.Copy, last.Copy.Digest != "" && err == nil, err
}

// Forget removes what there is of a feed that is none any more: one that is called the
// same later begins anew.
func Forget(ctx context.Context, s *Store, name string) error {
	if !validName(name) {
		return fmt.Errorf("forget feed %q: %w", name, ErrAddress)
	}
	dir := s.dir(name)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lock(ctx, dir)
	if err != nil {
		return fmt.Errorf("forget feed %q: %w", name, err)
	}
	defer unlock()
	if err := os.Remove(filepath.Join(dir, statusFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget feed %q: %w", name, err)
	}
	return removeCopies(dir)
}

// keepSigned keeps what the publisher has signed of a version, where SignedDir says. That it cannot
// be kept is no reason to go without the version.
func keepSigned(s *Store, name string, got *answer) {
	if got.signed != nil && s.SignedDir != "" {
		_ = signed.KeepSigned(s.SignedDir, name, got.release.Digest, *got.signed)
	}
}

// unharmed reports whether a copy is as it was verified.
func (s *Store) unharmed(c *Copy) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := os.Stat(c.Path)
	if err != nil {
		return false
	}
	was := s.checked[c.Path]
	if was != nil && os.SameFile(was, now) && was.Size() == now.Size() && was.ModTime().Equal(now.ModTime()) {
		return true
	}
	if c.intact() != nil {
		return false
	}
	if s.checked == nil {
		s.checked = map[string]fs.FileInfo{}
	}
	maps.DeleteFunc(s.checked, func(path string, _ fs.FileInfo) bool {
		return filepath.Dir(path) == filepath.Dir(c.Path)
	})
	s.checked[c.Path] = now
	return true
}

// Take makes a copy that another machine has verified the one in use. text is the list; c is
// what was found of it there, confirmed when it was last known to be the newest. It reports
// whether the copy is another than before. The error is ErrDigest if text is not the list of
// c; of a copy that is in use already it is not read.
func Take(
	ctx context.Context, s *Store, name string, c Copy, confirmed time.Time, text io.Reader,
) (changed bool, err error) {
	if !validName(name) {
		return false, fmt.Errorf("take feed %q: %w", name, ErrAddress)
	}
	dir := s.dir(name)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return false, fmt.Errorf("take feed %q: %w", name, err)
	}
	unlock, err := lock(ctx, dir)
	if err != nil {
		return false, fmt.Errorf("take feed %q: %w", name, err)
	}
	defer unlock()
	last, err := s.repair(name)
	if err == nil && last.Copy.Digest != c.Digest {
		if now := time.Now().UTC(); last.Copy.Digest == "" || c.Fetched.IsZero() || c.Fetched.After(now) {
			c.Fetched = now // the first: there was nothing here that it could have come late to
		}
		err = takeText(dir, &c, last.Copy.Digest, text)
	} else {
		c.Fetched = last.Copy.Fetched
	}
	if err != nil {
		return false, fmt.Errorf("take feed %q: %w", name, err)
	}
	next := last.succeeded(&Source{URL: c.URL, Format: c.AskedFormat}, time.Now().UTC(), c)
	changed = next.Changed || last.Copy.inForce() != c.inForce()
	next.LastSuccess = confirmed
	if err := next.write(dir); err != nil {
		return false, fmt.Errorf("take feed %q: %w", name, err)
	}
	return changed, nil
}

// takeText writes the list of a copy, beside the one in use. The caller holds the lock.
func takeText(dir string, c *Copy, inUse string, text io.Reader) error {
	d, err := newDraft(dir)
	if err != nil {
		return err
	}
	defer d.discard()
	if _, err := io.Copy(d, io.LimitReader(text, c.Bytes+1)); err != nil {
		return err
	}
	if d.bytes != c.Bytes || d.digest() != c.Digest {
		return fmt.Errorf("%w: %d bytes of %d", ErrDigest, d.bytes, c.Bytes)
	}
	c.Path = copyPath(dir, c.Digest)
	return errors.Join(removeCopies(dir, inUse), removeHeld(dir, ""), d.keep(c.Path))
}

// Status returns what is known of a feed; a feed that was never tried has only a
// name. It is an error if status.json is damaged or cannot be read.
func (s *Store) Status(name string) (Status, error) {
	if !validName(name) {
		return Status{}, fmt.Errorf("read status of feed %q: %w", name, ErrAddress)
	}
	return readStatus(s.dir(name), name)
}

// StatusIn is Status of a feed of the store in a directory, which it neither makes nor
// tidies.
func StatusIn(root, name string) (Status, error) {
	s := Store{root: root}
	return s.Status(name)
}

func (s *Store) dir(name string) string { return filepath.Join(s.root, name) }

// recall reads the status. It sets a damaged one aside and replaces it by an empty
// one that says so. The caller holds the lock.
func (s *Store) recall(name string) (Status, error) {
	dir := s.dir(name)
	last, err := readStatus(dir, name)
	if err == nil || !errors.Is(err, errDamaged) {
		return last, err
	}
	aside, err := setAside(filepath.Join(dir, statusFile))
	if err != nil {
		return Status{}, fmt.Errorf("set aside damaged status of feed %q: %w", name, err)
	}
	last = Status{Version: statusVersion, Name: name, Damaged: aside}
	return last, last.write(dir)
}

// repair recalls the status and sets the copy aside if it is not what the status
// says. The caller holds the lock.
func (s *Store) repair(name string) (Status, error) {
	last, err := s.recall(name)
	if err != nil || last.Copy.Digest == "" {
		return last, err
	}
	err = last.Copy.intact()
	if err == nil {
		return last, nil
	}
	if !errors.Is(err, errDamaged) {
		return last, fmt.Errorf("read copy of feed %q: %w", name, err)
	}
	last.Damaged = filepath.Base(last.Copy.Path)
	if !errors.Is(err, fs.ErrNotExist) {
		last.Damaged, err = setAside(last.Copy.Path)
		if err != nil {
			return last, fmt.Errorf("set aside damaged copy of feed %q: %w", name, err)
		}
	}
	last.Copy = Copy{}
	return last, last.write(s.dir(name))
}
