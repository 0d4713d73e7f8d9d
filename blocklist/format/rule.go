// Package format reads the formats in which lists are published. It turns each
// line into a Rule, or into a Reject that says why not.
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

// An Act is what a rule of a response policy zone asks for. Rules of other
// formats leave that to package policy.
type Act uint8

// The actions of a response policy zone.
const (
	ActBlock    Act = iota // not of a response policy zone
	ActNXDomain            // the name does not exist
	ActNoData              // it exists without data
	ActPassthru            // as if no zone of lower rank named it
	ActDrop                // no answer at all
	ActTCPOnly             // over UDP a truncated answer, over TCP the true one
	ActData                // Rule.Data
	ActRefused             // REFUSED; of adblock's dnsrewrite only
)

var actNames = [...]string{"block", "nxdomain", "nodata", "passthru", "drop", "tcp-only", "data", "refused"}

// String returns the action as the configuration writes it.
func (a Act) String() string { return actNames[a] }

// Every is the Name of a rule for every name, which only a response policy zone has.
const Every = "."

// A Rule is one entry of a list. Exactly one of Name, Prefix and Regex is set.
type Rule struct {
	Name   string       // canonical (see domain.Canonical), or Every
	Scope  Scope        // of Name
	Prefix netip.Prefix // addresses; a single one has all its bits
	Regex  string       // RE2, matched against the canonical name

	Act    Act    // of a response policy zone, or of a Rewrite
	Data   string // with ActData: type and rdata of one record, "A 192.0.2.1"
	Client bool   // Prefix is of clients, not of addresses in answers

	// Rewrite: the rule says what to answer (adblock dnsrewrite). It comes before the
	// rules of its list that block, and an exception that is one too lifts it: with
	// an Act the one answer alone.
	Rewrite bool
	// Nearer: the exception lifts the rules for names above its own only (dnsmasq).
	Nearer bool

	Allow     bool // lifts the other rules of the same list (adblock @@)
	Important bool // not lifted by a rule with Allow
	Bad       bool // cancels the rule of the same list that is equal but for this ($badfilter)

	Types     []uint16 // query types the rule holds for, sorted; nil for all
	NotTypes  bool     // Types are those it does not hold for
	DenyAllow []string // names at and below which the rule does not hold, canonical, sorted

	Category string    // if the entry names its own (csv); "" is the feed's
	Document string    // number of the document that ordered it (csv); may be ""
	From     time.Time // zero: at once
	Until    time.Time // zero: forever; the first moment it no longer holds
	Order    *Order    // nil if the entry says nothing about it
}

// A Widening is an entry that is a page, of a host that is one site: DNS knows hosts
// only, so its rule is for all of the site.
type Widening struct {
	Line int    // counted from 1
	Text string // the line, as in a Reject
	Host string // as the line has it
}

// An Order is what an entry of csv says about the document that ordered it,
// besides the number.
type Order struct {
	Date      time.Time // of the document; zero if there is none or it cannot be read
	Authority string    // that ordered it
	Urgency   string    // as the authority words it
	Note      string
}
