package http2

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/clientconn"
)

// A careful handler answers at once, later, or by net/http, and looks at what it is
// given.
type careful struct{ t *testing.T }

func (h careful) Begin(s *Stream) {
	if s.Method == "" || s.Method != http.MethodConnect && s.Path == "" || len(s.Body) > MaxBody || len(s.fields)*fieldOverhead > maxHeader {
		h.t.Errorf("a request that is none: %+v", s.Request)
	}
	switch {
	case strings.HasPrefix(s.Path, "/later"):
		go func() { s.Respond(echoFields, []byte("later")); s.Flush() }()
	case strings.HasPrefix(s.Path, "/slow"):
		go s.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			_, _ = io.Copy(w, req.Body) // to memory
		}))
	default:
		s.Body = append(s.Body, s.Path...)
		s.Respond(echoFields, s.Body)
	}
}

// FuzzConn: whatever a client sends after the preface, the connection ends when it does,
// or before, and nothing is left of it: no request under way and no room that is held or
// that the client was given twice.
func FuzzConn(f *testing.F) {
	var sent strings.Builder
	frames := http2.NewFramer(&sent, nil)
	seed := func(write ...func() error) {
		sent.Reset()
		for _, w := range write {
			if err := w(); err != nil {
				f.Fatal(err)
			}
		}
		f.Add([]byte(sent.String()))
	}
	settings := func(s ...http2.Setting) func() error { return func() error { return frames.WriteSettings(s...) } }
	headers := func(id uint32, end bool, fields ...string) func() error {
		return func() error {
			block := []byte(nil)
			for i := 0; i < len(fields); i += 2 {
				block = append(block, Fields(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})...)
			}
			return frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndStream: end, EndHeaders: true, BlockFragment: block})
		}
	}
	get := []string{":method", "GET", ":scheme", "https", ":authority", "x", ":path"}
	for _, path := range []string{"/", "/later", "/slow", "*"} {
		seed(settings(), headers(1, true, append(get, path)...), headers(3, true, append(get, path)...))
	}
	seed(settings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}),
		headers(1, false, append(get, "/slow")...), func() error { return frames.WriteDataPadded(1, false, []byte("abc"), make([]byte, 9)) },
		headers(1, true, "x-a", "b"), func() error { return frames.WriteWindowUpdate(1, 1) }, func() error { return frames.WriteWindowUpdate(0, 1<<31-1) })
	seed(settings(), headers(1, true, append(get, "/later")...), func() error { return frames.WriteRSTStream(1, http2.ErrCodeCancel) },
		func() error { return frames.WritePing(false, [8]byte{1}) }, func() error { return frames.WriteGoAway(1, http2.ErrCodeNo, []byte("x")) },
		func() error { return frames.WritePriority(3, http2.PriorityParam{StreamDep: 3}) })
	seed(settings(), func() error {
		return frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
	}, func() error { return frames.WriteContinuation(1, true, []byte{0x87, 0x84}) })
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := clientconn.Limits{Connections: 10, Idle: time.Minute, AnswerBytes: 1 << 20}
		room := clientconn.NewLimiter(func() *clientconn.Limits { return &limits },
			func(netip.Addr) clientconn.Standing { return clientconn.Claimed })
		client, accepted := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, client) }() // until the end
		go func() {
			_, _ = io.WriteString(client, http2.ClientPreface+string(text)) // the server may have ended it
			client.Close()
		}()
		server := NewServer(careful{t}, room, nil)
		c := newConn(server, plain{accepted}, &clientconn.Conn{Conn: accepted})
		why := c.run()
		c.close(why)
		for late := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			c.mu.Lock()
			live, open, held, mayCome := c.live, len(c.open), room.Held(), c.mayCome+c.returned
			c.mu.Unlock()
			if live == 0 && open == 0 && held == 0 {
				if mayCome != window && why != http2.ConnectionError(http2.ErrCodeFlowControl) {
					t.Fatalf("%q: ended by %v, and %d bytes may come, not %d", text, why, mayCome, window)
				}
				return
			}
			if time.Now().After(late) {
				t.Fatalf("%q: ended by %v, %d requests are left, %d open, %d bytes held", text, why, live, open, held)
			}
		}
	})
}
