package fleet

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"aead.dev/minisign"
)

// A Trust says which hubs a fleet has: the keys that sign records and heads. The root key
// signs it, which lies offline and is pinned by each node when it joins, so that a stolen
// hub cannot make itself another.
type Trust struct {
	Serial uint64    `json:"serial"` // grows: a node takes none that is lower than one it has seen
	At     time.Time `json:"at"`
	Hubs   []HubKey  `json:"hubs"`
}

// A HubKey is a hub's key as the root has certified it.
type HubKey struct {
	Name string    `json:"name"`
	Key  PublicKey `json:"key"`
	// Address is how nodes reach it; "" if that was not said.
	Address string    `json:"address,omitempty"`
	Until   time.Time `json:"until"` // it signs no head after it; what it has written stays good
	// Revoked keys are good for nothing, also for what they have written, unless a hub that is
	// one has signed a record after it: then it was there before.
	Revoked bool `json:"revoked,omitempty"`
}

// A PublicKey is a public key of ed25519. Its text is base64 without "=".
type PublicKey ed25519.PublicKey

// Equal reports whether it is another key.
func (k PublicKey) Equal(o PublicKey) bool { return bytes.Equal(k, o) }

// MarshalText writes the key.
func (k PublicKey) MarshalText() ([]byte, error) {
	return []byte(base64.RawStdEncoding.EncodeToString(k)), nil
}

// UnmarshalText reads a key.
func (k *PublicKey) UnmarshalText(text []byte) error {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(string(text))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return fmt.Errorf("%q is not the public key of a hub: 32 bytes in base64", text)
	}
	*k = raw
	return nil
}

// Bounds of a Trust.
const (
	maxTrust = 64 << 10 // bytes
	maxHubs  = 100      // also those that are no more

	maxAddress = 300 // bytes
)

// ErrTrust is the error of a Trust that the root key has not signed, or that says what
// cannot be.
var ErrTrust = errors.New("the root key of the fleet has not signed this")

// Signed is the text of a Trust with its signature, as minisign makes it.
func (t Trust) Signed(root minisign.PrivateKey) (text, signature []byte, err error) {
	if err := t.check(); err != nil {
		return nil, nil, fmt.Errorf("sign the hubs of a fleet: %w", err)
	}
	if text, err = json.Marshal(t); err != nil {
		return nil, nil, fmt.Errorf("sign the hubs of a fleet: %w", err)
	}
	text = append(text, '\n')
	return text, minisign.Sign(root, text), nil
}

// ParseTrust reads a Trust that the root key has signed.
func ParseTrust(text, signature []byte, root minisign.PublicKey) (t Trust, err error) {
	if len(text) > maxTrust || len(signature) > maxTrust {
		return t, fmt.Errorf("%w: %d bytes", ErrTrust, len(text))
	}
	if !minisign.Verify(root, text, signature) {
		return t, ErrTrust
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return Trust{}, fmt.Errorf("%w: %w", ErrTrust, err)
	}
	if err := t.check(); err != nil {
		return Trust{}, err
	}
	return t, nil
}

func (t Trust) check() error {
	if t.Serial == 0 || len(t.Hubs) == 0 || len(t.Hubs) > maxHubs {
		return fmt.Errorf("%w: it has the serial number %d and %d hubs", ErrTrust, t.Serial, len(t.Hubs))
	}
	for i, h := range t.Hubs {
		twice := func(o HubKey) bool { return bytes.Equal(o.Key, h.Key) }
		if len(h.Address) > maxAddress {
			return fmt.Errorf("%w: the address of hub %q has %d bytes", ErrTrust, h.Name, len(h.Address))
		}
		if !ValidName(h.Name) || len(h.Key) != ed25519.PublicKeySize || slices.ContainsFunc(t.Hubs[:i], twice) {
			return fmt.Errorf("%w: hub %d, %q, has no name, no key, or another's", ErrTrust, i+1, h.Name)
		}
	}
	return nil
}

// Writers are the keys whose records are taken: of all hubs that were not revoked.
func (t Trust) Writers() (keys []ed25519.PublicKey) {
	for _, h := range t.Hubs {
		if !h.Revoked {
			keys = append(keys, ed25519.PublicKey(h.Key))
		}
	}
	return keys
}

// Signers are the keys whose heads are believed at a time.
func (t Trust) Signers(at time.Time) (keys []ed25519.PublicKey) {
	for _, h := range t.Hubs {
		if !h.Revoked && at.Before(h.Until) {
			keys = append(keys, ed25519.PublicKey(h.Key))
		}
	}
	return keys
}

// Addresses are those of hubs that are to be reached at a time.
func (t Trust) Addresses(at time.Time) (addresses []string) {
	for _, h := range t.Hubs {
		if !h.Revoked && at.Before(h.Until) && h.Address != "" {
			addresses = append(addresses, h.Address)
		}
	}
	return addresses
}

// Has reports whether a key may sign at a time.
func (t Trust) Has(key ed25519.PublicKey, at time.Time) bool {
	return slices.ContainsFunc(t.Signers(at), func(k ed25519.PublicKey) bool { return k.Equal(key) })
}

// Former is the hub that had a key until the root key has revoked it; ok is false if none had.
func (t Trust) Former(key ed25519.PublicKey) (h HubKey, ok bool) {
	at := slices.IndexFunc(t.Hubs, func(h HubKey) bool { return h.Revoked && h.Key.Equal(PublicKey(key)) })
	if at < 0 {
		return h, false
	}
	return t.Hubs[at], true
}

// Revoked are the keys of hubs that are none any more.
func (t Trust) Revoked() (keys []ed25519.PublicKey) {
	for _, h := range t.Hubs {
		if h.Revoked {
			keys = append(keys, ed25519.PublicKey(h.Key))
		}
	}
	return keys
}
