package resolver_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"

	"lachan/resolver"
	"lachan/resolver/listen"
)

// A client that has sent as much as it may, or has been there for as long, is let go
// between two questions, and may come again at once.
func TestNoConnectionLastsForEver(t *testing.T) {
	f := func(what string, limit func(*resolver.Settings)) {
		t.Helper()
		n := newNode(t, nil, newSource(t, lesson).addr)
		limit(&n.settings)
		f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
		for _, w := range ways() {
			if w.transport() == "doh" {
				f.renews(t, what, w)
			}
		}
		f.ends(t, what, "TCP", &dns.Conn{Conn: f.stream(pupil)})
		f.ends(t, what, "TLS", f.dot(pupil, f.greeting(house, "dot")))
		f.endsQUIC(t, what)
	}
	f("octets", func(s *resolver.Settings) { s.Connections.MaxBytes = 20_000 })
	f("time", func(s *resolver.Settings) { s.Connections.Lifetime = 300 * time.Millisecond })
}

// tooMany is more questions than fit into one connection of the test.
const tooMany = 200_000

// renews asks over HTTP until the client has had to connect a second time; no
// question is lost.
func (f *frontage) renews(t *testing.T, what string, w way) {
	t.Helper()
	version := strings.TrimPrefix(strings.Fields(w.name)[0], "doh")
	client, end := f.browser(t, version, asPupil)
	defer end()
	var connections atomic.Int64
	switch transport := client.Transport.(type) {
	case *http.Transport:
		dial := transport.DialContext
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			connections.Add(1)
			return dial(ctx, network, addr)
		}
	case *http3.Transport:
		dial := transport.Dial
		transport.Dial = func(ctx context.Context, addr string, tc *tls.Config, qc *quic.Config) (*quic.Conn, error) {
			connections.Add(1)
			return dial(ctx, addr, tc, qc)
		}
	}
	form := strings.Fields(w.name)[1]
	for range tooMany {
		if got := tell(askHTTP(t, client, f.base(asPupil), form, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA))); got != "192.0.2.10" {
			t.Fatalf("%s: %s: %s", what, w.name, got)
		}
		if connections.Load() > 1 {
			return
		}
	}
	t.Errorf("%s: %s: still the first connection", what, w.name)
}

// ends asks over a stream until it ends, which is after an answer.
func (f *frontage) ends(t *testing.T, what, name string, c *dns.Conn) {
	t.Helper()
	for range tooMany {
		if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		m := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)
		if c.WriteMsg(m) != nil {
			return
		}
		r, err := c.ReadMsg()
		if err != nil {
			if isTimeout(err) {
				t.Errorf("%s over %s: no answer, no end", what, name)
			}
			return
		}
		if tell(r) != "192.0.2.10" {
			t.Fatalf("%s over %s: %v", what, name, r)
		}
	}
	t.Errorf("%s over %s: no end", what, name)
}

// endsQUIC asks over QUIC until the server closes the connection.
func (f *frontage) endsQUIC(t *testing.T, what string) {
	t.Helper()
	conn, end := f.quicConn(t, asPupil)
	defer end()
	packed, err := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	packed[0], packed[1] = 0, 0
	for range tooMany {
		s, err := conn.OpenStreamSync(t.Context())
		if err != nil {
			return
		}
		_, _ = s.Write(append([]byte{0, byte(len(packed))}, packed...)) // the answer tells
		_ = s.Close()
		if _, err := io.ReadAll(s); err != nil {
			return
		}
	}
	t.Errorf("%s over QUIC: no end", what)
}

// A client that never pauses, nor asks anything, is cut off.
func TestWhoSendsWithoutEndIsCutOff(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.MaxBytes = 100_000
	f := newFrontage(t, n, listen.DoH)
	c, err := tls.Dial("tcp", f.addrs[listen.DoH], f.greeting(house, "h2"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() { _, _ = io.Copy(io.Discard, c) }() // ends with the connection
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(c, nil)
	if err := framer.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	pings := 0
	for begin := time.Now(); framer.WritePing(false, [8]byte{}) == nil; pings++ {
		if time.Since(begin) > deadline {
			t.Fatalf("after %d pings the connection is open", pings)
		}
	}
}
