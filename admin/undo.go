package admin

import (
	"encoding/json"
	"strings"

	"lachan/admin/account"
	"lachan/admin/ledger"
)

// Undoing is a decision like any other: it sets what a record changed to what it was.
const verbUndo = "undo"

func (o Undo) plan(d *Desk, q *asking) (plan, error) {
	rec, err := recordOf(d.parts.Ledger, o.Seq)
	if err != nil {
		return plan{}, err
	}
	if !q.by.May(account.Audit, rec.Unit, q.tree, q.now) {
		return plan{}, noRecord(o.Seq)
	}
	if now, ok := q.state.Get(rec.Unit, rec.Object); ok && now.Seq != rec.Seq {
		return plan{}, &Refusal{Kind: Standing, Text: textStanding.With(o.Seq, now.Seq), Seq: now.Seq}
	}
	p, err := o.restore(d, q, &rec)
	for i := range p.drafts {
		p.drafts[i].Of = rec.Seq
	}
	return p, err
}

// restore is the plan that sets what a record changed to what it was.
func (o Undo) restore(d *Desk, q *asking, rec *ledger.Record) (plan, error) {
	kind, rest, _ := strings.Cut(rec.Object, "/")
	switch kind {
	case "allow", "block":
		return undoException(d, q, rec)
	case "unit":
		return undoUnit(d, q, rec)
	case "profile":
		return SetProfile{rest, rec.Old}.plan(d, q)
	case "timetable":
		return SetTimetable{rest, rec.Old}.plan(d, q)
	case "calendar":
		return SetCalendar{"", rec.Old}.plan(d, q)
	case "request":
		return Reopen{rest}.plan(d, q)
	case "order":
		if rec.Old == nil {
			return TakeBack{rec.Unit, rest}.plan(d, q)
		}
	case "grant":
		return undoGrant(d, q, rec, rest)
	}
	return plan{}, &Refusal{Kind: Standing, Text: textNoUndo.With(o.Seq, shown(rec.What)), Seq: rec.Seq}
}

// undoException restores an exception, and opens the request again that it answered.
func undoException(d *Desk, q *asking, rec *ledger.Record) (plan, error) {
	if err := q.may(account.Except, rec.Unit); err != nil {
		return plan{}, err
	}
	name, block := nameOf(rec.Object)
	if group, ok := q.tree.group(rec.Unit); ok && rec.Old != nil && !block && IsName(rec.Object) {
		if err := q.unlocked(group, name); err != nil {
			return plan{}, err
		}
	}
	p := planOf(effectOf(rec.Object), q.draft(account.Except, verbUndo, rec.Unit, rec.Object, rec.Old))
	if rec.Request == "" || rec.Old != nil {
		return p, nil
	}
	again, err := Reopen{rec.Request}.plan(d, q)
	if err != nil {
		return p, nil // it was answered otherwise, or is gone
	}
	p.done = again.done
	return p.then(again.drafts...), nil
}

// undoUnit gives a unit the text back that it had, by the right that its change took.
func undoUnit(d *Desk, q *asking, rec *ledger.Record) (plan, error) {
	if rec.Old == nil {
		return RemoveUnit{rec.Unit}.plan(d, q)
	}
	right := account.Structure
	switch rec.What {
	case "calendar":
		right = account.Calendar
	case "lock", "lift":
		right = account.Lock
	}
	if !q.tree.has(rec.Unit) {
		return SetUnit{rec.Unit, rec.Old}.plan(d, q)
	}
	if err := q.may(right, rec.Unit); err != nil {
		return plan{}, err
	}
	unit, err := unitOf(rec.Old)
	if err != nil {
		return plan{}, err
	}
	return q.setUnit(right, verbUndo, rec.Unit, unit)
}

// undoGrant takes a role back that was given, or gives it back.
func undoGrant(d *Desk, q *asking, rec *ledger.Record, rest string) (plan, error) {
	to, role, _ := strings.Cut(rest, "/")
	if rec.Old == nil {
		return RevokeRole{to, account.Role(role), rec.Unit}.plan(d, q)
	}
	var old grantValue
	_ = json.Unmarshal(rec.Old, &old) // without an end if it cannot be read; it was written here
	return GrantRole{to, account.Role(role), rec.Unit, old.Until}.plan(d, q)
}

// record is one record of the ledger.
func recordOf(l *ledger.Ledger, seq uint64) (ledger.Record, error) {
	if seq > 0 {
		for rec, err := range l.Records(seq - 1) {
			if err == nil && rec.Seq == seq {
				rec.Old, rec.New = canonical(rec.Old), canonical(rec.New)
				return rec, nil
			}
			break
		}
	}
	return ledger.Record{}, noRecord(seq)
}

func noRecord(seq uint64) error {
	return &Refusal{Kind: NotFound, Text: textNoRecord.With(seq), Seq: seq}
}
