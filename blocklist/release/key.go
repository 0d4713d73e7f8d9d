// Package release has what a publisher signs and a node verifies: a list with a
// minisign signature beside it, and a feed of numbered versions, whose newest one
// a signed manifest names. FORMAT.md describes the files.
package release

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"aead.dev/minisign"

	"lachan/internal/wording"
)

// A Key is the public key of a signer, as the tool minisign writes it.
type Key struct{ public minisign.PublicKey }

// UnmarshalText reads a key: the line in base64, or the whole file that has it.
func (k *Key) UnmarshalText(text []byte) error {
	if err := k.public.UnmarshalText(bytes.TrimSpace(text)); err != nil {
		return wording.Error(textKey.With(string(text)))
	}
	return nil
}

// MarshalText writes the line in base64.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.public.String()), nil }

// ID returns the number by which signatures name the key, in hexadecimal as
// minisign shows it.
func (k Key) ID() string { return keyID(k.public.ID()) }

// PublicKey returns the public half of a secret key.
func PublicKey(secret minisign.PrivateKey) Key {
	public, ok := secret.Public().(minisign.PublicKey)
	if !ok {
		return Key{} // a minisign key has a minisign key
	}
	return Key{public}
}

func keyID(id uint64) string { return fmt.Sprintf("%016X", id) }

// Keys are public keys, each of which may have signed. With two of them a publisher
// can change from one to the other.
type Keys []Key

// SetShort makes the keys the one key written in text, or none.
func (k *Keys) SetShort(text string) error {
	*k = nil
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	var one Key
	if err := one.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	*k = Keys{one}
	return nil
}

// Has reports whether a key with this ID is among them.
func (k Keys) Has(id string) bool {
	for _, key := range k {
		if key.ID() == id {
			return true
		}
	}
	return false
}

// Why a signature is not accepted.
var (
	ErrSignature  = errors.New("not a minisign signature")
	ErrUnknownKey = errors.New("signed with a key that is not pinned")
	ErrForged     = errors.New("signature is not of this content")
	ErrLegacy     = errors.New("too large for a signature of the whole content")
)

// MaxLegacyBytes bounds a list whose signature is of the list itself, which can
// only be verified in memory. Signatures of a digest, which minisign makes by
// default, have no bound.
const MaxLegacyBytes = 64 << 20

// A Proof is what a good signature says.
type Proof struct {
	Key string // ID of the key that signed
	Comment
}

// Verify checks that signature is one of message by one of the keys. The errors
// are ErrSignature, ErrUnknownKey, ErrForged, ErrLegacy, ErrComment and those of
// reading message.
func (k Keys) Verify(message io.Reader, signature []byte) (Proof, error) {
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if !k.Has(keyID(s.KeyID)) {
		return Proof{}, fmt.Errorf("%w: %s", ErrUnknownKey, keyID(s.KeyID))
	}
	good, err := k.signed(message, s.Algorithm, signature)
	if err != nil {
		return Proof{}, err
	}
	if !good {
		return Proof{}, fmt.Errorf("%w: key %s", ErrForged, keyID(s.KeyID))
	}
	comment, err := ParseComment(s.TrustedComment)
	return Proof{Key: keyID(s.KeyID), Comment: comment}, err
}

// signed reports whether one of the keys made the signature.
func (k Keys) signed(message io.Reader, algorithm uint16, signature []byte) (bool, error) {
	if algorithm == minisign.EdDSA {
		whole, err := io.ReadAll(io.LimitReader(message, MaxLegacyBytes+1))
		if err != nil {
			return false, err
		}
		if len(whole) > MaxLegacyBytes {
			return false, ErrLegacy
		}
		return k.any(func(key minisign.PublicKey) bool { return minisign.Verify(key, whole, signature) }), nil
	}
	hashed := minisign.NewReader(message)
	if _, err := io.Copy(io.Discard, hashed); err != nil {
		return false, err
	}
	return k.any(func(key minisign.PublicKey) bool { return hashed.Verify(key, signature) }), nil
}

func (k Keys) any(verifies func(minisign.PublicKey) bool) bool {
	for _, key := range k {
		if verifies(key.public) {
			return true
		}
	}
	return false
}

// Sign signs a message with the comment, in the way that minisign does by
// default: of a digest.
func Sign(secret minisign.PrivateKey, message io.Reader, comment string) ([]byte, error) {
	hashed := minisign.NewReader(message)
	if _, err := io.Copy(io.Discard, hashed); err != nil {
		return nil, err
	}
	id := keyID(secret.ID())
	return hashed.SignWithComments(secret, comment, "signature from minisign secret key "+id), nil
}
