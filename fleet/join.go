package fleet

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"aead.dev/minisign"
)

// An Invitation is the code by which a machine joins a fleet: whoever has it may be that
// node. It names the root key too, so that what is pinned is what the hub's people meant.
type Invitation struct {
	Secret string // the hub keeps its digest only
	Root   string // Fingerprint of the root key
}

const (
	fingerprintBytes = 10
	groupLetters     = 4
	secretGroups     = 4
)

var letters = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// Fingerprint is the beginning of the digest of a root key, 80 bits in four groups of
// letters.
func Fingerprint(root minisign.PublicKey) string {
	sum := sha256.Sum256([]byte(root.String()))
	return grouped(letters.EncodeToString(sum[:fingerprintBytes]))
}

func grouped(text string) string {
	var groups []string
	for ; len(text) > groupLetters; text = text[groupLetters:] {
		groups = append(groups, text[:groupLetters])
	}
	return strings.Join(append(groups, text), "-")
}

// String is the code as people type it: eight groups of four letters.
func (i Invitation) String() string { return i.Secret + "-" + i.Root }

// ErrInvitation is the error of a text that is no code of an invitation.
var ErrInvitation = errors.New("the code of an invitation is eight groups of four letters, as the hub has shown it")

// ParseInvitation reads a code however it was typed.
func ParseInvitation(text string) (Invitation, error) {
	plain := strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, strings.ToLower(text))
	if len(plain) != 2*secretGroups*groupLetters || strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return Invitation{}, fmt.Errorf("%w: %d characters", ErrInvitation, len(plain))
	}
	half := secretGroups * groupLetters
	return Invitation{Secret: grouped(plain[:half]), Root: grouped(plain[half:])}, nil
}

// Paths of a hub's port for what is asked once.
const (
	TrustPath   = "/fleet/trust"
	JoinPath    = "/fleet/join"
	BlobPath    = "/fleet/blob/" // followed by the digest of a file
	SecretsPath = "/fleet/secrets"
)

// MaxAnswer bounds what is asked and answered there, in bytes, but for files.
const MaxAnswer = 256 << 10

// A SignedTrust is a Trust as hubs hand it on. Nobody believes it before Open has.
type SignedTrust struct {
	Root      string `json:"root"` // public key of minisign
	Text      string `json:"text"`
	Signature string `json:"signature"`
}

// Fingerprint is that of the root key that it names.
func (s SignedTrust) Fingerprint() (string, error) {
	var root minisign.PublicKey
	if err := root.UnmarshalText([]byte(s.Root)); err != nil {
		return "", fmt.Errorf("%w: %w", ErrTrust, err)
	}
	return Fingerprint(root), nil
}

// Open reads the Trust, if its root key is the one of a fingerprint and has signed it.
func (s SignedTrust) Open(fingerprint string) (t Trust, err error) {
	var root minisign.PublicKey
	if err := root.UnmarshalText([]byte(s.Root)); err != nil {
		return t, fmt.Errorf("%w: %w", ErrTrust, err)
	}
	if Fingerprint(root) != fingerprint {
		return t, fmt.Errorf("%w: the key there is %s and not %s", ErrTrust, Fingerprint(root), fingerprint)
	}
	return ParseTrust([]byte(s.Text), []byte(s.Signature), root)
}

// A JoinRequest is what a machine sends to become a node.
type JoinRequest struct {
	Code string `json:"code"` // Secret of the invitation
	Nkey string `json:"nkey"` // the public one that it has made
}

// A Welcome is what it is told then.
type Welcome struct {
	Node    string   `json:"node"`
	Streams []Stream `json:"streams"` // that it follows
}

// A Status is what a node says of itself.
type Status struct {
	Seq map[string]uint64 `json:"seq"` // of each area that it follows the last record here
	// Generation is that of the streams that they are of; 0 is 1, of older versions.
	Generation int `json:"generation,omitempty"`

	Release    uint64   `json:"release,omitempty"` // of the policy, in force here
	Trial      uint64   `json:"trial,omitempty"`   // the release that is, for as long as it is on trial
	Refuses    uint64   `json:"refuses,omitempty"` // the release that cannot be, or that was gone back from
	Refused    string   `json:"refused,omitempty"` // why what was decided last is not in force
	Version    string   `json:"version"`
	Units      int      `json:"units"`
	Conditions []string `json:"conditions,omitempty"` // names of what is wrong
	// Orders are those on their way that this node has to have, by feed; nil of older versions,
	// which have orders when all do.
	Orders map[string]Standing `json:"orders"`
}
