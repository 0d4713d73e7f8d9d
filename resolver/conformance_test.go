package resolver_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const lesson = "lesson.example. A 192.0.2.10\nlesson.example. AAAA 2001:db8::10\nlesson.example. MX 10 mail.example.\n"

var badLists = map[string]string{
	"gambling": "0.0.0.0 bet.example\n0.0.0.0 target.example\n",
	"malware":  "0.0.0.0 evil.example\n",
	"phishing": "0.0.0.0 phish.example\n",
}

func TestQuestionsGetWhatTheRFCsAskFor(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	f := func(what, want string, change func(*dns.Msg)) {
		t.Helper()
		asked := false
		m := n.ask(pupil, "lesson.example", dns.TypeA, change, func(m *dns.Msg) { asked = m.IsEdns0() != nil })
		got := dns.RcodeToString[m.Rcode]
		if replied := m.IsEdns0() != nil; replied != asked {
			t.Errorf("%s: OPT in the question %t, in the reply %t", what, asked, replied)
		}
		if len(m.Answer) > 0 {
			got += " " + tell(m)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	f("a plain question", "NOERROR 192.0.2.10", func(*dns.Msg) {})
	f("without EDNS", "NOERROR 192.0.2.10", func(m *dns.Msg) { m.Extra = nil })
	f("EDNS version 1", "BADSIG", func(m *dns.Msg) { m.IsEdns0().SetVersion(1) }) // 16, which EDNS calls BADVERS
	f("an option nobody knows", "NOERROR 192.0.2.10", func(m *dns.Msg) {
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_LOCAL{Code: 65000, Data: []byte{1, 2}})
	})
	f("without recursion desired", "NOERROR 192.0.2.10", func(m *dns.Msg) { m.RecursionDesired = false })
	f("opcode STATUS", "NOTIMP", func(m *dns.Msg) { m.Opcode = dns.OpcodeStatus })
	f("opcode STATUS without EDNS", "NOTIMP", func(m *dns.Msg) { m.Opcode, m.Extra = dns.OpcodeStatus, nil })
	f("an update", "REFUSED", func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate })
	f("a zone transfer", "REFUSED", func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAXFR })
	f("class HS", "REFUSED", func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassHESIOD })
	f("two questions", "FORMERR", func(m *dns.Msg) { m.Question, m.Extra = append(m.Question, m.Question[0]), nil })
	f("ANY", `NOERROR "RFC8482" ""`, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeANY })
	f("MX", "NOERROR 10 mail.example.", func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX })
	f("a type without data", "NOERROR", func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeTXT })
	f("a name that is not there", "NXDOMAIN", func(m *dns.Msg) { m.Question[0].Name = "none.example." })
	f("localhost", "NOERROR 127.0.0.1", func(m *dns.Msg) { m.Question[0].Name = "x.localhost." })
	f("version.bind", "REFUSED", func(m *dns.Msg) {
		m.Question[0] = dns.Question{Name: "version.bind.", Qtype: dns.TypeTXT, Qclass: dns.ClassCHAOS}
	})
	n.settings.Identity.Version = "shield 1"
	n.use()
	f("version.bind by setting", `NOERROR "shield 1"`, func(m *dns.Msg) {
		m.Question[0] = dns.Question{Name: "version.bind.", Qtype: dns.TypeTXT, Qclass: dns.ClassCHAOS}
	})
}

func TestTheReplyKeepsTheQuestionAndTheUpstreamSeesLittle(t *testing.T) {
	up := newSource(t, lesson)
	n := newNode(t, nil, up.addr)
	for range 2 { // from the upstream, then from the cache
		m := n.ask(pupil, "LeSSon.Example", dns.TypeA, func(m *dns.Msg) {
			m.CheckingDisabled = true
			m.IsEdns0().SetDo()
			m.IsEdns0().Option = []dns.EDNS0{
				&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: net.IPv4(192, 0, 2, 0)},
				&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0011223344556677"},
			}
		})
		if m.Question[0].Name != "LeSSon.Example." || m.Answer[0].Header().Name != "lesson.example." && m.Answer[0].Header().Name != "LeSSon.Example." {
			t.Errorf("names: %s, %s", m.Question[0].Name, m.Answer[0].Header().Name)
		}
		if !m.CheckingDisabled || !m.RecursionAvailable || m.AuthenticatedData || m.Authoritative || !m.IsEdns0().Do() {
			t.Errorf("flags: %v, OPT %v", m.MsgHdr, m.IsEdns0())
		}
	}
	sent := up.last.Load()
	if sent.Question[0].Name != "lesson.example." || !sent.CheckingDisabled || !sent.IsEdns0().Do() || len(sent.IsEdns0().Option) != 0 {
		t.Errorf("the upstream was asked: %v", sent)
	}
	if m := n.ask(pupil, "lesson.example", dns.TypeA, func(m *dns.Msg) { m.Extra = nil }); m.IsEdns0() != nil {
		t.Error("a question without EDNS got an OPT record")
	}
}

