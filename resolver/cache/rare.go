package cache

import (
	"lachan/internal/printable"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// rare is what few answers have.
type rare struct {
	filter *Filter    // nil if the upstream does not say that it filters
	traits policy.Set // of the name that was asked for
}

// SetTraits notes the traits of the name, see policy.Rules.Traits, before the entry is kept
// or handed out.
func (e *Entry) SetTraits(set policy.Set) {
	if !set.Empty() {
		e.rare = &rare{e.Filter(), set}
	}
}

// Traits are those of the name that was asked for.
func (a *Answer) Traits() (set policy.Set) {
	if a.rare != nil {
		set = a.rare.traits
	}
	return set
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
