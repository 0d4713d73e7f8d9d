package test

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
)

// peerZone has each kind of trigger and action of response policy zones
// (draft-vixie-dnsop-dns-rpz, and the manuals of BIND and Unbound).
const peerZone = `$TTL 60
@ SOA ns.example. nobody.example. 1 3600 600 604800 60
@ NS ns.example.
nx.example CNAME .
*.nx.example CNAME .
pass.nx.example CNAME rpz-passthru.
apex.example CNAME .
*.below.example CNAME .
nodata.example CNAME *.
*.nodata.example CNAME *.
tcp.example CNAME rpz-tcp-only.
drop.example CNAME rpz-drop.
local.example A 192.0.2.1
local.example A 192.0.2.2
local.example TXT "walled in"
six.example AAAA 2001:db8::1
*.wild.example A 192.0.2.3
exact.wild.example CNAME .
*.deep.wild.example A 192.0.2.4
moved.example CNAME walled.example.
*.garden.example CNAME *.walled.example.
32.7.113.0.203.rpz-ip CNAME .
24.0.100.51.198.rpz-ip CNAME *.
32.9.100.51.198.rpz-ip CNAME rpz-passthru.
32.1.2.168.192.rpz-ip A 192.0.2.5
128.7.zz.db8.2001.rpz-ip CNAME .
`

// peerNames is what the upstream knows; of all other names it says that they do not exist.
var peerNames = map[string][]string{
	"www.example.":                       {"A 192.0.2.80", "AAAA 2001:db8::80", "TXT \"open\""},
	"pass.nx.example.":                   {"A 192.0.2.81"},
	"www.apex.example.":                  {"A 192.0.2.82"},
	"below.example.":                     {"A 192.0.2.83"},
	"tcp.example.":                       {"A 192.0.2.84"},
	"walled.example.":                    {"A 192.0.2.85"},
	"a.garden.example.walled.example.":   {"A 192.0.2.86"},
	"a.b.garden.example.walled.example.": {"A 192.0.2.87"},
	"ip.example.":                        {"A 203.0.113.7"},
	"ips.example.":                       {"A 203.0.113.8", "A 203.0.113.7"},
	"net.example.":                       {"A 198.51.100.20"},
	"netpass.example.":                   {"A 198.51.100.9"},
	"ipdata.example.":                    {"A 192.168.2.1"},
	"ipsix.example.":                     {"AAAA 2001:db8::7", "A 192.0.2.88"},
	"alias-nx.example.":                  {"CNAME nx.example."},
	"alias-local.example.":               {"CNAME local.example."},
	"alias-ip.example.":                  {"CNAME ip.example."},
	"alias-open.example.":                {"CNAME www.example."},
	"alias-two.example.":                 {"CNAME alias-local.example."},
	"alias-nodata.example.":              {"CNAME nodata.example."},
	"alias-pass.example.":                {"CNAME pass.nx.example."},
	"local.example.":                     {"A 203.0.113.99", "MX 1 mail.example."},
	"nx.example.":                        {"A 203.0.113.98"},
	"nodata.example.":                    {"A 203.0.113.97"},
	"moved.example.":                     {"A 203.0.113.96"},
	"a.wild.example.":                    {"A 203.0.113.95"},
}

// peerUpstream answers peerNames, with the aliases that lead on.
func peerUpstream(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := net.Listen("tcp", listener.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	answer := func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		name, qtype := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
		for range 8 {
			texts, known := peerNames[name]
			if !known {
				m.Rcode = dns.RcodeNameError
			}
			next := ""
			for _, text := range texts {
				rr, err := dns.NewRR(name + " 60 " + text)
				if err != nil {
					panic(err)
				}
				alias, isAlias := rr.(*dns.CNAME)
				if rr.Header().Rrtype == qtype || isAlias {
					m.Answer = append(m.Answer, rr)
				}
				if isAlias && qtype != dns.TypeCNAME {
					next = alias.Target
				}
			}
			if name = next; name == "" {
				break
			}
		}
		if len(m.Answer) > 0 && strings.EqualFold(m.Answer[0].Header().Name, q.Question[0].Name) {
			m.Answer[0].Header().Name = q.Question[0].Name
		}
		soa, _ := dns.NewRR("example. 60 SOA ns.example. nobody.example. 1 1 1 1 1")
		m.Ns = append(m.Ns, soa)
		_ = w.WriteMsg(m) // the client is gone
	}
	for _, s := range []*dns.Server{
		{PacketConn: listener, Handler: dns.HandlerFunc(answer)}, {Listener: stream, Handler: dns.HandlerFunc(answer)},
	} {
		ready, done := make(chan struct{}), make(chan error, 1)
		s.NotifyStartedFunc = func() { close(ready) }
		go func() { done <- s.ActivateAndServe() }()
		<-ready
		t.Cleanup(func() { _ = s.Shutdown(); <-done })
	}
	return netip.MustParseAddrPort(listener.LocalAddr().String())
}

