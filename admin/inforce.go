package admin

import (
	"encoding/json"
	"time"

	"lachan/admin/ledger"
	"lachan/policy"
)

// Entries are the exceptions for names that are decided on, as policies have them. Words,
// which may be nil, finds a reason by its digest. Days are those of a time zone.
func Entries(
	state *ledger.State, words func(digest string) (string, bool), zone *time.Location,
) (entries []policy.OverlayEntry) {
	for _, kind := range []string{"allow/", "block/"} {
		for v := range state.Kind(kind) {
			e, ok := entryOf(&v, zone)
			if !ok {
				continue
			}
			if words != nil && v.Why != "" {
				e.Why, _ = words(v.Why) // "" if it was erased
			}
			entries = append(entries, e)
		}
	}
	return entries
}

// entryOf is an exception for a name, without its reason. Ok is false if it is none that a
// policy can have.
func entryOf(v *ledger.Value, zone *time.Location) (e policy.OverlayEntry, ok bool) {
	if v.New == nil || !IsName(v.Object) {
		return e, false
	}
	var value ExceptionValue
	if json.Unmarshal(v.New, &value) != nil {
		return e, false
	}
	name, block := nameOf(v.Object)
	e = policy.OverlayEntry{
		Unit: v.Unit, Name: name, Allow: !block, Document: value.Document, Who: v.By, Number: v.Seq,
	}
	var err error
	if value.From != "" {
		if e.From, err = time.Parse(time.RFC3339, value.From); err != nil {
			return e, false
		}
	}
	if e.Until, err = Moment(value.Until, zone); err != nil {
		return e, false
	}
	return e, e.Until.IsZero() || e.From.Before(e.Until)
}
