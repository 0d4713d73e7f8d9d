package cache

import (
	"lachan/blocklist/domain"
	"lachan/internal/printable"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// rare is what few answers have.
type rare struct {
	filter *Filter // nil if the upstream does not say that it filters
	traits Traits  // of the name that was asked for
}

// Traits are what a name is by itself, see policy.Traits, and some of it only for a time.
type Traits struct {
	Known   bool // Set was looked for; otherwise the policy had no use for it
	Set     policy.Set
	Passing policy.Set
	Until   int64 // of Passing, on the clock of who stored it in nanoseconds
}

// At is what the name is at a moment.
func (t *Traits) At(now int64) policy.Set {
	if now < t.Until {
		return t.Set.Or(t.Passing)
	}
	return t.Set
}

// SetTraits notes the traits of the name before the entry is kept or handed out.
func (e *Entry) SetTraits(t Traits) {
	e.traits = t.Known
	if !t.Set.Empty() || t.Until > 0 {
		e.rare = &rare{e.Filter(), t}
	}
}

// Traits are those of the name that was asked for, as far as they are Known.
func (a *Answer) Traits() (t Traits) {
	if a.rare != nil {
		t = a.rare.traits
	}
	t.Known = a.traits
	return t
}

// hasTraits reports whether the name that was asked for has traits by the rules. What it was
// not worth to look for when the answer came is looked for now.
func (a *Answer) hasTraits(rules *policy.Rules) bool {
	if a.rare != nil && (!a.rare.traits.Set.Empty() || a.rare.traits.Until > 0) {
		return true
	}
	if a.traits || !policy.MindsTraits(rules) {
		return false
	}
	var name domain.Name
	_, err := name.SetWire(a.data, dnswire.HeaderSize)
	return err == nil && !policy.Traits(rules, &name).Empty()
}

// A Filter is what an upstream that filters says of an answer.
type Filter struct {
	Code uint16 // extended DNS error, see dnswire.EDEOfFilter
	Text string // its words, fit to be shown
}

// filterText is how many characters of the words of a Filter are kept.
const filterText = 160

// filterOf is what a reply says of its being filtered.
func filterOf(reply []byte) *Filter {
	code, text := dnswire.FilterError(reply)
	if code == dnswire.EDENone {
		return nil
	}
	return &Filter{Code: code, Text: printable.Line(string(text), filterText)}
}

// Filter is what the upstream says of its filtering the answer; nil if it does not. It
// is not to be written.
func (a *Answer) Filter() *Filter {
	if a.rare == nil {
		return nil
	}
	return a.rare.filter
}
