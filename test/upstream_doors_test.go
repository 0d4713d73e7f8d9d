package test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/internal/testserver"
)

// A guarded upstream is asked over TLS, HTTP/2, HTTP/3 and QUIC, and keeps what
// it is told, as the operator of one could.
type guarded struct {
	*standIn
	t      *testing.T
	config *tls.Config
	pin    string
	ending sync.WaitGroup

	mu      sync.Mutex
	told    map[string][]byte      // mu; the last message by kind of door
	headers map[string]http.Header // mu
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	cert, key, err := testserver.PEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{
		standIn: startStandIn(t), t: t, config: &tls.Config{Certificates: []tls.Certificate{pair}},
		pin: pinOf(t, string(cert)), told: map[string][]byte{}, headers: map[string]http.Header{},
	}
	t.Cleanup(g.ending.Wait) // after the doors are shut
	return g
}

func (g *guarded) alpn(names ...string) *tls.Config {
	c := g.config.Clone()
	c.NextProtos = names
	return c
}

// answer keeps a message and answers it.
func (g *guarded) answer(kind string, message []byte) []byte {
	var m dns.Msg
	if err := m.Unpack(message); err != nil {
		g.t.Errorf("%s: %v", kind, err)
		return nil
	}
	if m.Question[0].Name != "." { // a probe
		g.mu.Lock()
		g.told[kind] = message
		g.mu.Unlock()
	}
	reply, err := g.reply(&m).Pack()
	if err != nil {
		g.t.Error(err)
	}
	return reply
}

// overTLS, overHTTP2, overHTTP3 and overQUIC open doors and return their place
// in a configuration, and what shuts them.
func (g *guarded) overTLS() (place string, shut func()) {
	l, err := tls.Listen("tcp", "127.0.0.1:0", g.alpn("dot"))
	if err != nil {
		g.t.Fatal(err)
	}
	var open sync.Map
	g.ending.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			g.ending.Go(func() {
				defer c.Close()
				stream := &dns.Conn{Conn: c}
				for message, err := stream.ReadMsgHeader(nil); err == nil; message, err = stream.ReadMsgHeader(nil) {
					_, _ = stream.Write(g.answer("tls", message)) // who asked may be gone
				}
			})
		}
	})
	return "tls://" + l.Addr().String() + "#pin=" + g.pin, func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
	}
}

func (g *guarded) handler(kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		g.mu.Lock()
		g.headers[kind] = r.Header
		g.mu.Unlock()
		w.Header().Set("Content-Type", "application/dns-message")
		_, _ = w.Write(g.answer(kind, message)) // who asked may be gone
	})
}

func (g *guarded) overHTTP2() (place string, shut func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		g.t.Fatal(err)
	}
	server := &http.Server{Handler: g.handler("http2"), TLSConfig: g.alpn("h2")}
	g.ending.Go(func() { _ = server.ServeTLS(l, "", "") }) // ends when it is closed
	return "https://" + l.Addr().String() + "/dns-query#pin=" + g.pin, func() { server.Close() }
}

func (g *guarded) overHTTP3() (place string, shut func()) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		g.t.Fatal(err)
	}
	server := &http3.Server{Handler: g.handler("http3"), TLSConfig: http3.ConfigureTLSConfig(g.config)}
	g.ending.Go(func() { _ = server.Serve(socket) }) // the same
	return "https://" + socket.LocalAddr().String() + "/dns-query#http=3&pin=" + g.pin, func() { server.Close(); socket.Close() }
}

func (g *guarded) overQUIC() (place string, shut func()) {
	l, err := quic.ListenAddr("127.0.0.1:0", g.alpn("doq"), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.ending.Go(func() {
		for {
			conn, err := l.Accept(ctx)
			if err != nil {
				return
			}
			g.ending.Go(func() {
				for {
					s, err := conn.AcceptStream(ctx)
					if err != nil {
						_ = conn.CloseWithError(0, "") // it may have ended
						return
					}
					message, err := io.ReadAll(s)
					if err != nil || len(message) < 2 {
						g.t.Errorf("a stream of %d octets: %v", len(message), err)
						continue
					}
					reply := g.answer("quic", message[2:])
					_, err = s.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...))
					_ = errors.Join(err, s.Close()) // who asked may be gone
				}
			})
		}
	})
	return "quic://" + l.Addr().String() + "#pin=" + g.pin, func() { cancel(); l.Close() }
}

// TestUpstreamsOfEveryKindStandInAndLearnNothing: while one kind after the other
// fails the next is asked, and none is told who asks: whatever a client sends
// along, an upstream sees a name, a type and padding.
func TestUpstreamsOfEveryKindStandInAndLearnNothing(t *testing.T) {
	g := newGuarded(t)
	var places []string
	shut := map[string]func(){}
	kinds := []string{"quic", "http3", "http2", "tls"}
	for i, open := range []func() (string, func()){g.overQUIC, g.overHTTP3, g.overHTTP2, g.overTLS} {
		place, end := open()
		shut[kinds[i]] = sync.OnceFunc(end)
		t.Cleanup(shut[kinds[i]]) // before all are waited for
		places = append(places, `"`+place+`"`)
	}
	p := newProcess(t, "", "", append(places, g.addr)...)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), "timeout: 1s", "timeout: 5s, strategy: ordered", 1))
	p.start()
	for i, kind := range kinds {
		name := fmt.Sprintf("%s.lesson.example.", kind)
		p.until(kind+" is asked", func() bool {
			name = "x" + name
			p.talkative(name)
			g.mu.Lock()
			defer g.mu.Unlock()
			return g.told[kind] != nil
		})
		g.looksAt(kind)
		if g.asked.Load() != 0 {
			t.Errorf("the plain upstream is asked while %v are there", kinds[i:])
		}
		shut[kind]()
	}
	p.talkative("plain.lesson.example.")
	if g.asked.Load() == 0 {
		t.Error("the plain upstream is not asked when the others are gone")
	}
}

// talkative asks as a client that tells all about itself.
func (p *process) talkative(name string) {
	p.t.Helper()
	m := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(4096, true)
	m.IsEdns0().Option = []dns.EDNS0{
		&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: net.IPv4(203, 0, 113, 7).To4()},
		&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0123456789abcdef"},
		&dns.EDNS0_LOCAL{Code: 65001, Data: []byte{2, 0, 0, 0, 0, 7}},
		&dns.EDNS0_LOCAL{Code: 65074, Data: []byte("student-7")},
		&dns.EDNS0_NSID{Code: dns.EDNS0NSID},
	}
	if r := p.exchange("udp", m); len(r.Answer) != 1 {
		p.t.Errorf("%s: %v", name, r)
	}
}

// looksAt looks for anything that tells of a client in what an upstream was told.
func (g *guarded) looksAt(kind string) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	var m dns.Msg
	if err := m.Unpack(g.told[kind]); err != nil {
		g.t.Fatal(err)
	}
	if len(g.told[kind])%128 != 0 { // RFC 8467 section 4.1
		g.t.Errorf("%s: %d octets are not padded", kind, len(g.told[kind]))
	}
	if kind != "tls" && m.Id != 0 {
		g.t.Errorf("%s: id %d", kind, m.Id)
	}
	for _, o := range m.IsEdns0().Option {
		if o.Option() != dns.EDNS0PADDING {
			g.t.Errorf("%s: is told option %d: %s", kind, o.Option(), o)
		}
	}
	for header, values := range g.headers[kind] {
		switch header {
		case "Content-Type", "Accept", "Content-Length":
		default:
			g.t.Errorf("%s: is told %s: %q", kind, header, values)
		}
	}
}
