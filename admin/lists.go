package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/internal/printable"
)

// Lists that are chosen, and versions of all.

const (
	chosen = "feed/"
	// MostLists bounds those that are chosen by decisions: each costs a download an hour, and
	// may have 64 MiB on the disk.
	MostLists = 32
)

// A ChosenList is one by decision, with the number of the record.
type ChosenList struct {
	List
	Seq uint64
}

// ChosenLists are those of a state, by name.
func ChosenLists(state *ledger.State) (list []ChosenList) {
	for v := range state.Kind(chosen) {
		if is, ok := listOf(&v); ok {
			list = append(list, ChosenList{is, v.Seq})
		}
	}
	return list
}

// listOf is the list that a value is; ok is false if it was dropped.
func listOf(v *ledger.Value) (l List, ok bool) {
	if v.New == nil || json.Unmarshal(v.New, &l) != nil {
		return l, false
	}
	l.Name = v.Object[len(chosen):]
	return l, true
}

func (o UseList) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Lists, ""); err != nil {
		return plan{}, err
	}
	is, err := d.parts.Lists.Choosable(o.List)
	if err != nil {
		return plan{}, err
	}
	if place, there := d.parts.Lists.OfFile(is.Name); there {
		return plan{}, &Refusal{Kind: FileHome, Field: "name", Text: textListWritten.With(is.Name, place), Place: place}
	}
	used := ChosenLists(q.state)
	for i := range used {
		if l := &used[i]; l.Name == is.Name || l.URL == is.URL {
			return plan{}, &Refusal{Kind: Standing, Field: "name", Text: textListUsed.With(l.Name, l.Seq), Seq: l.Seq}
		}
	}
	if len(used) >= MostLists {
		return plan{}, invalid("name", textListsFull.With(MostLists))
	}
	p := planOf(structure, q.draft(account.Lists, "use-list", "", chosen+is.Name, is))
	p.field = "name"
	return p, nil
}

func (o DropList) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Lists, ""); err != nil {
		return plan{}, err
	}
	if v, ok := q.state.Get("", chosen+o.Name); !ok || v.New == nil {
		if place, there := d.parts.Lists.OfFile(o.Name); there {
			return plan{}, &Refusal{Kind: FileHome, Field: "name", Text: textListOfFile.With(o.Name, place), Place: place}
		}
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNoFeed.With(shown(o.Name))}
	}
	p := planOf(structure, q.draft(account.Lists, "drop-list", "", chosen+o.Name, nil))
	p.after = func(ctx context.Context) error {
		if _, there := d.parts.Lists.OfFile(o.Name); there {
			return nil // it is that of the file since
		}
		return d.parts.Lists.Forget(ctx, o.Name)
	}
	return p, nil
}

// undoList is the plan that has a list used, or not, as a record found it.
func undoList(d *Desk, q *asking, rec *ledger.Record) (plan, error) {
	name := rec.Object[len(chosen):]
	if rec.Old == nil {
		return DropList{name}.plan(d, q)
	}
	old, ok := listOf(&ledger.Value{Object: rec.Object, New: rec.Old})
	if !ok {
		return plan{}, &Refusal{Kind: Standing, Text: textNoUndo.With(rec.Seq, shown(rec.What)), Seq: rec.Seq}
	}
	return UseList{old}.plan(d, q)
}

// A listValue is what a record says of a feed.
type listValue struct {
	Approve  string `json:"approve,omitempty"`
	Reject   string `json:"reject,omitempty"`
	RollBack string `json:"roll_back,omitempty"`
}

func (o ApproveList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "approve", func(version string) listValue { return listValue{Approve: version} })
}

func (o RejectList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "reject", func(version string) listValue { return listValue{Reject: version} })
}

func (o RollBackList) plan(d *Desk, q *asking) (plan, error) {
	return q.list(d, o.Feed, "roll_back", func(version string) listValue { return listValue{RollBack: version} })
}

// list is the plan of a decision on a feed.
func (q *asking) list(d *Desk, feed, verb string, value func(version string) listValue) (plan, error) {
	now, known := d.parts.Lists.Standing(feed)
	if !known {
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNoFeed.With(shown(feed))}
	}
	if err := q.may(account.Lists, now.Unit); err != nil {
		return plan{}, err
	}
	version := now.Version(verb)
	if version == "" {
		text := textNothingHeld
		if verb == "roll_back" {
			text = textNoVersion
		}
		return plan{}, invalid("name", text.With(feed))
	}
	p := planOf(none, q.draft(account.Lists, verb, now.Unit, "list/"+feed, value(version)))
	p.done = func(ctx context.Context, _ *Outcome) error {
		return d.parts.Lists.Use(ctx, feed, verb, version, q.by.Name)
	}
	return p, nil
}

