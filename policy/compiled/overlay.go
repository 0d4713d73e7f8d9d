package compiled

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"lachan/blocklist/domain"
	"lachan/internal/durable"
)

// An Overlay is own entries of units that were made after a policy was
// compiled. It is immutable, small, and read into memory.
type Overlay struct {
	OverlayMeta
	Strings []byte
	Notes   []OverlayNote // by OwnEntry.Note
	Own     OwnNames
	digest  string
	image   []byte
}

// OverlayMeta says what an overlay is for.
type OverlayMeta struct {
	Base string // digest of the policy: its units are numbered as there
}

// An OverlayNote is what is known of an entry beside what it says.
type OverlayNote struct {
	Note
	Number uint64 // of the decision, for explanations; 0: it has none
}

const overlayTables = 7

func (o *Overlay) columns() [overlayTables]column {
	return [...]column{
		records[byte]{&o.Strings}, records[OverlayNote]{&o.Notes},
		records[uint64]{&o.Own.Filter}, records[uint32]{&o.Own.Slots}, records[OwnKey]{&o.Own.Keys},
		records[byte]{&o.Own.Wires}, records[OwnEntry]{&o.Own.Entries},
	}
}

// NewOverlay lays out an overlay. An error means that the tables contradict one
// another.
func NewOverlay(o *Overlay, units int) (*Overlay, error) {
	meta, err := json.Marshal(o.OverlayMeta)
	if err != nil {
		return nil, fmt.Errorf("encode overlay: %w", err)
	}
	content := [][]byte{meta}
	for _, c := range o.columns() {
		content = append(content, c.encode())
	}
	parts, _ := overlayLayout().seal(content)
	return decodeOverlay(slices.Concat(parts...), units)
}

// OpenOverlay reads an overlay for a policy. Its error wraps ErrDamaged or
// ErrVersion as that of Open does; an overlay for another policy is damaged.
func OpenOverlay(path string, base *File) (*Overlay, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open overlay: %w", err)
	}
	o, err := decodeOverlay(image, len(base.Units))
	if err == nil && o.Base != base.digest {
		err = fmt.Errorf("%w: it belongs to another policy", ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("open overlay %s: %w", path, err)
	}
	return o, nil
}

// Write replaces the file at path, or makes it.
func (o *Overlay) Write(path string) error {
	if err := durable.WriteFile(path, o.image, 0o600); err != nil {
		return fmt.Errorf("write overlay: %w", err)
	}
	return nil
}

// Digest is the SHA-256 of the content in hexadecimal.
func (o *Overlay) Digest() string { return o.digest }

// Has reports whether the overlay, which may be nil, has an entry for a name or
// one above it.
func (o *Overlay) Has(n *domain.Name) bool { return o != nil && o.Own.Find(n) != NoKey }

// Text is a string of the overlay.
func (o *Overlay) Text(s Text) string { return string(o.Strings[s.At : s.At+s.Size]) }

func decodeOverlay(image []byte, units int) (*Overlay, error) {
	sections, digest, err := overlayLayout().unseal(image)
	if err != nil {
		return nil, err
	}
	o := &Overlay{image: image, digest: hex.EncodeToString(digest)}
	if err := json.Unmarshal(sections[0], &o.OverlayMeta); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	for i, c := range o.columns() {
		if err := c.decode(sections[1+i]); err != nil {
			return nil, err
		}
	}
	if !o.sound(units) {
		return nil, fmt.Errorf("%w: something is out of bounds", ErrDamaged)
	}
	return o, nil
}

// sound reports whether all that the tables point at is there.
func (o *Overlay) sound(units int) bool {
	if !o.Own.sound() {
		return false
	}
	for _, n := range o.Notes {
		for _, s := range [...]Text{n.Who, n.Why, n.Document} {
			if uint64(s.At)+uint64(s.Size) > uint64(len(o.Strings)) {
				return false
			}
		}
	}
	for i := range o.Own.Entries {
		e := &o.Own.Entries[i]
		if uint64(e.Note) >= uint64(len(o.Notes)) || uint64(e.Owner) >= uint64(units) || e.During != 0 {
			return false
		}
	}
	return true
}
