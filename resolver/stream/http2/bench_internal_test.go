package http2

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/clientconn"
)

// A loop is a connection on which the same requests come again and again, in records of
// so many, until there were enough.
type loop struct {
	net.Conn
	records [][]byte
	left    int
}

func (l *loop) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.records[0])
	if l.records[0] = l.records[0][n:]; len(l.records[0]) == 0 {
		l.records = l.records[1:]
		l.left--
	}
	return n, nil
}

func (l *loop) Write(p []byte) (int, error)      { return len(p), nil }
func (l *loop) SetReadDeadline(time.Time) error  { return nil }
func (l *loop) SetWriteDeadline(time.Time) error { return nil }
func (l *loop) Close() error                     { return nil }

// BenchmarkRequests: what a request costs besides its look-up, TLS and the kernel, 20 of
// which come at a time.
func BenchmarkRequests(b *testing.B) {
	const together = 20
	var sent, block bytes.Buffer
	frames, fields := http2.NewFramer(&sent, nil), hpack.NewEncoder(&block)
	sent.WriteString(http2.ClientPreface)
	if err := frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 30}); err != nil {
		b.Fatal(err)
	}
	l := &loop{left: 1 + (b.N+together-1)/together}
	l.records = append(l.records, bytes.Clone(sent.Bytes()))
	id := uint32(1)
	for range l.left - 1 {
		sent.Reset()
		for range together {
			block.Reset()
			for _, f := range [][2]string{
				{":method", "GET"}, {":scheme", "https"}, {":authority", "dns.school.example"},
				{":path", "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"}, {"accept", "application/dns-message"},
			} {
				if err := fields.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}); err != nil {
					b.Fatal(err)
				}
			}
			if err := frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true}); err != nil {
				b.Fatal(err)
			}
			if err := frames.WriteWindowUpdate(0, 100); err != nil { // about what is answered
				b.Fatal(err)
			}
			id += 2
		}
		l.records = append(l.records, bytes.Clone(sent.Bytes()))
	}
	limits := clientconn.Limits{Connections: 10, Idle: time.Minute}
	room := clientconn.NewLimiter(func() *clientconn.Limits { return &limits },
		func(netip.Addr) clientconn.Standing { return clientconn.Claimed })
	server := NewServer(canned{}, room, nil)
	b.ReportAllocs()
	b.ResetTimer()
	server.Serve(plain{l}, &clientconn.Conn{Conn: l})
	if l.left > 0 {
		b.Errorf("%d records were not read", l.left)
	}
}

// A canned handler answers with 80 bytes.
type canned struct{}

var cannedReply = make([]byte, 80)

func (canned) Begin(s *Stream) { s.Respond(echoFields, cannedReply) }
