package places_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"lachan/internal/places"
)

// Whatever comes and goes, no bound is passed, and who gives way is, at a bound of
// all, never one that has less than the one that comes.
func TestWhoHasLeastNeverGivesWay(t *testing.T) {
	bounds := places.Bounds{All: 40, PerClient: 12, PerDoor: 30, Unclaimed: 20}
	p := places.New(func() places.Bounds { return bounds })
	type visit struct {
		client  string
		door    string
		claimed bool
		place   *places.Place
		gone    bool
	}
	var open []*visit
	count := func(is func(*visit) bool) (n int) {
		for _, v := range open {
			if is(v) {
				n++
			}
		}
		return n
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for i := range 20_000 {
		if len(open) > 0 && random.IntN(4) == 0 {
			at := random.IntN(len(open))
			open[at].place.Leave()
			open[at].place.Leave() // twice is once
			open[at] = open[len(open)-1]
			open = open[:len(open)-1]
			continue
		}
		client := 1 + random.IntN(1+random.IntN(60))
		v := &visit{client: fmt.Sprintf("192.0.2.%d", client), door: []string{"a", "b"}[random.IntN(2)], claimed: client%2 == 0}
		had := count(func(o *visit) bool { return o.client == v.client })
		place, ok := p.Take(places.Visitor{
			Client: netip.MustParseAddr(v.client), Door: v.door, Claimed: v.claimed, End: func() { v.gone = true },
		})
		if !ok {
			refused++
			continue
		}
		v.place = place
		for at := 0; at < len(open); at++ {
			if o := open[at]; o.gone {
				holds := count(func(other *visit) bool { return other.client == o.client })
				if o.client != v.client && holds < had {
					t.Fatalf("visit %d: one of %d places of %s gives way to %s, which has %d", i, holds, o.client, v.client, had)
				}
				open = append(open[:at], open[at+1:]...)
				at--
			}
		}
		open = append(open, v)
		anonymous := count(func(o *visit) bool { return !o.claimed })
		a := count(func(o *visit) bool { return o.door == "a" })
		own := count(func(o *visit) bool { return o.client == v.client })
		if len(open) > bounds.All || len(open) != p.Open() || anonymous > bounds.Unclaimed || max(a, len(open)-a) > bounds.PerDoor || own > bounds.PerClient {
			t.Fatalf("visit %d: %d open (%d said), %d anonymous, %d and %d at the doors, %d of the client",
				i, len(open), p.Open(), anonymous, a, len(open)-a, own)
		}
	}
	if refused > 0 {
		t.Errorf("%d refused", refused)
	}
}

// The connection that has been idle longest gives way, and one that cannot stays.
func TestTheIdlestGivesWay(t *testing.T) { synctest.Test(t, testTheIdlestGivesWay) }

func testTheIdlestGivesWay(t *testing.T) {
	p := places.New(func() places.Bounds { return places.Bounds{All: 3} })
	client, ended := netip.MustParseAddr("2001:db8::1"), ""
	take := func(name string) *places.Place {
		t.Helper()
		v := places.Visitor{Client: client, End: func() { ended += name }}
		if name == "" {
			v.End = nil
		}
		place, ok := p.Take(v)
		if !ok {
			t.Fatalf("%q: no place", name)
		}
		time.Sleep(time.Millisecond) // of the bubble's clock
		return place
	}
	shaking, a, _ := take(""), take("a"), take("b")
	a.Touch()
	take("c")
	if ended != "b" {
		t.Errorf("%q gave way, want b", ended)
	}
	take("d")
	if !shaking.EndBy(func() { ended += "s" }) || ended != "ba" {
		t.Errorf("%q gave way, want ba", ended)
	}
	client = netip.MustParseAddr("2001:db8::2") // of the same /64
	take("e")
	if ended != "bas" || shaking.EndBy(nil) {
		t.Errorf("%q gave way, want bas", ended)
	}
}

// A listener lets each client in, however many connections another holds.
func TestAGuardedListenerIsOpenToAll(t *testing.T) {
	p := places.New(func() places.Bounds { return places.Bounds{All: 16, PerClient: 8} })
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	guarded := p.Guard(l, "page")
	defer guarded.Close()
	go func() {
		for {
			c, err := guarded.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				one := make([]byte, 1)
				for {
					if _, err := c.Read(one); err != nil {
						return
					}
					if _, err := c.Write(one); err != nil {
						return
					}
				}
			}()
		}
	}()
	dial := func(from string) net.Conn {
		t.Helper()
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 100 {
		dial("127.66.0.1")
	}
	for i := range 5 {
		c := dial(fmt.Sprintf("127.1.0.%d", i+1))
		if _, err := c.Write([]byte{7}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Errorf("visitor %d: %v", i, err)
		}
	}
	t.Logf("100 idle connections of one address: %d of 16 places taken", p.Open())
	if open := p.Open(); open > 13 {
		t.Errorf("%d places are taken", open)
	}
}
