package upstream_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// A quicPeer is a server of DNS over QUIC.
type quicPeer struct {
	addr        string
	connections atomic.Int64

	mu   sync.Mutex
	open []*quic.Conn // mu
}

// peerQUIC runs a server on loopback.
func peerQUIC(t testing.TB, serve func(query []byte) (replies [][]byte)) *quicPeer {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{good(t)}, NextProtos: []string{"doq"}}
	listener, err := quic.ListenAddr("127.0.0.1:0", config, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &quicPeer{addr: listener.Addr().String()}
	var done sync.WaitGroup
	t.Cleanup(func() { p.hangUp(); _ = listener.Close(); done.Wait() })
	done.Go(func() {
		for {
			conn, err := listener.Accept(context.Background())
			if err != nil {
				return
			}
			p.connections.Add(1)
			p.mu.Lock()
			p.open = append(p.open, conn)
			p.mu.Unlock()
			done.Go(func() { servePeerStreams(t, conn, serve) })
		}
	})
	return p
}

// servePeerStreams claims of each stream what RFC 9250 section 4.2 wants of it.
func servePeerStreams(t testing.TB, conn *quic.Conn, serve func([]byte) [][]byte) {
	for {
		stream, err := conn.AcceptStream(context.Background())
		if err != nil {
			return
		}
		wire, err := io.ReadAll(stream) // until the client has closed its side
		if err != nil || len(wire) < 4 || len(wire) != 2+int(wire[0])<<8+int(wire[1]) || wire[2] != 0 || wire[3] != 0 {
			t.Errorf("a stream with %x, %v", wire, err)
			return
		}
		for _, reply := range serve(wire[2:]) {
			_, _ = stream.Write(framed(reply)) // the client may be gone
		}
		_ = stream.Close() // as may be the stream
	}
}

func (p *quicPeer) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.open {
		_ = conn.CloseWithError(0, "") // may be closed
	}
	p.open = nil
}

func TestQUICConnectionIsKept(t *testing.T) {
	p := peerQUIC(t, answering(t))
	g := member(t, "quic://"+p.addr)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { answered(t, g) })
	}
	all.Wait()
	if n := p.connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	p.hangUp()
	answered(t, g) // closing costs no failure
	if s := g.Stats()[0]; s.Failures != [upstream.Failures]uint64{} || p.connections.Load() != 2 {
		t.Errorf("%+v, %d connections", s, p.connections.Load())
	}
}

func TestHTTP3(t *testing.T) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	server := &http3.Server{
		TLSConfig: http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{good(t)}}),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query, err := io.ReadAll(r.Body)
			if err != nil || r.URL.Path != "/hoi" || r.Header.Get("Content-Type") != "application/dns-message" || r.UserAgent() != "" {
				t.Errorf("%s %v: %v", r.URL, r.Header, err)
			}
			w.Header().Set("Content-Type", "application/dns-message")
			_, _ = w.Write(replyTo(t, query, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1"))
		}),
	}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(conn) })
	t.Cleanup(func() { _ = server.Close(); _ = conn.Close(); done.Wait() })
	g := member(t, "https://"+conn.LocalAddr().String()+"/hoi#http=3")
	for range 10 {
		answered(t, g)
	}
}
