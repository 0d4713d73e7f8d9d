// Package format reads the formats in which lists are published and turns each
// line into a Rule or into a Reject that says why not.
package format

import (
	"net/netip"
	"time"
)

// Scope says which names around its own a rule covers.
type Scope uint8

const (
	Tree  Scope = iota // the name and all below it
	Exact              // the name alone
	Below              // all below the name, not the name itself
)

// A Rule is one entry of a list. Exactly one of Name, Prefix and Regex is set.
type Rule struct {
	Name   string       // canonical (see domain.Canonical)
	Scope  Scope        // of Name
	Prefix netip.Prefix // addresses; a single one has all its bits
	Regex  string       // RE2, matched against the canonical name

	Allow     bool // lifts the other rules of the same list (adblock @@)
	Important bool // not lifted by a rule with Allow
	Bad       bool // cancels the rule of the same list that is equal but for this ($badfilter)

	Types     []uint16 // query types the rule holds for, sorted; nil for all
	NotTypes  bool     // Types are those it does not hold for
	DenyAllow []string // names at and below which the rule does not hold, canonical, sorted

	Category string    // when the entry names its own (csv); "" is the feed's
	Document string    // number of the document that ordered it (csv); may be ""
	From     time.Time // zero: at once
	Until    time.Time // zero: for ever; the first moment it no longer holds
}
