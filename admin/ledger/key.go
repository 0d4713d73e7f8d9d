package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/internal/durable"
)

// The key of a node, and the file with which others verify what it has signed.
const (
	keyFile    = "key"
	publicFile = "key.pub"
)

// openKey is the key of this node, which is made at the first start. If there was one that
// is gone, lost is true: from now on another one signs.
func openKey(dir string) (key ed25519.PrivateKey, keys []ed25519.PublicKey, lost bool, err error) {
	path := filepath.Join(dir, keyFile)
	keys, damaged, err := readPublic(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, false, err
	}
	seed, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		lost = len(keys) > 0
		seed = make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // it never fails
		err = durable.WriteFile(path, seed, 0o600)
	case err == nil && len(seed) != ed25519.SeedSize:
		err = fmt.Errorf("%s: %d bytes are no key; put the one of a backup there, or take it away: then another one is made",
			path, len(seed))
	}
	if err != nil {
		return nil, nil, false, err
	}
	key = ed25519.NewKeyFromSeed(seed)
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	has := slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return k.Equal(public) })
	switch {
	case has && len(damaged) > 0, len(damaged) > 1 && len(keys) > 0: // of others, which nobody here knows
		return nil, nil, false, noKey(dir, damaged[0])
	case has:
		return key, keys, lost, nil
	}
	keys = append(keys, public) // what is damaged was that
	return key, keys, lost, writePublic(dir, keys)
}

// known are the keys of a folder with those of others before them, which are kept there.
func known(dir string, keys, others []ed25519.PublicKey) ([]ed25519.PublicKey, error) {
	before := len(keys)
	for _, key := range others {
		if !slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return k.Equal(key) }) {
			keys = slices.Insert(keys, 0, key)
		}
	}
	if len(keys) == before {
		return keys, nil
	}
	return keys, writePublic(dir, keys)
}

func writePublic(dir string, keys []ed25519.PublicKey) error {
	var text bytes.Buffer
	for _, k := range keys {
		fmt.Fprintln(&text, hex.EncodeToString(k))
	}
	return durable.WriteFile(filepath.Join(dir, publicFile), text.Bytes(), 0o600)
}

// PublicKey is the key by which what the node of a folder signs is verified. It is made if
// there is none yet.
func PublicKey(dir string) (ed25519.PublicKey, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the key of the ledger: %w", err)
	}
	key, _, _, err := openKey(dir)
	if err != nil {
		return nil, fmt.Errorf("open the key of the ledger: %w", err)
	}
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	return public, nil
}

// SigningKey is the key of the node of a folder. It is never made: an error is that of a folder
// without one, or that the user may not read.
func SigningKey(dir string) (ed25519.PrivateKey, error) {
	seed, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err == nil && len(seed) != ed25519.SeedSize {
		err = fmt.Errorf("%s: %d bytes are no key", filepath.Join(dir, keyFile), len(seed))
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of the ledger: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// PublicKeys are the keys that have signed the records of a folder, as its file has them.
func PublicKeys(dir string) (text []byte, err error) {
	return os.ReadFile(filepath.Join(dir, publicFile))
}

// ParseKeys reads the file of PublicKeys.
func ParseKeys(text []byte) ([]ed25519.PublicKey, error) {
	keys, damaged := parsePublic(text)
	if len(damaged) > 0 || len(keys) == 0 {
		return nil, fmt.Errorf("%q is no key", strings.Join(damaged, " "))
	}
	return keys, nil
}

// publicKeys are those that have signed the records of a folder, the newest last.
func publicKeys(dir string) (keys []ed25519.PublicKey, err error) {
	keys, damaged, err := readPublic(dir)
	if err == nil && len(damaged) > 0 {
		err = noKey(dir, damaged[0])
	}
	return keys, err
}

// readPublic is publicKeys, with the lines that are no key.
func readPublic(dir string) (keys []ed25519.PublicKey, damaged []string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, publicFile))
	if err != nil {
		return nil, nil, err
	}
	keys, damaged = parsePublic(text)
	return keys, damaged, nil
}

func parsePublic(text []byte) (keys []ed25519.PublicKey, damaged []string) {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		key, err := hex.DecodeString(line)
		switch {
		case line == "":
			continue
		case err != nil || len(key) != ed25519.PublicKeySize:
			damaged = append(damaged, line)
			continue
		}
		keys = append(keys, key)
	}
	return keys, damaged
}

func noKey(dir, line string) error {
	return fmt.Errorf("%s: %q is no key", filepath.Join(dir, publicFile), line)
}
