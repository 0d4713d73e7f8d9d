package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Files are where a certificate and its secrets are.
type Files struct {
	Cert string // PEM, as in Pair
	Key  string // PEM; the same file as Cert if that has both
	// More are shown to the clients that ask for their names; the first one is for
	// all others.
	More []PairFiles
	// TicketKeys has one key a line, as 64 hexadecimal digits; "" if the keys are
	// the process's own. See Secrets.
	TicketKeys string
}

// PairFiles are where a Pair is.
type PairFiles struct{ Cert, Key string }

// pairs are the files of all certificates.
func (f Files) pairs() []PairFiles { return append([]PairFiles{{f.Cert, f.Key}}, f.More...) }

// A Watcher holds the contents that the files had when they could last be used.
// Its methods may be called by one goroutine at a time.
type Watcher struct {
	files   Files
	read    [][]byte // ticket keys, then each cert and key, as they were last read
	secrets Secrets
	leaf    *x509.Certificate // of the first pair
}

// Open reads the files.
func Open(files Files) (*Watcher, error) {
	w := &Watcher{files: files}
	_, err := w.Refresh()
	return w, err
}

// Files are where the Watcher reads.
func (w *Watcher) Files() Files { return w.files }

// Secrets are the contents that the files had when they could last be used. They
// are never written to.
func (w *Watcher) Secrets() Secrets { return w.secrets }

// Expires is when the server's certificate ends.
func (w *Watcher) Expires() time.Time { return w.leaf.NotAfter }

// Name is the first name that the certificate is for, in lower case; "" if it is
// for addresses or wildcards only.
func (w *Watcher) Name() string {
	for _, name := range w.leaf.DNSNames {
		if !strings.HasPrefix(name, "*") {
			return strings.ToLower(name)
		}
	}
	return ""
}

// Due is when the certificate should have been renewed at the latest: a sixth of
// its life before its end, which is 15 days of the usual 90.
func (w *Watcher) Due() time.Time {
	return w.leaf.NotAfter.Add(-w.leaf.NotAfter.Sub(w.leaf.NotBefore) / 6)
}

// Refresh reads the files again and reports whether Secrets are new ones. If it
// returns an error they are the old ones still.
func (w *Watcher) Refresh() (changed bool, err error) {
	contents, err := w.files.read()
	if err != nil {
		return false, err
	}
	if w.leaf != nil && slices.EqualFunc(contents, w.read, bytes.Equal) {
		return false, nil
	}
	secrets, leaf, err := w.files.parse(contents)
	if err != nil {
		return false, err
	}
	w.read, w.secrets, w.leaf = contents, secrets, leaf
	return true, nil
}

// read reads the files in the order of Watcher.read.
func (f Files) read() (contents [][]byte, err error) {
	names := []string{f.TicketKeys}
	for _, p := range f.pairs() {
		names = append(names, p.Cert, p.Key)
	}
	contents = make([][]byte, len(names))
	for i, name := range names {
		if name == "" {
			continue
		}
		if contents[i], err = os.ReadFile(name); err != nil {
			return contents, fmt.Errorf("read the certificate: %w", err)
		}
	}
	return contents, nil
}

// parse checks that contents can be used.
func (f Files) parse(contents [][]byte) (s Secrets, leaf *x509.Certificate, err error) {
	for i, p := range f.pairs() {
		pair := Pair{Cert: contents[1+2*i], Key: contents[2+2*i]}
		parsed, err := tls.X509KeyPair(pair.Cert, pair.Key)
		if err != nil {
			return Secrets{}, nil, fmt.Errorf("read the certificate in %s and the key in %s: %w", p.Cert, p.Key, err)
		}
		if i == 0 {
			leaf = parsed.Leaf
		}
		s.Pairs = append(s.Pairs, pair)
	}
	if f.TicketKeys != "" {
		if s.TicketKeys, err = parseTicketKeys(string(contents[0])); err != nil {
			return Secrets{}, nil, fmt.Errorf("read ticket keys in %s: %w", f.TicketKeys, err)
		}
	}
	return s, leaf, nil
}

// parseTicketKeys reads one key a line. Empty lines and those that begin with #
// are skipped.
func parseTicketKeys(text string) (keys []TicketKey, err error) {
	line := 0
	for s := range strings.Lines(text) {
		line++
		s = strings.TrimSpace(s)
		if s == "" || s[0] == '#' {
			continue
		}
		key, err := hex.DecodeString(s)
		if err != nil || len(key) != len(TicketKey{}) {
			return nil, fmt.Errorf("line %d is not 64 hexadecimal digits, as `openssl rand -hex 32` writes them", line)
		}
		keys = append(keys, TicketKey(key))
	}
	if len(keys) == 0 {
		return nil, errors.New("there is none; write one with `openssl rand -hex 32`")
	}
	return keys, nil
}
