//go:build linux

package main

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/bench/queryfile"
	"lachan/internal/testserver"
)

// questions have one message.
func questions(t *testing.T) *stream {
	t.Helper()
	wire, err := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	return &stream{file: &queryfile.File{Messages: [][]byte{wire}, Order: []uint32{0}}}
}

// TestBothTalksGetTheirAnswers: as many answers are counted as were given, and
// nothing is open at the end.
func TestBothTalksGetTheirAnswers(t *testing.T) {
	cert, key, err := testserver.PEM("dns.example")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	f := func(protocol, alpn string, serve func(net.Listener), dial func(options, int) (connection, error)) {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{alpn}}))
		c, err := dial(options{server: l.Addr().String(), clients: 1, spread: 1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		answers, err := c.talk(questions(t), 10, time.Now().Add(200*time.Millisecond))
		if err != nil || answers < 10 {
			t.Errorf("%s: %d answers, %v", protocol, answers, err)
		}
	}
	f("dot", "dot", func(l net.Listener) {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.Copy(c, c) // an echo is an answer of the right size; it ends with the connection
	}, dialTLS)
	f("doh", "h2", func(l net.Listener) {
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Query().Get("dns")) // the client may be gone
		})}
		_ = server.Serve(l) // ends with the listener
	}, dialHTTP)
}

// TestTalksOverQUICGetTheirAnswers, of DNS and of HTTP/3.
func TestTalksOverQUICGetTheirAnswers(t *testing.T) {
	cert, key, err := testserver.PEM("dns.example")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	f := func(alpn string, serve func(*quic.Listener), dial func(options, int) (connection, error)) {
		t.Helper()
		l, err := quic.ListenAddr("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{alpn}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go serve(l)
		c, err := dial(options{server: l.Addr().String(), clients: 1, spread: 1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if answers, err := c.talk(questions(t), 10, time.Now().Add(200*time.Millisecond)); err != nil || answers < 10 {
			t.Errorf("%s: %d answers, %v", alpn, answers, err)
		}
	}
	f("doq", func(l *quic.Listener) {
		c, err := l.Accept(t.Context())
		for err == nil {
			var s *quic.Stream
			if s, err = c.AcceptStream(t.Context()); err == nil {
				go func() { _, _ = io.Copy(s, s); _ = s.Close() }() // it ends with the connection
			}
		}
	}, dialQUIC)
	f("h3", func(l *quic.Listener) {
		server := &http3.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Query().Get("dns")) // the client may be gone
		})}
		if c, err := l.Accept(t.Context()); err == nil {
			_ = server.ServeQUICConn(c) // ends with the connection
		}
	}, dialHTTP3)
}
