package watch_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lachan/resolver/watch"
)

var tablet = netip.MustParseAddr("10.20.3.4")

// ask is a question from an address, as the route notes it.
func ask(t *watch.Table, from netip.Addr, name string, blocked bool) {
	for _, w := range t.Of(from) {
		w.Note(name, blocked)
	}
}

func TestOnlyTheAddressThatIsWatchedIsRemembered(t *testing.T) {
	var table watch.Table
	ask(&table, tablet, "before.example", false)
	if err := table.Begin("a", netip.MustParseAddr("::ffff:10.20.3.4"), time.Minute); err != nil {
		t.Fatal(err)
	}
	ask(&table, tablet, "one.example", false)
	ask(&table, tablet, "two.example", true)
	ask(&table, tablet, "one.example", false)
	ask(&table, netip.MustParseAddr("10.20.3.5"), "other.example", false)
	s, on := table.Seen("a")
	if !on || len(s.Names) != 2 || s.Names[0].Name != "one.example" || s.Names[0].Times != 2 || s.Names[0].Blocked ||
		!s.Names[1].Blocked || s.Names[1].Times != 1 || s.More != 0 {
		t.Errorf("%v %+v", on, s)
	}
	if _, on := table.Seen("b"); on {
		t.Error("another id sees something")
	}
}

func TestAfterItsTimeNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table watch.Table
		if err := table.Begin("a", tablet, time.Hour); err != nil {
			t.Fatal(err)
		}
		ask(&table, tablet, "one.example", false)
		held := table.Of(tablet)[0] // by a query that is on its way
		time.Sleep(watch.Longest - time.Nanosecond)
		synctest.Wait()
		if s, on := table.Seen("a"); !on || len(s.Names) != 1 {
			t.Errorf("%v %+v", on, s)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if s, on := table.Seen("a"); on || len(s.Names) != 0 || table.Of(tablet) != nil {
			t.Errorf("%v %+v", on, s)
		}
		held.Note("late.example", false) // finds nothing to be put into
		if err := table.Begin("a", tablet, time.Minute); err != nil {
			t.Fatal(err)
		}
		if s, on := table.Seen("a"); !on || len(s.Names) != 0 {
			t.Errorf("a new one has names: %v %+v", on, s)
		}
		table.End("a")
		if _, on := table.Seen("a"); on || table.Of(tablet) != nil {
			t.Error("what was ended goes on")
		}
		time.Sleep(time.Hour) // its timer does nothing more
		synctest.Wait()
	})
}

func TestWatchesAndNamesAreBounded(t *testing.T) {
	var table watch.Table
	for i := range watch.Most {
		if err := table.Begin(fmt.Sprint(i), tablet, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Begin("more", tablet, time.Minute); !errors.Is(err, watch.ErrFull) {
		t.Error(err)
	}
	if err := table.Begin("3", tablet, time.Minute); err != nil {
		t.Errorf("one that begins again: %v", err)
	}
	const asked = 2000
	for i := range asked {
		ask(&table, tablet, fmt.Sprintf("%s%d.example", strings.Repeat("a", 60), i), false)
	}
	s, _ := table.Seen("0")
	bytes := 0
	for _, n := range s.Names {
		bytes += len(n.Name)
	}
	if bytes > watch.MostBytes || len(s.Names) < 100 || len(s.Names)+s.More != asked {
		t.Errorf("%d bytes of %d names, %d more", bytes, len(s.Names), s.More)
	}
}

func TestAnAddressThatSpeaksForOthersIsForgotten(t *testing.T) {
	var table watch.Table
	if err := table.Begin("a", tablet, time.Minute); err != nil {
		t.Fatal(err)
	}
	ask(&table, tablet, "one.example", false)
	table.Of(tablet)[0].Share()
	ask(&table, tablet, "two.example", false)
	if s, on := table.Seen("a"); !on || !s.Shared || len(s.Names) != 0 {
		t.Errorf("%v %+v", on, s)
	}
}

func TestManyAskWhileWatchesBeginAndEnd(t *testing.T) {
	var table watch.Table
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 500 {
				ask(&table, tablet, fmt.Sprint(j), j%2 == 0)
			}
		})
		all.Go(func() {
			for range 200 {
				_ = table.Begin(fmt.Sprint(i), tablet, time.Minute)
				table.Seen(fmt.Sprint(i))
				table.End(fmt.Sprint(i))
			}
		})
	}
	all.Wait()
	if table.Of(tablet) != nil {
		t.Error("somebody watches")
	}
}

func TestNobodyWatchingCostsNoMemory(t *testing.T) {
	var table watch.Table
	if n := testing.AllocsPerRun(1000, func() { ask(&table, tablet, "x.example", false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// An address is found to speak for others while it asks and is looked at.
func TestAnAddressIsSharedWhileItAsks(t *testing.T) {
	var table watch.Table
	if err := table.Begin("a", tablet, time.Minute); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	asking.Go(func() {
		for i := range 500 {
			ask(&table, tablet, fmt.Sprintf("n%d.example", i%50), false)
		}
	})
	asking.Go(func() {
		for range 50 {
			table.Seen("a")
		}
	})
	for range 50 {
		for _, w := range table.Of(tablet) {
			w.Share()
		}
	}
	asking.Wait()
	if s, on := table.Seen("a"); on && len(s.Names) != 0 {
		t.Errorf("%d names are remembered of an address that speaks for others", len(s.Names))
	}
}
