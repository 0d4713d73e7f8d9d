package admin

import (
	"lachan/admin/account"
	"lachan/internal/wording"
)

// A Refusal is why a decision, or a question, is refused. It is an error.
type Refusal struct {
	Kind  RefusalKind
	Field string // of the decision that is at fault, as the API calls it; "" if none is
	Text  wording.Text
	// WhoMay are those who could do it, of NotAllowed.
	WhoMay []account.Holder
	// Seq is the record that came between, of Conflict.
	Seq uint64
	// Place is the line that is in the way, of Void and FileHome.
	Place string
}

// A RefusalKind is what kind of reason a refusal has.
type RefusalKind string

// The kinds of refusals.
const (
	NotAllowed RefusalKind = "not-allowed" // the actor has not the right
	NotFound   RefusalKind = "not-found"   // it is not there, or not for the actor to see
	Conflict   RefusalKind = "conflict"    // somebody has changed it meanwhile
	Invalid    RefusalKind = "invalid"     // a mistake in what was decided
	Locked     RefusalKind = "locked"      // a lock is in the way, and holds
	FileHome   RefusalKind = "file-home"   // it is at home in a file: it is changed there
	SamePerson RefusalKind = "same-person" // the second person is the first
	Standing   RefusalKind = "standing"    // something later stands on it
	Trouble    RefusalKind = "trouble"     // the machine could not: nothing was changed
)

// Error is the refusal in both languages.
func (r *Refusal) Error() string { return r.Text.String() }

// Wording is what the refusal says.
func (r *Refusal) Wording() wording.Text { return r.Text }