func TestBlockedRepliesHaveShapeReasonAndSOA(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson+"bet.example. A 192.0.2.66\n").addr)
	f := func(from, name string, qtype uint16, want string, code int) {
		t.Helper()
		m := n.ask(from, name, qtype)
		if got := tell(m); got != want || ede(m) != code {
			t.Errorf("%s asks %s %s: %q EDE %d, want %q EDE %d", from, name, dns.TypeToString[qtype], got, ede(m), want, code)
		}
		if m.AuthenticatedData {
			t.Errorf("%s: AD is set", name)
		}
		if len(m.Answer) == 0 && code > 0 {
			if soa, ok := m.Ns[0].(*dns.SOA); !ok || soa.Hdr.Ttl != 60 || soa.Minttl != 60 {
				t.Errorf("%s: authority %v, want an SOA record of 60 s", name, m.Ns)
			}
		}
	}
	f(pupil, "bet.example", dns.TypeA, "NXDOMAIN", 17)
	f(pupil, "x.bet.example", dns.TypeHTTPS, "NXDOMAIN", 17)
	f(pupil, "BET.example", dns.TypeANY, "NXDOMAIN", 17)
	f(teacher, "bet.example", dns.TypeA, "192.0.2.66", -1)
	f(pupil, "evil.example", dns.TypeA, "0.0.0.0", 17)
	f(pupil, "evil.example", dns.TypeAAAA, "::", 17)
	f(pupil, "evil.example", dns.TypeMX, "NODATA", 17)
	f(pupil, "own.example", dns.TypeA, "NXDOMAIN", 15)
	f(pupil, "phish.example", dns.TypeA, "NXDOMAIN", 15) // locked above: the school's allow is void
	f(pupil, "ok.bet.example", dns.TypeA, "NXDOMAIN", -1)
	f(pupil, "use-application-dns.net", dns.TypeA, "NXDOMAIN", 15)
	f(pupil, "www.google.com", dns.TypeA, "forcesafesearch.google.com. 216.239.38.120", -1)
	f(pupil, "www.google.com", dns.TypeHTTPS, "NODATA", -1)
	f(pupil, "_dns.resolver.arpa", dns.TypeSVCB, "NODATA", -1)
}

func TestLargeAnswersAreCutOverUDPAndWholeOverTCP(t *testing.T) {
	var zone strings.Builder
	for i := range 100 {
		fmt.Fprintf(&zone, "big.example. A 192.0.2.%d\n", i)
	}
	n := newNode(t, nil, newSource(t, zone.String()).addr)
	for _, size := range []uint16{512, 1232, 4096} {
		m := n.ask(pupil, "big.example", dns.TypeA, func(m *dns.Msg) { m.IsEdns0().SetUDPSize(size) })
		if !m.Truncated || len(m.Answer) != 0 || m.Len() > 1232 {
			t.Errorf("buffer of %d: truncated %v, %d answers", size, m.Truncated, len(m.Answer))
		}
	}
	m, err := n.exchange("tcp", pupil, new(dns.Msg).SetQuestion("big.example.", dns.TypeA))
	if err != nil || m.Truncated || len(m.Answer) != 100 {
		t.Errorf("over TCP: %v, %v", m, err)
	}
}

func TestJunkIsSurvivedAndResponsesAreNotAnswered(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	conn, err := net.Dial("udp", n.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	random := rand.New(rand.NewPCG(1, 2))
	good, err := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).SetEdns0(1232, true).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10_000 {
		junk := append([]byte(nil), good...)
		for range 1 + random.IntN(8) {
			junk[random.IntN(len(junk))] = byte(random.Uint32())
		}
		junk[2] |= 0x80 // a response: nothing may come back
		if i%2 == 0 {
			junk = junk[:random.IntN(12)]
		}
		if _, err := conn.Write(junk); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Write(good); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	size, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	var m dns.Msg
	if err := m.Unpack(buf[:size]); err != nil || tell(&m) != "192.0.2.10" {
		t.Errorf("first packet that came back: %v, %v; want the answer to the one question", &m, err)
	}
}
