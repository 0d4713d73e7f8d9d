package upstream_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

func TestHTTPResponsesThatAreNoReply(t *testing.T) {
	f := func(status int, contentType, body string) {
		t.Helper()
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // the client may be gone
		}))
		server.EnableHTTP2 = true
		server.TLS = &tls.Config{Certificates: []tls.Certificate{good(t)}}
		server.StartTLS()
		defer server.Close()
		g := member(t, "https://"+server.Listener.Addr().String())
		_, err := g.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if !errors.Is(err, upstream.ErrMalformed) && !errors.Is(err, upstream.ErrMismatch) {
			t.Errorf("%d %s: %v", status, contentType, err)
		}
	}
	const message = "application/dns-message"
	f(http.StatusOK, "text/html", "<p>hello")
	f(http.StatusOK, message, "<p>hello")
	f(http.StatusOK, message, "")
	f(http.StatusOK, message, strings.Repeat("x", 70000))
	f(http.StatusTemporaryRedirect, message, "")
	f(http.StatusServiceUnavailable, message, "")
	f(http.StatusNotFound, "text/plain", "404")
}

// TestARefusedRequestIsMadeAgain: a server that has too much under way says that
// it has done nothing of a request.
func TestARefusedRequestIsMadeAgain(t *testing.T) {
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{good(t)}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	const refusals = 3
	var refused atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(t.Context(), func() { _ = conn.Close() }) // the test is over
			go refuseFirst(conn, refusals, &refused)
		}
	}()
	answered(t, member(t, "https://"+listener.Addr().String()))
	if n := refused.Load(); n != refusals {
		t.Errorf("%d requests were refused, want %d", n, refusals)
	}
}

// refuseFirst speaks HTTP/2 and refuses the first requests on a connection.
func refuseFirst(conn net.Conn, refusals int64, refused *atomic.Int64) {
	if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
		return
	}
	framer := http2.NewFramer(conn, conn)
	err := framer.WriteSettings()
	taken := map[uint32]bool{}
	for err == nil {
		var frame http2.Frame
		if frame, err = framer.ReadFrame(); err != nil {
			return
		}
		switch f := frame.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = framer.WriteSettingsAck()
			}
		case *http2.HeadersFrame:
			if taken[f.StreamID] = refused.Load() == refusals; !taken[f.StreamID] {
				refused.Add(1)
				err = framer.WriteRSTStream(f.StreamID, http2.ErrCodeRefusedStream)
			}
		case *http2.DataFrame:
			if taken[f.StreamID] && len(f.Data()) > 0 {
				err = reply(framer, f)
			}
		}
	}
}

// reply answers the query in a frame.
func reply(framer *http2.Framer, f *http2.DataFrame) error {
	query := new(dns.Msg)
	if err := query.Unpack(f.Data()); err != nil {
		return err
	}
	m := new(dns.Msg).SetReply(query)
	m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: query.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 1)}}
	wire, err := m.Pack()
	if err != nil {
		return err
	}
	var head bytes.Buffer
	h := hpack.NewEncoder(&head)
	for _, field := range []hpack.HeaderField{{Name: ":status", Value: "200"}, {Name: "content-type", Value: "application/dns-message"}} {
		if err := h.WriteField(field); err != nil {
			return err
		}
	}
	return errors.Join(
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: f.StreamID, BlockFragment: head.Bytes(), EndHeaders: true}),
		framer.WriteData(f.StreamID, true, wire))
}
