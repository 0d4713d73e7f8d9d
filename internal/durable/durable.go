// Package durable writes files so that a reader, also after a power cut, finds
// the old one or the new one, whole.
package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A File is being written under a temporary name. Commit gives it its own name;
// without that Close removes it.
type File struct {
	*os.File
	committed bool
}

// Create makes a temporary file in a directory; only the user may read it.
// IsTemporary recognises one that was left over because the process was killed.
func Create(dir string) (*File, error) {
	file, err := os.CreateTemp(dir, ".new-*.tmp")
	if err != nil {
		return nil, err
	}
	return &File{File: file}, nil
}

// IsTemporary reports whether the name of a file is one that Create gives.
func IsTemporary(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}

// Commit renames the file to path, which must be in the directory of Create, in
// place of what is there. Until it returns nil, that stays. The file is still
// open afterwards.
func (f *File) Commit(path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	f.committed = true
	return SyncDir(filepath.Dir(path))
}

// Place renames the file to path as Commit does, for all who read it, but does not wait for
// the disk: after a power cut it may be missing or damaged until Keep has returned. It is
// for files whose readers notice that, and which can be made again.
func (f *File) Place(path string) error {
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	f.committed = true
	return nil
}

// Keep waits until the file at path is on the disk. If it is already, that takes no time,
// whatever else is written there.
func Keep(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Close closes the file, and removes it unless it was committed or placed.
func (f *File) Close() error {
	err := f.File.Close()
	if !f.committed {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// WriteFile replaces the file at path, or makes it. Until it returns nil, what
// was there stays.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	file, err := Create(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(mode))
	if err == nil {
		err = file.Commit(path)
	}
	return errors.Join(err, file.Close())
}

// DamagedSuffix ends the names of files that SetAside has renamed.
const DamagedSuffix = ".damaged"

// SetAside renames a damaged file so that somebody may look at it, in place of
// the one that was set aside before, and returns its new path.
func SetAside(path string) (string, error) {
	aside := path + DamagedSuffix
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set damaged file aside: %w", err)
	}
	return aside, SyncDir(filepath.Dir(path))
}

// SyncDir makes what was renamed and removed in a directory durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
