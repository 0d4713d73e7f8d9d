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
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"lachan/blocklist/release"
	"lachan/internal/durable"
)

// This file has what lies in a feed's directory and how it is written; see
// FORMAT.md.

// Names in a feed's directory.
const (
	copyPrefix = "source-"
	lockFile   = ".lock"
)

func copyPath(dir, digest string) string { return filepath.Join(dir, copyPrefix+digest) }

// A draft is a list that is being written, and hashed as it is written, under a
// temporary name.
type draft struct {
	file  *durable.File
	hash  hash.Hash
	bytes int64
	err   error // of the disk
	// withdrawn is what the publisher of a manifest says to have lifted; nil of other
	// lists.
	withdrawn []release.Withdrawal
}

func newDraft(dir string) (*draft, error) {
	file, err := durable.Create(dir)
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

// is reports whether the draft has this digest and size.
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
func (d *draft) keep(path string) error { return d.file.Commit(path) }

// discard closes the draft, and removes it unless it was kept.
func (d *draft) discard() {
	_ = d.file.Close() // a temporary file too many does no harm
}

// lockOf is the lock that makes its holder the only one, in this process and
// others, that writes in a feed's directory. It ends with the process.
func lockOf(dir string) *flock.Flock {
	return flock.New(filepath.Join(dir, lockFile), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
}

// tryLock locks a feed's directory, or returns ErrBusy at once.
func tryLock(dir string) (unlock func(), err error) {
	l := lockOf(dir)
	locked, err := l.TryLock()
	return held(l, locked, err)
}

// Bounds of lock: making the copy of a file takes less, a download often does
// not.
const (
	lockTimeout = 3 * time.Second
	lockRetry   = 50 * time.Millisecond
)

// lock locks a feed's directory; ErrBusy comes after lockTimeout.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	l := lockOf(dir)
	locked, err := l.TryLockContext(ctx, lockRetry)
	if ctx.Err() != nil {
		err = nil
	}
	return held(l, locked, err)
}

// held returns how to unlock a lock, or why it was not locked.
func held(l *flock.Flock, locked bool, err error) (unlock func(), _ error) {
	if !locked {
		_ = l.Close()
		if err == nil {
			err = ErrBusy
		}
		return nil, err
	}
	return func() { _ = l.Close() }, nil // which unlocks
}

// removeTemporary removes what interrupted updates left. The caller holds the
// lock.
func removeTemporary(dir string) error {
	return removeAll(dir, func(name string) bool {
		return durable.IsTemporary(name) || strings.HasPrefix(name, ".tmp-") // as earlier versions named them
	})
}

// removeCopies removes every copy but those with the digests. The caller holds
// the lock.
func removeCopies(dir string, but ...string) error {
	return removeAll(dir, func(name string) bool {
		digest, isCopy := strings.CutPrefix(name, copyPrefix)
		return isCopy && !isAside(name) && !slices.Contains(but, digest)
	})
}

// removeAll removes the files of a directory whose names are chosen by which.
func removeAll(dir string, which func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if which(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// isAside reports whether a file was set aside, by this version or an earlier
// one, which added the time to its name.
func isAside(name string) bool { return strings.Contains(name, durable.DamagedSuffix) }

// setAside renames a damaged file so that somebody may look at it, in place of
// the one that was set aside before, and returns its new name. The caller holds
// the lock.
func setAside(path string) (name string, err error) {
	if err := removeAll(filepath.Dir(path), isAside); err != nil {
		return "", err
	}
	aside, err := durable.SetAside(path)
	return filepath.Base(aside), err
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
