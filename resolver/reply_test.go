package resolver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/listen"
)

// Every kind of reply, for types with and without addresses.
func TestKindsOfBlockedReplies(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	types := []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeMX, dns.TypeHTTPS}
	f := func(kind string, want ...string) {
		t.Helper()
		n.load(strings.Replace(standing, "reply: nxdomain", "reply: "+kind, 1))
		n.use()
		for i, qtype := range types {
			m := n.ask(pupil, "bet.example", qtype, func(m *dns.Msg) { m.AuthenticatedData = true })
			if got := tell(m); got != want[i] {
				t.Errorf("%s, %s: %q, want %q", kind, dns.TypeToString[qtype], got, want[i])
			}
			if ede(m) != 17 || m.AuthenticatedData || !m.RecursionAvailable {
				t.Errorf("%s, %s: EDE %d, flags %v", kind, dns.TypeToString[qtype], ede(m), m.MsgHdr)
			}
			mustBeCacheableFor(t, m, 60)
		}
	}
	f("nxdomain", "NXDOMAIN", "NXDOMAIN", "NXDOMAIN", "NXDOMAIN")
	f("nodata", "NODATA", "NODATA", "NODATA", "NODATA")
	f("refused", "REFUSED", "REFUSED", "REFUSED", "REFUSED")
	f("null", "0.0.0.0", "::", "NODATA", "NODATA")
	f("page", "0.0.0.0", "::", "NODATA", "NODATA") // no page is set up
	n.settings.Replies.PageV4 = netip.MustParseAddr("192.0.2.200")
	f("page", "192.0.2.200", "NODATA", "NODATA", "NODATA")
	n.settings.Replies.PageV6 = netip.MustParseAddr("2001:db8::200")
	f("page", "192.0.2.200", "2001:db8::200", "NODATA", "NODATA")
}

// mustBeCacheableFor claims that the answer's record, or the SOA record that
// lets a negative one be kept, says so many seconds. REFUSED has neither.
func mustBeCacheableFor(t *testing.T, m *dns.Msg, seconds uint32) {
	t.Helper()
	switch {
	case m.Rcode == dns.RcodeRefused:
		if len(m.Ns) != 0 {
			t.Errorf("REFUSED with authority %v", m.Ns)
		}
	case len(m.Answer) > 0:
		if m.Answer[0].Header().Ttl != seconds {
			t.Errorf("TTL of %v, want %d", m.Answer[0], seconds)
		}
	default:
		soa, ok := m.Ns[0].(*dns.SOA)
		if !ok || soa.Hdr.Ttl != seconds || soa.Minttl != seconds {
			t.Errorf("authority %v, want an SOA record of %d s", m.Ns, seconds)
		}
	}
}

// Safe search follows A, AAAA and HTTPS: where the vendor keeps addresses with
// those, elsewhere by asking for the safe name.
func TestSafeSearchAsksForTheSafeName(t *testing.T) {
	up := newSource(t, `
restrict.youtube.com. 90 A 192.0.2.50
restrict.youtube.com. 90 AAAA 2001:db8::50
safe.duckduckgo.com. 90 A 192.0.2.51
www.youtube.com. A 192.0.2.99
www.youtube.com. HTTPS 1 . ipv4hint=192.0.2.99
duckduckgo.com. A 192.0.2.99
duckduckgo.com. TXT "original"
`)
	n := newNode(t, nil, up.addr)
	f := func(from, name string, qtype uint16, want string) {
		t.Helper()
		for range 2 { // from the upstream, then from the cache
			if got := tell(n.ask(from, name, qtype)); got != want {
				t.Errorf("%s asks %s %s: %q, want %q", from, name, dns.TypeToString[qtype], got, want)
			}
		}
	}
	f(pupil, "duckduckgo.com", dns.TypeA, "safe.duckduckgo.com. 192.0.2.51")
	f(pupil, "DuckDuckGo.com", dns.TypeHTTPS, "NODATA")
	f(pupil, "duckduckgo.com", dns.TypeTXT, "NODATA")
	f(teacher, "duckduckgo.com", dns.TypeA, "192.0.2.99")
	f(teacher, "duckduckgo.com", dns.TypeTXT, `"original"`)
	f(teacher, "www.youtube.com", dns.TypeA, "192.0.2.99")
	f(pupil, "www.youtube.com", dns.TypeA, "restrict.youtube.com. 216.239.38.120")
	f(pupil, "www.youtube.com", dns.TypeAAAA, "restrict.youtube.com. 2001:4860:4802:32::78")
	f(pupil, "www.youtube.com", dns.TypeHTTPS, "NODATA")
	up.answer(func(q *dns.Msg) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure) })
	if m := n.ask(pupil, "www.duckduckgo.com", dns.TypeAAAA); len(m.Answer) > 0 || m.Rcode != dns.RcodeServerFailure {
		t.Errorf("without upstream: %v", m)
	}
}

