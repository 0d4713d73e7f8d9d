// Package certificate reads what a TLS server needs from files, and reads it
// again when the files change. What is broken never takes the place of what
// works.
package certificate

import (
	"bytes"
	"crypto/tls"
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
	Cert string // PEM, the server's certificate first, then those that lead to a root
	Key  string // PEM, its private key; the same file as Cert where that has both
	// More are shown to who asks for their names; the first one is for all others.
	More []Pair
	// TicketKeys has the keys of session tickets (RFC 8446 section 4.6.1), 32
	// octets each as a line of hexadecimal digits: the first encrypts, all
	// decrypt. Servers that share them resume each other's sessions. "": keys of
	// this process alone, changed every day.
	TicketKeys string
}

// A Pair is a certificate and its private key, as in Files.
type Pair struct{ Cert, Key string }

// A Keeper holds what the files had when they were last right. Its methods
// belong to one goroutine at a time.
type Keeper struct {
	files  Files
	read   [][]byte // ticket keys, then each cert and key, as they were last read
	config *tls.Config
}

// Open reads the files.
func Open(files Files) (*Keeper, error) {
	k := &Keeper{files: files}
	_, err := k.Refresh()
	return k, err
}

// Files are those that are read.
func (k *Keeper) Files() Files { return k.files }

// Config is for TLS servers. It is never written; a new one takes its place.
// Nil before the files were right.
func (k *Keeper) Config() *tls.Config { return k.config }

// Expires is when the server's certificate ends.
func (k *Keeper) Expires() time.Time { return k.config.Certificates[0].Leaf.NotAfter }

// Name is the first name that the certificate is for, in lower case; "" when it
// is for addresses or wildcards only.
func (k *Keeper) Name() string {
	for _, name := range k.config.Certificates[0].Leaf.DNSNames {
		if !strings.HasPrefix(name, "*") {
			return strings.ToLower(name)
		}
	}
	return ""
}

// Due is when it should have been renewed at the latest: a sixth of its life
// before its end, which is 15 days of the usual 90.
func (k *Keeper) Due() time.Time {
	leaf := k.config.Certificates[0].Leaf
	return leaf.NotAfter.Add(-leaf.NotAfter.Sub(leaf.NotBefore) / 6)
}

// Refresh reads the files again and tells whether Config is a new one. With an
// error it is the old one still.
func (k *Keeper) Refresh() (changed bool, err error) {
	now, err := k.files.read()
	if err != nil {
		return false, err
	}
	if k.config != nil && slices.EqualFunc(now, k.read, bytes.Equal) {
		return false, nil
	}
	config, err := k.files.configOf(now)
	if err != nil {
		return false, err
	}
	k.read, k.config = now, config
	return true, nil
}

// pairs are all certificates.
func (f Files) pairs() []Pair { return append([]Pair{{f.Cert, f.Key}}, f.More...) }

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

func (f Files) configOf(contents [][]byte) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	for i, p := range f.pairs() {
		pair, err := tls.X509KeyPair(contents[1+2*i], contents[2+2*i])
		if err != nil {
			return nil, fmt.Errorf("read the certificate in %s and the key in %s: %w", p.Cert, p.Key, err)
		}
		config.Certificates = append(config.Certificates, pair)
	}
	if f.TicketKeys == "" {
		return config, nil
	}
	keys, err := parseTicketKeys(string(contents[0]))
	if err != nil {
		return nil, fmt.Errorf("read ticket keys in %s: %w", f.TicketKeys, err)
	}
	config.SetSessionTicketKeys(keys)
	return config, nil
}

// parseTicketKeys reads one key a line. Empty lines and those that begin with #
// are skipped.
func parseTicketKeys(text string) (keys [][32]byte, err error) {
	line := 0
	for s := range strings.Lines(text) {
		line++
		s = strings.TrimSpace(s)
		if s == "" || s[0] == '#' {
			continue
		}
		octets, err := hex.DecodeString(s)
		if err != nil || len(octets) != 32 {
			return nil, fmt.Errorf("line %d is not 64 hexadecimal digits, as `openssl rand -hex 32` writes them", line)
		}
		keys = append(keys, [32]byte(octets))
	}
	if len(keys) == 0 {
		return nil, errors.New("there is none; write one with `openssl rand -hex 32`")
	}
	return keys, nil
}
