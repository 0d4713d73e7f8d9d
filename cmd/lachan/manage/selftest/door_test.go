package selftest

import (
	"crypto/tls"
	"net"
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"lachan/cmd/lachan/tested"
	"lachan/internal/testserver"
)

// TestACertificateThatClientsDoNotBelieveIsFound: one of another name; what comes by the door is
// tested all the same.
func TestACertificateThatClientsDoNotBelieveIsFound(t *testing.T) {
	n := newNode(t)
	plain := n.cfg.Server.Listen[0].String()
	cert, key, err := testserver.PEM("dns.truong.example")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	relay := &dns.Server{Listener: l, Net: "tcp", Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if m, err := dns.Exchange(q, plain); err == nil {
			_ = w.WriteMsg(m) // it is asked again
		}
	})}
	go func() { _ = relay.ActivateAndServe() }() // ends with its socket
	n.cfg.Server.Listen, n.cfg.Server.DoT = nil, []netip.AddrPort{l.Addr().(*net.TCPAddr).AddrPort()}
	n.cfg.Server.TLS.Name = "dns.truong.example"
	if r := n.test(0); r.Failed != 0 || r.Questions == 0 {
		t.Errorf("its name is right: %+v", r)
	}
	n.cfg.Server.TLS.Name = "dns.so.example"
	r := n.test(0)
	if r.Failed != 1 || len(r.Failures) != 1 || r.Failures[0].Kind != tested.Untrusted || r.Failures[0].Door != "dot "+l.Addr().String() {
		t.Errorf("its name is another: %+v", r)
	}
}
