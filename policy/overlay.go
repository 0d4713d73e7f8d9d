package policy

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// An Overlay is entries of units' own that were made after a policy was compiled,
// such as exceptions that people have decided on. A policy with an overlay decides
// as one in whose policy.yaml the entries are written. It belongs to one compiled
// policy and is immutable.
type Overlay struct{ file *compiled.Overlay }

// An OverlayEntry allows or blocks a name, and all below it, for a unit and all
// below it.
type OverlayEntry struct {
	Unit string // id, as GroupOf finds it
	// Name is a name, or what IsTerm reports. A public suffix is written as "name:zip":
	// it covers all that is registered below it, which has to be meant.
	Name  string
	Allow bool
	From  time.Time // since when it counts; zero: always
	Until time.Time // when it no longer counts; zero: never

	Who, Why, Document string // as an entry of policy.yaml has them
	Number             uint64 // of the decision, for explanations; 0: none
}

// IsTerm reports whether the entry is one for a category ("category:games") or a
// service ("service:zalo"). What these come to is compiled: an overlay has names
// alone.
func (e *OverlayEntry) IsTerm() bool {
	return strings.HasPrefix(e.Name, source.CategoryPrefix) || strings.HasPrefix(e.Name, source.ServicePrefix)
}

// plainName is the name of an entry that is no term.
func (e *OverlayEntry) plainName() string { return strings.TrimPrefix(e.Name, source.NamePrefix) }

// ErrOverlayEntry is wrapped by the error of an entry that cannot be, ErrNoUnit by
// that of one whose unit is not there.
var (
	ErrOverlayEntry = errors.New("no entry of a policy")
	ErrNoUnit       = fmt.Errorf("%w: there is no such unit", ErrOverlayEntry)
)

// NewOverlay makes an overlay for a policy, in place of the one that it may have.
// An entry that cannot be is an error.
func (p *Policy) NewOverlay(entries []OverlayEntry) (*Overlay, error) {
	o, left, err := OverlayOf(p, entries)
	if err == nil && len(left) > 0 {
		return nil, left[0].Err
	}
	return o, err
}

// A LeftOut is an entry that an overlay does not have, and why.
type LeftOut struct {
	OverlayEntry
	Err error // wraps ErrOverlayEntry
}

// OverlayOf makes an overlay for a policy, in place of the one that it may have, of
// those of the entries that can be. Terms are compiled, and only looked at here.
func OverlayOf(p *Policy, entries []OverlayEntry) (o *Overlay, left []LeftOut, err error) {
	t := &compiled.Overlay{OverlayMeta: compiled.OverlayMeta{Base: p.Digest()}}
	var names compiled.OwnBuilder
	var strings compiled.StringTable
	for i := range entries {
		e := &entries[i]
		if e.IsTerm() {
			if err := checkTerm(p, e); err != nil {
				left = append(left, LeftOut{*e, err})
			}
			continue
		}
		entry, name, err := overlayEntry(p, e, len(t.Notes))
		if err != nil {
			left = append(left, LeftOut{*e, err})
			continue
		}
		note := compiled.OverlayNote{Number: e.Number}
		note.Who, note.Why, note.Document = strings.Intern(e.Who), strings.Intern(e.Why), strings.Intern(e.Document)
		t.Notes = append(t.Notes, note)
		names.Add(name, entry)
	}
	t.Strings, t.Own = strings.Bytes, names.Build()
	file, err := compiled.NewOverlay(t, p.NumGroups())
	return &Overlay{file}, left, err
}

// checkTerm says why an entry for a category or service cannot be.
func checkTerm(p *Policy, e *OverlayEntry) error {
	if _, known := p.GroupOf(e.Unit); !known {
		return fmt.Errorf("%w: %q", ErrNoUnit, e.Unit)
	}
	if _, known := p.file.Tags.ByKey[strings.TrimPrefix(e.Name, source.CategoryPrefix)]; !known {
		return fmt.Errorf("%w: there is no %s", ErrOverlayEntry, e.Name)
	}
	return nil
}

