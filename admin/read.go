package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/policy"
)

// What can be looked at. Each list has only what the actor may see, and comes in pages:
// those after a key, at most so many.

// A Page says which part of a list is wanted.
type Page struct {
	After string // key of the last one that was had; "" is from the beginning
	Limit int    // 0 is 100; at most 1000
}

// An Exception is a name that a unit has opened or blocked by a decision.
type Exception struct {
	Key      string // for Page
	Unit     string
	Object   string // "allow/NAME" or "block/NAME"
	Name     string
	Block    bool
	From     time.Time
	Until    time.Time // zero: it has no end
	Ended    bool      // its time is over
	Who, Why string
	Document string
	Seq      uint64 // of the record that set it
	VoidBy   string // line of a file that leaves it without effect
	Orphan   bool   // the unit is gone
}

// A Filter says which exceptions or requests are wanted.
type Filter struct {
	Unit  string // and all below it; "" is all that the actor sees
	Name  string // a part of it
	Ended bool   // those whose time is over, or that are answered, too
}

// A Request is one row: the requests for one name that wait for the same people.
type Request struct {
	Key      string
	Name     string
	Category string
	IDs      []string
	Units    []string // that ask, one for each id
	Reasons  []string
	Follows  []string // requests for it by the same units that were answered before these were made
	Times    int
	First    time.Time
	// Spent and Target are school hours, of the one that waits longest.
	Spent, Target time.Duration
	Late          bool
	At            string // the unit that it waits at: the school's own, or one above
	LockedBy      string // the unit whose lock blocks it, "" if none
	Document      string // the order that blocks it
	Outcome       Outcomes
	Text          string
	By            string
	Answered      time.Time
	Seq           uint64 // record of the answer
}

// A Unit is a unit as it is in force.
type Unit struct {
	ID, Parent, Name, Kind string
	Home                   string // "console", or file:line
	Value                  json.RawMessage
	Seq                    uint64 // record that set it, of one at home in the console
}

// A Proposal is what waits for a second person.
type Proposal struct {
	Seq        uint64
	Unit       string
	What       string
	Object     string
	By         string
	At, Until  time.Time
	Old, New   json.RawMessage
	Why        string
	MayConfirm bool // the actor may
}

// A Line is a record of the ledger as people read it.
type Line struct {
	Seq                   uint64
	At                    time.Time
	Unit, By, Role, Via   string
	What, Object, Request string
	Old, New              json.RawMessage
	Why                   string // the words; "" if they were erased
	Of                    uint64
}

// mostLimit bounds a page.
const (
	usualLimit = 100
	mostLimit  = 1000
)

func (p Page) limit() int {
	if p.Limit <= 0 {
		return usualLimit
	}
	return min(p.Limit, mostLimit)
}

// cut is the part of a list, sorted by key, that a page wants.
func cut[T any](list []T, page Page, key func(*T) string) []T {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(key(&a), key(&b)) })
	if page.After != "" {
		list = slices.DeleteFunc(list, func(x T) bool { return key(&x) <= page.After })
	}
	return list[:min(len(list), page.limit())]
}

// Exceptions are those of the units that the actor sees, by unit and name.
func (d *Desk) Exceptions(ctx context.Context, by account.Actor, f Filter, page Page) ([]Exception, error) {
	q := d.ask(ctx, by, How{})
	if err := q.known(f.Unit); err != nil {
		return nil, err
	}
	seen := q.seen()
	var list []Exception
	for _, kind := range []string{"allow/", "block/"} {
		for v := range q.state.Kind(kind) {
			name, _ := nameOf(v.Object)
			wanted := v.New != nil && strings.Contains(name, f.Name)
			if !wanted || !seen(v.Unit) || !q.tree.within(v.Unit, f.Unit) {
				continue
			}
			if e := q.exception(&v); f.Ended || !e.Ended {
				list = append(list, e)
			}
		}
	}
	list = cut(list, page, func(e *Exception) string { return e.Key })
	for i := range list {
		e := &list[i]
		e.Why = words(d.parts.Ledger, e.Why)
		if IsName(e.Object) && !e.Orphan {
			entry := policy.OverlayEntry{Unit: e.Unit, Name: e.Name, Allow: !e.Block, From: e.From, Until: e.Until}
			e.VoidBy = voidBy(q, &entry)
		}
	}
	return list, nil
}

// exception is a value of the state; its Why is still the digest.
func (q *asking) exception(v *ledger.Value) Exception {
	name, block := nameOf(v.Object)
	e := Exception{
		Key: v.Unit + " " + v.Object, Unit: v.Unit, Object: v.Object, Name: name, Block: block,
		Seq: v.Seq, Who: v.By, Why: v.Why, Orphan: !q.tree.has(v.Unit),
	}
	var value ExceptionValue
	if json.Unmarshal(v.New, &value) == nil {
		e.Document = value.Document
		e.From, _ = time.Parse(time.RFC3339, value.From) // zero if it says nothing
		e.Until, _ = Moment(value.Until, q.now.Location())
	}
	e.Ended = !e.Until.IsZero() && !e.Until.After(q.now)
	return e
}

