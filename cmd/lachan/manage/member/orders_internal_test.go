package member

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"lachan/fleet"
	"lachan/metrics"
)

// TestAnOrderIsOnTrial: answers have to go by it, scripts have to hold, and nothing may be worse.
func TestAnOrderIsOnTrial(t *testing.T) {
	now := time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	inForce, wrong, script, counted := false, "", error(nil), reading(0, 0, 0, 0)
	m := &Member{dir: t.TempDir(), src: Sources{
		Stands: func(string) (bool, string) { return inForce, wrong }, Scripts: func() error { return script },
		Read: func() Reading { return counted }, Conditions: &metrics.Conditions{}, Log: slog.New(slog.DiscardHandler),
	}}
	is := &fleet.Order{List: fleet.List{SHA256: "b"}, Ring: fleet.Canary, Nodes: []string{"n"}, Trial: 600}
	begin := func() *orders {
		inForce, wrong, script, counted = false, "", nil, reading(0, 0, 0, 0)
		tk := &taken{Member: m}
		tk.orders.taken = tk
		o := &tk.orders
		o.resume()
		o.all = map[string]*fleet.Order{"a05": is}
		o.coming("a05", "b")
		return o
	}
	says := func(o *orders, want fleet.Standing) {
		t.Helper()
		o.tried["a05"] = o.look("a05", is, now)
		got := o.standing()["a05"]
		if got.SHA256 != "b" || got.InForce != want.InForce || got.Trial != want.Trial || got.Refused != want.Refused {
			t.Errorf("%+v and not %+v", got, want)
		}
	}
	o := begin()
	says(o, fleet.Standing{})
	inForce = true
	says(o, fleet.Standing{InForce: true, Trial: true})
	now = now.Add(10 * time.Minute)
	says(o, fleet.Standing{InForce: true})

	o = begin()
	wrong = "không đủ bộ nhớ | no memory"
	says(o, fleet.Standing{Refused: "no memory"})
	o = begin()
	inForce, script = true, errors.New("x.script:2")
	says(o, fleet.Standing{Refused: "x.script:2"})
	o = begin()
	o.sound["a05"] = false // it was wrong before
	inForce, script = true, errors.New("x.script:2")
	says(o, fleet.Standing{InForce: true, Trial: true})
	o = begin()
	inForce = true
	says(o, fleet.Standing{InForce: true, Trial: true})
	counted = reading(0, 0, 0, 2)
	says(o, fleet.Standing{Refused: "the server has ended by itself 2 times since it came"})
	if o.tell(); len(m.src.Conditions.List()) != 1 {
		t.Errorf("%+v", m.src.Conditions.List())
	}
	if o.failed("a05", "b", context.DeadlineExceeded) != nil || o.failed("a05", "c", context.DeadlineExceeded) == nil {
		t.Error("what is wrong with an order is told as something else")
	}
}

// TestAnOrderIsForItsRing: a node has what its ring has, and keeps what a newer one has overtaken
// until that is its own, or has failed on it.
func TestAnOrderIsForItsRing(t *testing.T) {
	former := &fleet.Order{List: fleet.List{SHA256: "a"}, Ring: fleet.Early, Nodes: []string{"1", "2"}}
	is := &fleet.Order{List: fleet.List{SHA256: "b"}, Ring: fleet.Canary, Nodes: []string{"1"}, Former: former}
	f := func(node, refused, want string) {
		t.Helper()
		got := is.For(node, func(sha256 string) bool { return sha256 == refused })
		if want == "" && got != nil || want != "" && (got == nil || got.SHA256 != want) {
			t.Errorf("%s has %+v and not %q", node, got, want)
		}
	}
	f("1", "", "b")
	f("1", "b", "a")
	f("2", "", "a")
	f("3", "", "")
	is.Back = true
	f("1", "", "a")
	is.Ring, is.Former = fleet.All, nil
	f("1", "", "")
}
