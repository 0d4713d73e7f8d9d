package resolver_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/inside"
	"lachan/resolver/upstream"
)

// TestNamesOfTheInsideNeverLeave: what means something within a network only is
// answered here, unless its zone has servers of its own.
func TestNamesOfTheInsideNeverLeave(t *testing.T) {
	up := newSource(t, "x.example. A 192.0.2.1\n")
	n := newNode(t, nil, up.addr)
	f := func(name string, qtype uint16, want string) {
		t.Helper()
		before := up.asked.Load()
		m := n.ask(pupil, name, qtype)
		got := dns.RcodeToString[m.Rcode]
		for _, rr := range append(m.Answer, m.Ns...) {
			got += " " + rr.Header().Name + " " + dns.TypeToString[rr.Header().Rrtype]
		}
		if got != want || up.asked.Load() != before {
			t.Errorf("%s %s: %q, want %q; asked outside: %v", name, dns.TypeToString[qtype], got, want, up.asked.Load() != before)
		}
		for _, rr := range m.Ns {
			if soa := rr.(*dns.SOA); soa.Hdr.Ttl != 10800 || soa.Minttl != 10800 || !m.Authoritative {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
	const ptr = dns.TypePTR
	for _, zone := range []string{"local", "test", "onion", "alt", "invalid"} {
		f("x."+zone, dns.TypeA, "NXDOMAIN "+zone+". SOA")
		f("a.b.X."+strings.ToUpper(zone), dns.TypeTXT, "NXDOMAIN "+strings.ToUpper(zone)+". SOA")
		f(zone, dns.TypeNS, "NXDOMAIN "+zone+". SOA")
	}
	reverse := []string{
		"home.arpa", "10.in-addr.arpa", "0.in-addr.arpa", "127.in-addr.arpa", "168.192.in-addr.arpa", "254.169.in-addr.arpa",
		"16.172.in-addr.arpa", "31.172.in-addr.arpa", "64.100.in-addr.arpa", "127.100.in-addr.arpa", "2.0.192.in-addr.arpa",
		"100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa", "c.f.ip6.arpa", "d.f.ip6.arpa",
		"8.e.f.ip6.arpa", "b.e.f.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa", "1" + strings.Repeat(".0", 31) + ".ip6.arpa",
		"0" + strings.Repeat(".0", 31) + ".ip6.arpa",
	}
	t.Logf("%d zones besides local, test, onion, alt, invalid and localhost", len(reverse))
	for _, zone := range reverse {
		f("1."+zone, ptr, "NXDOMAIN "+zone+". SOA")
		f("1.2.3."+zone, dns.TypeA, "NXDOMAIN "+zone+". SOA")
		f(zone, ptr, "NOERROR "+zone+". SOA")
		f(zone, dns.TypeSOA, "NOERROR "+zone+". SOA")
		f(zone, dns.TypeNS, "NOERROR "+zone+". NS")
	}
	f("localhost", dns.TypeA, "NOERROR localhost. A")
	f("x.localhost", dns.TypeAAAA, "NOERROR x.localhost. AAAA")

	leaves := func(name string, qtype uint16) {
		t.Helper()
		before := up.asked.Load()
		if n.ask(pupil, name, qtype); up.asked.Load() == before {
			t.Errorf("%s %s is answered here", name, dns.TypeToString[qtype])
		}
	}
	for _, name := range []string{
		"1.11.in-addr.arpa", "15.172.in-addr.arpa", "32.172.in-addr.arpa", "167.192.in-addr.arpa", "63.100.in-addr.arpa",
		"128.100.in-addr.arpa", "1.in-addr.arpa", "010.in-addr.arpa", "254.255.255.255.in-addr.arpa", "e.f.ip6.arpa",
		"c.e.f.ip6.arpa", "9.b.d.0.1.0.0.2.ip6.arpa", "2" + strings.Repeat(".0", 31) + ".ip6.arpa", "arpa", "xlocal.example",
		"local.example", "172.in-addr.arpa",
	} {
		leaves(name, ptr)
	}
	leaves("home.arpa", dns.TypeDS) // the parent's to answer (RFC 8375 section 4)
	leaves("10.in-addr.arpa", dns.TypeDS)

	own := newSource(t, "dc.truong.local. A 10.9.9.9\n9.9.9.10.in-addr.arpa. PTR dc.truong.local.\n")
	mine := map[string]*upstream.Group{"truong.local": group(t, own.addr), "10.in-addr.arpa": group(t, own.addr)}
	n.zones = zones(t, mine, up.addr)
	n.use()
	n.wants(pupil, "dc.truong.local", "10.9.9.9")
	if got := tell(n.ask(pupil, "9.9.9.10.in-addr.arpa", ptr)); got != "dc.truong.local." {
		t.Errorf("a reverse zone with servers of its own: %q", got)
	}
	f("other.local", dns.TypeA, "NXDOMAIN local. SOA")
}

// TestNamesThatMayLeadInside: a private address for a public name is let through if
// somebody said so by name, and otherwise the answer says why it is empty.
func TestNamesThatMayLeadInside(t *testing.T) {
	up := newSource(t, "a.zen.example. A 127.0.0.2\nnas.example. A 192.168.1.20\nb.nas.example. A 10.0.0.1\n"+
		"ok.bet.example. A 10.1.1.1\nphish.example. A 10.1.1.2\n")
	n := newNode(t, badLists, up.addr)
	n.settings.Replies.RebindProtection = true
	var err error
	if n.settings.Replies.RebindAllowed, err = inside.NewDomains("zen.example"); err != nil {
		t.Fatal(err)
	}
	n.use()
	n.wants(pupil, "a.zen.example", "127.0.0.2")
	n.wants(pupil, "ok.bet.example", "10.1.1.1") // the school allows it by name
	n.wants(pupil, "phish.example", "NXDOMAIN")  // what is locked stays so
	for _, name := range []string{"nas.example", "b.nas.example"} {
		m := n.ask(pupil, name, dns.TypeA)
		text := ""
		if opt := m.IsEdns0(); opt != nil && len(opt.Option) == 1 {
			text = opt.Option[0].(*dns.EDNS0_EDE).ExtraText
		}
		if tell(m) != "NODATA" || !strings.Contains(text, "rebinding") {
			t.Errorf("%s: %v", name, m)
		}
	}
	if _, err := inside.NewDomains("a..b"); err == nil {
		t.Error("a name that is none is taken")
	}
}
