package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"lachan/internal/durable"
)

// words are the texts that people typed, in files of their own, so that one can be erased.
type words struct {
	dir string

	mu    sync.Mutex
	known map[string]string // mu; some of them
	size  int               // mu; bytes that known takes, roughly
}

// wordsFolder has the words, below the ledger.
const wordsFolder = "words"

// mostKnown bounds the bytes of words in memory.
const mostKnown = 4 << 20

// saltSize is in bytes. The salt lies with the words: without them nobody can try out what
// they were.
const saltSize = 16

// wordsName reports whether a name is that of words: a SHA-256.
func wordsName(name string) bool {
	sum, err := hex.DecodeString(name)
	return err == nil && len(sum) == 32
}

// write keeps a text and returns its digest.
func (w *words) write(text string) (string, error) {
	salted := make([]byte, saltSize, saltSize+len(text))
	_, _ = rand.Read(salted) // it never fails
	salted = append(salted, strings.ToValidUTF8(text, "\ufffd")...)
	name := digest(salted)
	if err := durable.WriteFile(filepath.Join(w.dir, name), salted, 0o600); err != nil {
		return "", err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keep(name, string(salted[saltSize:]))
	return name, nil
}

// perKnown is what an entry of the map takes beside its texts.
const perKnown = 48

// keep keeps a text in memory. The caller holds mu.
func (w *words) keep(name, text string) {
	size := len(name) + len(text) + perKnown
	if w.known == nil || w.size+size > mostKnown {
		w.known, w.size = map[string]string{}, 0
	}
	w.known[name] = text
	w.size += size
}

// read finds a text; ok is false if it was erased, or is not what it was. It holds mu while
// it reads the file: what is erased meanwhile must not come back into memory.
func (w *words) read(name string) (text string, ok bool) {
	if name == "" {
		return "", false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if text, ok = w.known[name]; ok {
		return text, true
	}
	if !wordsName(name) {
		return "", false
	}
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil || len(data) < saltSize || digest(data) != name {
		return "", false
	}
	text = string(data[saltSize:])
	w.keep(name, text)
	return text, true
}

// WordsIn reads a text of the ledger in a folder, which another process may have open. ok is
// false if the text was erased, or may not be read.
func WordsIn(dir, digest string) (text string, ok bool) {
	return (&words{dir: filepath.Join(dir, wordsFolder)}).read(digest)
}

// SaltSize is how many bytes of salt lie before a text.
const SaltSize = saltSize

// SaltedIn is WordsIn, with the salt before the text: what the digest is of.
func SaltedIn(dir, name string) (salted []byte, ok bool) {
	if !wordsName(name) {
		return nil, false
	}
	salted, err := os.ReadFile(filepath.Join(dir, wordsFolder, name))
	return salted, err == nil && len(salted) >= saltSize && digest(salted) == name
}

// erase removes a text, also one that is gone.
func (w *words) erase(name string) error {
	if !wordsName(name) {
		return fs.ErrNotExist
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.known, name)
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncDir(w.dir)
}
