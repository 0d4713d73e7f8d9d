package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"

	"lachan/internal/testserver"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/stream"
	"lachan/resolver/stream/http2"
)

// mirror answers every message with itself as a reply. It panics, as a fuzz target may
// anywhere, if it is asked what could not be a query.
type mirror struct{}

func (mirror) Settings() *stream.Settings {
	return &stream.Settings{TLSName: "dns.school.example", DoHPath: "/dns-query"}
}

func (mirror) Ask(_ context.Context, from stream.Origin, message []byte, use func(reply []byte)) bool {
	if len(message) < 12 || message[2]&0x80 != 0 || strings.Contains(from.ID, "/") {
		panic(fmt.Sprintf("asked %x by %+v", message, from))
	}
	reply := bytes.Clone(message)
	reply[2] |= 0x80
	use(reply)
	return true
}

func (m mirror) Begin(s *http2.Stream, from stream.Origin, message []byte) {
	m.Ask(context.Background(), from, message, func(reply []byte) { stream.Answer(s, reply) })
}

func (mirror) Link(string, netip.Addr) int { return http.StatusNotFound }

// limiter has room for some connections.
func limiter() *clientconn.Limiter {
	limits := &clientconn.Limits{Connections: 64, Idle: time.Minute}
	return clientconn.NewLimiter(func() *clientconn.Limits { return limits }, func(netip.Addr) clientconn.Standing { return clientconn.Claimed })
}

// greetings are the two sides of TLS.
func greetings(f *testing.F) (server, client *tls.Config) {
	cert, key, err := testserver.PEM("127.0.0.1")
	if err != nil {
		f.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		f.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(cert)
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: listen.DoQ.ALPN()},
		&tls.Config{RootCAs: trust, ServerName: "127.0.0.1", NextProtos: listen.DoQ.ALPN()}
}

// open is the door of a protocol over QUIC at a free port.
func open(f *testing.F, p listen.Protocol) (socket listen.Socket, addr netip.AddrPort) {
	sockets, err := listen.Open(listen.At(p, netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := listen.Close(sockets); err != nil {
			f.Error(err)
		}
	})
	for _, s := range sockets {
		if s.Network == listen.UDP {
			socket = s
		}
	}
	if addr, err = socket.Bound(); err != nil {
		f.Fatal(err)
	}
	return socket, addr
}

func question(f *testing.F) []byte {
	m := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)
	m.Id = 0
	wire, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	return wire
}

// FuzzHTTP: whatever request comes, it is answered: with what the mirror made of its
// message, whole, or with a status that says what is wrong.
func FuzzHTTP(f *testing.F) {
	server, _ := greetings(f)
	socket, addr := open(f, listen.DoH)
	d, err := stream.ListenDoH(socket, addr, limiter(), func(...string) *tls.Config { return server }, mirror{}, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := d.Close(); err != nil {
			f.Error(err)
		}
	})
	wire := question(f)
	get := "GET /dns-query?dns=" + base64.RawURLEncoding.EncodeToString(wire) + " HTTP/1.1\r\nHost: dns.school.example\r\n\r\n"
	f.Add([]byte(get))
	f.Add([]byte("POST /dns-query/phone HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\nContent-Length: 32\r\n\r\n" + string(wire)))
	f.Add([]byte("POST /dns-query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("GET /dns-query?name=lesson.example&type=AAAA&do=1&cd=true HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1, ::1\r\n\r\n"))
	f.Add([]byte("POST /link/abc HTTP/1.1\r\nHost: x\r\nOrigin: https://x\r\n\r\n"))
	known := map[int]bool{200: true, 400: true, 403: true, 404: true, 405: true, 413: true, 415: true, 502: true}
	f.Fuzz(func(t *testing.T, text []byte) {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			return
		}
		request.RemoteAddr = "192.0.2.7:1"
		w := httptest.NewRecorder()
		d.ServeHTTP(w, request)
		reply := w.Result()
		body, err := io.ReadAll(reply.Body)
		if err != nil || !known[reply.StatusCode] {
			t.Fatalf("%q: status %d, %v", text, reply.StatusCode, err)
		}
		if reply.StatusCode != http.StatusOK {
			return
		}
		whole := reply.ContentLength == int64(len(body))
		if reply.Header.Get("Content-Type") == "application/dns-message" {
			whole = whole && len(body) >= 12 && body[2]&0x80 != 0
		}
		if !whole || request.URL.Path != "/dns-query" && !strings.HasPrefix(request.URL.Path, "/dns-query/") {
			t.Fatalf("%q: %v %q", text, reply.Header, body)
		}
	})
}

// FuzzQUIC: whatever datagram comes to the door, and whatever is sent on a stream,
// others are answered. What comes back on the stream is a whole reply or nothing.
func FuzzQUIC(f *testing.F) {
	server, client := greetings(f)
	socket, addr := open(f, listen.DoQ)
	d, err := stream.ListenDoQ(socket, addr, limiter(), server, mirror{}, 0)
	if err != nil {
		f.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); d.Run() }()
	f.Cleanup(func() { d.Stop(); <-ended })
	raw, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = raw.Close() }) // nothing is waited for
	wire := question(f)
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
	f.Add([]byte{0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0xb0}, framed)
	f.Add(append([]byte{0xff, 0xba, 0xba, 0xba, 0xba, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0}, make([]byte, 1200)...), framed[:20])
	f.Add([]byte{0x40, 1, 2, 3, 4}, append(bytes.Clone(framed), framed...))
	f.Add([]byte{}, []byte{0, 0})
	f.Add([]byte{0x80}, []byte{0xff, 0xff, 1})
	var honest, other *quic.Conn
	f.Fuzz(func(t *testing.T, datagram, sent []byte) {
		_, _ = raw.Write(datagram) // one too long for a datagram is none
		for _, c := range []**quic.Conn{&honest, &other} {
			if *c != nil && (*c).Context().Err() == nil {
				continue
			}
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			*c, err = quic.DialAddr(ctx, addr.String(), client, nil)
			cancel()
			if err != nil {
				t.Fatalf("after %x: %v", datagram, err)
			}
		}
		if got, ok := exchange(t, other, sent); ok && (len(got) < 14 || int(binary.BigEndian.Uint16(got)) != len(got)-2 || got[4]&0x80 == 0) {
			t.Fatalf("%x is answered by %x", sent, got)
		}
		got, ok := exchange(t, honest, framed)
		if want := framed[4:]; !ok || len(got) != len(framed) || !bytes.Equal(got[5:], want[1:]) {
			t.Fatalf("after %x and %x an honest question is answered by %x", datagram, sent, got)
		}
	})
}

// exchange sends bytes on a stream of their own. It is not ok if the stream or the
// connection ended without an answer.
func exchange(t *testing.T, c *quic.Conn, sent []byte) (got []byte, ok bool) {
	s, err := c.OpenStreamSync(t.Context())
	if err != nil {
		return nil, false
	}
	if err := s.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(sent); err != nil {
		return nil, false
	}
	if err := s.Close(); err != nil {
		return nil, false
	}
	got, err = io.ReadAll(s)
	if e, slow := err.(net.Error); slow && e.Timeout() {
		t.Fatalf("%x is not answered", sent)
	}
	return got, err == nil && len(got) > 0
}
