package ratelimit_test

import (
	"net/netip"
	"testing"

	"lachan/resolver/ratelimit"
)

// Who has a network of IPv6 has one allowance, whatever addresses are made up in it; each
// address of IPv4 has its own, also where it is written in IPv6. At once one may ask what is
// for a second, and one more.
func TestANetworkOfIPv6HasOneAllowance(t *testing.T) {
	const asked = 200
	f := func(first, second string, shared bool) {
		t.Helper()
		var clients ratelimit.Clients
		taken := func(address string) (n int) {
			for range asked {
				if clients.Take(netip.MustParseAddr(address), ratelimit.PerSecond(50), 1e18) {
					n++
				}
			}
			return n
		}
		one := taken(first)
		two := taken(second)
		if one != 51 || shared && two != 0 || !shared && two != one {
			t.Errorf("%s may ask %d of %d, then %s %d", first, one, asked, second, two)
		}
	}
	f("2001:db8::1", "2001:db8::2:3:4:5", true)
	f("2001:db8::1", "2001:db8:0:1::1", false)
	f("192.0.2.1", "192.0.2.2", false)
	f("192.0.2.1", "::ffff:192.0.2.1", true)
	f("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)
}

// Of many clients each has its own allowance, and keeps it: others take no room of one
// who asks.
func TestEachOfManyClientsHasItsOwn(t *testing.T) {
	const clients, now = 5000, 1e18
	var table ratelimit.Clients
	rate := ratelimit.PerSecond(5)
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }
	alone := 0
	for table.Take(netip.MustParseAddr("192.0.2.1"), rate, now) {
		alone++
	}
	taken := 0
	for range alone {
		for i := range clients {
			if table.Take(address(i), rate, now) {
				taken++
			}
		}
	}
	if lost := alone*clients - taken; alone == 0 || lost > alone*clients/1000 {
		t.Errorf("%d clients of %d queries each may ask %d", clients, alone, taken)
	}
	if table.Take(netip.MustParseAddr("192.0.2.1"), rate, now) || table.Take(address(7), rate, now) {
		t.Error("one who has asked enough may ask again")
	}
}
