package policy

import (
	"errors"
	"fmt"
	"math"
	"time"

	"lachan/blocklist/domain"
	"lachan/policy/compiled"
)

// An Overlay is entries of units' own that were made after a policy was compiled,
// such as exceptions that people have decided on. A policy with an overlay decides
// as one in whose policy.yaml the entries are written. It belongs to one compiled
// policy and is immutable.
type Overlay struct{ file *compiled.Overlay }

// An OverlayEntry allows or blocks a name, and all below it, for a unit and all
// below it.
type OverlayEntry struct {
	Unit  string // id, as GroupOf finds it
	Name  string
	Allow bool
	From  time.Time // since when it counts; zero: always
	Until time.Time // when it no longer counts; zero: never

	Who, Why, Document string // as an entry of policy.yaml has them
	Place              string // where it is written, for explanations
}

// ErrOverlayEntry is wrapped by the error of an entry that cannot be.
var ErrOverlayEntry = errors.New("no entry of a policy")

// NewOverlay makes an overlay for a policy, in place of the one that it may have.
func (p *Policy) NewOverlay(entries []OverlayEntry) (*Overlay, error) {
	o := &compiled.Overlay{OverlayMeta: compiled.OverlayMeta{Base: p.Digest()}}
	var names compiled.OwnBuilder
	var strings compiled.StringTable
	for i := range entries {
		e := &entries[i]
		entry, name, err := overlayEntry(p, e, i)
		if err != nil {
			return nil, err
		}
		note := compiled.OverlayNote{Place: strings.Intern(e.Place)}
		note.Who, note.Why, note.Document = strings.Intern(e.Who), strings.Intern(e.Why), strings.Intern(e.Document)
		o.Notes = append(o.Notes, note)
		names.Add(name, entry)
	}
	o.Strings, o.Own = strings.Bytes, names.Build()
	file, err := compiled.NewOverlay(o, p.NumGroups())
	return &Overlay{file}, err
}

// overlayEntry is the record and the canonical name of the entry with an index.
func overlayEntry(p *Policy, e *OverlayEntry, index int) (entry compiled.OwnEntry, name string, err error) {
	unit, known := p.GroupOf(e.Unit)
	if !known {
		return entry, "", fmt.Errorf("%w: there is no unit %q", ErrOverlayEntry, e.Unit)
	}
	if name, err = domain.Canonical(e.Name); err != nil {
		return entry, "", fmt.Errorf("%w: %q: %w", ErrOverlayEntry, e.Name, err)
	}
	if domain.IsPublicSuffix(name) {
		return entry, "", fmt.Errorf("%w: %q is a public suffix", ErrOverlayEntry, e.Name)
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
