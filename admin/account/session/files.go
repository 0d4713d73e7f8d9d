package session

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/internal/durable"
)

// How a session lies on disk: one file each, called by the hash of its token.
const (
	fileEnd   = ".json"
	mostBytes = 4096 // of a file
	idLength  = 43   // SHA-256 in base64
	valueKey  = "session"
)

// record is what lies in a file.
type record struct {
	Session
	Deadline time.Time `json:"deadline"` // at which it ends, whatever is asked
	Expires  time.Time `json:"expires"`  // at which it ends if nothing is asked
}

// codec writes a session for scs; Expires comes beside it.
type codec struct{}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	is, _ := values[valueKey].(Session)
	return json.Marshal(record{Session: is, Deadline: deadline})
}

// Decode implements scs.Codec.
func (codec) Decode(text []byte) (time.Time, map[string]any, error) {
	var r record
	err := json.Unmarshal(text, &r)
	return r.Deadline, map[string]any{valueKey: r.Session}, err
}

// files are the sessions on disk, and in memory as they are there.
type files struct {
	dir string

	mu    sync.Mutex
	known map[string]record // mu; by ID
}

func openFiles(dir string) (f *files, damaged []error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("open sessions: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open sessions: %w", err)
	}
	f = &files{dir: dir, known: map[string]record{}}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		id, ok := strings.CutSuffix(e.Name(), fileEnd)
		if durable.IsTemporary(e.Name()) {
			err = errors.Join(err, os.Remove(path))
		}
		if !ok || !isID(id) {
			continue
		}
		if r, readErr := read(path); readErr != nil {
			_, aside := durable.SetAside(path)
			damaged = append(damaged, fmt.Errorf("read session %s: %w", id, errors.Join(readErr, aside)))
		} else if len(f.known) < mostInAll && r.Expires.After(time.Now()) {
			f.known[id] = r
		} else {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return f, damaged, err
}

func isID(id string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(id) == idLength && base64.RawURLEncoding.EncodeToString(sum) == id
}

// read reads a file. Whatever is in it, it opens no more than it says: without an account
// and both times it is damaged.
func read(path string) (r record, err error) {
	file, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return r, err
	}
	return parse(text)
}

var errNotIt = errors.New("the file holds no session")

func parse(text []byte) (r record, err error) {
	if len(text) > mostBytes {
		return record{}, errNotIt
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return record{}, err
	}
	if r.Account == "" || r.Begun.IsZero() || r.Expires.After(r.Deadline) || r.Deadline.After(r.Begun.Add(mostLifetime)) {
		return record{}, errNotIt
	}
	return r, nil
}

// mostLifetime is longer than any setting: a file that says more is damaged.
const mostLifetime = 7 * 24 * time.Hour

// Find implements scs.Store.
func (f *files) Find(id string) (text []byte, found bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.known[id]
	if !ok || !r.Expires.After(time.Now()) {
		return nil, false, nil
	}
	text, err = json.Marshal(r)
	return text, err == nil, err
}

// Commit implements scs.Store.
func (f *files) Commit(id string, text []byte, expires time.Time) error {
	r := record{}
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	r.Expires = expires
	text, err := json.Marshal(r)
	if err == nil {
		err = durable.WriteFile(f.path(id), append(text, '\n'), 0o600)
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[id] = r
	return nil
}

// Delete implements scs.Store. In memory a session has ended even if its file cannot be
// removed.
func (f *files) Delete(id string) error {
	f.mu.Lock()
	_, known := f.known[id]
	delete(f.known, id)
	f.mu.Unlock()
	if !known {
		return nil
	}
	if err := os.Remove(f.path(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end a session: %w", err)
	}
	return durable.SyncDir(f.dir)
}

func (f *files) path(id string) string { return filepath.Join(f.dir, id+fileEnd) }

// until is when a session ends if nothing is asked.
func (f *files) until(id string) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[id].Expires
}

// of are the sessions of an account, the one seen last first.
func (f *files) of(account string) []Session {
	now := time.Now()
	return f.those(func(r record) bool { return r.Account == account && r.Expires.After(now) })
}

// those are the sessions for which a condition holds, the one seen last first.
func (f *files) those(hold func(record) bool) (list []Session) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, r := range f.known {
		if hold(r) {
			is := r.Session
			is.ID, is.Until = id, r.Expires
			list = append(list, is)
		}
	}
	slices.SortFunc(list, func(a, b Session) int {
		if c := b.Seen.Compare(a.Seen); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// makeRoom ends what has run out, and what was idle longest where there is too much, so
// that an account can have one session more.
func (f *files) makeRoom(account string, now time.Time) error {
	over := f.those(func(r record) bool { return !r.Expires.After(now) })
	if own := f.of(account); len(own) >= mostOfAccount {
		over = append(over, own[mostOfAccount-1:]...)
	}
	if all := f.those(func(record) bool { return true }); len(all)-len(over) >= mostInAll {
		over = append(over, all[mostInAll-1:]...)
	}
	var failed []error
	for _, is := range over {
		failed = append(failed, f.Delete(is.ID))
	}
	return errors.Join(failed...)
}
