package format

import (
	"strings"
	"unicode/utf8"

	"lachan/blocklist/format/lines"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// MaxRejectText bounds the line that a Reject carries, in bytes.
const MaxRejectText = lines.MaxBeginning

// A Reject is an entry that did not become a rule.
type Reject struct {
	Line   int    // counted from 1
	Text   string // the line, cut to MaxRejectText bytes of printable UTF-8
	Reason Reason
	Detail string // what in the line it is about; printable, may be ""
}

// display is text fit for a terminal: valid UTF-8 without control
// characters, at most MaxRejectText bytes.
func display[T []byte | string](text T) string {
	if len(text) > MaxRejectText {
		text = text[:MaxRejectText]
	}
	line := printable.Line(strings.ToValidUTF8(string(text), ""), MaxRejectText)
	for len(line) > MaxRejectText { // what was put in place of a byte may be longer
		_, last := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-last]
	}
	return line
}

// A Reason says why an entry of a list did not become a rule.
type Reason uint8

// The reasons.
const (
	accepted            Reason = iota // none: the entry became a rule
	NotAnEntry                        // the line is not of the format
	LongLine                          // longer than MaxLine
	NoName                            // the entry has no name
	BadName                           // a character that host names do not have
	BadLength                         // a label or a name that is empty or too long
	BadIDN                            // an international name without an ASCII form
	LocalName                         // localhost and the like, or a single label
	PublicSuffix                      // below it unrelated people register names
	AddressAmongNames                 // an address where a name must stand
	RealAddress                       // the name is given an address that is no sink
	BadAddress                        // not an address, a prefix or a range
	ReservedAddress                   // private, loopback, link-local, all addresses ...
	Path                              // part of a site: a path, a port, a query
	PathOnSharedHost                  // the same, where the host serves many sites
	Cosmetic                          // hides parts of pages (adblock ##)
	Modifier                          // an adblock modifier that DNS cannot follow
	BadRegex                          // not RE2
	CostlyRegex                       // too long, or compiles to too much
	TooBroad                          // would match every name
	Forwarding                        // sends names to another server
	Directive                         // a setting that is no rule
	Trigger                           // an RPZ trigger other than a name or an answer's address
	Action                            // an action that neither blocks nor allows
	OutOfZone                         // an RPZ owner outside the zone
	BadRecord                         // a line that is not a resource record
	BadDate                           // a date that cannot be read, or an end before the beginning
	BadQuotes                         // a quoted field that does not end
	LostLetters                       // a header whose letters have become '?'
	UnknownColumn                     // a heading that tells of dates, and of none that is known
	NoNameColumn                      // a table with a header of which no column is that of names
	HiddenRows                        // rows that a spreadsheet does not show: they were read
	OtherSheet                        // a further sheet of a workbook, which is not read
	HiddenCharacter                   // one that makes people see something else than what is there
	OtherCategory                     // a category that entries of the list may not name
	SpaceInName                       // a cell of names of which a part is none
	OtherAnswer                       // the rule changes an answer, which the list may not
	ClientModifier                    // holds for some clients, which the policy says and not a list
	TooManyExpressions                // beyond MaxExpressions
	TooManyCommon                     // beyond MaxCommonExpressions
	TooManyKinds                      // beyond MaxKinds
	TooManyRulesOfName                // beyond MaxRulesOfName
	TooManyExcepted                   // beyond MaxDenyAllow
	TooManyNamesInCells               // beyond MaxCrowded
	reasons                           // how many there are
)

var reasonCodes = [reasons]string{
	accepted:          "",
	NotAnEntry:        "not_an_entry",
	LongLine:          "long_line",
	NoName:            "no_name",
	BadName:           "bad_name",
	BadLength:         "bad_length",
	BadIDN:            "bad_idn",
	LocalName:         "local_name",
	PublicSuffix:      "public_suffix",
	AddressAmongNames: "address_among_names",
	RealAddress:       "real_address",
	BadAddress:        "bad_address",
	ReservedAddress:   "reserved_address",
	Path:              "path",
	PathOnSharedHost:  "path_on_shared_host",
	Cosmetic:          "cosmetic",
	Modifier:          "modifier",
	BadRegex:          "bad_regex",
	CostlyRegex:       "costly_regex",
	TooBroad:          "too_broad",
	Forwarding:        "forwarding",
	Directive:         "directive",
	Trigger:           "trigger",
	Action:            "action",
	OutOfZone:         "out_of_zone",
	BadRecord:         "bad_record",
	BadDate:           "bad_date",
	BadQuotes:         "bad_quotes",
	LostLetters:       "lost_letters",
	UnknownColumn:     "unknown_column",
	NoNameColumn:      "no_name_column",
	HiddenRows:        "hidden_rows",
	OtherSheet:        "other_sheet",
	HiddenCharacter:   "hidden_character",
	OtherCategory:     "other_category",
	SpaceInName:       "space_in_name",
	OtherAnswer:       "other_answer",
	ClientModifier:    "client_modifier",

	TooManyExpressions:  "too_many_expressions",
	TooManyCommon:       "too_many_common_expressions",
	TooManyKinds:        "too_many_kinds",
	TooManyRulesOfName:  "too_many_rules_of_name",
	TooManyExcepted:     "too_many_excepted",
	TooManyNamesInCells: "too_many_names_in_cells",
}

// String returns the code of the reason in metrics and JSON. It never changes.
func (r Reason) String() string {
	if r >= reasons {
		return ""
	}
	return reasonCodes[r]
}

// Text returns the reason for people.
func (r Reason) Text() wording.Text {
	if r >= reasons {
		return wording.Text{}
	}
	return reasonTexts[r]
}

// ReasonOf returns the reason with that code; for an unknown code it has no text.
func ReasonOf(code string) Reason {
	for r, known := range reasonCodes {
		if known == code {
			return Reason(r)
		}
	}
	return reasons
}
