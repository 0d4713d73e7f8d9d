package resolver_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/miekg/dns"
)

// strict is a policy with every kind of block.
const strict = `
profiles:
  hs: {block: [gambling], reply: nxdomain}
  thi: {default: deny}
units:
  - {id: tinh, kind: province, lock: [authority-order, phishing]}
  - {id: truong, parent: tinh, kind: school, profile: hs, networks: [127.1.0.0/16], block: [own.example],
     groups: [{id: thi, networks: [127.2.0.0/16], profile: thi}]}
`

// no compares how a question that gets no answer is refused: code and reason
// (RFC 8914).
func (n *node) no(what, from string, m *dns.Msg, rcode string, reason uint16) {
	n.t.Helper()
	r, err := n.exchange("udp", from, m)
	if err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
	if got, want := fmt.Sprint(dns.RcodeToString[r.Rcode], " ", ede(r)), fmt.Sprint(rcode, " ", reason); got != want {
		n.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func ask(name string, change ...func(*dns.Msg)) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, false)
	for _, f := range change {
		f(m)
	}
	return m
}

func TestEveryBlockSaysWhy(t *testing.T) {
	lists := map[string]string{
		"authority-order": "0.0.0.0 ordered.example", "phishing": "0.0.0.0 phish.example", "gambling": "0.0.0.0 bet.example",
	}
	n := newNode(t, lists, newSource(t, lesson+"home.example. A 192.168.1.1\nto-bet.example. CNAME bet.example.\n").addr)
	n.settings.Replies.RebindProtection = true
	n.load(strict)
	n.use()
	f := func(name, rcode string, reason uint16) {
		t.Helper()
		n.no(name, pupil, ask(name), rcode, reason)
	}
	f("own.example.", "NXDOMAIN", dns.ExtendedErrorCodeBlocked)
	f("phish.example.", "NXDOMAIN", dns.ExtendedErrorCodeBlocked)
	f("mask.icloud.com.", "NXDOMAIN", dns.ExtendedErrorCodeBlocked)
	f("ordered.example.", "NXDOMAIN", dns.ExtendedErrorCodeCensored)
	f("bet.example.", "NXDOMAIN", dns.ExtendedErrorCodeFiltered)
	f("to-bet.example.", "NXDOMAIN", dns.ExtendedErrorCodeFiltered)
	f("home.example.", "NOERROR", dns.ExtendedErrorCodeBlocked)
	n.no("a name that is not on the list of an exam", teacher, ask("lesson.example."), "NXDOMAIN", dns.ExtendedErrorCodeFiltered)
}

func TestEveryRefusalSaysWhy(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	f := func(what, rcode string, reason uint16, change ...func(*dns.Msg)) {
		t.Helper()
		n.no(what, pupil, ask("lesson.example.", change...), rcode, reason)
	}
	asks := func(qtype, class uint16, name string) func(*dns.Msg) {
		return func(m *dns.Msg) { m.Question[0] = dns.Question{Name: name, Qtype: qtype, Qclass: class} }
	}
	opcode := func(code int) func(*dns.Msg) { return func(m *dns.Msg) { m.Opcode = code } }
	const unsupported = dns.ExtendedErrorCodeNotSupported
	f("a transfer", "REFUSED", unsupported, asks(dns.TypeIXFR, dns.ClassINET, "lesson.example."))
	f("a type of old", "NOTIMP", unsupported, asks(dns.TypeMAILA, dns.ClassINET, "lesson.example."))
	f("a class of old", "REFUSED", unsupported, asks(dns.TypeA, dns.ClassHESIOD, "lesson.example."))
	f("the version", "REFUSED", unsupported, asks(dns.TypeTXT, dns.ClassCHAOS, "version.bind."))
	f("an opcode of old", "NOTIMP", unsupported, opcode(dns.OpcodeStatus))
	f("an update", "REFUSED", unsupported, opcode(dns.OpcodeUpdate))
	f("another EDNS", dns.RcodeToString[dns.RcodeBadVers], unsupported, func(m *dns.Msg) { m.IsEdns0().SetVersion(1) })
	f("EDNS twice", "FORMERR", dns.ExtendedErrorCodeOther, func(m *dns.Msg) { m.Extra = append(m.Extra, m.Extra[0]) })

	n.settings.Rates.Client = 1
	n.use()
	for range 2 { // an allowance is one second's worth
		_ = n.ask(pupil, "lesson.example.", dns.TypeA)
	}
	f("one too many", "REFUSED", dns.ExtendedErrorCodeProhibited)
	n.settings.Rates.Client, n.settings.Clients.RefuseUnknown = 0, true
	n.use()
	n.no("a stranger", "127.9.0.1", ask("lesson.example."), "REFUSED", dns.ExtendedErrorCodeProhibited)
	n.settings.Closed = true
	n.use()
	f("too early", "REFUSED", dns.ExtendedErrorCodeNotReady)
}

func TestEveryFailureSaysWhy(t *testing.T) {
	up := newSource(t, "")
	n := newNode(t, nil, up.addr)
	fails := func(rcode int, reasons ...uint16) {
		up.answer(func(q *dns.Msg) *dns.Msg {
			m := new(dns.Msg).SetRcode(q, rcode).SetEdns0(1232, false)
			for _, code := range reasons {
				m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: "secret.example"})
			}
			return m
		})
	}
	f := func(name, rcode string, reason uint16) {
		t.Helper()
		n.no(name, pupil, ask(name), rcode, reason)
	}
	fails(dns.RcodeServerFailure)
	f("1.example.", "SERVFAIL", dns.ExtendedErrorCodeNetworkError)
	f("1.example.", "SERVFAIL", dns.ExtendedErrorCodeCachedError)
	fails(dns.RcodeServerFailure, dns.ExtendedErrorCodeDNSBogus)
	for code := dns.ExtendedErrorCodeDNSBogus; code <= dns.ExtendedErrorCodeNSECMissing; code++ {
		fails(dns.RcodeServerFailure, code)
		name := fmt.Sprintf("%d.2.example.", code)
		f(name, "SERVFAIL", code) // only the validator knows that
		f(name, "SERVFAIL", code) // and kept, the answer says it again
	}
	fails(dns.RcodeServerFailure, dns.ExtendedErrorCodeBlocked)
	f("3.example.", "SERVFAIL", dns.ExtendedErrorCodeBlocked) // it filters, and says so
	fails(dns.RcodeServerFailure, dns.ExtendedErrorCodeNotReady)
	f("8.example.", "SERVFAIL", dns.ExtendedErrorCodeNetworkError) // that would be ours to say
	up.answer(func(*dns.Msg) *dns.Msg { return nil })
	f("4.example.", "SERVFAIL", dns.ExtendedErrorCodeNoReachableAuthority)

	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	gone := closed.LocalAddr().String()
	n.zones = zones(t, nil, "tcp://"+gone)
	n.use()
	f("5.example.", "SERVFAIL", dns.ExtendedErrorCodeNetworkError)
}
