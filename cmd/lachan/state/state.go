// Package state knows what lies below state_dir as files: which of them are to be kept,
// which are secrets, how all of them are held at one moment while a server writes, and
// which versions of the formats they have. What is in them is for their rooms to know.
package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A File is one that is kept.
type File struct {
	Name string // below state_dir, with slashes
	Size int64  // what counts of it: a file that grows has more by now
}

// passing are folders and files that are made again, or are of no use elsewhere: those
// of people who are logged in, and of one machine.
func passing(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	base := path.Base(name)
	switch {
	case top == "proven", top == "sessions", top == "aside", top == "config", strings.HasPrefix(name, "history/chunks_head"),
		strings.HasPrefix(name, "fleet/streams"): // made of the ledger again
		return true
	case strings.HasPrefix(top, "crash-"), strings.HasPrefix(top, "."):
		return true
	}
	return base == "lock" || base == ".lock" || strings.HasSuffix(base, ".tmp")
}

// Secret reports whether a file is what a stranger must not read: it is kept only where
// it is encrypted.
func Secret(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"accounts", "tokens", "acme", "cookies.key", "console", "fleet"}, top) ||
		path.Base(name) == "key" || strings.HasSuffix(name, ".key") || strings.HasSuffix(name, ".pem")
}

// grows reports whether a file is written at its end: a log.
func grows(name string) bool {
	return strings.HasSuffix(name, ".jsonl") || strings.HasPrefix(name, "history/wal/") || strings.HasPrefix(name, "history/wbl/")
}

// rank says in which order files are held. What vouches for others, or says how far they
// go, comes before them in the ledger: more than it knows is well. What they refer to
// comes after them. Epochs come after the ticks that they count.
func rank(name string) int {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(name, "ledger/words/"), name == "history/epochs":
		return 2
	case strings.HasPrefix(name, "ledger/") && (base == "head" || base == "checkpoint" || strings.HasSuffix(base, ".head")):
		return 0
	}
	return 1
}

// mostTries bounds how often Freeze begins anew because files were replaced meanwhile.
const mostTries = 20

// ErrRestless means that files were replaced in every try.
var ErrRestless = errors.New("files of the state are replaced faster than they can be held")

// Freeze holds all files of a state that are kept at one moment: by links in a folder of
// their own below the state, that release removes. It may be called beside a server
// that writes. Of a log only as much counts as was in it, in whole lines.
func Freeze(dir string) (held string, files []File, release func() error, err error) {
	if err := sweep(dir); err != nil {
		return "", nil, nil, err
	}
	for late := time.Now().Add(settleWithin); !settled(dir) && time.Now().Before(late); {
		time.Sleep(settleEach)
	}
	for range mostTries {
		held, err = os.MkdirTemp(dir, ".backup-*")
		if err != nil {
			return "", nil, nil, fmt.Errorf("hold the state: %w", err)
		}
		var calm bool
		files, calm, err = freezeOnce(dir, held)
		if calm && err == nil {
			return held, files, func() error { return os.RemoveAll(held) }, nil
		}
		if remove := os.RemoveAll(held); err != nil || remove != nil {
			return "", nil, nil, errors.Join(err, remove)
		}
	}
	return "", nil, nil, ErrRestless
}

const (
	// settleWithin is how long after a decision at most what follows from it is waited for: a
	// server writes its end of the ledger last. Where none runs nobody does.
	settleWithin = 2 * time.Second
	settleEach   = 20 * time.Millisecond
)

// settled reports whether what a server writes a moment after a decision is written.
func settled(dir string) bool {
	logs, _ := filepath.Glob(filepath.Join(dir, "ledger", "*.jsonl")) // the pattern is good
	var decided, written time.Time
	for _, name := range append(logs, filepath.Join(dir, "ledger", "head")) {
		info, err := os.Stat(name)
		switch {
		case err != nil: // it is not there yet, or no more
		case filepath.Base(name) == "head":
			written = info.ModTime()
		case info.ModTime().After(decided):
			decided = info.ModTime()
		}
	}
	return !written.Before(decided) || time.Since(decided) > settleWithin
}

// sweep removes what a Freeze has left that was killed.
func sweep(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, ".backup-*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

func freezeOnce(dir, held string) (files []File, calm bool, err error) {
	before, err := list(dir)
	if err != nil {
		return nil, false, err
	}
	for r := range 3 {
		now, err := list(dir)
		if err != nil {
			return nil, false, err
		}
		for _, name := range slices.Sorted(maps.Keys(now)) {
			if rank(name) != r {
				continue
			}
			f, err := hold(dir, held, name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, false, nil
			}
			if err != nil {
				return nil, false, err
			}
			files = append(files, f)
		}
	}
	after, err := list(dir)
	if err != nil {
		return nil, false, err
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, maps.Equal(before, after), nil
}

// List are the names of the files of a state that are kept, in order.
func List(dir string) ([]string, error) {
	files, err := list(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return slices.Sorted(maps.Keys(files)), err
}

// list are the files that are kept, each with what tells whether it was replaced.
func list(dir string) (files map[string]uint64, err error) {
	files = map[string]uint64{}
	err = filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was there a moment ago
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, at)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case name != "." && passing(name):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		files[name] = inode(info)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the state: %w", err)
	}
	return files, nil
}

func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino) // its type differs between systems
	}
	return uint64(info.ModTime().UnixNano())
}

// hold links a file, or copies it where there are no links.
func hold(dir, held, name string) (File, error) {
	from, to := filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(held, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return File{}, err
	}
	if err := os.Link(from, to); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return File{}, err
		}
		if err := duplicate(from, to, -1); err != nil {
			return File{}, err
		}
	}
	info, err := os.Stat(to)
	if err != nil {
		return File{}, err
	}
	f := File{name, info.Size()}
	if strings.HasSuffix(name, ".jsonl") {
		f.Size, err = wholeLines(to, f.Size)
	}
	return f, err
}

// wholeLines is how much of a file ends with the last line feed of its first bytes.
func wholeLines(name string, size int64) (int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	const step = 64 << 10
	for buffer := make([]byte, step); size > 0; {
		n := min(size, step)
		if _, err := f.ReadAt(buffer[:n], size-n); err != nil {
			return 0, err
		}
		for i := n - 1; i >= 0; i-- {
			if buffer[i] == '\n' {
				return size - n + i + 1, nil
			}
		}
		size -= n
	}
	return 0, nil
}

// duplicate copies the first bytes of a file, all of them if most is negative.
func duplicate(from, to string, most int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var r io.Reader = in
	if most >= 0 {
		r = io.LimitReader(in, most)
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Sync(), out.Close())
}
