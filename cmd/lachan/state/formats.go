package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/internal/durable"
)

// Formats are the versions of what lies on the disk, by part of the state. A part that
// is not named has version 1.
type Formats map[string]int

// Current are those that this build writes and reads; a higher number of a part means
// that builds before it cannot read what it writes.
func Current() Formats {
	return Formats{
		"accounts": 1, "feeds": 1, "history": 1, "ledger": 1, "links": 1, "lists": 1, "orders": 1, "policy": 1, "requests": 1,
	}
}

// of is the version of a part.
func (f Formats) of(part string) int { return max(f[part], 1) }

// Newer are the parts of f that are newer than what known reads, in order.
func (f Formats) Newer(known Formats) (parts []string) {
	for _, part := range slices.Sorted(maps.Keys(f)) {
		if f.of(part) > known.of(part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// A Note is what a state says of itself: who wrote it, in which formats.
type Note struct {
	Version string  `json:"version"` // of the build
	Formats Formats `json:"formats"`
}

// noteName is the file of the note, below state_dir.
const noteName = "formats.json"

// snapshotPrefix begins the name of the folder that Migrate leaves, the version of the
// build that wrote it ends it.
const snapshotPrefix = ".before-"

// ReadNote is what a state says of itself. A state without a note is of a build that
// wrote none, in version 1 of everything.
func ReadNote(dir string) (n Note, err error) {
	text, err := os.ReadFile(filepath.Join(dir, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return Note{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return n, fmt.Errorf("read the formats of the state: %w", err)
	}
	return n, nil
}

// Migrate is called by a build of a version, which writes formats, before it opens a
// state. Where one of them is new to the state it keeps the state as it is, for the way
// back, and returns the folder, else "". newer are parts that this build may not read.
func Migrate(dir, version string, formats Formats) (snapshot string, newer []string, err error) {
	before, err := ReadNote(dir)
	if err != nil {
		before = Note{} // damaged: as if there were none
	}
	if len(formats.Newer(before.Formats)) > 0 {
		if snapshot, err = keep(dir, before.Version); err != nil {
			return "", nil, err
		}
	}
	newer = before.Formats.Newer(formats)
	if len(newer) > 0 || before.Version == version && maps.Equal(before.Formats, formats) {
		return snapshot, newer, nil // what the newer build has written stays noted
	}
	text, err := json.Marshal(Note{version, formats})
	if err != nil {
		return snapshot, nil, err
	}
	if err := durable.WriteFile(filepath.Join(dir, noteName), append(text, '\n'), 0o600); err != nil {
		return snapshot, nil, fmt.Errorf("note the formats of the state: %w", err)
	}
	return snapshot, nil, nil
}

// keep leaves a state as it is below a name of its own, in place of an earlier one.
// Files are linked: it takes room only for logs, and for what is replaced later.
func keep(dir, version string) (snapshot string, err error) {
	held, files, release, err := Freeze(dir)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		if !grows(f.Name) {
			continue
		}
		at := filepath.Join(held, filepath.FromSlash(f.Name))
		if err = duplicate(at, at+".copy", f.Size); err == nil {
			err = os.Rename(at+".copy", at)
		}
		if err != nil {
			return "", errors.Join(fmt.Errorf("keep the state before a migration: %w", err), release())
		}
	}
	if earlier := Snapshot(dir); earlier != "" {
		if err := os.RemoveAll(earlier); err != nil {
			return "", errors.Join(err, release())
		}
	}
	if version == "" {
		version = "unknown"
	}
	snapshot = filepath.Join(dir, snapshotPrefix+strings.Map(plain, version))
	if err := os.Rename(held, snapshot); err != nil {
		return "", errors.Join(err, release())
	}
	return snapshot, durable.SyncDir(dir)
}

// plain is a character of a version as it may stand in the name of a folder.
func plain(r rune) rune {
	if r == '/' || r < ' ' || r > '~' {
		return '_'
	}
	return r
}

// Snapshot is the folder with the state before the last migration, "" if there is none.
func Snapshot(dir string) string {
	found, err := filepath.Glob(filepath.Join(dir, snapshotPrefix+"*"))
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0]
}
