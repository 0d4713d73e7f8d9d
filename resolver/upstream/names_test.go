package upstream_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/upstream"
)

// Names are looked up by the group of their zone and nobody else, and an upstream
// that does not answer is told as such.
func TestAResolverAsksTheUpstreams(t *testing.T) {
	answering := func(address string) netip.AddrPort {
		return peerUDP(t, func(d datagram) {
			d.back(replyTo(t, d.wire, dns.RcodeSuccess, unpack(t, d.wire).Question[0].Name+" 60 A "+address))
		})
	}
	general, zone := answering("192.0.2.1"), answering("192.0.2.2")
	silent := upstream.NewGroup(upstream.Ordered, 50*time.Millisecond)
	group := func(a netip.AddrPort) *upstream.Group {
		return upstream.NewGroup(upstream.Ordered, time.Second, upstream.Bootstrap(nil).Open(loops, []upstream.Server{{Addr: a}})...)
	}
	zones, err := upstream.NewZones(group(general), map[string]*upstream.Group{"truong.example": group(zone), "gone.example": silent})
	if err != nil {
		t.Fatal(err)
	}
	resolver := upstream.NewResolver(func() *upstream.Zones { return zones })
	f := func(host, want string) {
		t.Helper()
		addrs, err := resolver.LookupNetIP(t.Context(), "ip4", host)
		if err != nil && strings.Contains(err.Error(), upstream.ErrNoAnswer.Error()) {
			addrs = nil
		} else if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		got := ""
		for _, a := range addrs {
			got += a.String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	f("lists.example.", "192.0.2.1")
	f("lists.truong.example.", "192.0.2.2")
	f("lists.gone.example.", "")
}
