package test

import (
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// answered is the address that a standIn gives every name.
const answered = "192.0.2.80"

// A standIn is an upstream that follows the test's orders: it gives every name
// one address, or the one that the name says (see addressOf), except that names
// below nx.example do not exist.
type standIn struct {
	addr   string
	asked  atomic.Int64 // questions over UDP and TCP, probes of the root aside
	ttl    atomic.Uint32
	hold   atomic.Pointer[chan struct{}] // not nil: answer when it is closed
	mute   atomic.Bool                   // answers nothing, not even probes
	server *dns.Server
}

func startStandIn(t *testing.T) *standIn {
	t.Helper()
	return startStandInAt(t, "127.0.0.1:0")
}

// startStandInAt starts one at an address.
func startStandInAt(t *testing.T, address string) *standIn {
	t.Helper()
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &standIn{addr: conn.LocalAddr().String()}
	s.ttl.Store(300)
	ready := make(chan struct{})
	s.server = &dns.Server{PacketConn: conn, Handler: s, NotifyStartedFunc: func() { close(ready) }}
	done := make(chan error, 1)
	go func() { done <- s.server.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() {
		s.release()
		s.stop()
		<-done
	})
	return s
}

// stop answers no more. It may be called again.
func (s *standIn) stop() { _ = s.server.Shutdown() } // an error: it has stopped already

// holdBack keeps answers until release.
func (s *standIn) holdBack() {
	gate := make(chan struct{})
	s.hold.Store(&gate)
}

func (s *standIn) release() {
	if gate := s.hold.Swap(nil); gate != nil {
		close(*gate)
	}
}

// ServeDNS answers one question.
func (s *standIn) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	if s.mute.Load() {
		return
	}
	name := q.Question[0].Name
	if name != "." {
		s.asked.Add(1)
		if gate := s.hold.Load(); gate != nil {
			<-*gate
		}
	}
	_ = w.WriteMsg(s.reply(q)) // the program that has asked may be gone
}

func (s *standIn) reply(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	header := dns.RR_Header{Name: q.Question[0].Name, Class: dns.ClassINET, Ttl: s.ttl.Load()}
	switch name := strings.ToLower(header.Name); { // it comes in whatever case
	case strings.HasSuffix(name, ".nx.example."):
		m.Rcode = dns.RcodeNameError
	case q.Question[0].Qtype == dns.TypeA:
		header.Rrtype = dns.TypeA
		m.Answer = []dns.RR{&dns.A{Hdr: header, A: addressOf(name)}}
	}
	return m
}

// addressOf is what a name says itself, as in 192-0-2-1.addr.example, or the one
// of all names.
func addressOf(name string) net.IP {
	if said, ok := strings.CutSuffix(name, ".addr.example."); ok {
		return net.ParseIP(strings.ReplaceAll(said, "-", "."))
	}
	return net.ParseIP(answered)
}

// newDialer dials from an address.
func newDialer(client netip.Addr) *net.Dialer {
	return &net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(netip.AddrPortFrom(client, 0)), Timeout: oneReply}
}
