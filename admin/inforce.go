package admin

import (
	"encoding/json"
	"slices"
	"strings"
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

// The objects of records about what a collector is told, with an id behind.
const (
	tapped   = "dnstap/"
	untapped = "dnstap-off/"
)

// A Period is a time in which a collector is told, or was or would have been, of questions
// and answers.
type Period struct {
	Begin, End    time.Time
	First, Second string // the accounts that decided so
	Why           string // digest of the reason
	Seq           uint64 // of the record
	id            string
}

// IsTap reports whether an object is one of those.
func IsTap(object string) bool {
	return strings.HasPrefix(object, tapped) || strings.HasPrefix(object, untapped)
}

// Tapped are those of a state, the first one first.
func Tapped(state *ledger.State) []Period {
	return PeriodsOf(slices.Concat(slices.Collect(state.Kind(tapped)), slices.Collect(state.Kind(untapped))))
}

// TappedIn are those of a ledger, with the reasons themselves; "" for one that was erased.
func TappedIn(l *ledger.Ledger) []Period {
	list := Tapped(l.State())
	for i := range list {
		list[i].Why = words(l, list[i].Why)
	}
	return list
}

// PeriodsOf are those that values, of which IsTap holds, come to, the first one first.
func PeriodsOf(values []ledger.Value) (list []Period) {
	ended := map[string]time.Time{}
	for i := range values {
		if id, off := strings.CutPrefix(values[i].Object, untapped); off {
			ended[id] = values[i].At
		}
	}
	for i := range values {
		v := &values[i]
		var value tapValue
		if !strings.HasPrefix(v.Object, tapped) || v.New == nil || json.Unmarshal(v.New, &value) != nil {
			continue
		}
		until, err := time.Parse(time.RFC3339, value.Until)
		if err != nil {
			continue // without an end it never was
		}
		is := Period{
			Begin: v.At, End: until, First: value.By, Second: v.By, Why: v.Why, Seq: v.Seq, id: v.Object[len(tapped):],
		}
		if off, ok := ended[is.id]; ok && off.Before(until) {
			is.End = off
		}
		list = append(list, is)
	}
	slices.SortFunc(list, func(a, b Period) int { return a.Begin.Compare(b.Begin) })
	return list
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
