package fleet

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Head is the end of an area's ledger as a hub knows it, signed. A node that has less
// asks for the rest; one that hears nothing, or is told that there is nothing, compares.
type Head struct {
	Area       string    `json:"area"`
	At         time.Time `json:"at"`
	Generation int       `json:"generation"`
	Hash       string    `json:"hash"` // SHA-256 of the line of the last record
	Seq        uint64    `json:"seq"`
	Sig        string    `json:"sig,omitempty"` // ed25519 of the rest, in base64 without "="
}

// ErrHead is the error of a head that no hub's key has signed.
var ErrHead = errors.New("the head of an area is not signed by a hub")

// maxHead bounds what is read as a head, in bytes.
const maxHead = 1 << 10

// Signed is a head with its signature, as it is carried.
func (h Head) Signed(key ed25519.PrivateKey) ([]byte, error) {
	h.Sig = ""
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write a head: %w", err)
	}
	h.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, text))
	return json.Marshal(h)
}

// ParseHead reads what Signed has written, if one of the keys of hubs has signed it.
func ParseHead(text []byte, hubs ...ed25519.PublicKey) (h Head, err error) {
	if len(text) > maxHead {
		return h, fmt.Errorf("%w: %d bytes", ErrHead, len(text))
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	sig, err := base64.RawStdEncoding.Strict().DecodeString(h.Sig)
	if err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	unsigned := h
	unsigned.Sig = ""
	signed, err := json.Marshal(unsigned)
	if err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	for _, key := range hubs {
		if len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, sig) {
			return h, nil
		}
	}
	return Head{}, ErrHead
}

// Precedes reports whether a head is older than another of the same area: a node takes
// none that precedes one it has seen.
func (h Head) Precedes(o Head) bool {
	return h.Generation < o.Generation || h.Generation == o.Generation && h.Seq < o.Seq
}
