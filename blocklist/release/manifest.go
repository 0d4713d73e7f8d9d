package release

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Names of the files of a feed beside its snapshots and deltas. The manifest
// has its signature under two names, so that one of them is good at every
// moment of a change.
const (
	ManifestFile    = "manifest.json"
	SignatureFile   = "manifest.json.minisig"
	SecondSignature = "manifest.sig"
)

// MaxManifestBytes bounds a manifest.
const MaxManifestBytes = 1 << 20

const (
	manifestFormat = 1
	maxDeltas      = 1000
)

// A Manifest names the newest version of a feed and the files that it can be made
// of.
type Manifest struct {
	Format    int       `json:"format"` // 1
	ID        string    `json:"id"`     // of the feed: 1 to 40 of a-z, 0-9, '-'
	Version   uint64    `json:"version"`
	Previous  uint64    `json:"previous"` // version before it; 0 when there is none
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"` // when it is not to be taken any more
	Authority string    `json:"authority"`
	Count     int       `json:"count"`    // entries
	Content   Digest    `json:"content"`  // the list, unpacked
	Snapshot  File      `json:"snapshot"` // the list, compressed
	Deltas    []Delta   `json:"deltas,omitempty"`
	// Withdrawn is what was lifted on purpose, in the order of its versions.
	Withdrawn []Withdrawal `json:"withdrawn,omitempty"`
}

// A Digest is what some content is recognised by.
type Digest struct {
	SHA256 string `json:"sha256"` // 64 lower-case hexadecimal digits
	Size   int64  `json:"size"`   // bytes
}

// A File lies beside the manifest.
type File struct {
	Name string `json:"name"`
	Digest
}

// A Delta is a file with what changed from one version to another.
type Delta struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
	File
}

// Why a manifest is not accepted.
var (
	ErrManifest = errors.New("not a manifest")
	ErrNewer    = errors.New("manifest of a later form")
)

// Decode reads a manifest and checks that it is consistent. The errors are
// ErrManifest and ErrNewer.
func Decode(text []byte) (m Manifest, err error) {
	if len(text) > MaxManifestBytes {
		return Manifest{}, fmt.Errorf("%w: more than %d bytes", ErrManifest, MaxManifestBytes)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if _, err := in.Token(); err != io.EOF {
		return Manifest{}, fmt.Errorf("%w: something behind its end", ErrManifest)
	}
	if m.Format > manifestFormat {
		return Manifest{}, fmt.Errorf("%w: %d", ErrNewer, m.Format)
	}
	if wrong := m.wrong(); wrong != "" {
		return Manifest{}, fmt.Errorf("%w: %s", ErrManifest, wrong)
	}
	return m, nil
}

// Encode writes a manifest.
func (m *Manifest) Encode() ([]byte, error) {
	m.Format = manifestFormat
	if wrong := m.wrong(); wrong != "" {
		return nil, fmt.Errorf("%w: %s", ErrManifest, wrong)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// wrong returns what is wrong with a manifest, "" if nothing is.
func (m *Manifest) wrong() string {
	switch {
	case m.Format != manifestFormat:
		return "format"
	case !ValidID(m.ID):
		return "id"
	case m.Version == 0 || m.Version <= m.Previous:
		return "version"
	case m.Created.IsZero() || !m.Expires.After(m.Created):
		return "created or expires"
	case m.Count < 0:
		return "count"
	case !m.Content.plausible():
		return "content"
	case !m.Snapshot.plausible():
		return "snapshot"
	case len(m.Deltas) > maxDeltas:
		return "too many deltas"
	}
	for i := range m.Withdrawn {
		if m.Withdrawn[i].wrong(m.Version) {
			return "withdrawn"
		}
	}
	for _, d := range m.Deltas {
		if !d.plausible() || d.From >= d.To || d.To > m.Version {
			return "delta " + d.Name
		}
	}
	return ""
}

func (d *Digest) plausible() bool {
	sum, err := hex.DecodeString(d.SHA256)
	return err == nil && len(sum) == 32 && strings.ToLower(d.SHA256) == d.SHA256 && d.Size >= 0
}

// plausible reports whether the file is beside the manifest.
func (f *File) plausible() bool {
	allowed := strings.Trim(f.Name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
	return allowed && f.Name != "" && f.Name[0] != '.' && len(f.Name) <= 100 && f.Digest.plausible()
}

// ValidID reports whether a text can be the ID of a feed.
func ValidID(id string) bool {
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && len(id) >= 1 && len(id) <= 40
}

// Chain returns the deltas that lead from a version to that of the manifest, in
// order; ok is false if none do.
func (m *Manifest) Chain(from uint64) (way []Delta, ok bool) {
	for from < m.Version {
		next := m.deltaFrom(from)
		if next == nil {
			return nil, false
		}
		way = append(way, *next)
		from = next.To
	}
	return way, from == m.Version
}

func (m *Manifest) deltaFrom(version uint64) *Delta {
	for i := range m.Deltas {
		if m.Deltas[i].From == version {
			return &m.Deltas[i]
		}
	}
	return nil
}
