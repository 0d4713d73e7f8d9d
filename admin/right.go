package admin

import (
	"bytes"
	"context"
	"encoding/json"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/internal/printable"
	"lachan/internal/wording"
	"lachan/policy"
)

// May the actor, and what is then written.

// may is nil if the actor has a right over a unit, else a refusal: that there is no such
// unit to those who may not even see it, else who may.
func (q *asking) may(right account.Right, unit string) error {
	if q.by.May(right, unit, q.tree, q.now) {
		return nil
	}
	if !q.by.May(account.View, unit, q.tree, q.now) || q.there(unit) != nil {
		return q.noUnit(unit)
	}
	return &Refusal{
		Kind: NotAllowed, Text: textNotAllowed.With(right.Text(), place(unit)),
		WhoMay: account.WhoMay(right, unit, q.tree),
	}
}

// there refuses a unit that is not there, which those over everything may name too.
func (q *asking) there(unit string) error {
	if _, ok := q.tree.Parent(unit); ok || unit == "" || q.tree.has(unit) {
		return nil
	}
	return q.noUnit(unit)
}

// noUnit says that a unit is not there, and which ones of those that the actor sees may be
// meant.
func (q *asking) noUnit(unit string) error {
	text := policy.NoUnit(textNoUnit.With(shown(unit)), q.tree.policy, unit, q.sees, q.tops()...)
	return &Refusal{Kind: NotFound, Field: "unit", Text: text}
}

// known refuses a unit that the actor does not see, and one that neither is there nor has
// ever been decided on: what it had would be listed as nothing. Everything, "", is known.
func (q *asking) known(unit string) error {
	if unit == "" {
		return nil
	}
	if !q.sees(unit) {
		return q.noUnit(unit)
	}
	for range q.state.Unit(unit) {
		return nil // it was removed, and what it had is left
	}
	return q.there(unit)
}

// Known is nil if a unit is there, or was, and the actor sees it. Everything, "", is known.
func (d *Desk) Known(ctx context.Context, by account.Actor, unit string) error {
	return d.ask(ctx, by, How{}).known(unit)
}

// sees reports whether the actor may look at a unit.
func (q *asking) sees(unit string) bool { return q.by.May(account.View, unit, q.tree, q.now) }

// draft is a record that sets an object of a unit, by a right that was checked. A nil
// value takes the object away.
func (q *asking) draft(right account.Right, what, unit, object string, value any) ledger.Draft {
	role, _ := q.by.As(right, unit, q.tree, q.now)
	draft := ledger.Draft{
		Area: q.tree.area(unit), Unit: unit, By: q.by.ID, Role: string(role), Via: q.by.Via, What: what, Object: object,
		New: canonical(value), Words: printable.Line(q.how.Why, mostWords), Of: q.second, Made: q.how.Made,
	}
	if old, ok := q.state.Get(unit, object); ok {
		draft.Old, draft.Expect = old.New, old.Seq
	}
	return draft
}

// mostWords bounds a reason, in characters; the rest is cut off.
const mostWords = 300

// canonical is a value as a record has it; nil is null.
func canonical(value any) json.RawMessage {
	if raw, ok := value.(json.RawMessage); ok {
		if len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
			return nil
		}
		return raw
	}
	if value == nil {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil // values are structs of this package
	}
	return text
}

// shown is what others wrote, fit for a sentence.
func shown(text string) string { return printable.Line(text, 120) }

// place is a unit in a sentence.
func place(unit string) any {
	if unit == "" {
		return textEverything
	}
	return shown(unit)
}

// A Refusal is why a decision, or a question, is refused. It is an error.
type Refusal struct {
	Kind  RefusalKind
	Field string // of the decision that is at fault, as the API calls it; "" if none is
	Text  wording.Text
	// WhoMay are those who could do it, of NotAllowed.
	WhoMay []account.Holder
	// Seq is the record that came between, of Conflict.
	Seq uint64
	// Now is what the object is, Wanted what the decision would make it, of Conflict.
	Now, Wanted json.RawMessage
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
