// Package pack is the file of an evidence pack: a zip of which every byte is fixed by
// what is in it, sealed by the key of a node. FORMAT.md says how it is written.
package pack

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a pack, for those who write and for those who read it.
const (
	MostMembers = 5000
	MostMember  = 256 << 20 // bytes of one member
	MostBytes   = 512 << 20 // bytes of all members
	mostName    = 120       // bytes of the name of a member
	mostSaid    = 300       // bytes of a name in the seal
	mostSeal    = 4 << 10   // bytes
	mostSums    = MostMembers * (64 + 2 + mostName + 1)
)

// The members that say what the others are.
const (
	SealFile = "seal.json"
	SumsFile = "SHA256SUMS"
)

// Format is the number of this format.
const Format = 1

// A Member is a file of a pack.
type Member struct {
	Name string
	Text []byte
}

// A Seal says what a pack is of, and vouches for all of its members. Its fields are in
// the order of their keys.
type Seal struct {
	AsOf   time.Time `json:"as_of"` // what was known then is in it
	Format int       `json:"format"`
	From   time.Time `json:"from"` // the first moment of the period
	Key    string    `json:"key"`  // the public one that has signed, in hexadecimal
	Node   string    `json:"node"` // that made it
	Period string    `json:"period"`
	SHA256 string    `json:"sha256"`        // of SHA256SUMS
	Sig    string    `json:"sig,omitempty"` // of the rest of the line
	To     time.Time `json:"to"`            // the first moment after the period
	Unit   string    `json:"unit"`          // "" is everything
}

// ErrMembers is the error of members that cannot be a pack.
var ErrMembers = errors.New("they cannot be members of a pack")

// Write writes a pack of some members, which are put in the order of their names. The
// same seal, key and members give the same bytes.
func Write(to io.Writer, seal Seal, key ed25519.PrivateKey, members []Member) error {
	members = slices.SortedFunc(slices.Values(members), byName)
	size := 0
	for i, m := range members {
		if size += len(m.Text); !ValidName(m.Name) || len(m.Text) > MostMember {
			return fmt.Errorf("write an evidence pack: %w: %q, %d bytes", ErrMembers, m.Name, len(m.Text))
		}
		if i > 0 && members[i-1].Name == m.Name {
			return fmt.Errorf("write an evidence pack: %w: %q is there twice", ErrMembers, m.Name)
		}
	}
	if len(members) > MostMembers || size > MostBytes {
		return fmt.Errorf("write an evidence pack: %w: %d of them, %d bytes", ErrMembers, len(members), size)
	}
	sums := sumsOf(members)
	line, err := seal.sign(key, sums)
	if err != nil {
		return fmt.Errorf("write an evidence pack: %w", err)
	}
	return writeZip(to, append([]Member{{SealFile, line}, {SumsFile, sums}}, members...))
}

func byName(a, b Member) int { return strings.Compare(a.Name, b.Name) }

// ValidName reports whether a member may have a name: letters, digits, dots, hyphens and
// underscores, in folders, such that no name leads elsewhere on any system.
func ValidName(name string) bool {
	if name == SealFile || name == SumsFile || len(name) > mostName {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || part[0] == '-' || part[len(part)-1] == '.' {
			return false
		}
		for _, c := range []byte(part) {
			letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
			if !letter && c != '.' && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// sumsOf are the digests of members as sha256sum writes and checks them.
func sumsOf(members []Member) []byte {
	var b bytes.Buffer
	for _, m := range members {
		fmt.Fprintf(&b, "%s  %s\n", digest(m.Text), m.Name)
	}
	return b.Bytes()
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// sign is the line of a seal over the digests of members.
func (s Seal) sign(key ed25519.PrivateKey, sums []byte) ([]byte, error) {
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	s.Format, s.Key, s.SHA256, s.Sig = Format, hex.EncodeToString(public), digest(sums), ""
	signed, err := s.encode()
	if err != nil {
		return nil, err
	}
	s.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, signed))
	line, err := s.encode()
	return append(line, '\n'), err
}

// encode is the seal as canonical JSON.
func (s *Seal) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// parseSeal reads what sign has written; nothing else passes.
func parseSeal(line []byte) (s Seal, err error) {
	if err := json.Unmarshal(line, &s); err != nil {
		return s, err
	}
	written, err := s.encode()
	if err != nil || !bytes.Equal(line, append(written, '\n')) {
		return s, errors.New("its line is not written as a seal is")
	}
	if s.Format != Format {
		return s, fmt.Errorf("its format is %d, and this program knows %d", s.Format, Format)
	}
	for _, said := range []string{s.Unit, s.Period, s.Node} { // people are shown them
		prints := func(c rune) bool { return unicode.IsPrint(c) && c != utf8.RuneError }
		if len(said) > mostSaid || strings.IndexFunc(said, func(c rune) bool { return !prints(c) }) >= 0 {
			return s, errors.New("it has a name that is none")
		}
	}
	key, err := hex.DecodeString(s.Key)
	sig, wrong := base64.RawStdEncoding.Strict().DecodeString(s.Sig)
	unsigned := s
	unsigned.Sig = ""
	signed, failed := unsigned.encode()
	known := errors.Join(err, wrong, failed) == nil && len(key) == ed25519.PublicKeySize
	if !known || !ed25519.Verify(key, signed, sig) {
		return s, errors.New("its signature is not that of its key")
	}
	return s, nil
}