// peerAnswer is what a server answers, in a form that can be compared: without TTLs, and
// with the records of one name and type in an order of their own.
func peerAnswer(server, name string, qtype uint16) string {
	q := new(dns.Msg).SetQuestion(name, qtype)
	m, _, err := (&dns.Client{Timeout: oneReply / 2}).Exchange(q, server)
	switch {
	case err != nil:
		return "no answer"
	case m.Truncated:
		return "truncated"
	}
	var records []string
	for _, rr := range m.Answer {
		rr.Header().Ttl = 0
		records = append(records, strings.ToLower(strings.Join(strings.Fields(rr.String()), " ")))
	}
	slices.Sort(records)
	return dns.RcodeToString[m.Rcode] + " " + strings.Join(records, ", ")
}

// TestPolicyZonesAreReadAsPeersReadThem asks the same of BIND, of Unbound and of the
// program, each with the same zone and upstream. Where those two agree, so has the
// program to; where they differ, it has to do what one of them does.
func TestPolicyZonesAreReadAsPeersReadThem(t *testing.T) {
	up := peerUpstream(t)
	named := testserver.StartNamedPolicy(t, "rpz.example", peerZone, up)
	unbound := testserver.StartUnboundPolicy(t, "rpz.example", peerZone, up)
	p := newProcess(t, "server: {rebind_protection: false}\n", zonePolicy, up.String())
	p.write("zone.rpz", peerZone)
	p.write("lachan.yaml", fmt.Sprintf(`state_dir: state
server: {listen: ["127.0.0.1:0"], rebind_protection: false}
http: {listen: "127.0.0.1:0"}
upstream: {servers: [%q], timeout: 1s}
policy: policy.yaml
feeds: [{name: zone, url: zone.rpz, format: rpz, category: gambling}]
`, up))
	p.start()
	p.until("the zone is in force", func() bool { return blocked(p.ask("nx.example")) })
	names := []string{"x.nx.example.", "x.y.nodata.example.", "x.below.example.", "exact.wild.example.", "x.deep.wild.example.", "deep.wild.example.",
		"a.garden.example.", "a.b.garden.example.", "garden.example.", "apex.example.", "six.example.", "unknown.example.", "drop.example."}
	for name := range peerNames {
		names = append(names, name)
	}
	slices.Sort(names)
	// A wildcard covers what is below a name with an entry of its own too: with the others
	// that name ends it (RFC 4592 section 2.2.1). docs/formats.md says so.
	if got := peerAnswer(p.dns, "x.exact.wild.example.", dns.TypeA); !strings.HasSuffix(got, "in a 192.0.2.3") {
		t.Errorf("below a name that has an entry, the wildcard above gives %s", got)
	}
	compared, differing := 0, 0
	for _, name := range names {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeCNAME, dns.TypeMX} {
			if name == "drop.example." && qtype != dns.TypeA {
				continue // each takes the time of a query that is not answered
			}
			ours := peerAnswer(p.dns, name, qtype)
			theirs := [2]string{peerAnswer(named.Addr.String(), name, qtype), peerAnswer(unbound.Addr.String(), name, qtype)}
			compared++
			if theirs[0] != theirs[1] {
				differing++
			}
			if ours != theirs[0] && ours != theirs[1] {
				t.Errorf("%s %s:\n  lachan  %s\n  named   %s\n  unbound %s", name, dns.TypeToString[qtype], ours, theirs[0], theirs[1])
			}
		}
	}
	t.Logf("%d questions, of which the two others answer %d differently", compared, differing)
}
