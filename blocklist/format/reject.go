package format

import (
	"strings"
	"unicode"
)

// MaxRejectText bounds the line that a Reject carries, in octets.
const MaxRejectText = 120

// A Reject is an entry that did not become a rule.
type Reject struct {
	Line   int    // counted from 1
	Text   string // the line, cut to MaxRejectText octets of printable UTF-8
	Reason Reason
	Detail string // what in the line it is about; printable, may be ""
}

// printable is text fit for a terminal: valid UTF-8 without control
// characters, at most MaxRejectText octets.
func printable[T []byte | string](text T) string {
	cut := len(text) > MaxRejectText
	if cut {
		text = text[:MaxRejectText]
	}
	s := strings.ToValidUTF8(string(text), "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	return strings.TrimSpace(s)
}