const policyZone = `$TTL 60
$ORIGIN rpz.test.
@ SOA a. b. 1 2 3 4 5
nx.example        CNAME .
nodata.example    CNAME *.
drop.example      CNAME rpz-drop.
tcp.example       CNAME rpz-tcp-only.
garden.example    A 192.0.2.80
garden.example    AAAA 2001:db8::80
garden.example    MX 10 mail.test.
led.example       CNAME lesson.example.
32.66.2.0.192.rpz-ip CNAME rpz-tcp-only.
32.67.2.0.192.rpz-ip CNAME *.
`

func TestZonesGiveTheirOwnAnswers(t *testing.T) {
	up := newSource(t, lesson+`
tcp.example. A 192.0.2.70
drop.example. A 192.0.2.71
sixtysix.example. A 192.0.2.66
sixtyseven.example. A 192.0.2.67
both.example. A 192.0.2.66
both.example. A 192.0.2.67
`)
	n := newNode(t, map[string]string{"malware": policyZone}, up.addr)
	f := func(network, name string, qtype uint16, want string) {
		t.Helper()
		for range 2 { // from the upstream, then from the cache
			m, err := n.exchange(network, pupil, new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype))
			if err != nil {
				t.Fatalf("%s over %s: %v", name, network, err)
			}
			got := tell(m)
			if m.Truncated {
				got = "TC"
			}
			if got != want {
				t.Errorf("%s %s over %s: %q, want %q", name, dns.TypeToString[qtype], network, got, want)
			}
		}
	}
	f("udp", "nx.example", dns.TypeA, "NXDOMAIN")
	f("udp", "nodata.example", dns.TypeA, "NODATA")
	f("udp", "garden.example", dns.TypeA, "192.0.2.80")
	f("udp", "garden.example", dns.TypeAAAA, "2001:db8::80")
	f("udp", "garden.example", dns.TypeMX, "10 mail.test.")
	f("udp", "garden.example", dns.TypeTXT, "NODATA")
	f("udp", "led.example", dns.TypeA, "lesson.example. 192.0.2.10")
	f("udp", "tcp.example", dns.TypeA, "TC")
	f("tcp", "tcp.example", dns.TypeA, "192.0.2.70")
	f("udp", "sixtysix.example", dns.TypeA, "TC")
	f("tcp", "sixtysix.example", dns.TypeA, "192.0.2.66")
	f("tcp", "sixtyseven.example", dns.TypeA, "NODATA")
	f("tcp", "both.example", dns.TypeA, "NODATA") // to come over TCP lifts one of two
	f("udp", "lesson.example", dns.TypeA, "192.0.2.10")
}

