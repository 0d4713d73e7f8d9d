package admin

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
)

// What two people decide is a proposal until the second one has confirmed it.

const (
	verbPropose = "propose"
	verbDecline = "decline"
	proposals   = "proposal/"
	// ProposalHolds is for how long it can be confirmed.
	ProposalHolds = 72 * time.Hour
)

// A proposalValue is what a record says of a proposal.
type proposalValue struct {
	What     string          `json:"what"`
	Object   string          `json:"object"`
	Decision json.RawMessage `json:"decision"`
	Old      json.RawMessage `json:"old"`
	New      json.RawMessage `json:"new"`
	Seen     uint64          `json:"seen"` // number of the record that set the object then
	By       string          `json:"by"`
}

// propose is the plan that a decision waits by for a second person.
func (q *asking) propose(what Decision, p *plan) (plan, error) {
	text, err := json.Marshal(what)
	if err != nil {
		return plan{}, invalid("", textNoJSON.With(err))
	}
	first := p.drafts[0]
	value := proposalValue{
		What: kindOf(what), Object: first.Object, Decision: text, Old: first.Old, New: first.New,
		Seen: first.Expect, By: q.by.ID,
	}
	waiting := first
	waiting.What, waiting.Object = verbPropose, proposals+newID("")
	waiting.Old, waiting.Expect, waiting.New = nil, 0, canonical(value)
	return plan{drafts: []ledger.Draft{waiting}, outcome: p.outcome.waiting(), impact: p.impact}, nil
}

func (o Outcome) waiting() Outcome {
	o.Waiting = true
	return o
}

// newID is an id that nobody guesses, after a beginning.
func newID(begin string) string { return begin + strings.ToLower(rand.Text()[:16]) }

// find is the proposal that a record made.
func (q *asking) find(seq uint64) (ledger.Value, proposalValue, error) {
	for v := range q.state.Kind(proposals) {
		if v.Seq == seq && q.sees(v.Unit) {
			p, err := q.proposal(&v)
			return v, p, err
		}
	}
	return ledger.Value{}, proposalValue{}, &Refusal{Kind: NotFound, Text: textNoProposal.With(seq), Seq: seq}
}

// proposal is what a value of the state says, if it still waits.
func (q *asking) proposal(v *ledger.Value) (p proposalValue, err error) {
	switch {
	case v.New == nil || json.Unmarshal(v.New, &p) != nil:
		return p, &Refusal{Kind: NotFound, Text: textNoProposal.With(v.Seq), Seq: v.Seq}
	case q.now.Sub(v.At) > ProposalHolds:
		return p, &Refusal{Kind: NotFound, Text: textTooLate.With(v.Seq), Seq: v.Seq}
	}
	return p, nil
}

func (o Confirm) plan(d *Desk, q *asking) (plan, error) {
	v, proposal, err := q.find(o.Seq)
	if err != nil {
		return plan{}, err
	}
	if proposal.By == q.by.ID || enteredBy(q, proposal.By, v.At) {
		return plan{}, &Refusal{Kind: SamePerson, Text: textSamePerson, Seq: o.Seq}
	}
	what, err := decisionOf(proposal.What, proposal.Decision)
	if err != nil {
		return plan{}, &Refusal{Kind: NotFound, Text: textNoProposal.With(o.Seq), Seq: o.Seq}
	}
	if !standsStill(d, q, what, proposal.By) {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textFirstGone.With(o.Seq), Seq: o.Seq}
	}
	q.second = o.Seq
	p, err := what.plan(d, q)
	if err != nil {
		return plan{}, err
	}
	if p.drafts[0].Expect != proposal.Seen {
		return plan{}, &Refusal{Kind: Conflict, Text: textConflict, Seq: p.drafts[0].Expect}
	}
	end := p.drafts[0] // by the same right
	end.What, end.Object, end.Old, end.New, end.Expect, end.Words = "confirm", v.Object, v.New, nil, v.Seq, ""
	return p.then(end), nil
}

// enteredBy reports whether the account that made a proposal can have entered the actor's:
// it was told a code for the actor's account since then, or not long before.
func enteredBy(q *asking, first string, proposed time.Time) bool {
	unit, ok := q.accountUnit(q.by.ID)
	if !ok {
		return false // the machine
	}
	value, _ := valueOf(q.state, unit, q.by.ID)
	told, err := time.Parse(time.RFC3339, value.CodeAt)
	return value.CodeBy == first && (err != nil || proposed.Sub(told) < ProposalHolds)
}

// standsStill reports whether the account that proposed a decision may still decide it: two
// people are two who may at the moment when it is done.
func standsStill(d *Desk, q *asking, what Decision, first string) bool {
	if _, ok := q.accountUnit(first); !ok {
		for v := range q.state.Kind("account/" + first) {
			if v.Object == "account/"+first {
				return false // it was removed
			}
		}
		return true // it is in no ledger
	}
	trial := *q
	trial.by = account.Actor{ID: first, Via: q.by.Via, Grants: GrantsOf(q.state, first, q.now.Location())}
	_, err := what.plan(d, &trial)
	refused := (*Refusal)(nil)
	return !errors.As(err, &refused) || refused.Kind != NotAllowed && refused.Kind != NotFound
}

func (o Decline) plan(d *Desk, q *asking) (plan, error) {
	v, proposal, err := q.find(o.Seq)
	if err != nil {
		return plan{}, err
	}
	what, err := decisionOf(proposal.What, proposal.Decision)
	if err != nil {
		return plan{}, &Refusal{Kind: NotFound, Text: textNoProposal.With(o.Seq), Seq: o.Seq}
	}
	end := ledger.Draft{Area: q.tree.area(v.Unit), Unit: v.Unit, By: q.by.ID, Via: q.by.Via}
	if proposal.By != q.by.ID {
		p, err := what.plan(d, q) // whoever might confirm it
		if err != nil {
			return plan{}, err
		}
		end.Role = p.drafts[0].Role
	}
	end.What, end.Object, end.Old, end.New, end.Expect = verbDecline, v.Object, v.New, nil, v.Seq
	end.Words, end.Of = q.how.Why, o.Seq
	return planOf(none, end), nil
}

// kindOf is the name under which a proposal keeps a decision.
func kindOf(what Decision) string {
	switch what.(type) {
	case SetUnit:
		return "set-unit"
	case RemoveUnit:
		return "remove-unit"
	case SetGroup:
		return "set-group"
	case Lift:
		return "lift"
	case GrantRole:
		return "grant"
	case Undo:
		return "undo"
	case Tap:
		return "tap"
	}
	return ""
}

// decisionOf reads a decision as a proposal keeps it.
func decisionOf(kind string, text json.RawMessage) (what Decision, err error) {
	switch kind {
	case "set-unit":
		what = &SetUnit{}
	case "remove-unit":
		what = &RemoveUnit{}
	case "set-group":
		what = &SetGroup{}
	case "lift":
		what = &Lift{}
	case "grant":
		what = &GrantRole{}
	case "undo":
		what = &Undo{}
	case "tap":
		what = &Tap{}
	default:
		return nil, errors.New("no decision that takes two people")
	}
	return what, json.Unmarshal(text, what)
}
