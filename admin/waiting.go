package admin

import (
	"encoding/json"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/request"
	"lachan/blocklist/domain"
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

// waitsFor reports whether a request waits for an actor: the actor may answer it, and it
// waits at a unit of theirs.
func (q *asking) waitsFor(r *request.Request, w *waiting) bool {
	return q.by.May(account.Answer, r.Unit, q.tree, q.now) && q.by.May(account.View, w.at, q.tree, q.now)
}
