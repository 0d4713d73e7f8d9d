// Package secret is what proves who somebody is, as numbers and text: hashes of
// passwords, codes, tokens, what is sealed. It knows nobody.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"lachan/internal/durable"
)

// codeBytes is how much chance is in a code: nobody guesses 80 bits.
const codeBytes = 10

// letters are those that nobody takes for another.
var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewCode is a code that a person types once: four groups of four letters.
func NewCode() string {
	var random [codeBytes]byte
	_, _ = rand.Read(random[:]) // never fails
	text := letters.EncodeToString(random[:])
	return strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-")
}

// HashCode is what is kept of a code, however it was typed: a slow hash would add nothing
// to that much chance.
func HashCode(code string) string {
	plain := strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, strings.ToLower(code))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// A Key seals what has to be read again.
type Key struct{ box cipher.AEAD }

const keyBytes = 32

// OpenKey reads the key of a file, which is made if nothing is there. Only the user may
// read it.
func OpenKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text = make([]byte, keyBytes)
		_, _ = rand.Read(text)
		err = durable.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("open the key of secrets: %w", err)
	}
	if len(text) != keyBytes {
		return nil, fmt.Errorf("open the key of secrets: %s has %d bytes, not %d", path, len(text), keyBytes)
	}
	block, err := aes.NewCipher(text)
	if err != nil {
		return nil, fmt.Errorf("open the key of secrets: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("open the key of secrets: %w", err)
	}
	return &Key{box}, nil
}

// Seal closes a secret for one purpose, such as the account that it is of.
func (k *Key) Seal(secret, purpose string) []byte {
	return k.box.Seal(nil, nil, []byte(secret), []byte(purpose))
}

// Unseal opens what Seal closed for the same purpose.
func (k *Key) Unseal(sealed []byte, purpose string) (string, error) {
	secret, err := k.box.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return "", fmt.Errorf("unseal: %w", err)
	}
	return string(secret), nil
}
