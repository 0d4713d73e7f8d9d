package resolver_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// The secret addresses are those of names that the pupil may not reach: by a
// category, by the school's own entry, by a lock.
var secrets = []net.IP{
	net.ParseIP("192.0.2.66").To4(), net.ParseIP("2001:db8:66::66"), net.ParseIP("192.0.2.68").To4(), net.ParseIP("192.0.2.69").To4(),
}

const guarded = `
bet.example.        A     192.0.2.66
bet.example.        AAAA  2001:db8:66::66
bet.example.        HTTPS 1 . ipv4hint=192.0.2.66 ipv6hint=2001:db8:66::66 ech="AEX+DQBBpQAgACBl5wDUVNeXVz5o3gE6cGdqCDWtlj5rsR+VKIZ7dAbKIQAEAAEAAQASY2xvdWRmbGFyZS1lY2guY29tAAA="
bet.example.        TXT   "192.0.2.66"
bet.example.        LOC   52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
xn--bt-bja.example. CNAME bet.example.
own.example.        A     192.0.2.68
phish.example.      A     192.0.2.69
a1.example.         CNAME bet.example.
a2.example.         CNAME a1.example.
a3.example.         CNAME a2.example.
a4.example.         CNAME own.example.
a5.example.         CNAME phish.example.
d.example.          DNAME bet.example.
svc.example.        SVCB  1 bet.example.
web.example.        HTTPS 1 bet.example. ipv4hint=192.0.2.66
mx.example.         MX    10 bet.example.
srv.example.        SRV   0 0 443 bet.example.
ns.example.         NS    bet.example.
`

// leaky answers from a zone and adds, as a hostile or careless server would,
// the addresses of the guarded names to every answer.
func leaky(t *testing.T) *source {
	up := newSource(t, guarded)
	plain := up.handle.Load().(func(*dns.Msg) *dns.Msg)
	up.answer(func(q *dns.Msg) *dns.Msg {
		m := plain(q)
		for _, text := range []string{"bet.example. 60 A 192.0.2.66", "own.example. 60 A 192.0.2.68", "phish.example. 60 A 192.0.2.69", "bet.example. 60 AAAA 2001:db8:66::66"} {
			rr, err := dns.NewRR(text)
			if err != nil {
				panic(err) // the test's own text
			}
			m.Extra = append(m.Extra, rr)
			if strings.HasPrefix(q.Question[0].Name, "stray") {
				m.Rcode, m.Answer = dns.RcodeSuccess, append(m.Answer, rr)
			}
		}
		return m
	})
	return up
}

func TestNoWayOfAskingTellsABlockedAddress(t *testing.T) {
	n := newNode(t, map[string]string{
		"gambling": "0.0.0.0 bet.example\n", "phishing": "0.0.0.0 phish.example\n",
		"malware": "192.0.2.68/32\n",
	}, leaky(t).addr)
	names := []string{
		"bet.example", "BET.eXaMpLe", "www.bet.example", `\098et.example`, `b\101t.example`, "bet.example.",
		strings.Repeat("x.", 60) + "bet.example", "own.example", "OWN.example", "phish.example", "sub.phish.example",
		"a1.example", "a2.example", "a3.example", "a4.example", "a5.example", "x.d.example", "d.example", "svc.example",
		"web.example", "mx.example", "srv.example", "ns.example", "xn--bt-bja.example", "stray.example", "stray2.test",
		"66.2.0.192.in-addr.arpa", "bet.example.explain.lachan",
	}
	types := []uint16{
		dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeSVCB, dns.TypeANY, dns.TypeTXT, dns.TypeMX, dns.TypeSRV, dns.TypeNS,
		dns.TypeCNAME, dns.TypeDNAME, dns.TypeLOC, dns.TypeNAPTR, dns.TypeSOA, dns.TypeRRSIG, dns.TypeDNSKEY, dns.TypePTR, 65280,
	}
	changes := map[string]func(*dns.Msg){
		"plain":  func(*dns.Msg) {},
		"noedns": func(m *dns.Msg) { m.Extra = nil },
		"do cd":  func(m *dns.Msg) { m.IsEdns0().SetDo(); m.CheckingDisabled, m.AuthenticatedData = true, true },
		"class":  func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassANY },
		"chaos":  func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS },
		"norec":  func(m *dns.Msg) { m.RecursionDesired = false },
		"subnet": func(m *dns.Msg) {
			m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: net.IPv4(127, 2, 0, 1)}}
		},
	}
	for _, name := range names { // a teacher, who may see most of it, asks first
		n.ask(teacher, name, dns.TypeA)
		n.ask(teacher, name, dns.TypeHTTPS)
	}
	asked := 0
	for _, network := range []string{"udp", "tcp"} {
		for _, name := range names {
			for _, qtype := range types {
				for what, change := range changes {
					m := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype).SetEdns0(1232, false)
					change(m)
					r, err := n.exchange(network, pupil, m)
					if err != nil {
						t.Fatalf("%s %s %d %s: %v", network, name, qtype, what, err)
					}
					asked++
					mustNotTell(t, fmt.Sprintf("%s %s type %d %s", network, name, qtype, what), r)
				}
			}
		}
	}
	t.Logf("%d questions", asked)
}

// mustNotTell looks for the bytes of the secret addresses anywhere behind the
// question.
func mustNotTell(t *testing.T, what string, m *dns.Msg) {
	t.Helper()
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if bytes.Contains(packed[12:], secret) || bytes.Contains(packed[12:], []byte(`"`+secret.String()+`"`)) {
			t.Errorf("%s: the answer tells %s\n%v", what, secret, m)
		}
	}
}