// seen reports whether the actor sees a unit, which is asked once for each unit.
func (q *asking) seen() func(unit string) bool {
	known := map[string]bool{}
	return func(unit string) bool {
		sees, ok := known[unit]
		if !ok {
			sees = q.sees(unit)
			known[unit] = sees
		}
		return sees
	}
}

func words(l *ledger.Ledger, digest string) string {
	text, _ := l.Words(digest)
	return text
}

// Units are those that the actor sees, in the order of their ids.
func (d *Desk) Units(ctx context.Context, by account.Actor, f Filter, page Page) ([]Unit, error) {
	q := d.ask(ctx, by, How{})
	if err := q.known(f.Unit); err != nil {
		return nil, err
	}
	var ids []string // the first that there may be on the page, sorted: rights are looked up for few others
	most, name := page.limit(), strings.ToLower(f.Name)
	for g, id := range policy.Below(q.tree.policy, q.tops()...) {
		if g == 0 || id <= page.After || len(ids) == most && id >= ids[most-1] {
			continue
		}
		if name != "" {
			group := q.tree.policy.Group(g)
			if !strings.Contains(strings.ToLower(group.Name+" "+id+" "+group.Code), name) {
				continue
			}
		}
		if at, had := slices.BinarySearch(ids, id); !had && q.tree.within(id, f.Unit) && q.sees(id) {
			ids = slices.Insert(ids, at, id)
			ids = ids[:min(len(ids), most)]
		}
	}
	list := make([]Unit, len(ids))
	for i, id := range ids {
		list[i] = q.unit(id)
	}
	return list, nil
}

// tops are the units that the actor has grants for: it sees no others but those below.
func (q *asking) tops() (units []string) {
	if q.by.Machine {
		return []string{""}
	}
	for _, g := range q.by.Grants {
		units = append(units, g.Unit)
	}
	return units
}

// unit is a unit that is there.
func (q *asking) unit(id string) Unit {
	g, _ := q.tree.policy.GroupOf(id)
	group := q.tree.policy.Group(g)
	u := Unit{
		ID: id, Parent: policy.Above(q.tree.policy, id), Name: group.Name, Kind: group.Kind.String(),
		Home: policy.Place(q.tree.policy, id),
	}
	school, _, _ := strings.Cut(id, "/")
	if v, ok := q.state.Get(school, "unit/"+school); ok && v.New != nil {
		u.Home, u.Seq = "console", v.Seq
		if id == school {
			u.Value = v.New
		}
	}
	return u
}

// Unit is one of them.
func (d *Desk) Unit(ctx context.Context, by account.Actor, id string) (Unit, error) {
	q := d.ask(ctx, by, How{})
	if _, ok := q.tree.group(id); !ok || !q.sees(id) {
		return Unit{}, q.noUnit(id)
	}
	return q.unit(id), nil
}

// Proposals are those that wait, the oldest first.
func (d *Desk) Proposals(ctx context.Context, by account.Actor) (list []Proposal, err error) {
	q := d.ask(ctx, by, How{})
	for v := range q.state.Kind(proposals) {
		p, err := q.proposal(&v)
		if err != nil || !q.sees(v.Unit) {
			continue
		}
		trial := d.ask(ctx, by, How{})
		_, refused := Confirm{v.Seq}.plan(d, trial)
		list = append(list, Proposal{
			Seq: v.Seq, Unit: v.Unit, What: p.What, Object: p.Object, By: p.By,
			At: v.At, Until: v.At.Add(ProposalHolds), Old: p.Old, New: p.New,
			Why: words(d.parts.Ledger, v.Why), MayConfirm: refused == nil,
		})
	}
	slices.SortFunc(list, func(a, b Proposal) int { return cmp.Compare(a.Seq, b.Seq) })
	return list, nil
}

// mostRead bounds how many records are looked at for one page.
const mostRead = 20_000

// Ledger are the records after a number that the actor may see. Next is the number to go
// on after, 0 at the end.
func (d *Desk) Ledger(
	ctx context.Context, by account.Actor, f Filter, after uint64, limit int,
) (lines []Line, next uint64, err error) {
	q := d.ask(ctx, by, How{})
	if err := q.known(f.Unit); err != nil {
		return nil, 0, err
	}
	may := map[string]bool{}
	read := 0
	for rec, err := range d.parts.Ledger.Records(after) {
		if err != nil {
			return lines, 0, err
		}
		allowed, known := may[rec.Unit]
		if !known {
			allowed = q.by.May(account.Audit, rec.Unit, q.tree, q.now) && q.tree.within(rec.Unit, f.Unit)
			may[rec.Unit] = allowed
		}
		if allowed && strings.Contains(rec.Object, f.Name) {
			lines = append(lines, lineOf(d.parts.Ledger, &rec))
		}
		if read++; len(lines) == (Page{Limit: limit}).limit() || read == mostRead {
			return lines, rec.Seq, ctx.Err()
		}
	}
	return lines, 0, nil
}

// lineOf is a record as people read it.
func lineOf(l *ledger.Ledger, rec *ledger.Record) Line {
	return Line{
		Seq: rec.Seq, At: rec.At, Unit: rec.Unit, By: rec.By, Role: rec.Role, Via: rec.Via, What: rec.What,
		Object: rec.Object, Request: rec.Request, Of: rec.Of,
		Old: canonical(rec.Old), New: canonical(rec.New),
		Why: words(l, rec.Why),
	}
}
