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
	f := func(protocol, alpn string, serve func(net.Listener), talk talk) {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{alpn}}))
		c, err := dial(options{server: l.Addr().String(), clients: 1, spread: 1}, 0, alpn)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		answers, err := talk(c, questions(t), 10, time.Now().Add(200*time.Millisecond))
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
	}, overTLS)
	f("doh", "h2", func(l net.Listener) {
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Query().Get("dns")) // the client may be gone
		})}
		_ = server.Serve(l) // ends with the listener
	}, overHTTP)
}
