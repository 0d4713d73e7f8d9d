package test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// engines are names of search engines that have a safe face. The secret
// addresses are their own ones.
var engines = []string{
	"www.google.com", "google.com", "www.google.com.vn", "www.youtube.com", "m.youtube.com", "duckduckgo.com", "start.duckduckgo.com", "www.bing.com",
}

// startSearch is a server whose upstream knows the safe faces that are looked
// up, and tells the own addresses beside them.
func startSearch(t *testing.T) (*process, *teller) {
	t.Helper()
	p, up := startAdversary(t, "")
	for safe, engine := range map[string]string{"safe.duckduckgo.com": "duckduckgo.com", "strict.bing.com": "www.bing.com"} {
		glue := engine + ". A " + secret4 + "\n" + engine + ". AAAA " + secret6
		up.tell(t, safe, "@ A "+harmless+"\n@ AAAA 2001:db8::80\n", "", glue)
	}
	return p, up
}

func TestNoQuestionForASearchEngineTellsItsOwnAddress(t *testing.T) {
	p, up := startSearch(t)
	over := map[string]*asker{"udp": p.asker("udp", thePupil), "tcp": p.asker("tcp", thePupil)}
	f := func(name string, qtype uint16, change ...func(*dns.Msg)) {
		t.Helper()
		for network, a := range over {
			keeps(t, fmt.Sprintf("%s %s over %s", name, dns.Type(qtype), network), a.ask(asking(name, qtype, change...)))
		}
	}
	for _, name := range engines {
		for qtype := uint16(1); qtype <= 270; qtype++ {
			f(name, qtype)
		}
		for _, spelling := range spellingsOf(name) {
			f(spelling, dns.TypeA)
			f(spelling, dns.TypeAAAA)
			f(spelling, dns.TypeHTTPS)
		}
		for _, change := range changesOfEDNS() {
			f(name, dns.TypeA, change)
		}
		if n := up.times(name); n > 0 {
			t.Errorf("the upstream was asked for %s %d times", name, n)
		}
		var m dns.Msg
		if err := m.Unpack(over["udp"].ask(asking(name, dns.TypeA))); err != nil || len(m.Answer) != 2 {
			t.Errorf("%s has no safe face: %v\n%s", name, err, &m)
		}
	}
}

func TestNoAliasLeadsToASearchEngineItself(t *testing.T) {
	p, up := startSearch(t)
	tricks := 0
	f := func(what string, qtype uint16, answer, authority, additional string) {
		t.Helper()
		tricks++
		name := fmt.Sprintf("n%d.alias.example", tricks)
		up.tell(t, name, answer, authority, additional)
		p.tricked(up, what, name, qtype)
	}
	for _, engine := range engines {
		own := engine + ". A " + secret4 + "\n" + engine + ". AAAA " + secret6 + "\n"
		f("an alias", dns.TypeA, "@ CNAME "+engine+".\n"+own, "", "")
		f("an alias of AAAA", dns.TypeAAAA, "@ CNAME "+engine+".\n"+own, "", "")
		f("a chain", dns.TypeA, "@ CNAME a.example.\na.example. CNAME "+engine+".\n"+engine+". CNAME edge.example.\nedge.example. A "+secret4, "", "")
		f("a tree of aliases", dns.TypeA, "alias.example. DNAME "+engine+".\n"+own, "", "")
		f("a service", dns.TypeHTTPS, "@ HTTPS 1 "+engine+". ipv4hint="+secret4+" ipv6hint="+secret6, "", own)
		f("an address beside the answer", dns.TypeA, "@ A "+harmless+"\n"+own, "", "")
		f("an address in the authority section", dns.TypeA, "@ A "+harmless, own, "")
		f("glue", dns.TypeMX, "@ MX 1 "+engine+".", "", own)
	}
}

// Software that asks whether it may go around the resolver, or for an encrypted
// one, is told nothing of the upstream's.
func TestNoUpstreamAnswersForWaysAround(t *testing.T) {
	p, up := startAdversary(t, "")
	a := p.asker("udp", thePupil)
	for _, name := range []string{"_dns.resolver.arpa", "resolver.arpa", "x._dns.resolver.arpa", "use-application-dns.net", "mask.icloud.com"} {
		for qtype := uint16(1); qtype <= 270; qtype++ {
			for _, spelling := range spellingsOf(name) {
				keeps(t, spelling+" "+dns.Type(qtype).String(), a.ask(asking(spelling, qtype)))
			}
		}
	}
	if names := up.betrayed(); len(names) > 0 {
		t.Errorf("the upstream was asked for %q", names)
	}
}
