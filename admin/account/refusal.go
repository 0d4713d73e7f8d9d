package account

import (
	"time"

	"lachan/internal/wording"
)

// A Refusal is why somebody is not let in, or may not change what he wants to.
type Refusal struct {
	Kind  RefusalKind
	Field string // what was given that is wrong: name, password, code ...; "" if nothing
	Text  wording.Text
	Wait  time.Duration // until a try is looked at; 0 if that is no matter of time
}

// A RefusalKind is what those who speak a protocol tell refusals apart by.
type RefusalKind string

// The kinds of refusals.
const (
	Wrong    RefusalKind = "wrong"     // it does not prove who somebody is
	TooSoon  RefusalKind = "too-soon"  // see Wait
	Ended    RefusalKind = "ended"     // there is no such session or token any more
	Denied   RefusalKind = "denied"    // who it is is known, and may not
	Invalid  RefusalKind = "invalid"   // it cannot be used, by whomever
	NotThere RefusalKind = "not-there" // there is no such thing
	Taken    RefusalKind = "taken"     // there is one already
	Full     RefusalKind = "full"      // there are too many
	Off      RefusalKind = "off"       // this is not configured
)

// Error implements error.
func (r *Refusal) Error() string { return r.Text.String() }

// Wording is what people are told.
func (r *Refusal) Wording() wording.Text { return r.Text }

func refuse(kind RefusalKind, field string, text wording.Text) error {
	return &Refusal{Kind: kind, Field: field, Text: text}
}
