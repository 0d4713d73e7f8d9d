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
32.9.0.0.127.rpz-client-ip CNAME .
32.10.0.0.127.rpz-client-ip CNAME rpz-passthru.
32.11.0.0.127.rpz-client-ip A 192.0.2.6
32.12.0.0.127.rpz-client-ip CNAME *.
28.16.0.0.127.rpz-client-ip CNAME rpz-tcp-only.
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
	listener, stream := listenBoth(t)
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

// peerAnswer is what a server answers a client at an address, in a form that can be
// compared: without TTLs, and with the records of one name and type in an order of
// their own.
func peerAnswer(server, client, name string, qtype uint16) string {
	q := new(dns.Msg).SetQuestion(name, qtype)
	dialer := &net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(client)}, Timeout: oneReply / 2}
	m, _, err := (&dns.Client{Timeout: oneReply / 2, Dialer: dialer}).Exchange(q, server)
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

// A zonePeer is another server that reads the same zone.
type zonePeer struct{ name, addr string }

// A zoneQuestion is asked of all of them.
type zoneQuestion struct {
	client, name string
	qtype        uint16
}

// zoneQuestions asks each name for each type, and as the clients that the zone names a
// few of them.
func zoneQuestions() (all []zoneQuestion) {
	const anybody = "127.0.0.1"
	names := []string{"x.nx.example.", "x.y.nodata.example.", "x.below.example.", "exact.wild.example.", "x.exact.wild.example.",
		"y.x.exact.wild.example.", "x.deep.wild.example.", "y.x.deep.wild.example.", "deep.wild.example.", "x.b.wild.example.",
		"a.garden.example.", "a.b.garden.example.", "garden.example.", "apex.example.", "six.example.", "unknown.example."}
	for name := range peerNames {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeCNAME, dns.TypeMX} {
			all = append(all, zoneQuestion{anybody, name, qtype})
		}
	}
	// Each of these takes the time of a query that is not answered.
	all = append(all, zoneQuestion{anybody, "drop.example.", dns.TypeA})
	for _, client := range []string{"127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.0.12", "127.0.0.17"} {
		for _, name := range []string{"www.example.", "nx.example.", "local.example.", "ip.example.", "alias-nx.example.", "unknown.example."} {
			for _, qtype := range []uint16{dns.TypeA, dns.TypeTXT} {
				all = append(all, zoneQuestion{client, name, qtype})
			}
		}
	}
	return all
}

// startZone starts the program with the zone of the peers and the same upstream.
func startZone(t *testing.T, up netip.AddrPort) *process {
	t.Helper()
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
	return p
}

// TestPolicyZonesAreReadAsPeersReadThem asks the same of BIND, of Unbound, of PowerDNS
// Recursor and of the program, each with the same zone and upstream. What two of them
// say the program has to say too; where each says something else, it has to do what
// one of them does.
func TestPolicyZonesAreReadAsPeersReadThem(t *testing.T) {
	up := peerUpstream(t)
	peers := []zonePeer{
		{"named", testserver.StartNamedPolicy(t, "rpz.example", peerZone, up).Addr.String()},
		{"unbound", testserver.StartUnboundPolicy(t, "rpz.example", peerZone, up).Addr.String()},
		{"recursor", testserver.StartRecursorPolicy(t, "rpz.example", peerZone, up).Addr.String()},
	}
	p := startZone(t, up)
	compared, differing, alone := 0, 0, map[string]int{}
	for _, q := range zoneQuestions() {
		compared++
		ours, said := peerAnswer(p.dns, q.client, q.name, q.qtype), map[string][]string{}
		text := fmt.Sprintf("%s asks %s %s:\n  lachan  %s", q.client, q.name, dns.TypeToString[q.qtype], ours)
		for _, peer := range peers {
			theirs := peerAnswer(peer.addr, q.client, q.name, q.qtype)
			said[theirs] = append(said[theirs], peer.name)
			text += fmt.Sprintf("\n  %-8s %s", peer.name, theirs)
		}
		if len(said) > 1 {
			differing++
		}
		for _, names := range said {
			if len(said) == 2 && len(names) == 1 {
				alone[names[0]]++
			}
		}
		if with := said[ours]; len(with) == 0 || len(said) == 2 && len(with) == 1 {
			t.Error(text)
		}
	}
	t.Logf("%d questions, of which the others answer %d differently, one of them alone: %v", compared, differing, alone)
}
