package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/request"
)

// Requests are the rows that the actor sees: one for each name that waits at one unit,
// those late longest first. The answered ones are rows of their own.
func (d *Desk) Requests(ctx context.Context, by account.Actor, f Filter, page Page) ([]Request, error) {
	q := d.ask(ctx, by, How{})
	if err := q.known(f.Unit); err != nil {
		return nil, err
	}
	all, _, err := d.parts.Requests.List()
	if err != nil {
		return nil, err
	}
	rows := map[string]*Request{}
	seen, theirs := q.seen(), ordering(q)
	for i := range all {
		r := &all[i]
		wanted := strings.Contains(r.Name, f.Name) && (r.Answer == nil || f.Ended)
		visible := wanted && seen(r.Unit) && q.tree.within(r.Unit, f.Unit)
		if !wanted || !visible && (f.Unit != "" || len(theirs) == 0) {
			continue
		}
		w := d.waitsAt(q, r)
		if !visible && !theirs[w.authority] {
			continue
		}
		key := w.at + " " + r.Name
		if r.Answer != nil {
			key = "~" + r.ID
		}
		row := rows[key]
		if row == nil {
			row = &Request{Key: key, Name: r.Name, Category: r.Category, First: r.First, At: w.at}
			rows[key] = row
		}
		d.join(q, row, r, &w)
	}
	var list []Request
	for _, row := range rows {
		list = append(list, *row)
	}
	slices.SortFunc(list, func(a, b Request) int {
		return cmp.Or(cmp.Compare(b.Spent, a.Spent), cmp.Compare(a.Key, b.Key))
	})
	if i := slices.IndexFunc(list, func(r Request) bool { return r.Key == page.After }); i >= 0 {
		list = list[i+1:]
	}
	return list[:min(len(list), page.limit())], nil
}

// ordering are the authorities that the actor orders for: requests for a name that one of
// them has ordered to be blocked may say that it is blocked by mistake.
func ordering(q *asking) map[string]bool {
	units := map[string]bool{}
	for _, g := range q.by.Grants {
		if g.Role == account.Authority && g.Holds(q.now) && g.Unit != "" {
			units[g.Unit] = true
		}
	}
	return units
}

// mostReasons bounds how many reasons a row has, of all that asked: 1,200 bytes each.
const mostReasons = 50

// join adds a request to its row.
func (d *Desk) join(q *asking, row *Request, r *request.Request, w *waiting) {
	row.IDs, row.Units, row.Times = append(row.IDs, r.ID), append(row.Units, r.Unit), row.Times+r.Times
	for _, text := range r.Reasons {
		if len(row.Reasons) < mostReasons && !slices.Contains(row.Reasons, text) {
			row.Reasons = append(row.Reasons, text)
		}
	}
	if r.Follows != "" && len(row.Follows) < mostReasons {
		row.Follows = append(row.Follows, r.Follows)
	}
	if r.First.Before(row.First) {
		row.First = r.First
	}
	row.Target = d.parts.Settings.Target
	row.Spent = max(row.Spent, w.spent)
	row.Late = row.Spent > row.Target
	row.LockedBy, row.Document = w.lockedBy, w.document
	if a := r.Answer; a != nil {
		row.Outcome, row.Text, row.By, row.Answered, row.Seq = Outcomes(a.Outcome), a.Text, a.By, a.At, a.Record
	} else if v, ok := q.state.Get(r.Unit, "request/"+r.ID); ok && v.New != nil {
		var value answerValue
		if json.Unmarshal(v.New, &value) == nil {
			row.Outcome, row.Answered, row.By, row.Seq = value.Answer, v.At, v.By, v.Seq
		}
	}
}

// Figures are what a report tells of requests and exceptions.
type Figures struct {
	Requests, Opened, Refused, Closed, Waiting int
	Late                                       int           // answered, or still waiting, after their time
	Median, P90                                time.Duration // school hours until the answer
	InForce, Expired                           int           // exceptions of the units, by decision
}

// Figures are those of a unit and all below it, of what was asked from one moment to
// another. It asks for no right: it has no name and nobody in it.
func (d *Desk) Figures(unit string, from, to time.Time) (f Figures, err error) {
	q := d.ask(context.Background(), account.Actor{}, How{})
	all, _, err := d.parts.Requests.List()
	if err != nil {
		return f, err
	}
	var took []time.Duration
	for i := range all {
		r := &all[i]
		if r.First.Before(from) || !r.First.Before(to) || !q.tree.within(r.Unit, unit) {
			continue
		}
		spent := d.waitsAt(q, r).spent
		f.Requests++
		if spent > d.parts.Settings.Target {
			f.Late++
		}
		if r.Answer == nil {
			f.Waiting++
			continue
		}
		took = append(took, spent)
		switch Outcomes(r.Answer.Outcome) {
		case Open:
			f.Opened++
		case Refuse:
			f.Refused++
		default:
			f.Closed++
		}
	}
	slices.Sort(took)
	f.Median, f.P90 = quantile(took, 50), quantile(took, 90)
	for _, kind := range []string{"allow/", "block/"} {
		for v := range q.state.Kind(kind) {
			if v.New == nil || !q.tree.within(v.Unit, unit) {
				continue
			}
			if q.exception(&v).Ended {
				f.Expired++
			} else {
				f.InForce++
			}
		}
	}
	return f, nil
}

// quantile is the smallest of sorted times that so many percent are no longer than.
func quantile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}
