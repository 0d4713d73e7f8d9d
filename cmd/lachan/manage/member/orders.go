package member

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/internal/wording"
)

// Lists of authorities come by rings: a node of an early one has them before the others, sees
// whether answers go by them and how it fares, and goes back to what all have if that is worse.

// orders are those that this node has to have.
type orders struct {
	*taken
	all   map[string]*fleet.Order // by feed: that of this node, or the one that all have
	tried map[string]tried        // by feed: the newest that was on trial here
	sound map[string]bool         // by feed, whether the policy scripts held before it came
	again bool                    // one was gone back from
}

// A tried is an order on trial, as it is kept over restarts.
type tried struct {
	SHA256 string    `json:"sha256"`
	Since  time.Time `json:"since,omitzero"` // it is in force; zero: it is not yet
	Before *shares   `json:"before,omitempty"`
	Stood  bool      `json:"stood,omitempty"`
	VI     string    `json:"vi,omitempty"` // why it was gone back from; "" if it was not
	EN     string    `json:"en,omitempty"`
	from   Reading
}

// take has the lists that are wanted be those of this node's ring.
func (o *orders) take(states []*ledger.State, want map[string]fleet.List) {
	o.all = map[string]*fleet.Order{}
	there := map[string]string{} // by feed, the one that is on its way
	for _, s := range states {
		for name, is := range admin.Orders(s) {
			if o.src.OwnList(name) {
				continue
			}
			refuses := func(sha256 string) bool { return o.tried[name].SHA256 == sha256 && o.tried[name].EN != "" }
			if ahead := is.For(o.is.Node, refuses); ahead != nil {
				o.all[name], want[name] = ahead, ahead.List
			} else if is.Ring == fleet.All && !is.Back {
				o.all[name] = &is.Order
			}
			there[name] = is.SHA256
		}
	}
	maps.DeleteFunc(o.tried, func(name string, t tried) bool {
		is := o.all[name]
		if t.EN != "" { // it is told for as long as it is on its way
			return there[name] != t.SHA256 || is != nil && is.SHA256 == t.SHA256
		}
		return is == nil || is.SHA256 != t.SHA256
	})
}

// ahead is the order of a feed that this node has before all; nil if there is none.
func (o *orders) ahead(name, sha256 string) *fleet.Order {
	if is := o.all[name]; is != nil && is.Ring != fleet.All && is.SHA256 == sha256 {
		return is
	}
	return nil
}

// coming notes how it is before a list comes.
func (o *orders) coming(name, sha256 string) {
	if o.ahead(name, sha256) != nil {
		o.sound[name] = o.src.Scripts() == nil
	}
}

// failed is err, unless it is of an order that this node has before all: that is told as its own.
func (o *orders) failed(name, sha256 string, err error) error {
	if err == nil || o.ahead(name, sha256) == nil {
		return err
	}
	why := wording.Of(err)
	o.tried[name] = tried{SHA256: sha256, VI: why.VI, EN: why.EN}
	o.again = true
	return nil
}

// watch sees whether answers go by the orders of this node, and how it fares with them; one that
// cannot be, or with which it is worse, is gone back from.
func (o *orders) watch(ctx context.Context, now time.Time) {
	changed := o.again
	for name, is := range o.all {
		if t := o.tried[name]; t.SHA256 == is.SHA256 && (t.Stood || t.EN != "") || o.lists[name].of.SHA256 != is.SHA256 {
			continue
		}
		before := o.tried[name]
		after := o.look(name, is, now)
		o.tried[name] = after
		if after.EN != "" {
			o.src.Log.Error("an order cannot be in force, what all have comes back", "feed", name, "cause", after.EN)
			o.again = true
		}
		changed = changed || before.Since != after.Since || before.Stood != after.Stood
	}
	switch {
	case o.again:
		o.again, o.seq = false, nil // all is put in force again
		o.putInForce(ctx)
		o.tell()
		o.say()
	case changed:
		if err := o.keep(o.seq); err != nil {
			o.src.Log.Error("keep what is in force", "error", err)
		}
		o.say()
	}
}

// look is how an order fares.
func (o *orders) look(name string, is *fleet.Order, now time.Time) tried {
	t := o.tried[name]
	if t.SHA256 != is.SHA256 {
		t = tried{SHA256: is.SHA256}
	}
	inForce, wrong := o.src.Stands(name)
	ahead := is.Ring != fleet.All
	fails := func(why wording.Text) tried {
		t.VI, t.EN = why.VI, why.EN
		return t
	}
	switch {
	case wrong != "" && ahead:
		return fails(wording.Twofold(wrong))
	case !inForce:
		return t
	case !ahead: // all have it
		t.Since, t.Stood = now, true
		return t
	case t.Since.IsZero():
		if err := o.src.Scripts(); err != nil && o.sound[name] {
			return fails(wording.Of(err))
		}
		t.Since, t.from = now, o.src.Read()
		if len(o.last) > 0 {
			if before, ok := t.from.since(o.last[0].Reading); ok {
				t.Before = &before
			}
		}
	}
	if why := (&onTrial{Before: t.Before, from: t.from}).fails(o.src.Read()); why.EN != "" {
		return fails(why)
	}
	t.Stood = now.Sub(t.Since) >= is.TrialTime()
	return t
}

// resume goes on with those that were on trial when this process began.
func (o *orders) resume() {
	o.sound = map[string]bool{}
	if o.tried = maps.Clone(o.kept.Orders); o.tried == nil {
		o.tried = map[string]tried{}
	}
	for name, t := range o.tried {
		t.from = o.src.Read()
		o.tried[name] = t
	}
}

// tell tells of orders that this node has gone back from.
func (o *orders) tell() {
	var vi, en []string
	for _, name := range slices.Sorted(maps.Keys(o.tried)) {
		if t := o.tried[name]; t.EN != "" {
			vi, en = append(vi, name+": "+t.VI), append(en, name+": "+t.EN)
		}
	}
	if len(en) == 0 {
		o.src.Conditions.Clear("fleet-orders")
		return
	}
	text := textOrders.With(wording.Text{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")})
	o.src.Conditions.Set("fleet-orders", text.String())
}

// Bounds of what a node says of orders: so many, and characters of why.
const (
	mostOrders = 8
	mostWhy    = 160
)

// standing is how this node stands to orders: first to those on their way.
func (o *orders) standing() map[string]fleet.Standing {
	all := map[string]fleet.Standing{}
	onWay := func(name string) int {
		if is := o.all[name]; is != nil && is.Ring == fleet.All {
			return 1
		}
		return 0
	}
	names := map[string]bool{}
	for name := range o.all {
		names[name] = true
	}
	for name, t := range o.tried {
		names[name] = names[name] || t.EN != ""
	}
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(onWay(a)-onWay(b), strings.Compare(a, b))
	}) {
		t, is := o.tried[name], o.all[name]
		switch {
		case len(all) == mostOrders || is == nil && t.EN == "":
			continue
		case t.EN != "":
			why := strings.ToValidUTF8(t.EN[:min(len(t.EN), mostWhy)], "")
			all[name] = fleet.Standing{SHA256: t.SHA256, Refused: why}
		default:
			inForce := t.SHA256 == is.SHA256 && !t.Since.IsZero()
			all[name] = fleet.Standing{SHA256: is.SHA256, InForce: inForce, Trial: inForce && !t.Stood}
		}
	}
	return all
}
