package admin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"lachan/admin/account"
	"lachan/admin/ledger"
)

// Undoing is a decision like any other: it sets what a record changed to what it was.
const verbUndo = "undo"

func (o Undo) plan(d *Desk, q *asking) (all plan, err error) {
	group, err := decidedAt(d.parts.Ledger, o.Seq)
	if err != nil {
		return plan{}, err
	}
	first := &group[0]
	if !q.by.May(account.Audit, first.Unit, q.tree, q.now) {
		return plan{}, noRecord(o.Seq)
	}
	set, names := map[string]bool{}, map[string]bool{}
	for i := range group {
		rec := &group[i]
		follows := isRequest(rec.Object) && !isRequest(first.Object) // what it answered was undone with that
		now, ok := q.state.Get(rec.Unit, rec.Object)
		switch later := ok && now.Seq != rec.Seq; {
		case later && follows:
			continue
		case later:
			return plan{}, &Refusal{Kind: Standing, Text: textStanding.With(o.Seq, now.Seq), Seq: now.Seq}
		}
		p, err := o.restore(d, q, rec)
		switch {
		case err != nil && follows:
			continue
		case err != nil:
			return plan{}, err
		}
		all.join(p, rec.Seq, set)
		if isException(rec.Object) {
			name, _ := nameOf(rec.Object)
			names[name] = true
		}
	}
	if len(names) > 1 {
		all.outcome.Names = len(names)
	}
	return all, nil
}

// join adds what another plan sets to p, but for objects that p sets already. Of is the record
// that it undoes.
func (p *plan) join(other plan, of uint64, set map[string]bool) {
	if len(p.drafts) == 0 {
		*p = other
		p.drafts = nil
	} else {
		p.second, p.effect = p.second || other.second, max(p.effect, other.effect)
		p.done = both(p.done, other.done)
	}
	for _, draft := range other.drafts {
		key := draft.Unit + " " + draft.Object
		if !set[key] {
			set[key], draft.Of = true, of
			p.drafts = append(p.drafts, draft)
		}
	}
}

// both does two things, each of which may be nil.
func both(a, b func(context.Context, *Outcome) error) func(context.Context, *Outcome) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(ctx context.Context, out *Outcome) error { return errors.Join(a(ctx, out), b(ctx, out)) }
}

func isRequest(object string) bool { return strings.HasPrefix(object, "request/") }

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
	case "feed":
		return undoList(d, q, rec)
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
	if group, ok := q.tree.group(rec.Unit); ok && rec.Old != nil && !block {
		if err := q.unlocked(group, name, !IsName(rec.Object)); err != nil {
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

// decidedAt is what is undone by the number of a record: the record, and if it is the first of
// a decision about many names, units or requests, all of that.
func decidedAt(l *ledger.Ledger, seq uint64) (group []ledger.Record, err error) {
	if seq == 0 {
		return nil, noRecord(seq)
	}
	within, next := false, seq // whether it is not the first of its decision
	for rec, err := range l.Records(max(seq, 2) - 2) {
		if err == nil && rec.Seq < seq {
			within = rec.More > 0
			continue
		}
		if err != nil || rec.Seq != next { // the others are lost
			break
		}
		next++
		if len(group) == 0 || isMany(rec.Object) {
			rec.Old, rec.New = canonical(rec.Old), canonical(rec.New)
			group = append(group, rec)
		}
		if within || rec.More == 0 || !isMany(group[0].Object) {
			break
		}
	}
	if len(group) == 0 {
		return nil, noRecord(seq)
	}
	return group, nil
}

// isMany reports whether one decision may be about many objects of a kind.
func isMany(object string) bool {
	return isException(object) || isRequest(object) || strings.HasPrefix(object, "unit/")
}

func noRecord(seq uint64) error {
	return &Refusal{Kind: NotFound, Text: textNoRecord.With(seq), Seq: seq}
}
