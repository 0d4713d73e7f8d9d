package ledger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"lachan/internal/durable"
)

// words are the texts that people typed, in files of their own, so that one can be erased.
type words struct {
	dir string

	mu    sync.Mutex
	known map[string]string // mu; some of them
}

// mostKnown bounds the words in memory: of 300 characters some 10 MB.
const mostKnown = 10_000

// saltSize is in bytes. The salt lies with the words: without them nobody can try out what
// they were.
const saltSize = 16

// write keeps a text and returns its digest.
func (w *words) write(text string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // it never fails
	sum := sha256.Sum256(append(salt, text...))
	name := hex.EncodeToString(sum[:])
	if err := durable.WriteFile(filepath.Join(w.dir, name), append(salt, text...), 0o600); err != nil {
		return "", err
	}
	w.keep(name, text)
	return name, nil
}

func (w *words) keep(name, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil || len(w.known) >= mostKnown {
		w.known = map[string]string{}
	}
	w.known[name] = text
}

func (w *words) read(name string) (string, bool) {
	if name == "" || filepath.Base(name) != name {
		return "", false
	}
	w.mu.Lock()
	text, ok := w.known[name]
	w.mu.Unlock()
	if ok {
		return text, true
	}
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	sum := sha256.Sum256(data)
	if err != nil || hex.EncodeToString(sum[:]) != name || len(data) < saltSize {
		return "", false
	}
	text = string(bytes.ToValidUTF8(data[saltSize:], nil))
	w.keep(name, text)
	return text, true
}

func (w *words) erase(name string) error {
	if len(name) != 2*sha256.Size || filepath.Base(name) != name {
		return fs.ErrNotExist
	}
	w.mu.Lock()
	delete(w.known, name)
	w.mu.Unlock()
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncDir(w.dir)
}