// Version is the one that a decision is about, by its verb; "" if there is none.
func (s ListStanding) Version(verb string) string {
	switch verb {
	case "approve":
		return cmp.Or(s.Held, s.Doubtful)
	case "roll_back":
		return s.Before
	}
	return s.Held
}

// Lists of authorities on their way to nodes, by rings.

// An OrderOnWay is one of them, and since when its ring has it.
type OrderOnWay struct {
	fleet.Order
	Since time.Time
}

// Orders are those of a state, by feed; those too that all have.
func Orders(state *ledger.State) map[string]OrderOnWay {
	orders := map[string]OrderOnWay{}
	for v := range state.Kind(fleet.OrderObjects) {
		var o fleet.Order
		if v.New != nil && json.Unmarshal(v.New, &o) == nil {
			orders[v.Object[len(fleet.OrderObjects):]] = OrderOnWay{o, v.At}
		}
	}
	return orders
}

// orderOf is the order of a feed that is on its way or that all have; ok is false if there is none.
func orderOf(q *asking, name string) (o fleet.Order, ok bool) {
	v, ok := q.state.Get("", fleet.OrderObjects+name)
	return o, ok && v.New != nil && json.Unmarshal(v.New, &o) == nil
}

func (o Order) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	object := fleet.OrderObjects + o.Name
	if o.List == nil {
		return planOf(none, q.draft(account.Lists, "carry", "", object, nil)), nil
	}
	order := fleet.Order{
		List: *o.List, Ring: fleet.Canary, Nodes: ringOf(q, fleet.Canary), Trial: int64(o.Trial / time.Second),
	}
	if before, ok := orderOf(q, o.Name); ok {
		switch passed := before.Ring == fleet.Early && before.Held == ""; {
		case passed:
			before.Former = nil
			order.Former = &before
		case before.Ring != fleet.All:
			order.Former = before.Former
		}
	}
	if len(order.Nodes) == 0 { // nobody has joined
		return forAll(q, "carry", o.Name, order), nil
	}
	return planOf(none, q.draft(account.Lists, "carry", "", object, order)), nil
}

// forAll is the plan by which all nodes have the list of an authority.
func forAll(q *asking, what, name string, o fleet.Order) plan {
	o.Ring, o.Nodes, o.Held, o.Back, o.Before, o.Former = fleet.All, nil, "", false, nil, nil
	if before, ok := Carried(q.state)[name]; ok {
		o.Before = &before
	}
	p := planOf(none, q.draft(account.Release, what, "", fleet.OrderObjects+name, o))
	return p.then(q.draft(account.Lists, what, "", fleet.ListObjects+name, o.List))
}

func (o AdvanceOrder) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Release); err != nil {
		return plan{}, err
	}
	order, ok := orderOf(q, o.Name)
	switch {
	case !ok || order.Ring == fleet.All:
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNotOnWay.With(shown(o.Name))}
	case order.Ring == fleet.Early:
		return forAll(q, "advance", o.Name, order), nil
	}
	order.Ring, order.Held, order.Back = fleet.Early, "", false
	order.Nodes = append(order.Nodes, ringOf(q, fleet.Early)...)
	slices.Sort(order.Nodes)
	order.Nodes = slices.Compact(order.Nodes)
	return planOf(none, q.draft(account.Release, "advance", "", fleet.OrderObjects+o.Name, order)), nil
}

func (o HoldOrder) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Hold); err != nil {
		return plan{}, err
	}
	order, ok := orderOf(q, o.Name)
	if !ok || order.Ring == fleet.All {
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNotOnWay.With(shown(o.Name))}
	}
	order.Held = cmp.Or(printable.Line(o.Cause, mostWords), printable.Line(q.how.Why, mostWords), q.by.Name)
	return planOf(none, q.draft(account.Hold, "hold", "", fleet.OrderObjects+o.Name, order)), nil
}

func (o RollBackOrder) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Release); err != nil {
		return plan{}, err
	}
	order, ok := orderOf(q, o.Name)
	if !ok || order.Ring == fleet.All && order.Before == nil {
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNotOnWay.With(shown(o.Name))}
	}
	before := order.Before
	order.Back, order.Before = true, nil
	order.Held = cmp.Or(printable.Line(q.how.Why, mostWords), q.by.Name)
	p := planOf(none, q.draft(account.Release, "roll-back", "", fleet.OrderObjects+o.Name, order))
	if before != nil {
		p = p.then(q.draft(account.Lists, "roll-back", "", fleet.ListObjects+o.Name, before))
	}
	return p, nil
}