// A zone is authored policy: it may name private addresses, local names and top-level
// ones, and lead elsewhere, for every type.
func TestZonesMayNameWhatListsMayNot(t *testing.T) {
	up := newSource(t, lesson+`
walled.example. A 192.0.2.80
walled.example. TXT "walled"
garden.walled.example. A 192.0.2.81
a.wild.example.garden.example. A 192.0.2.82
chained.example. CNAME mid.example.
mid.example. CNAME nx.example.
nx.example. A 192.0.2.83
to-data.example. CNAME data.example.
data.example. A 192.0.2.84
inside.example. A 10.1.2.3
inside6.example. AAAA fd00::1
deep-inside.example. CNAME inside.example.
x.zip. A 192.0.2.85
led.example. A 192.0.2.86
`)
	n := newNode(t, map[string]string{"malware": `$TTL 60
$ORIGIN rpz.test.
@ SOA a. b. 1 2 3 4 5
nx.example        CNAME .
data.example      A 192.0.2.90
data.example      TXT "data"
led.example       CNAME walled.example.
*.wild.example    CNAME *.garden.example.
router            A 192.0.2.91
nas.local         A 192.0.2.92
*.zip             CNAME .
wpad              TXT "wpad"
8.0.0.0.10.rpz-ip CNAME .
8.zz.fd00.rpz-ip  CNAME *.
`}, up.addr)
	f := func(name string, qtype uint16, want string) {
		t.Helper()
		for range 2 { // from the upstream, then from the cache
			m := n.ask(pupil, name, qtype)
			got := dns.RcodeToString[m.Rcode]
			for _, rr := range m.Answer {
				got += " " + rr.Header().Name + strings.TrimPrefix(rr.String(), rr.Header().String())
			}
			if got != want {
				t.Errorf("%s %s: %q, want %q", name, dns.TypeToString[qtype], got, want)
			}
		}
	}
	f("router", dns.TypeA, "NOERROR router.192.0.2.91")
	f("nas.local", dns.TypeA, "NOERROR nas.local.192.0.2.92")
	f("x.zip", dns.TypeA, "NXDOMAIN")
	f("wpad", dns.TypeTXT, `NOERROR wpad."wpad"`)
	f("wpad", dns.TypeA, "NOERROR")
	f("inside.example", dns.TypeA, "NXDOMAIN")
	f("inside6.example", dns.TypeAAAA, "NOERROR")
	f("deep-inside.example", dns.TypeA, "NXDOMAIN deep-inside.example.inside.example.")
	f("led.example", dns.TypeA, "NOERROR led.example.walled.example. walled.example.192.0.2.80")
	f("led.example", dns.TypeTXT, `NOERROR led.example.walled.example. walled.example."walled"`)
	f("led.example", dns.TypeCNAME, "NOERROR led.example.walled.example.")
	f("led.example", dns.TypeMX, "NOERROR led.example.walled.example.")
	f("a.wild.example", dns.TypeA, "NOERROR a.wild.example.a.wild.example.garden.example. a.wild.example.garden.example.192.0.2.82")
	f("a.wild.example", dns.TypeCNAME, "NOERROR a.wild.example.a.wild.example.garden.example.")
	f(strings.Repeat("long.", 46)+"wild.example", dns.TypeA, "YXDOMAIN")
	f(strings.Repeat("long.", 46)+"wild.example", dns.TypeTXT, "YXDOMAIN")
	f("chained.example", dns.TypeA, "NXDOMAIN chained.example.mid.example. mid.example.nx.example.")
	f("chained.example", dns.TypeCNAME, "NOERROR chained.example.mid.example. mid.example.nx.example.")
	f("to-data.example", dns.TypeA, "NOERROR to-data.example.data.example. data.example.192.0.2.90")
	f("to-data.example", dns.TypeTXT, `NOERROR to-data.example.data.example. data.example."data"`)
	f("to-data.example", dns.TypeMX, "NOERROR to-data.example.data.example.")
}

// TestZonesAndClientsAndTheCache: what a zone says of a client holds for answers that
// others had put into the cache, and only for that client.
func TestZonesAndClientsAndTheCache(t *testing.T) {
	up := newSource(t, lesson+"at66.example. A 192.0.2.66\nto-nx.example. CNAME nx.example.\nnx.example. A 192.0.2.71\n")
	n := newNode(t, map[string]string{"malware": `$TTL 60
$ORIGIN rpz.test.
@ SOA a. b. 1 2 3 4 5
nx.example        CNAME .
32.66.2.0.192.rpz-ip CNAME .
32.5.0.1.127.rpz-client-ip CNAME rpz-passthru.
32.6.0.1.127.rpz-client-ip CNAME .
32.7.0.1.127.rpz-client-ip A 192.0.2.99
`}, up.addr)
	const free, shut, led = "127.1.0.5", "127.1.0.6", "127.1.0.7"
	for range 3 {
		n.wants(pupil, "at66.example", "NXDOMAIN")
		n.wants(free, "at66.example", "192.0.2.66")
		n.wants(shut, "at66.example", "NXDOMAIN")
		n.wants(led, "at66.example", "192.0.2.99")
		n.wants(free, "to-nx.example", "nx.example. 192.0.2.71")
		n.wants(pupil, "to-nx.example", "nx.example.")
		n.wants(free, "nx.example", "192.0.2.71")
		n.wants(pupil, "nx.example", "NXDOMAIN")
		n.wants(shut, "lesson.example", "NXDOMAIN")
		n.wants(pupil, "lesson.example", "192.0.2.10")
	}
}

// What a zone drops gets no answer; the next question on the same stream does.
func TestDroppedQuestionsHoldNothingUp(t *testing.T) {
	n := newNode(t, map[string]string{"malware": policyZone}, newSource(t, lesson).addr)
	conn := n.stream(pupil)
	for range 200 { // more than may be under way on one stream
		conn.send("drop.example.")
	}
	want := conn.send("lesson.example.")
	if m := conn.receive(); m.Id != want || tell(m) != "192.0.2.10" {
		t.Errorf("%v", m)
	}
}

