package upstream_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// A tlsPeer is a server of DNS over TLS that does what the test says with each
// message.
type tlsPeer struct {
	addr        string
	listener    net.Listener
	connections atomic.Int64
	resumed     atomic.Int64

	mu   sync.Mutex
	open []net.Conn // mu
}

// peerTLS runs a server on loopback. serve returns the replies to send for a
// message, in which order it likes.
func peerTLS(t testing.TB, config *tls.Config, serve func(query []byte) (replies [][]byte)) *tlsPeer {
	t.Helper()
	listener, err := tls.Listen("tcp4", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	p := &tlsPeer{addr: listener.Addr().String(), listener: listener}
	var done sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); p.hangUp(); done.Wait() })
	done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.open = append(p.open, conn)
			p.mu.Unlock()
			done.Go(func() { p.serve(conn.(*tls.Conn), serve) })
		}
	})
	return p
}

// hangUp closes all connections.
func (p *tlsPeer) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.open {
		_ = conn.Close() // may be closed
	}
	p.open = nil
}

func (p *tlsPeer) serve(conn *tls.Conn, serve func([]byte) [][]byte) {
	defer conn.Close()
	if conn.Handshake() != nil {
		return
	}
	p.connections.Add(1)
	if conn.ConnectionState().DidResume {
		p.resumed.Add(1)
	}
	for {
		frame := make([]byte, 2)
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		query := make([]byte, int(frame[0])<<8|int(frame[1]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		for _, reply := range serve(query) {
			if _, err := conn.Write(framed(reply)); err != nil {
				return
			}
		}
	}
}

func configOf(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}, NextProtos: []string{"dot"}}
}

// member opens a server that is written as in the configuration.
func member(t testing.TB, text string) *upstream.Group {
	t.Helper()
	s, err := upstream.ParseServer(text)
	if err != nil {
		t.Fatal(err)
	}
	return upstream.NewGroup(upstream.Ordered, 2*time.Second, upstream.Bootstrap(nil).Open(loops, []upstream.Server{s})...)
}

// answered asks for hoc.example and claims that there is an answer.
func answered(t testing.TB, e upstream.Exchanger) {
	t.Helper()
	query := askEDNS(t, "hoc.example.", dns.TypeA)
	reply, err := e.Exchange(soon(t), query, nil)
	if err != nil {
		t.Error(err)
		return
	}
	if m := unpack(t, reply); len(m.Answer) != 1 || m.Id != unpack(t, query).Id {
		t.Errorf("%v", m)
	}
}

