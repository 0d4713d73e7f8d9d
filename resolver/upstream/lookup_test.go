package upstream_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// telling is a server that answers each query for an address with the given one,
// whatever the name.
func telling(t testing.TB, asked *atomic.Int64, a, aaaa string) upstream.Server {
	addr := peerUDP(t, func(d datagram) {
		asked.Add(1)
		q := unpack(t, d.wire).Question[0]
		switch {
		case q.Qtype == dns.TypeA && a != "":
			d.back(replyTo(t, d.wire, dns.RcodeSuccess, q.Name+" 60 A "+a))
		case q.Qtype == dns.TypeAAAA && aaaa != "":
			d.back(replyTo(t, d.wire, dns.RcodeSuccess, q.Name+" 60 AAAA "+aaaa))
		default:
			d.back(replyTo(t, d.wire, dns.RcodeNameError))
		}
	})
	return upstream.Server{Addr: addr}
}

func named(t testing.TB, p *tlsPeer, host string) upstream.Server {
	t.Helper()
	s, err := upstream.ParseServer("tls://" + host + p.addr[strings.LastIndexByte(p.addr, ':'):])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNamedServer(t *testing.T) {
	p := peerTLS(t, configOf(good(t)), answering(t))
	f := func(a, aaaa string, ok bool) {
		t.Helper()
		var asked atomic.Int64
		first, server := telling(t, &asked, a, aaaa), named(t, p, "dns.example")
		for _, members := range [][]*upstream.Member{
			upstream.Bootstrap{first}.Open(loops, []upstream.Server{server}),
			upstream.Bootstrap(nil).Open(loops, []upstream.Server{server, first})[:1], // those of the same list, where there are no others
		} {
			asked.Store(0)
			g := upstream.NewGroup(upstream.Ordered, 2*time.Second, members...)
			for range 3 {
				_, err := g.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
				if ok && err != nil || !ok && !errors.Is(err, upstream.ErrNoAnswer) {
					t.Errorf("%q %q: %v", a, aaaa, err)
				}
			}
			if n := asked.Load(); ok && n != 2 {
				t.Errorf("%q %q: the addresses were asked for %d times", a, aaaa, n)
			}
		}
	}
	f("127.0.0.1", "", true)
	f("127.0.0.1", "::1", true) // no server is at ::1
	f("", "::ffff:127.0.0.1", true)
	f("", "", false)
}

func TestNamedServerWithoutABootstrap(t *testing.T) {
	p := peerTLS(t, configOf(good(t)), answering(t))
	g := upstream.NewGroup(upstream.Ordered, 2*time.Second, upstream.Bootstrap(nil).Open(loops, []upstream.Server{named(t, p, "dns.example")})...)
	if _, err := g.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil); !errors.Is(err, upstream.ErrNoAnswer) {
		t.Error(err)
	}
}

func TestMembersAreTakenOverUnlessTheirAddressesComeFromElsewhere(t *testing.T) {
	var asked atomic.Int64
	one, two := telling(t, &asked, "127.0.0.1", ""), telling(t, &asked, "127.0.0.1", "")
	server, err := upstream.ParseServer("tls://dns.example")
	if err != nil {
		t.Fatal(err)
	}
	list := []upstream.Server{server}
	old := upstream.Bootstrap{one}.Open(loops, list)
	if same := (upstream.Bootstrap{one}).Open(loops, list, old...); same[0] != old[0] {
		t.Error("another member for the same server")
	}
	if other := (upstream.Bootstrap{two}).Open(loops, list, old...); other[0] == old[0] {
		t.Error("the same member, with another bootstrap")
	}
}
