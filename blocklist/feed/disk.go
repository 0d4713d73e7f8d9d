package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lachan/blocklist/release"
	"lachan/internal/durable"
)

// Names in a feed's directory. All but the lock are written under a temporary
// name, synced, and renamed.
const (
	copyPrefix      = "source-"
	temporaryPrefix = ".tmp-"
	lockFile        = ".lock"
	damagedMark     = ".damaged-"
)

func copyPath(dir, digest string) string { return filepath.Join(dir, copyPrefix+digest) }

// A draft is a file on its way in: written, and hashed as it is written, under
// a temporary name.
type draft struct {
	file  *os.File
	hash  hash.Hash
	bytes int64
	err   error // of the disk
}

func newDraft(dir string) (*draft, error) {
	file, err := os.CreateTemp(dir, temporaryPrefix+"*")
	if err != nil {
		return nil, err
	}
	return &draft{file: file, hash: sha256.New()}, nil
}

func (d *draft) Write(p []byte) (n int, err error) {
	n, err = d.file.Write(p)
	d.hash.Write(p[:n])
	d.bytes += int64(n)
	d.err = errors.Join(d.err, err)
	return n, err
}

func (d *draft) digest() string { return hex.EncodeToString(d.hash.Sum(nil)) }

// is tells whether the draft has this digest and size.
func (d *draft) is(want release.Digest) bool {
	return d.bytes == want.Size && d.digest() == want.SHA256
}

// reset makes the draft empty again.
func (d *draft) reset() error {
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	d.hash.Reset()
	d.bytes = 0
	return d.file.Truncate(0)
}

// keep gives the draft its final name, durably.
func (d *draft) keep(path string) error {
	if err := d.file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(d.file.Name(), path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}

// discard closes the draft and removes what was not kept.
func (d *draft) discard() {
	d.file.Close()
	os.Remove(d.file.Name()) // gone already when it was kept
}

// writeFile replaces a file whole.
func writeFile(path string, text []byte) error {
	d, err := newDraft(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.discard()
	if _, err := d.Write(text); err != nil {
		return err
	}
	return d.keep(path)
}

// lock makes the caller the only one, in this process and others, that writes
// in a feed's directory. The lock goes with the process.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return func() { f.Close() }, nil
}

// lockPatience is how long a writer waits for another: the copies of files are
// made in less, downloads often are not.
const (
	lockPatience = 3 * time.Second
	lockLook     = 50 * time.Millisecond
)

// waitLock is lock for those who would rather wait a little.
func waitLock(ctx context.Context, dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		unlock, err := lock(dir)
		if !errors.Is(err, ErrBusy) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, ErrBusy
		case <-time.After(lockLook):
		}
	}
}

// removeTemporary removes what interrupted updates left. The caller holds the
// lock.
func removeTemporary(dir string) error {
	return removeAll(dir, func(name string) bool { return strings.HasPrefix(name, temporaryPrefix) })
}

// removeCopies removes every copy but the one with the digest. The caller holds
// the lock.
func removeCopies(dir, but string) error {
	return removeAll(dir, func(name string) bool {
		return strings.HasPrefix(name, copyPrefix) && !isAside(name) && name != copyPrefix+but
	})
}

func removeAll(dir string, which func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if which(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

func isAside(name string) bool { return strings.Contains(name, damagedMark) }

// setAside renames a damaged file so that somebody may look at it, in place of
// the one that was set aside before, and returns its new name. The caller holds
// the lock.
func setAside(path string, at time.Time) (name string, err error) {
	dir := filepath.Dir(path)
	if err := removeAll(dir, isAside); err != nil {
		return "", err
	}
	name = filepath.Base(path) + damagedMark + at.UTC().Format("20060102T150405Z")
	if err := os.Rename(path, filepath.Join(dir, name)); err != nil {
		return "", err
	}
	return name, durable.SyncDir(dir)
}

// intact checks that the copy is on disk as it was verified. It returns
// errDamaged when it is not, and other errors when that cannot be told.
func (c *Copy) intact() error {
	f, err := os.Open(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != c.Digest {
		return errDamaged
	}
	return nil
}
