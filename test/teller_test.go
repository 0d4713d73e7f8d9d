package test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// The addresses that no pupil may learn, those of hidden names and those that
// are listed themselves, and one that everybody may.
const (
	secret4  = "203.0.113.66"
	secret6  = "2001:db8:5ec::66"
	listed4  = "198.51.100.7"
	listed6  = "2001:db8:bad::7"
	harmless = "192.0.2.80"
)

// tells says whether a message has one of the secret addresses in it: in
// octets, wherever they stand, or in letters.
func tells(message []byte) bool {
	for _, text := range []string{secret4, secret6, listed4, listed6} {
		if bytes.Contains(message, netip.MustParseAddr(text).AsSlice()) || bytes.Contains(message, []byte(text)) {
			return true
		}
	}
	return false
}

// A teller is an upstream that tells all it knows: of a hidden name and of all
// below it the secret addresses, whatever the type asked for; of a name that a
// test has given it records for, those. Every other name has the harmless
// address.
type teller struct {
	addr   string
	hidden []string // fully qualified

	mu      sync.Mutex
	told    map[string]*dns.Msg // mu; by the name asked for
	asked   map[string]int      // mu; questions by name
	failing bool                // mu; answers SERVFAIL
}

// startTeller answers over UDP and TCP.
func startTeller(t *testing.T, hidden ...string) *teller {
	t.Helper()
	s := &teller{told: map[string]*dns.Msg{}, asked: map[string]int{}}
	for _, name := range hidden {
		s.hidden = append(s.hidden, dns.Fqdn(name))
	}
	udp, tcp := listenBoth(t)
	s.addr = udp.LocalAddr().String()
	var live sync.WaitGroup
	t.Cleanup(live.Wait) // after both are shut down
	for _, server := range []*dns.Server{{PacketConn: udp, Handler: s}, {Listener: tcp, Handler: s}} {
		ready := make(chan struct{})
		server.NotifyStartedFunc = func() { close(ready) }
		live.Go(func() { _ = server.ActivateAndServe() }) // ends when it is shut down
		<-ready
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return s
}

// listenBoth finds a port of loopback that is free for UDP and for TCP.
func listenBoth(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	udp, tcp, err := listenOnBoth()
	if err != nil {
		t.Fatal(err)
	}
	return udp, tcp
}

// listenOnBoth is listenBoth for a program that has no test.
func listenOnBoth() (udp net.PacketConn, tcp net.Listener, err error) {
	for range 20 {
		if udp, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		if tcp, err = net.Listen("tcp", udp.LocalAddr().String()); err == nil {
			return udp, tcp, nil
		}
		err = errors.Join(err, udp.Close())
	}
	return nil, nil, err
}

// tell gives a name its answer, by sections. Each is in master file form with
// the name as origin.
func (s *teller) tell(t *testing.T, name, answer, authority, additional string) {
	t.Helper()
	m := new(dns.Msg)
	m.Answer = records(t, name, answer)
	m.Ns = records(t, name, authority)
	m.Extra = records(t, name, additional)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told[dns.Fqdn(name)] = m
}

func records(t *testing.T, origin, text string) (all []dns.RR) {
	t.Helper()
	parser := dns.NewZoneParser(strings.NewReader("$TTL 60\n"+text+"\n"), dns.Fqdn(origin), "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		all = append(all, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("records of %s: %v", origin, err)
	}
	return all
}

func (s *teller) fail(failing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = failing
}

// times is how often a name was asked for.
func (s *teller) times(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[dns.Fqdn(name)]
}

// betrayed are the questions for hidden names that have come.
func (s *teller) betrayed() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.asked {
		if s.hides(name) {
			names = append(names, name)
		}
	}
	return names
}

func (s *teller) hides(name string) bool {
	for _, hidden := range s.hidden {
		if dns.IsSubDomain(hidden, name) {
			return true
		}
	}
	return false
}

// ServeDNS answers one question.
func (s *teller) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	_ = w.WriteMsg(s.reply(q)) // the program that has asked may be gone
}

func (s *teller) reply(q *dns.Msg) *dns.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable, m.Compress = true, true
	question := q.Question[0]
	name := strings.ToLower(question.Name)
	s.asked[name]++
	told := s.told[name]
	switch {
	case s.failing:
		m.Rcode = dns.RcodeServerFailure
	case told != nil:
		m.Answer, m.Ns, m.Extra = told.Answer, told.Ns, told.Extra
	case s.hides(name):
		m.Answer = []dns.RR{record(question.Name, question.Qtype, secret4, secret6)}
		m.Extra = []dns.RR{record(question.Name, dns.TypeA, secret4, secret6), record(question.Name, dns.TypeAAAA, secret4, secret6)}
	default:
		m.Answer = []dns.RR{record(question.Name, question.Qtype, harmless, "2001:db8::80")}
	}
	return m
}

// record is a record of the type that has an address in it.
func record(name string, qtype uint16, four, six string) dns.RR {
	header := dns.RR_Header{Name: name, Rrtype: qtype, Class: dns.ClassINET, Ttl: 60}
	switch qtype {
	case dns.TypeA:
		return &dns.A{Hdr: header, A: net.ParseIP(four)}
	case dns.TypeAAAA:
		return &dns.AAAA{Hdr: header, AAAA: net.ParseIP(six)}
	case dns.TypeTXT:
		return &dns.TXT{Hdr: header, Txt: []string{four, six}}
	case dns.TypeHTTPS, dns.TypeSVCB:
		svcb := dns.SVCB{Hdr: header, Priority: 1, Target: ".", Value: []dns.SVCBKeyValue{
			&dns.SVCBIPv4Hint{Hint: []net.IP{net.ParseIP(four).To4()}},
			&dns.SVCBIPv6Hint{Hint: []net.IP{net.ParseIP(six)}},
		}}
		if qtype == dns.TypeSVCB {
			return &svcb
		}
		return &dns.HTTPS{SVCB: svcb}
	}
	return &dns.RFC3597{Hdr: header, Rdata: hex.EncodeToString(netip.MustParseAddr(four).AsSlice())}
}