func answering(t testing.TB) func([]byte) [][]byte {
	return func(query []byte) [][]byte {
		return [][]byte{replyTo(t, query, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1")}
	}
}

func TestTLSConnectionIsKeptAndResumed(t *testing.T) {
	p := peerTLS(t, configOf(good(t)), answering(t))
	g := member(t, "tls://"+p.addr)
	for range 5 {
		answered(t, g)
	}
	if n := p.connections.Load(); n != 1 {
		t.Errorf("%d connections for 5 exchanges", n)
	}
	p.hangUp()
	answered(t, g) // closing costs no failure
	if p.connections.Load() != 2 || p.resumed.Load() != 1 {
		t.Errorf("%d connections, %d resumed", p.connections.Load(), p.resumed.Load())
	}
	if s := g.Stats()[0]; s.Failures != [upstream.Failures]uint64{} {
		t.Errorf("%+v", s)
	}
}

func TestSilentConnectionCostsOneRepetition(t *testing.T) {
	var silent atomic.Bool
	p := peerTLS(t, configOf(good(t)), func(query []byte) [][]byte {
		if silent.CompareAndSwap(true, false) { // as if the packets were lost, for this connection
			return nil
		}
		return answering(t)(query)
	})
	g := member(t, "tls://"+p.addr)
	answered(t, g)
	silent.Store(true)
	answered(t, g)
	if s := g.Stats()[0]; s.Failures != [upstream.Failures]uint64{} || p.connections.Load() != 2 {
		t.Errorf("%+v, %d connections", s, p.connections.Load())
	}
}

// All questions are answered at once, the last first.
func TestRepliesInAnyOrder(t *testing.T) {
	const many = 200
	var held [][]byte
	p := peerTLS(t, configOf(good(t)), func(query []byte) (replies [][]byte) {
		held = append([][]byte{replyTo(t, query, dns.RcodeSuccess, unpack(t, query).Question[0].Name+" 60 A 192.0.2.1")}, held...)
		if len(held) == many {
			replies = held
		}
		return replies
	})
	g := member(t, "tls://"+p.addr)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			name := string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".example."
			reply, err := g.Exchange(soon(t), ask(t, name, dns.TypeA), nil)
			if err != nil || unpack(t, reply).Answer[0].Header().Name != name {
				t.Errorf("%s: %x, %v", name, reply, err)
			}
		})
	}
	all.Wait()
	if n := p.connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestWhoTheServerHasToBe(t *testing.T) {
	other, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	hour := time.Now().Add(time.Hour)
	f := func(cert tls.Certificate, host, settings string, ok bool) {
		t.Helper()
		p := peerTLS(t, configOf(cert), answering(t))
		server := "tls://" + host + p.addr[strings.LastIndexByte(p.addr, ':'):] + settings
		_, err := member(t, server).Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if ok && err != nil || !ok && !errors.Is(err, upstream.ErrNetwork) {
			t.Errorf("%s: %v", server, err)
		}
	}
	f(good(t), "127.0.0.1", "", true)
	f(good(t), "dns.example", "#ip=127.0.0.1", true)
	f(good(t), "dns.example", "#ip=127.0.0.9&ip=127.0.0.1", true) // no server is at the first
	f(good(t), "dns2.example", "#ip=127.0.0.1", false)
	f(trusted.certificate(t, hour, "dns.example"), "127.0.0.1", "", false)
	f(trusted.certificate(t, time.Now().Add(-time.Hour), "dns.example"), "dns.example", "#ip=127.0.0.1", false)
	strange := other.certificate(t, hour, "dns.example", "127.0.0.1")
	f(strange, "127.0.0.1", "", false)
	f(strange, "127.0.0.1", "#pin="+pinOf(strange), true)
	f(strange, "127.0.0.1", "#pin="+aPin+"&pin="+pinOf(strange), true)
	f(good(t), "127.0.0.1", "#pin="+aPin, false) // an authority's word does not lift a pin
}

func TestTheQueryIsPaddedAndNothingElseIsAdded(t *testing.T) {
	var got []byte
	p := peerTLS(t, configOf(good(t)), func(query []byte) [][]byte {
		got = query
		return answering(t)(query)
	})
	g := member(t, "tls://"+p.addr)
	f := func(query []byte, size int) {
		t.Helper()
		if _, err := g.Exchange(soon(t), query, nil); err != nil {
			t.Fatal(err)
		}
		m := unpack(t, got)
		if o := m.IsEdns0(); o != nil {
			o.Option = nil
		}
		if m.Id = unpack(t, query).Id; len(got) != size || !bytes.Equal(pack(t, m), query) {
			t.Errorf("%d bytes sent: %v", len(got), m)
		}
	}
	f(askEDNS(t, "hoc.example.", dns.TypeA), 128)
	f(askEDNS(t, "mot-ten-dai-hon-nhieu-de-vuot-qua-mot-khoi.mot-ten-dai-hon-nhieu-de-vuot-qua-mot-khoi.hoc.example.", dns.TypeA), 256)
	f(ask(t, "hoc.example.", dns.TypeA), len(ask(t, "hoc.example.", dns.TypeA))) // without OPT there is no room
}

func TestReplyToSomethingElseIsAnError(t *testing.T) {
	p := peerTLS(t, configOf(good(t)), func(query []byte) [][]byte {
		reply := replyTo(t, query, dns.RcodeSuccess)
		reply[13] ^= 1 // another name
		return [][]byte{reply}
	})
	_, err := member(t, "tls://"+p.addr).Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
	if !errors.Is(err, upstream.ErrMismatch) {
		t.Error(err)
	}
}

func TestServerThatDoesNotFinishItsHandshake(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	g := member(t, "tls://"+listener.Addr().String())
	_, err = g.Exchange(within(t, 50*time.Millisecond), ask(t, "hoc.example.", dns.TypeA), nil)
	if !errors.Is(err, upstream.ErrTimeout) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = g.Exchange(ctx, ask(t, "hoc.example.", dns.TypeA), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
