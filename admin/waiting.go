package admin

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/request"
	"lachan/admin/tell"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/policy"
)

// A waiting is where a request waits, and for how long it has.
type waiting struct {
	at        string // the unit whose people are asked
	spent     time.Duration
	lockedBy  string
	document  string
	authority string // unit of the authority that ordered it
}

// waitsAt is where a request waits: at the school; from the end of its time on at the unit
// above, after twice the time at the one at the top. A locked name waits at once with
// whoever locked it, an ordered one with the authority.
func (d *Desk) waitsAt(q *asking, r *request.Request) waiting {
	school, _, _ := strings.Cut(r.Unit, "/")
	w := waiting{at: school}
	group, ok := q.tree.group(r.Unit)
	if !ok {
		return w
	}
	end := q.now
	if r.Answer != nil {
		end = r.Answer.At
	}
	w.spent = hoursOf(q, r.Unit).Between(r.First, end)
	var n domain.Name
	if n.SetText(r.Name) == nil {
		if held, locked := policy.LockOf(q.rules, group, &n); locked {
			w.lockedBy, w.document, w.at = held.Unit, held.Document, held.Unit
			if held.Document != "" {
				if w.authority = AuthorityID(held.Authority); w.authority != "" {
					w.at = w.authority
				}
			}
		}
	}
	if v, ok := q.state.Get(r.Unit, "request/"+r.ID); ok && v.New != nil {
		var value answerValue
		if json.Unmarshal(v.New, &value) == nil && value.At != "" {
			w.at = value.At
			return w
		}
	}
	if w.lockedBy != "" || w.spent < d.parts.Settings.Target {
		return w
	}
	if w.spent >= 2*d.parts.Settings.Target {
		w.at = q.tree.area(school)
	} else if parent, _ := q.tree.Parent(school); parent != "" {
		w.at = parent
	}
	return w
}

// hoursOf are the hours in which lessons are held in a unit.
func hoursOf(q *asking, unit string) request.Hours {
	p := q.rules.Policy()
	lessons := p.Lessons()
	g, _ := p.GroupOf(unit)
	calendar := p.Calendar(g)
	return request.Hours{
		From: lessons.From, To: lessons.To, Zone: p.Location(),
		On: func(day time.Time) bool { return p.LessonsOn(calendar, day) },
	}
}

// People are the accounts that wish to be told, with what waits for them: requests that
// wait at a unit that they have a role over.
func (d *Desk) People(ctx context.Context) (people []tell.Person, err error) {
	q := d.ask(ctx, account.Actor{}, How{})
	all, _, err := d.parts.Requests.List()
	if err != nil {
		return nil, err
	}
	at, late := map[string][]string{}, map[string]int{} // by unit
	for i := range all {
		if r := &all[i]; r.Answer == nil {
			w := d.waitsAt(q, r)
			at[w.at] = append(at[w.at], r.ID)
			if w.spent > d.parts.Settings.Target {
				late[w.at]++
			}
		}
	}
	for v := range q.state.Kind("account/") {
		var value accountValue
		if v.New == nil || json.Unmarshal(v.New, &value) != nil || value.Mail+value.Webhook == "" {
			continue
		}
		p := tell.Person{
			Account: strings.TrimPrefix(v.Object, "account/"),
			Mode:    tell.Mode(value.Notify), Mail: value.Mail, Webhook: value.Webhook,
		}
		p.Language, _ = wording.ParseLanguage(value.Language) // both if it says nothing
		units := map[string]bool{}
		for _, g := range GrantsOf(q.state, p.Account, q.now.Location()) {
			if !g.Holds(q.now) || units[g.Unit] {
				continue
			}
			units[g.Unit] = true
			group, _ := q.tree.policy.GroupOf(g.Unit)
			p.Lessons = p.Lessons || q.tree.policy.LessonsOn(q.tree.policy.Calendar(group), q.now)
			p.Waiting, p.Late = append(p.Waiting, at[g.Unit]...), p.Late+late[g.Unit]
		}
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b tell.Person) int { return strings.Compare(a.Account, b.Account) })
	return people, nil
}
