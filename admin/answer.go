package admin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/internal/printable"
)

// mostTogether bounds how many requests are answered by one decision.
const mostTogether = 200

// An answerValue is what a record says of a request.
type answerValue struct {
	Answer    Outcomes `json:"answer"`
	Exception string   `json:"exception,omitempty"` // its object
	Until     string   `json:"until,omitempty"`
	At        string   `json:"at,omitempty"` // the unit that it was sent to
	// Told is how many bytes of the words those who asked are told, if there are more.
	Told int `json:"told,omitempty"`
}

const verbAnswer = "answer"

func (o Answer) plan(d *Desk, q *asking) (all plan, err error) {
	if len(o.Requests) == 0 || len(o.Requests) > mostTogether {
		return plan{}, invalid("requests", textHowMany.With(mostTogether))
	}
	text, why := printable.Line(o.Text, mostWords), printable.Line(q.how.Why, mostWords)
	by, told := q.by.Name, 0
	switch {
	case text != "" && why != "": // such as for whom the actor types it
		by, told = by+" ("+why+")", len(text)
		q.how.Why = text + " [" + why + "]"
	case text != "":
		q.how.Why = text // what people are told is the reason
	}
	type closing struct {
		id     string
		answer request.Answer
	}
	var closings []closing
	for _, id := range o.Requests {
		r, err := d.request(q, id)
		if err != nil {
			return plan{}, err
		}
		p, value, until, err := o.one(d, q, &r, told)
		if err != nil {
			return plan{}, err
		}
		if value.Answer != SendUp && value.Answer != ToAuthority {
			closings = append(closings, closing{id, request.Answer{
				Text: text, By: by, At: q.now,
				Outcome: string(o.Outcome), Until: until,
			}})
		}
		if len(all.drafts) == 0 {
			all = p
		} else {
			all = all.then(p.drafts...)
			all.effect = max(all.effect, p.effect)
		}
	}
	all.done = func(_ context.Context, out *Outcome) (err error) {
		for _, c := range closings {
			c.answer.Record = out.Seq
			err = errors.Join(err, d.parts.Requests.Close(c.id, c.answer))
		}
		return err
	}
	return all, nil
}

// one is the plan that answers one request; told is that of its value.
func (o Answer) one(
	d *Desk, q *asking, r *request.Request, told int,
) (p plan, v answerValue, until time.Time, err error) {
	if err = q.may(account.Answer, r.Unit); err != nil {
		return p, v, until, err
	}
	if r.Answer != nil {
		return p, v, until, &Refusal{Kind: Conflict, Field: "requests", Text: textAnswered.With(r.ID), Seq: r.Answer.Record}
	}
	v.Answer, v.Told = o.Outcome, told
	switch o.Outcome {
	case Open:
		e := Except{Unit: r.Unit, Name: r.Name, Until: o.Until}
		if o.Until == "never" {
			return p, v, until, invalid("until", textAnswerEnds)
		}
		if p, err = e.plan(d, q); err != nil {
			return p, v, until, err
		}
		var value ExceptionValue
		_ = json.Unmarshal(p.drafts[0].New, &value) // it was made a moment ago
		v.Exception, v.Until = p.drafts[0].Object, value.Until
		until, _ = Moment(value.Until, q.now.Location()) // likewise
	case Refuse:
		if strings.TrimSpace(o.Text) == "" {
			return p, v, until, invalid("text", textReason)
		}
	case SendUp:
		if v.At, _ = q.tree.Parent(d.waitsAt(q, r).at); v.At == "" {
			return p, v, until, invalid("outcome", textNothingAbove.With(place(r.Unit)))
		}
	case ToAuthority:
		w := d.waitsAt(q, r)
		if w.document == "" {
			return p, v, until, invalid("outcome", textNoOrder.With(r.Name))
		}
		v.At = w.authority
	case Close:
	default:
		return p, v, until, invalid("outcome", textNoOutcome.With(shown(string(o.Outcome))))
	}
	draft := q.draft(account.Answer, verbAnswer, r.Unit, "request/"+r.ID, v)
	draft.Request = r.ID
	for i := range p.drafts {
		p.drafts[i].Request = r.ID
	}
	if len(p.drafts) == 0 {
		return planOf(none, draft), v, until, nil
	}
	return p.then(draft), v, until, nil
}

// request is one that the actor may see.
func (d *Desk) request(q *asking, id string) (request.Request, error) {
	r, err := d.parts.Requests.Get(id)
	if errors.Is(err, request.ErrUnknown) || err == nil && !q.sees(r.Unit) {
		return r, &Refusal{Kind: NotFound, Field: "requests", Text: textNoRequest.With(shown(id))}
	}
	return r, err
}

func (o Reopen) plan(d *Desk, q *asking) (plan, error) {
	r, err := d.request(q, o.Request)
	if err != nil {
		return plan{}, err
	}
	if err := q.may(account.Answer, r.Unit); err != nil {
		return plan{}, err
	}
	_, decided := q.state.Get(r.Unit, "request/"+r.ID)
	if r.Answer == nil && !decided {
		return plan{}, invalid("requests", textNothingToDo)
	}
	draft := q.draft(account.Answer, "reopen", r.Unit, "request/"+r.ID, nil)
	draft.Request = r.ID
	p := planOf(none, draft)
	p.done = func(context.Context, *Outcome) error { return d.parts.Requests.Reopen(r.ID) }
	return p, nil
}

// Restore gives requests the answers that the ledger has for them: what was decided a
// moment before a crash is told all the same.
func (d *Desk) Restore() error {
	var all error
	for v := range d.parts.Ledger.State().Kind("request/") {
		var value answerValue
		if v.New == nil || json.Unmarshal(v.New, &value) != nil {
			continue
		}
		if value.Answer == SendUp || value.Answer == ToAuthority {
			continue // it is open
		}
		r, err := d.parts.Requests.Get(strings.TrimPrefix(v.Object, "request/"))
		if err != nil || r.Answer != nil {
			continue // it has made room meanwhile, or is answered
		}
		all = errors.Join(all, d.parts.Requests.Close(r.ID, d.restored(&v, value)))
	}
	return all
}

func (d *Desk) restored(v *ledger.Value, value answerValue) request.Answer {
	text, _ := d.parts.Ledger.Words(v.Why)
	if 0 < value.Told && value.Told < len(text) {
		text = text[:value.Told]
	}
	until, _ := Moment(value.Until, d.parts.View.Rules().Policy().Location()) // zero if there is none
	a := request.Answer{Text: text, By: v.By, At: v.At, Until: until, Record: v.Seq}
	a.Outcome = string(value.Answer)
	return a
}
