package clientconn

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"lachan/resolver/listen"
)

// An eighth of all connections may be without a place for a moment, and always one.
func TestHowManyConnectionsMayBeWithoutAPlace(t *testing.T) {
	for all, want := range map[int]int{0: 1, 1: 1, 8: 1, 15: 1, 16: 2, 1000: 125} {
		if got := (&Limits{Connections: all}).few(); got != want {
			t.Errorf("of %d: %d, want %d", all, got, want)
		}
	}
}

// TestNoKindOfClientHasAllPlaces: three quarters are for one endpoint protocol, and half are
// for clients that no unit claims.
func TestNoKindOfClientHasAllPlaces(t *testing.T) {
	claimed := netip.MustParsePrefix("192.0.2.0/24")
	limits := Limits{Connections: 80}
	l := NewLimiter(func() *Limits { return &limits }, func(client netip.Addr) Standing {
		if claimed.Contains(client) {
			return Claimed
		}
		return Unclaimed
	})
	admitted := func(network string, door listen.Protocol) (n int) {
		for i := range 80 {
			if _, ok := l.Admit(netip.MustParseAddr(fmt.Sprintf("%s%d", network, i+1)), door, nil); ok {
				n++
			}
		}
		return n
	}
	if n := admitted("198.51.100.", listen.DoH); n != 40 {
		t.Errorf("%d clients that no unit claims have a place of 80", n)
	}
	if n := admitted("192.0.2.", listen.DoH); n != 20 || l.Open() != 60 {
		t.Errorf("%d more over the same protocol have a place, %d in all", n, l.Open())
	}
	limits.Idle = 10 * time.Second
	if idle := l.Idle(); idle != limits.Idle {
		t.Errorf("while there is room one may be silent for %s", idle)
	}
	if n := admitted("192.0.2.", listen.DoT); n != 20 {
		t.Errorf("%d over another protocol have a place of the 20 that are left", n)
	}
	if idle := l.Idle(); !l.Crowded() || idle != limits.Idle/10 {
		t.Errorf("when all places are taken one may be silent for %s", idle)
	}
}
