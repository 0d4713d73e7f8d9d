package test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// Rules that say what to answer are carried out for a feed that may, and of one that
// may not those are that only block.
func TestAListAnswersIfItMay(t *testing.T) {
	up := startStandIn(t)
	const list = `||a.example^$dnsrewrite=192.0.2.9
||a.example^$dnsrewrite=NOERROR;TXT;hello
@@||ok.a.example^$dnsrewrite
||b.example^$dnsrewrite=REFUSED
||c.example^$dnsrewrite=other.example
||d.example^
||m.example^$dnsrewrite=NOERROR;MX;32 mail.example
192.0.2.10 h.example
`
	f := func(p *process, name string, qtype uint16, rcode int, want string) {
		t.Helper()
		m := p.exchange("udp", new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype))
		var got []string
		for _, rr := range m.Answer {
			got = append(got, dns.TypeToString[rr.Header().Rrtype]+" "+strings.TrimPrefix(rr.String(), rr.Header().String()))
		}
		if text := strings.Join(got, ", "); m.Rcode != rcode || text != want {
			t.Errorf("%s %s: %s %q, want %s %q", name, dns.TypeToString[qtype], dns.RcodeToString[m.Rcode], text, dns.RcodeToString[rcode], want)
		}
	}
	serve := func(may string) *process {
		p := newProcess(t, "feeds: [{name: l, url: l.txt, category: malware, format: adblock"+may+"}]\n",
			"units: [{id: a, networks: [127.0.0.0/8], block: [malware]}]\n", up.addr)
		p.write("l.txt", list)
		p.start()
		return p
	}
	p := serve(", rewrites: true")
	f(p, "a.example", dns.TypeA, dns.RcodeSuccess, "A 192.0.2.9")
	f(p, "www.a.example", dns.TypeTXT, dns.RcodeSuccess, `TXT "hello"`)
	f(p, "a.example", dns.TypeAAAA, dns.RcodeSuccess, "")
	f(p, "ok.a.example", dns.TypeA, dns.RcodeSuccess, "A "+answered)
	f(p, "b.example", dns.TypeA, dns.RcodeRefused, "")
	f(p, "c.example", dns.TypeA, dns.RcodeSuccess, "CNAME other.example., A "+answered)
	f(p, "d.example", dns.TypeA, dns.RcodeNameError, "")
	f(p, "m.example", dns.TypeMX, dns.RcodeSuccess, "MX 32 mail.example.")
	f(p, "h.example", dns.TypeA, dns.RcodeSuccess, "A 192.0.2.10")
	p.stop()

	p = serve("")
	for _, name := range []string{"a.example", "c.example", "m.example", "h.example"} {
		f(p, name, dns.TypeA, dns.RcodeSuccess, "A "+answered)
	}
	f(p, "b.example", dns.TypeA, dns.RcodeNameError, "")
	f(p, "d.example", dns.TypeA, dns.RcodeNameError, "")
}