// overlayEntry is the record and the canonical name of the entry with an index.
func overlayEntry(p *Policy, e *OverlayEntry, index int) (entry compiled.OwnEntry, name string, err error) {
	unit, known := p.GroupOf(e.Unit)
	if !known {
		return entry, "", fmt.Errorf("%w: %q", ErrNoUnit, e.Unit)
	}
	if name, err = domain.Canonical(e.plainName()); err != nil {
		return entry, "", fmt.Errorf("%w: %q: %w", ErrOverlayEntry, e.Name, err)
	}
	if domain.IsPublicSuffix(name) && e.Name == e.plainName() {
		text := textSuffix.With(e.Name, source.NamePrefix+name)
		return entry, "", fmt.Errorf("%w: %w", ErrOverlayEntry, wording.Error(text))
	}
	entry = compiled.NewOwnEntry(uint32(unit), index, e.Allow)
	entry.Note = uint32(index)
	if !e.From.IsZero() {
		entry.From = e.From.Unix()
	}
	if !e.Until.IsZero() {
		entry.Until = e.Until.Unix()
	}
	if entry.From >= entry.Until {
		return entry, "", fmt.Errorf("%w: %q ends before it begins", ErrOverlayEntry, e.Name)
	}
	return entry, name, nil
}

// WriteOverlay replaces the file at path by an overlay, or makes it.
func WriteOverlay(path string, o *Overlay) error { return o.file.Write(path) }

// OpenOverlay reads an overlay that was made for the policy p. The error wraps
// ErrDamaged for one that was made for another.
func OpenOverlay(path string, p *Policy) (*Overlay, error) {
	file, err := compiled.OpenOverlay(path, &p.file)
	if err != nil {
		return nil, err
	}
	return &Overlay{file}, nil
}

// With is the policy with an overlay in place of the one it may have; o may be
// nil. It shares everything else with p. The overlay must have been made for p.
func (p *Policy) With(o *Overlay) (*Policy, error) {
	with := *p
	with.overlay = nil
	if o != nil {
		if o.file.Base != p.Digest() {
			return nil, fmt.Errorf("%w: the overlay belongs to another policy", ErrDamaged)
		}
		with.overlay = o.file
	}
	return &with, nil
}

// OverlayDigest is the SHA-256 of the overlay of a policy; "" if it has none.
func OverlayDigest(p *Policy) string {
	if p.overlay == nil {
		return ""
	}
	return p.overlay.Digest()
}

// Digest is the SHA-256 of the overlay.
func (o *Overlay) Digest() string { return o.file.Digest() }

// Len counts the entries.
func (o *Overlay) Len() int { return len(o.file.Own.Entries) }

// judgeOwn returns the indexes of an owner's allow and block entries that count
// now for the name, the longest name first; compiled.NoEntry where there is none.
// Entries of the overlay are numbered after those of the policy.
func (e *evaluation) judgeOwn(owner uint32) (allow, block int32) {
	allow, block = compiled.NoEntry, compiled.NoEntry
	own := &e.policy.file.Own
	if e.key != compiled.NoKey {
		allow, block = own.JudgeAt(e.key, owner, e.rules.now, e.minute.open)
		if decides := max(allow, block); decides != compiled.NoEntry && own.Entries[decides].During != 0 {
			return allow, block // a rule says so for this time
		}
	}
	if e.over != compiled.NoKey {
		over := &e.policy.overlay.Own
		a, b := over.Judge(e.over, owner, e.rules.now)
		allow, block = nearer(own, over, allow, a), nearer(own, over, block, b)
	}
	return allow, block
}

// nearer is the one of an entry of the policy and one of the overlay whose name is
// longer.
func nearer(own, over *compiled.OwnNames, entry, overlaid int32) int32 {
	if overlaid == compiled.NoEntry || entry != compiled.NoEntry && own.NameSize(entry) >= over.NameSize(overlaid) {
		return entry
	}
	return int32(min(len(own.Entries)+int(overlaid), math.MaxInt32))
}