// Over HTTPS and QUIC a dropped question is over at once, without an answer: its stream
// takes no room, and nobody waits for it.
func TestADroppedQuestionEndsItsStream(t *testing.T) {
	n := newNode(t, map[string]string{"malware": policyZone}, newSource(t, lesson).addr)
	f := newFrontage(t, n, listen.DoH, listen.DoQ)
	packed, err := new(dns.Msg).SetQuestion("drop.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"1.1", "2", "3"} {
		client, end := f.browser(t, version, asPupil)
		for range 40 { // more than may be under way on a connection
			reply, err := client.Post(f.base(asPupil), "application/dns-message", bytes.NewReader(packed))
			if err != nil {
				if errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "timeout") {
					t.Fatalf("HTTP/%s: %v", version, err)
				}
				continue // the connection or the stream was ended
			}
			body, _ := io.ReadAll(reply.Body)
			reply.Body.Close()
			if m := new(dns.Msg); reply.StatusCode == http.StatusOK && m.Unpack(body) == nil {
				t.Fatalf("HTTP/%s: a question that is dropped is answered: %v", version, m)
			}
		}
		end()
	}
}

func TestOnlyThoseWhoMayNotify(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	f := func(what, zone, want string) {
		t.Helper()
		m := new(dns.Msg).SetNotify(zone)
		r, err := n.exchange("udp", pupil, m)
		if err != nil || dns.RcodeToString[r.Rcode] != want || r.Opcode != dns.OpcodeNotify {
			t.Errorf("%s: %v, %v; want %s", what, r, err, want)
		}
	}
	f("without zones", "rpz.test.", "REFUSED")
	n.settings.Notify = func(zone *domain.Name, from netip.Addr) bool {
		return zone.String() == "rpz.test" && from == netip.MustParseAddr(pupil)
	}
	n.use()
	f("the zone of a feed", "RPZ.test.", "NOERROR")
	f("another zone", "other.test.", "REFUSED")
}

func TestWhoIsNotServedHearsWhy(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	f := func(what, from, want string, code int) {
		t.Helper()
		m := n.ask(from, "lesson.example", dns.TypeA)
		if got := tell(m); got != want || ede(m) != code {
			t.Errorf("%s: %q EDE %d, want %q EDE %d", what, got, ede(m), want, code)
		}
	}
	const stranger = "127.3.0.1"
	f("a stranger", stranger, "192.0.2.10", -1)
	n.settings.Clients.RefuseUnknown = true
	n.use()
	f("a stranger, by setting", stranger, "REFUSED", 18)
	f("a pupil then", pupil, "192.0.2.10", -1)
	n.settings.Closed = true
	n.use()
	f("a pupil, without the lists that must be there", pupil, "REFUSED", 14)
}

// AD of an upstream is passed on only where its word is trusted.
func TestAuthenticData(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson+"other.example. A 192.0.2.11\n").addr)
	do := func(m *dns.Msg) { m.IsEdns0().SetDo() }
	if n.ask(pupil, "lesson.example", dns.TypeA, do).AuthenticatedData {
		t.Error("AD is passed on")
	}
	n.settings.TrustAD = true
	n.use()
	for i := range 2 {
		if !n.ask(pupil, "other.example", dns.TypeA, do).AuthenticatedData {
			t.Error(fmt.Sprint("AD of a trusted upstream is lost, question ", i))
		}
	}
	if !n.ask(pupil, "lesson.example", dns.TypeA, do).AuthenticatedData {
		t.Error("AD is still that of the settings before")
	}
}

// An answer that nobody who is trusted has validated does not serve where that is
// required, also if it was kept before.
func TestAnswersThatWereNotValidatedAreRefusedWhereThatIsRequired(t *testing.T) {
	source := newSource(t, lesson+"other.example. A 192.0.2.11\n")
	n := newNode(t, nil, source.addr)
	for _, name := range []string{"lesson.example", "none.example"} {
		n.ask(pupil, name, dns.TypeA)
	}
	n.settings.RequireAD = true // and AD is not passed on
	n.use()
	for _, name := range []string{"lesson.example", "other.example", "none.example"} {
		if m := n.ask(pupil, name, dns.TypeA); m.Rcode != dns.RcodeServerFailure || ede(m) != 5 || len(m.Answer) > 0 {
			t.Errorf("%s: %s EDE %d", name, tell(m), ede(m))
		}
	}
	n.settings.TrustAD = true
	n.use()
	if m := n.ask(pupil, "other.example", dns.TypeA); m.Rcode != dns.RcodeSuccess {
		t.Errorf("validated: %s EDE %d", tell(m), ede(m))
	}
}
