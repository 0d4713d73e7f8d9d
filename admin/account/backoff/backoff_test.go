package backoff_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"lachan/admin/account/backoff"
)

var (
	start = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	bad   = netip.MustParseAddr("127.0.3.1")
	good  = netip.MustParseAddr("127.0.4.1")
)

// fails tries once a second for a while, and counts the tries that were looked at.
func fails(b *backoff.Backoff, account string, from netip.Addr, known string, seconds int) (looked int) {
	for i := range seconds {
		if t, _ := b.Begin("password", account, from, known, start.Add(time.Duration(i)*time.Second)); t != nil {
			looked++
		}
	}
	return looked
}

// TestWhoTriesAgainAndAgainWaits: an hour of a try each second, from one address.
func TestWhoTriesAgainAndAgainWaits(t *testing.T) {
	b := backoff.New()
	looked := fails(b, "lan", bad, "", 3600)
	if looked > 30 {
		t.Errorf("%d of 3600 tries were looked at", looked)
	}
	t.Logf("of 3600 tries from one address in an hour %d were looked at", looked)
	at := start.Add(time.Hour)
	if try, _ := b.Begin("password", "lan", netip.MustParseAddr("127.0.3.200"), "", at); try != nil {
		t.Error("the neighbour of an address begins anew")
	}
	if try, _ := b.Begin("password", "lan", netip.MustParseAddr("::ffff:127.0.3.1"), "", at); try != nil {
		t.Error("an address begins anew as IPv6")
	}
	if try, _ := b.Begin("password", "lan", good, "", at); try == nil {
		t.Error("the owner waits for what others did elsewhere")
	}
	if try, _ := b.Begin("password", "lan", bad, "the owner's device", at); try == nil {
		t.Error("the owner's device waits for what others did beside it")
	}
	if try, _ := b.Begin("password", "lan", bad, "", at.Add(2*time.Hour)); try == nil {
		t.Error("nothing is forgotten")
	}
}

// TestManyAccountsFromOnePlaceAreOneAttack: names cost nothing, so they buy no tries.
func TestManyAccountsFromOnePlaceAreOneAttack(t *testing.T) {
	b, looked := backoff.New(), 0
	for i := range 1000 {
		if try, _ := b.Begin("password", fmt.Sprint("name-", i), bad, "", start); try != nil {
			looked++
		}
	}
	if looked > 25 {
		t.Errorf("%d", looked)
	}
	t.Logf("of 1000 accounts tried from one address at once %d were looked at", looked)
}

// TestAnAccountOfOnesOwnIsNoWayAround: who may log in as himself between tries gets no
// more of them.
func TestAnAccountOfOnesOwnIsNoWayAround(t *testing.T) {
	b, looked := backoff.New(), 0
	for i := range 3600 {
		at := start.Add(time.Duration(i) * time.Second)
		if try, _ := b.Begin("password", "own", bad, "", at); try != nil {
			try.Succeeded()
		}
		if try, _ := b.Begin("password", "lan", bad, "", at); try != nil {
			looked++
		}
	}
	if looked > 30 {
		t.Errorf("%d", looked)
	}
}

// TestAnAccountTriedFromEverywhereIsTriedOnceFromEach: the first try from an address is
// looked at, so that the owner comes in from a new one too.
func TestAnAccountTriedFromEverywhereIsTriedOnceFromEach(t *testing.T) {
	b, looked := backoff.New(), 0
	for i := range 100 {
		from := netip.AddrFrom4([4]byte{10, byte(i), 0, 1})
		for range 10 {
			if try, _ := b.Begin("password", "lan", from, "", start); try != nil {
				looked++
			}
		}
	}
	if looked > 160 {
		t.Errorf("%d of 1000", looked)
	}
	t.Logf("of 1000 tries from 100 addresses %d were looked at", looked)
	if try, _ := b.Begin("password", "lan", good, "", start); try == nil {
		t.Error("the owner is locked out")
	}
}

func TestASuccessAndATryThatCameToNothingCostNothing(t *testing.T) {
	b := backoff.New()
	for i := range 100 {
		try, wait := b.Begin("password", "lan", good, "", start)
		if try == nil {
			t.Fatalf("try %d waits %s", i, wait)
		}
		if i%2 == 0 {
			try.Succeeded()
		} else {
			try.Withdraw()
		}
	}
	none, _ := b.Begin("password", "lan", netip.Addr{}, "", start)
	if none == nil {
		t.Error("without an address there is no try")
	}
}

// TestCountsAreBounded: however many names and addresses, what is kept is bounded.
func TestCountsAreBounded(t *testing.T) {
	b := backoff.New()
	fails(b, "lan", bad, "", 100)
	for i := range 100_000 {
		from := netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 8), byte(i)})
		b.Begin("password", fmt.Sprint(i), from, "", start)
	}
	if b.Len() > 16_384 {
		t.Errorf("%d counts", b.Len())
	}
	t.Logf("%d counts are kept of 100,000 tries", b.Len())
}
