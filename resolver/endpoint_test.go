package resolver_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
	"lachan/resolver/listen"
)

// house is the name of the tests' server in its certificate.
const house = "dns.example"

// A frontage is a node with every door that is asked for, on loopback.
type frontage struct {
	*node
	addrs map[listen.Protocol]string
	trust *x509.CertPool
}

// newFrontage opens doors of a node.
func newFrontage(t *testing.T, n *node, protocols ...listen.Protocol) *frontage {
	t.Helper()
	f := &frontage{node: n, addrs: map[listen.Protocol]string{}, trust: x509.NewCertPool()}
	f.certify()
	n.settings.Encryption.TLSName, n.settings.Encryption.DoHPath = house, "/dns-query"
	n.use()
	endpoints := listen.At(listen.Plain, anyPort)
	for _, p := range protocols {
		endpoints = append(endpoints, listen.At(p, anyPort)...)
	}
	n.listen(endpoints...)
	for _, e := range n.resolver.Endpoints() {
		f.addrs[e.Protocol] = e.Addr.String()
	}
	return f
}

// certify makes a new certificate that the tests' clients trust.
func (f *frontage) certify() {
	f.t.Helper()
	cert, key, err := testserver.PEM(house, "*."+house, "127.0.0.1")
	if err != nil {
		f.t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.settings.Encryption.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	f.trust.AppendCertsFromPEM(cert)
}

// greeting is the client's side of the handshake, for one of a protocol's names.
func (f *frontage) greeting(serverName string, alpn ...string) *tls.Config {
	return &tls.Config{RootCAs: f.trust, ServerName: serverName, NextProtos: alpn}
}

// dot connects to the door of DNS over TLS.
func (f *frontage) dot(from string, config *tls.Config) *dns.Conn {
	f.t.Helper()
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: deadline, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}, Config: config}
	c, err := d.DialContext(f.t.Context(), "tcp", f.addrs[listen.DoT])
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
	return &dns.Conn{Conn: c}
}

// exchangeOver asks over a stream that is open.
func exchangeOver(t *testing.T, c *dns.Conn, m *dns.Msg) *dns.Msg {
	t.Helper()
	r, _, err := (&dns.Client{Net: "tcp", Timeout: deadline}).ExchangeWithConn(m, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTLSCarriesTheSameAnswers(t *testing.T) {
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoT)
	c := f.dot(pupil, f.greeting(house, "dot"))
	if state := c.Conn.(*tls.Conn).ConnectionState(); state.NegotiatedProtocol != "dot" || state.Version != tls.VersionTLS13 {
		t.Errorf("handshake %+v", state)
	}
	ask := func(name, want string) {
		t.Helper()
		if got := tell(exchangeOver(t, c, new(dns.Msg).SetQuestion(name, dns.TypeA))); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for range 2 { // from the upstream, then from memory
		ask("lesson.example.", "192.0.2.10")
		ask("bet.example.", "NXDOMAIN")
	}
}

func TestStreamsTellWhatTheyAreAskedToTell(t *testing.T) {
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoT)
	plain, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	ask := func(c *dns.Conn, wantKeepalive bool, wantPadded bool, options ...dns.EDNS0) {
		t.Helper()
		m := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).SetEdns0(1232, false)
		m.IsEdns0().Option = options
		if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteMsg(m); err != nil {
			t.Fatal(err)
		}
		raw, err := c.ReadMsgHeader(nil)
		if err != nil {
			t.Fatal(err)
		}
		var r dns.Msg
		if err := r.Unpack(raw); err != nil {
			t.Fatal(err)
		}
		keepalive := false
		for _, o := range r.IsEdns0().Option {
			if k, ok := o.(*dns.EDNS0_TCP_KEEPALIVE); ok {
				keepalive = k.Timeout == 50 // five seconds
			}
		}
		if padded := len(raw)%468 == 0; padded != wantPadded || keepalive != wantKeepalive {
			t.Errorf("options %v: %d octets, options %v", options, len(raw), r.IsEdns0().Option)
		}
	}
	tcp, dot := &dns.Conn{Conn: plain}, f.dot(pupil, f.greeting(house))
	padding, keepalive := &dns.EDNS0_PADDING{Padding: make([]byte, 20)}, &dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE}
	ask(dot, false, false)
	ask(dot, false, true, padding)
	ask(dot, true, true, padding, keepalive)
	ask(tcp, true, false, padding, keepalive) // anyone who counts bytes there can read them
}

func TestOnlyOneProtocolIsSpokenAtADoor(t *testing.T) {
	f := newFrontage(t, newNode(t, nil, newSource(t, lesson).addr), listen.DoT)
	if c, err := tls.Dial("tcp", f.addrs[listen.DoT], f.greeting(house, "h2")); err == nil {
		c.Close()
		t.Error("a browser gets in where TLS carries DNS")
	}
	c, err := net.Dial("tcp", f.addrs[listen.DoT])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	if err := (&dns.Conn{Conn: c}).WriteMsg(new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)); err != nil {
		t.Fatal(err)
	}
	if m, err := (&dns.Conn{Conn: c}).ReadMsg(); err == nil {
		t.Errorf("a question in the clear is answered: %v", m)
	}
}

// Connections stay when the certificate changes; those that come are shown the
// new one.
func TestANewCertificateIsShownToWhoComesNext(t *testing.T) {
	f := newFrontage(t, newNode(t, nil, newSource(t, lesson).addr), listen.DoT)
	serial := func(c *dns.Conn) string {
		return c.Conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	old := f.dot(pupil, f.greeting(house))
	f.certify()
	f.use()
	young := f.dot(pupil, f.greeting(house))
	if serial(old) == serial(young) {
		t.Error("the old certificate is shown still")
	}
	for _, c := range []*dns.Conn{old, young} {
		if got := tell(exchangeOver(t, c, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA))); got != "192.0.2.10" {
			t.Errorf("answer %q", got)
		}
	}
}

// At a client's own bound the connection over which nothing has come for longest gives
// way; others notice nothing of it.
func TestAtAClientsBoundTheIdlestConnectionGivesWay(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.PerClient = 5
	f := newFrontage(t, n, listen.DoT)
	other := f.dot(pupil, f.greeting(house))
	var open []*stream
	for range 5 {
		open = append(open, f.stream("127.9.0.1"))
		asks(t, open[len(open)-1])
	}
	asks(t, open[0])
	for i := range 4 {
		asks(t, f.stream("127.9.0.1"))
		if !open[1+i].ended() {
			t.Errorf("connection %d is still open", 1+i)
		}
	}
	asks(t, open[0])
	if got := tell(exchangeOver(t, other, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA))); got != "192.0.2.10" {
		t.Errorf("another client: %q", got)
	}
}

// asks asks for the lesson over a connection.
func asks(t *testing.T, s *stream) {
	t.Helper()
	s.send("lesson.example.")
	if m := s.receive(); tell(m) != "192.0.2.10" {
		t.Errorf("answer %v", m)
	}
}
