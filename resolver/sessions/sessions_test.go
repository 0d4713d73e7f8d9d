package sessions_test

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"lachan/resolver/sessions"
)

func change(prefix, unit string) sessions.Change {
	return sessions.Change{Prefix: netip.MustParsePrefix(prefix), Unit: unit}
}

func TestTheLongestPrefixOfAnAddressCounts(t *testing.T) {
	var table sessions.Table
	is := func(address, want string) {
		t.Helper()
		if unit, ok := table.UnitOf(netip.MustParseAddr(address)); unit != want || ok != (want != "") {
			t.Errorf("%s is of %q (%v), want %q", address, unit, ok, want)
		}
	}
	is("192.0.2.1", "")
	table.Apply([]sessions.Change{
		change("192.0.2.1/32", "a"), change("2001:db8:1::/48", "b"), change("2001:db8:1:2::/64", "c"), change("2001:db8:1:2::3/128", "d"),
		change("2001:db8:2:0:ffff::/64", "e"),
	})
	is("192.0.2.1", "a")
	is("::ffff:192.0.2.1", "a")
	is("192.0.2.2", "")
	is("2001:db8:1:1::1", "b")
	is("2001:db8:1:2::1", "c")
	is("2001:db8:1:2::3", "d")
	is("2001:db8:2::1", "e")
	is("2001:db8:3::1", "")
	table.Apply([]sessions.Change{change("2001:db8:1:2::3/128", ""), change("192.0.2.1/32", ""), change("192.0.2.1/32", "f")})
	is("2001:db8:1:2::3", "c")
	is("192.0.2.1", "f")
	table.Replace([]sessions.Change{change("2001:db8:1::/48", "g")})
	is("192.0.2.1", "")
	is("2001:db8:1:2::1", "g")
	if unit, ok := (*sessions.Table)(nil).UnitOf(netip.MustParseAddr("192.0.2.1")); ok {
		t.Errorf("no table has %q", unit)
	}
}

// Whoever was and stays a unit's is not unknown for a moment while the table is replaced.
func TestWhoStaysIsKnownAllTheTime(t *testing.T) {
	var table sessions.Table
	var all []sessions.Change
	for i := range 250 {
		all = append(all, change(fmt.Sprintf("192.0.2.%d/32", i), "a"))
	}
	table.Replace(all)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if unit, _ := table.UnitOf(netip.MustParseAddr("192.0.2.7")); unit != "a" {
					t.Error("an address of a unit is unknown")
					return
				}
			}
		}
	})
	for range 50 {
		table.Replace(all[:100]) // others go, and come again
		table.Replace(all)
		table.Apply(all[:10])
	}
	close(stop)
	wg.Wait()
}
