package resolver_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
)

// told is what an answer says: its flags and records, with the ports of the
// frontage by name.
func (f *frontage) told(m *dns.Msg) string {
	text := tell(m)
	if m.Authoritative {
		text = "aa " + text
	}
	for _, d := range f.resolver.Endpoints() {
		text = strings.ReplaceAll(text, `port="`+strconv.Itoa(int(d.Addr.Port()))+`"`, `port="`+d.Protocol.String()+`"`)
	}
	return text
}

// A server with encrypted doors says which, to those who know its address and
// to those who know its name; nobody upstream is asked.
func TestDesignatedResolversAreOurOwnDoors(t *testing.T) {
	up := newSource(t, `_dns.resolver.arpa. SVCB 1 evil.example. alpn=h2`+"\n"+lesson)
	f := newFrontage(t, newNode(t, badLists, up.addr), listen.DoT, listen.DoH, listen.DoQ)
	f.settings.Identity.Discovery.Name = house
	f.use()
	const hint = ` ipv4hint="127.0.0.1"`
	doors := func(target string) string {
		return `1 ` + target + ` alpn="h2,h3" port="doh"` + hint + ` dohpath="/dns-query{?dns}"` +
			` 2 ` + target + ` alpn="dot" port="dot"` + hint + ` 3 ` + target + ` alpn="doq" port="doq"` + hint
	}
	g := func(name string, qtype uint16, want string) {
		t.Helper()
		if got := f.told(f.ask(pupil, name, qtype)); got != want {
			t.Errorf("%s %s:\n%s, want\n%s", name, dns.TypeToString[qtype], got, want)
		}
	}
	g("_dns.resolver.arpa", dns.TypeSVCB, "aa "+doors("dns.example."))
	g("_DNS.Resolver.ARPA", dns.TypeSVCB, "aa "+doors("dns.example."))
	g("_dns.dns.example", dns.TypeSVCB, "aa "+doors("dns.example."))
	g("_dns.school.dns.example", dns.TypeSVCB, "aa "+doors("school.dns.example.")) // by who calls itself so
	g("_dns.resolver.arpa", dns.TypeA, "aa NODATA")
	g("_dns.resolver.arpa", dns.TypeHTTPS, "aa NODATA")
	g("_dns.dns.example", dns.TypeTXT, "aa NODATA")
	g("resolver.arpa", dns.TypeSVCB, "aa NODATA")
	g("resolver.arpa", dns.TypeNS, "aa NODATA")
	g("x.resolver.arpa", dns.TypeSVCB, "aa NXDOMAIN")
	g("x._dns.resolver.arpa", dns.TypeSVCB, "aa NXDOMAIN")
	g("_dns.x.resolver.arpa", dns.TypeSVCB, "aa NXDOMAIN")
	if n := up.asked.Load(); n != 0 {
		t.Errorf("the upstream was asked %d times", n)
	}
	g("_dns.lesson.example", dns.TypeSVCB, "NXDOMAIN") // somebody else's
	g("dns.example", dns.TypeA, "NXDOMAIN")            // whatever the DNS has
	if n := up.asked.Load(); n != 2 {
		t.Errorf("the upstream was asked %d times, want 2", n)
	}
}

func TestAddressHintsAreWhatIsSetOrWhereTheDoorsAre(t *testing.T) {
	f := newFrontage(t, newNode(t, nil, newSource(t, "").addr), listen.DoT)
	f.settings.Identity.Discovery.Name = house
	g := func(want string, addresses ...string) {
		t.Helper()
		f.settings.Identity.Discovery.Addresses = nil
		for _, a := range addresses {
			f.settings.Identity.Discovery.Addresses = append(f.settings.Identity.Discovery.Addresses, netip.MustParseAddr(a))
		}
		f.use()
		if got := f.told(f.ask(pupil, "_dns.resolver.arpa", dns.TypeSVCB)); got != `aa 1 dns.example. alpn="dot" port="dot"`+want {
			t.Errorf("%v: %s, want %s", addresses, got, want)
		}
	}
	g(` ipv4hint="127.0.0.1"`)
	g(` ipv4hint="192.0.2.1,192.0.2.2" ipv6hint="2001:db8::1"`, "192.0.2.1", "2001:db8::1", "192.0.2.2")
	g(` ipv4hint="192.0.2.1"`, "::ffff:192.0.2.1")
}

// What RESINFO says is ours, too, and true.
func TestHowTheServerAnswersIsTold(t *testing.T) {
	up := newSource(t, "resolver.arpa. RESINFO qnamemin\ndns.example. RESINFO qnamemin\nother.example. RESINFO qnamemin\n")
	f := newFrontage(t, newNode(t, nil, up.addr))
	f.settings.Identity.Discovery.Name = house
	g := func(name, want string) {
		t.Helper()
		if got := f.told(f.ask(pupil, name, dns.TypeRESINFO)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	f.use()
	const errors = `"exterr=0-3,5-19,21-23"`
	g("resolver.arpa", "aa "+errors)
	g("DNS.example", "aa "+errors)
	g("_dns.dns.example", "aa NODATA")
	g("other.example", `"qnamemin"`) // another server's
	f.settings.Identity.Discovery.InfoURL = "https://dns.example/help"
	f.use()
	g("resolver.arpa", "aa "+errors+` "infourl=https://dns.example/help"`)
	f.settings.Identity.Discovery.Name = ""
	f.use()
	g("resolver.arpa", "aa "+errors+` "infourl=https://dns.example/help"`)
	g("dns.example", `"qnamemin"`) // not ours
}

// Without an encrypted door or a name to reach it by there is nothing to tell.
func TestWithoutEncryptedDoorsNothingIsDesignated(t *testing.T) {
	up := newSource(t, "_dns.resolver.arpa. SVCB 1 evil.example. alpn=h2\n")
	n := newNode(t, nil, up.addr)
	f := func() {
		t.Helper()
		m := n.ask(pupil, "_dns.resolver.arpa", dns.TypeSVCB)
		if tell(m) != "NODATA" || !m.Authoritative || len(m.Ns) != 1 || up.asked.Load() != 0 {
			t.Errorf("%v, %d asked upstream", m, up.asked.Load())
		}
	}
	f()
	n.settings.Identity.Discovery.Name = house
	n.use()
	f()
	front := newFrontage(t, n, listen.DoT) // which closes its door
	if got := front.told(n.ask(pupil, "_dns.resolver.arpa", dns.TypeSVCB)); !strings.Contains(got, "dot") {
		t.Errorf("a door that was opened is not told: %s", got)
	}
	n.listen(listen.At(listen.Plain, anyPort)...)
	f()
}
