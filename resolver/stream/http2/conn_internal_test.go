package http2

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/clientconn"
)

// deadline is how long a test waits for what has to come.
const deadline = 20 * time.Second

// An echo answers a request with its path and its body. A path that begins with /hold
// is answered when the test says so, /drop not at all, /slow by net/http, and /get uses
// the room of a body for something else.
type echo struct {
	held chan *Stream
}

var echoFields = append([]byte(StatusOK), Append(nil, ContentType, "text/plain")...)

func (e *echo) Begin(s *Stream) {
	switch {
	case strings.HasPrefix(s.Path, "/hold"):
		e.held <- s
	case strings.HasPrefix(s.Path, "/drop"):
		s.Abort()
	case strings.HasPrefix(s.Path, "/slow"):
		go s.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Query().Has("panic") {
				panic("out of cheese")
			}
			w.Header().Set("X-Host", req.Host)
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.Copy(w, req.Body) // to memory
		}))
	case strings.HasPrefix(s.Path, "/get"):
		s.Body = append(s.Body[:0], make([]byte, 5000)...)
		s.Respond(echoFields, nil)
	case strings.HasPrefix(s.Path, "/large"):
		n, _ := strconv.Atoi(strings.TrimPrefix(s.Path, "/large")) // of this test
		s.Respond(echoFields, make([]byte, n))
	default:
		s.Respond(echoFields, append([]byte(s.Path), s.Body...))
	}
}

// A plain transport is a connection that says it is TLS.
type plain struct{ net.Conn }

func (plain) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{ServerName: "x.example"}
}

// A peer is the client of a connection.
type peer struct {
	t      testing.TB
	echo   *echo
	frames *http2.Framer
	conn   net.Conn
	block  bytes.Buffer
	fields *hpack.Encoder
	ended  chan struct{} // closed when the server is done with the connection
	limits clientconn.Limits
	room   *clientconn.Limiter
}

// dial begins a connection, with settings.
func dial(t testing.TB, settings ...http2.Setting) *peer {
	t.Helper()
	p := &peer{t: t, echo: &echo{make(chan *Stream, 1000)}, ended: make(chan struct{})}
	p.limits = clientconn.Limits{Connections: 10, Idle: deadline}
	p.room = clientconn.NewLimiter(func() *clientconn.Limits { return &p.limits },
		func(netip.Addr) clientconn.Standing { return clientconn.Claimed })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if p.conn, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(p.echo, p.room, Fields(hpack.HeaderField{Name: "alt-svc", Value: "clear"}))
	go func() {
		defer close(p.ended)
		server.Serve(plain{accepted}, &clientconn.Conn{Conn: accepted})
	}()
	t.Cleanup(func() { p.conn.Close(); <-p.ended })
	if err := p.conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	p.frames = http2.NewFramer(p.conn, p.conn)
	p.frames.ReadMetaHeaders = hpack.NewDecoder(tableSize, nil)
	p.fields = hpack.NewEncoder(&p.block)
	_, err = io.WriteString(p.conn, http2.ClientPreface)
	p.sent(errors.Join(err, p.frames.WriteSettings(settings...)))
	return p
}

func (p *peer) sent(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// header is a block of fields, name and value by turns.
func (p *peer) header(fields ...string) []byte {
	p.block.Reset()
	for pair := range slices.Chunk(fields, 2) {
		p.sent(p.fields.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]}))
	}
	return bytes.Clone(p.block.Bytes())
}

func (p *peer) get(path string) []byte {
	return p.header(":method", "GET", ":scheme", "https", ":authority", "x.example", ":path", path)
}

// ask sends a request of a header alone.
func (p *peer) ask(id uint32, path string) error {
	return p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: p.get(path), EndStream: true, EndHeaders: true})
}

// An outcome is what came of a stream, or of the connection, which has number 0.
type outcome struct {
	status string
	fields map[string]string
	body   string
	code   http2.ErrCode
	reset  bool
}

// outcomes reads until all of these streams have ended, or the connection has.
func (p *peer) outcomes(ids ...uint32) map[uint32]*outcome {
	p.t.Helper()
	all := map[uint32]*outcome{}
	of := func(id uint32) *outcome {
		if all[id] == nil {
			all[id] = &outcome{fields: map[string]string{}}
		}
		return all[id]
	}
	ended := map[uint32]bool{}
	for {
		if !slices.ContainsFunc(ids, func(id uint32) bool { return !ended[id] }) {
			return all
		}
		frame, err := p.frames.ReadFrame()
		if err != nil {
			if e, slow := err.(net.Error); slow && e.Timeout() {
				p.t.Fatalf("of %d nothing comes", ids)
			}
			return all
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			o := of(f.StreamID)
			o.status = f.PseudoValue("status")
			for _, field := range f.RegularFields() {
				o.fields[field.Name] = field.Value
			}
			ended[f.StreamID] = f.StreamEnded()
		case *http2.DataFrame:
			of(f.StreamID).body += string(f.Data())
			ended[f.StreamID] = f.StreamEnded()
		case *http2.RSTStreamFrame:
			o := of(f.StreamID)
			o.reset, o.code = true, f.ErrCode
			ended[f.StreamID] = true
		case *http2.GoAwayFrame:
			of(0).reset, of(0).code = true, f.ErrCode
			ended[0] = true
		}
	}
}

// answersPing waits for the answer to a PING: what came before is done.
func (p *peer) answersPing() {
	p.t.Helper()
	p.sent(p.frames.WritePing(false, [8]byte{}))
	for {
		frame, err := p.frames.ReadFrame()
		p.sent(err)
		if _, ok := frame.(*http2.PingFrame); ok {
			return
		}
	}
}

// letsGo waits for the end of the connection, and tells the code that it ended with.
func (p *peer) letsGo() http2.ErrCode {
	p.t.Helper()
	o := p.outcomes(0)[0]
	select {
	case <-p.ended:
	case <-time.After(deadline):
		p.t.Fatal("the connection does not end")
	}
	if o == nil {
		p.t.Fatal("the connection ends without a word")
	}
	return o.code
}

func TestRequestsAreAnswered(t *testing.T) {
	p := dial(t)
	p.sent(p.ask(1, "/a"))
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 3, EndHeaders: true,
		BlockFragment: p.header(":method", "POST", ":scheme", "https", ":authority", "x.example", ":path", "/b?", "content-type", "text/plain"),
	}))
	p.sent(p.frames.WriteData(3, false, []byte("one,")))
	p.sent(p.frames.WriteDataPadded(3, true, []byte("two"), make([]byte, 200)))
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 5, EndHeaders: true, BlockFragment: p.header(":method", "PUT", ":scheme", "https", ":authority", "x.example", ":path", "/slow"),
	}))
	p.sent(p.frames.WriteData(5, false, []byte("three")))
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 5, EndHeaders: true, EndStream: true, BlockFragment: p.header("x-trailer", "y")}))
	p.sent(p.ask(7, "/drop"))
	p.sent(p.ask(9, "/slow?panic"))
	all := p.outcomes(1, 3, 5, 7, 9)
	for id, want := range map[uint32]string{1: "200 /a", 3: "200 /b?one,two", 5: "418 three"} {
		if o := all[id]; o.status+" "+o.body != want || o.fields["content-length"] != strconv.Itoa(len(o.body)) || o.fields["alt-svc"] != "clear" {
			t.Errorf("stream %d: %+v, want %s", id, o, want)
		}
	}
	if all[5].fields["x-host"] != "x.example" {
		t.Errorf("the host of %+v", all[5])
	}
	for _, id := range []uint32{7, 9} {
		if o := all[id]; !o.reset || o.code != http2.ErrCodeInternal {
			t.Errorf("stream %d: %+v", id, o)
		}
	}
}

// TestAnAnswerHasTheRoomThatItsClientGives, no more, and is whole in the end, whatever
// the order in which room is made.
func TestAnAnswerHasTheRoomThatItsClientGives(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 10})
	for id := uint32(1); id < 8; id += 2 {
		p.sent(p.ask(id, "/large50000"))
	}
	got, streams, all := map[uint32]int{}, 10, defaultWindow
	total := 0
	for ended := 0; ended < 4; {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		f, ok := frame.(*http2.DataFrame)
		if !ok {
			continue
		}
		n := len(f.Data())
		got[f.StreamID] += n
		if total += n; got[f.StreamID] > streams || total > all {
			t.Fatalf("stream %d: %d bytes of %d, %d of %d in all", f.StreamID, got[f.StreamID], streams, total, all)
		}
		if f.StreamEnded() {
			ended++
			if got[f.StreamID] != 50_000 {
				t.Errorf("stream %d: %d bytes", f.StreamID, got[f.StreamID])
			}
		}
		switch total {
		case 40:
			streams = 30_000
			p.sent(p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 30_000}))
		case all:
			all += 200_000
			p.sent(p.frames.WriteWindowUpdate(0, 200_000))
		case 120_000:
			streams += 20_000
			for id := uint32(1); id < 8; id += 2 {
				p.sent(p.frames.WriteWindowUpdate(id, 20_000))
			}
		}
	}
	p.answersPing() // what was written is let go of after it
	if held := p.room.Held(); held != 0 {
		t.Errorf("%d bytes are held for answers that were taken", held)
	}
}

// TestAClientThatSaysNothingGives65535Bytes to all streams together and to each (RFC 9113
// section 6.9.2), and is given 128 KiB.
func TestAClientThatSaysNothingGives65535Bytes(t *testing.T) {
	p := dial(t)
	p.sent(p.ask(1, "/large100000"))
	come, given := 0, 65535
	until := func(enough func(http2.Frame) bool) {
		for {
			frame, err := p.frames.ReadFrame()
			p.sent(err)
			switch f := frame.(type) {
			case *http2.DataFrame:
				come += len(f.Data())
			case *http2.WindowUpdateFrame:
				given += int(f.Increment)
			}
			if enough(frame) {
				return
			}
		}
	}
	p.sent(p.frames.WritePing(false, [8]byte{}))
	until(func(f http2.Frame) bool { _, is := f.(*http2.PingFrame); return is })
	if come != 65535 || given != 128<<10 {
		t.Errorf("%d bytes come, %d may be sent", come, given)
	}
	p.sent(errors.Join(p.frames.WriteWindowUpdate(0, 100_000), p.frames.WriteWindowUpdate(1, 100_000)))
	until(func(f http2.Frame) bool { data, is := f.(*http2.DataFrame); return is && data.StreamEnded() })
	if come != 100_000 {
		t.Errorf("%d bytes come in all", come)
	}
}

// TestWhatClientsDoWrongEndsAStream, and no other.
func TestWhatClientsDoWrongEndsAStream(t *testing.T) {
	good := []string{":method", "GET", ":scheme", "https", ":authority", "x.example", ":path", "/"}
	for _, tt := range []struct {
		what   string
		fields []string
		status string
		code   http2.ErrCode
	}{
		{"a name in upper case", append(slices.Clone(good), "X-A", "b"), "", http2.ErrCodeProtocol},
		{"a name of two words", append(slices.Clone(good), "x a", "b"), "", http2.ErrCodeProtocol},
		{"a value of two lines", append(slices.Clone(good), "x-a", "b\nc"), "", http2.ErrCodeProtocol},
		{"a field of the connection", append(slices.Clone(good), "transfer-encoding", "chunked"), "", http2.ErrCodeProtocol},
		{"te", append(slices.Clone(good), "te", "gzip"), "", http2.ErrCodeProtocol},
		{"te trailers", append(slices.Clone(good), "te", "trailers"), "200", 0},
		{"a pseudo field at the end", append([]string{"x-a", "b"}, good...), "", http2.ErrCodeProtocol},
		{"a pseudo field twice", append(slices.Clone(good), ":path", "/b"), "", http2.ErrCodeProtocol},
		{"a pseudo field of responses", append(slices.Clone(good), ":status", "200"), "", http2.ErrCodeProtocol},
		{"a path of two lines", append(slices.Clone(good[:6]), ":path", "/a\nb"), "", http2.ErrCodeProtocol},
		{"no method", good[2:], "", http2.ErrCodeProtocol},
		{"no path", good[:6], "", http2.ErrCodeProtocol},
		{"a path that is none", []string{":method", "GET", ":scheme", "https", ":path", "a"}, "", http2.ErrCodeProtocol},
		{"no authority", []string{":method", "GET", ":scheme", "https", ":path", "/"}, "200", 0},
		{"CONNECT with a path", append([]string{":method", "CONNECT"}, good[2:]...), "", http2.ErrCodeProtocol},
		{"a body that does not come", append(slices.Clone(good), "content-length", "1"), "", http2.ErrCodeProtocol},
		{"two lengths", append(slices.Clone(good), "content-length", "0", "content-length", "1"), "", http2.ErrCodeProtocol},
		{"a length of words", append(slices.Clone(good), "content-length", "many"), "", http2.ErrCodeProtocol},
		{"a length beyond a message", append(slices.Clone(good), "content-length", "65536"), "413", 0},
		{"too many fields", append(slices.Clone(good), slices.Repeat([]string{"x-a", strings.Repeat("b", 1000)}, 8)...), "431", 0},
		{"many fields", append(slices.Clone(good), slices.Repeat([]string{"x-a", strings.Repeat("b", 1000)}, 7)...), "200", 0},
	} {
		p := dial(t)
		p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndStream: true, EndHeaders: true, BlockFragment: p.header(tt.fields...)}))
		p.sent(p.ask(3, "/b"))
		all := p.outcomes(1, 3)
		if o := all[1]; o == nil || o.status != tt.status || o.reset != (tt.status == "") || o.code != tt.code {
			t.Errorf("%s: %+v", tt.what, o)
		}
		if o := all[3]; o == nil || o.body != "/b" {
			t.Errorf("%s: then %+v", tt.what, o)
		}
	}
}

// TestABodyHasBounds: as long as a message may be, or as it is said to be, and what
// other streams send meanwhile.
func TestABodyHasBounds(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20})
	p.sent(p.frames.WriteWindowUpdate(0, 1<<20))
	post := func(id uint32, more ...string) {
		p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{
			StreamID: id, EndHeaders: true,
			BlockFragment: p.header(append([]string{":method", "POST", ":scheme", "https", ":authority", "x.example", ":path", "/"}, more...)...),
		}))
	}
	data := func(id uint32, n int, last bool) {
		for n > maxFrame {
			p.sent(p.frames.WriteData(id, false, make([]byte, maxFrame)))
			n -= maxFrame
		}
		p.sent(p.frames.WriteData(id, last, make([]byte, n)))
	}
	post(1, "content-length", strconv.Itoa(MaxBody))
	data(1, MaxBody, true)
	if o := p.outcomes(1)[1]; o.status != "200" || len(o.body) != 1+MaxBody {
		t.Errorf("the longest: %s, %d bytes", o.status, len(o.body))
	}
	post(3)
	data(3, MaxBody+1, false)
	if o := p.outcomes(3)[3]; o.status != "413" {
		t.Errorf("one longer: %+v", o)
	}
	post(5, "content-length", "10")
	data(5, 11, true)
	if o := p.outcomes(5)[5]; !o.reset || o.code != http2.ErrCodeProtocol {
		t.Errorf("longer than it says: %+v", o)
	}
	post(7, "content-length", "10")
	data(7, 4, false)
	data(7, 6, true)
	if o := p.outcomes(7)[7]; o.status != "200" || len(o.body) != 11 {
		t.Errorf("as long as it says: %+v", o)
	}
	post(9, "content-length", "0", "content-length", "1")
	data(9, 1, true)
	if o := p.outcomes(9)[9]; !o.reset || o.code != http2.ErrCodeProtocol {
		t.Errorf("of two lengths: %+v", o)
	}
	post(11, "content-length", "0")
	data(11, 1, false) // more may come
	if o := p.outcomes(11)[11]; !o.reset || o.code != http2.ErrCodeProtocol {
		t.Errorf("longer than nothing: %+v", o)
	}
	for id := uint32(13); id < 100; id += 2 { // more than the window in all: each has it back
		post(id)
		data(id, 20_000, true)
		p.sent(p.frames.WriteWindowUpdate(0, 30_000))
		if o := p.outcomes(id)[id]; o.status != "200" || len(o.body) != 20_001 {
			t.Fatalf("stream %d: %+v", id, o.status)
		}
	}
	p = dial(t)
	post(1)
	post(3)
	post(5)
	data(1, MaxBody, false)
	data(3, MaxBody, false)
	data(5, window-2*MaxBody, false)
	p.answersPing()                                   // what fills the window is taken
	_ = p.frames.WriteData(5, false, make([]byte, 1)) // the server may have ended it
	if code := p.letsGo(); code != http2.ErrCodeFlowControl {
		t.Errorf("more than there is room for: %v", code)
	}
}

// TestOnlySoManyRequestsAreUnderWay, those among them that the client has given up: a
// look-up goes on. What is beyond them may be asked again.
func TestOnlySoManyRequestsAreUnderWay(t *testing.T) {
	p := dial(t)
	id := uint32(1)
	for range maxStreams {
		p.sent(p.ask(id, "/hold"))
		p.sent(p.frames.WriteRSTStream(id, http2.ErrCodeCancel))
		id += 2
	}
	p.sent(p.ask(id, "/a"))
	if o := p.outcomes(id)[id]; !o.reset || o.code != http2.ErrCodeRefusedStream {
		t.Fatalf("%+v", o)
	}
	for range maxStreams {
		s := <-p.echo.held
		s.Respond(echoFields, []byte("late"))
		s.Flush()
	}
	id += 2
	p.sent(p.ask(id, "/b"))
	all := p.outcomes(id)
	if o := all[id]; o.body != "/b" || len(all) != 1 {
		t.Errorf("%+v of %d", o, len(all))
	}
}

// TestNothingIsSaidOfAStreamThatItsClientEnded, whatever comes of its request.
func TestNothingIsSaidOfAStreamThatItsClientEnded(t *testing.T) {
	p := dial(t)
	p.sent(p.ask(1, "/hold"))
	p.sent(p.ask(3, "/hold"))
	given, answered := <-p.echo.held, <-p.echo.held
	p.sent(p.frames.WriteRSTStream(1, http2.ErrCodeCancel))
	p.sent(p.frames.WriteRSTStream(3, http2.ErrCodeCancel))
	p.answersPing()
	given.Abort()
	answered.Respond(echoFields, []byte("late"))
	given.Flush()
	p.sent(p.ask(5, "/b"))
	if all := p.outcomes(5); len(all) != 1 || all[5].body != "/b" {
		t.Errorf("%+v", all)
	}
}

// TestAnswersMakeUpForWhatAsksNothing, by whomever they are given.
func TestAnswersMakeUpForWhatAsksNothing(t *testing.T) {
	c := &conn{patience: newPatience()}
	var live sync.WaitGroup
	live.Go(func() {
		for range 1000 {
			c.mu.Lock()
			c.answered++
			c.mu.Unlock()
		}
	})
	charged := 0
	for c.charge() == nil {
		charged++
	}
	live.Wait()
	for c.answered > 0 && c.charge() == nil {
		charged++
	}
	if charged < mostPatience {
		t.Errorf("%d frames that ask nothing end a connection on which much is answered", charged)
	}
}

// TestAFloodEndsTheConnection: of frames that ask nothing, whatever they are.
func TestAFloodEndsTheConnection(t *testing.T) {
	id := uint32(1)
	for what, flood := range map[string]func(p *peer) error{
		"PING":          func(p *peer) error { return p.frames.WritePing(false, [8]byte{}) },
		"PING answered": func(p *peer) error { return p.frames.WritePing(true, [8]byte{}) },
		"SETTINGS":      func(p *peer) error { return p.frames.WriteSettings() },
		"PRIORITY":      func(p *peer) error { return p.frames.WritePriority(1, http2.PriorityParam{StreamDep: 3}) },
		"unknown":       func(p *peer) error { return p.frames.WriteRawFrame(0xee, 0, 0, nil) },
		"WINDOW_UPDATE": func(p *peer) error { return p.frames.WriteWindowUpdate(0, 1) },
		"WINDOW_UPDATE of what has ended": func(p *peer) error {
			if id == 1 {
				id = 3
				return p.ask(1, "/")
			}
			return p.frames.WriteWindowUpdate(1, 1000)
		},
		"DATA of padding": func(p *peer) error {
			if id == 1 {
				id = 3
				return p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: p.get("/")})
			}
			return p.frames.WriteDataPadded(1, false, nil, make([]byte, 255))
		},
		"rapid reset of what is refused": func(p *peer) error {
			id += 2
			return errors.Join(p.ask(id, "/hold"), p.frames.WriteRSTStream(id, http2.ErrCodeCancel))
		},
		"empty DATA": func(p *peer) error {
			if id != 1<<20+1 {
				id = 1<<20 + 1
				_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true, BlockFragment: p.get("/")}) // the next frame has the error
			}
			return p.frames.WriteData(id, false, nil)
		},
		"malformed requests": func(p *peer) error {
			id += 2
			return p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndStream: true, EndHeaders: true, BlockFragment: p.header("a", "b")})
		},
	} {
		id = 1
		p := dial(t)
		stopped := make(chan struct{})
		go func() { // the server is to stop it, not the client
			defer close(stopped)
			for range 100_000 {
				if flood(p) != nil {
					return
				}
			}
		}()
		if code := p.letsGo(); code != http2.ErrCodeEnhanceYourCalm {
			t.Errorf("%s: %v", what, code)
		}
		p.conn.Close()
		<-stopped
		for len(p.echo.held) > 0 {
			(<-p.echo.held).Abort()
		}
	}
}

// TestAHeaderHasABoundInFrames and in bytes, as it is sent.
func TestAHeaderHasABoundInFrames(t *testing.T) {
	for what, parts := range map[string][][]byte{
		"frames": slices.Repeat([][]byte{{}}, maxParts+1),
		"bytes":  {make([]byte, 9000), make([]byte, 9000)},
	} {
		p := dial(t)
		p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndStream: true, BlockFragment: p.header(slices.Repeat([]string{"x", "y"}, 2)...)}))
		go func() {
			for _, part := range parts {
				copy(part, bytes.Repeat(p.header("x", "y"), len(part)))
				if p.frames.WriteContinuation(1, false, part) != nil {
					return
				}
			}
		}()
		if code := p.letsGo(); code != http2.ErrCodeEnhanceYourCalm {
			t.Errorf("%s: %v", what, code)
		}
	}
	p := dial(t)
	header := p.get("/a")
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndStream: true, BlockFragment: header[:3]}))
	for part := 2; part < maxParts; part++ {
		p.sent(p.frames.WriteContinuation(1, false, nil))
	}
	p.sent(p.frames.WriteContinuation(1, true, header[3:]))
	if o := p.outcomes(1)[1]; o.body != "/a" {
		t.Errorf("a header in %d frames: %+v", maxParts, o)
	}
}

// TestAHeaderThatGrowsIsNotKept: a few bytes that stand for a field of 4 KB each.
func TestAHeaderThatGrowsIsNotKept(t *testing.T) {
	p := dial(t)
	bomb := append(p.get("/"), p.header("x-a", strings.Repeat("b", 3000))...)
	for range 10_000 {
		bomb = append(bomb, 0x80|62) // the newest of the table
	}
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndStream: true, EndHeaders: true, BlockFragment: bomb}))
	p.sent(p.ask(3, "/b"))
	all := p.outcomes(1, 3)
	if all[1].status != "431" || all[3].body != "/b" {
		t.Errorf("%+v, then %+v", all[1], all[3])
	}
}

// TestAClientThatTakesNothingIsLetGo, and what was held for its answers is free.
func TestAClientThatTakesNothingIsLetGo(t *testing.T) {
	t.Parallel()
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	for id := uint32(1); id < 20; id += 2 {
		p.sent(p.ask(id, "/large60000"))
	}
	if code := p.letsGo(); code != http2.ErrCodeFlowControl {
		t.Errorf("it ends with %v", code)
	}
	if held := p.room.Held(); held != 0 {
		t.Errorf("%d bytes are held", held)
	}
}

// TestAnswersHaveTheRoomThatThereIs in all connections: a stream for which there is none
// ends.
func TestAnswersHaveTheRoomThatThereIs(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	p.limits.AnswerBytes = 100_000
	var ids []uint32
	for id := uint32(1); id < 20; id += 2 {
		p.sent(p.ask(id, "/large30000"))
		ids = append(ids, id)
	}
	for _, id := range ids[2:] {
		if o := p.outcomes(id)[id]; !o.reset || o.code != http2.ErrCodeEnhanceYourCalm {
			t.Fatalf("stream %d: %+v", id, o)
		}
	}
	if held := p.room.Held(); held > 100_000 || held < 60_000 {
		t.Errorf("%d bytes are held", held)
	}
}

// TestABodyThatDoesNotComeEndsItsStream, while others are asked and answered.
func TestABodyThatDoesNotComeEndsItsStream(t *testing.T) {
	t.Parallel()
	p := dial(t)
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: p.get("/")}))
	p.sent(p.frames.WriteData(1, false, []byte("abc")))
	began := time.Now()
	o := p.outcomes(1)[1]
	if took := time.Since(began); !o.reset || o.code != http2.ErrCodeCancel || took < bodyTimeout-time.Second {
		t.Errorf("after %s: %+v", took, o)
	}
	p.sent(p.ask(3, "/b"))
	if o := p.outcomes(3)[3]; o.body != "/b" {
		t.Errorf("then %+v", o)
	}
}

// TestTheEndAnswersWhatWasAsked: a client that says it has asked all gets the answers,
// those that come later too, and learns what it may ask again.
func TestTheEndAnswersWhatWasAsked(t *testing.T) {
	p := dial(t)
	p.sent(p.ask(1, "/hold"))
	p.sent(p.ask(3, "/b"))
	s := <-p.echo.held
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 5, EndHeaders: true, BlockFragment: p.get("/c")}))
	p.sent(p.conn.(*net.TCPConn).CloseWrite())
	o := p.outcomes(0, 3)
	if o[3].body != "/b" || o[0].code != http2.ErrCodeNo {
		t.Errorf("%+v, then %+v", o[3], o[0])
	}
	if o[5] == nil || o[5].code != http2.ErrCodeRefusedStream {
		t.Errorf("what has not come whole: %+v; it may be asked again", o[5])
	}
	s.Respond(echoFields, []byte("late"))
	s.Flush()
	if o := p.outcomes(1)[1]; o == nil || o.body != "late" {
		t.Errorf("%+v", o)
	}
	<-p.ended
}

// TestOnlyWhatWasSentMayBeSentAgain: a client gets back the room that its bodies had, and
// no more, whatever the Handler makes of them.
func TestOnlyWhatWasSentMayBeSentAgain(t *testing.T) {
	p := dial(t)
	const requests = 100
	for id := uint32(1); id < 2*requests; id += 2 {
		p.sent(p.ask(id, "/get"))
	}
	p.sent(p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*requests + 1, EndHeaders: true, BlockFragment: p.get("/get")}))
	p.sent(p.frames.WriteData(2*requests+1, false, make([]byte, maxFrame)))
	p.sent(p.frames.WriteData(2*requests+1, false, make([]byte, maxFrame)))
	p.sent(p.frames.WriteData(2*requests+1, true, make([]byte, maxFrame)))
	p.sent(p.frames.WritePing(false, [8]byte{}))
	for more := 0; ; {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch f := frame.(type) {
		case *http2.WindowUpdateFrame:
			more += int(f.Increment)
		case *http2.PingFrame:
			if more -= window - defaultWindow; more != 3*maxFrame {
				t.Errorf("%d bytes may be sent again of %d", more, 3*maxFrame)
			}
			return
		}
	}
}

// TestAClientThatMakesItsTableSmallerIsToldThatItIsEmpty, in the next response: clients
// with nghttp2 end the connection otherwise.
func TestAClientThatMakesItsTableSmallerIsToldThatItIsEmpty(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
	decoder := p.frames.ReadMetaHeaders
	p.frames.ReadMetaHeaders = nil
	p.sent(p.ask(1, "/a"))
	p.sent(p.ask(3, "/b"))
	for id := uint32(1); id < 5; {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		f, ok := frame.(*http2.HeadersFrame)
		if !ok {
			continue
		}
		block := f.HeaderBlockFragment()
		if told := block[0] == 0x20; told != (id == 1) {
			t.Errorf("stream %d: told so: %v", id, told)
		}
		if fields, err := decoder.DecodeFull(block); err != nil || len(fields) == 0 || fields[0].Value != "200" {
			t.Errorf("stream %d: %v, %v", id, fields, err)
		}
		id += 2
	}
}

// TestAnAnswerDoesNotLeaveByteByByte, though its client makes room for it in that way in
// one frame of many settings.
func TestAnAnswerDoesNotLeaveByteByByte(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	p.sent(p.ask(1, "/large1000"))
	var settings []http2.Setting
	for n := range uint32(1000) {
		settings = append(settings, http2.Setting{ID: http2.SettingInitialWindowSize, Val: n + 1})
	}
	p.sent(p.frames.WriteSettings(settings...))
	for {
		frame, err := p.frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := frame.(*http2.DataFrame); ok {
			if n := len(f.Data()); n != 1000 {
				t.Errorf("a frame of %d bytes", n)
			}
			return
		}
	}
}

// TestAClientThatTakesNothingOfALateAnswerIsLetGo before it has been silent for as long as
// it may be.
func TestAClientThatTakesNothingOfALateAnswerIsLetGo(t *testing.T) {
	t.Parallel()
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	p.sent(p.ask(1, "/hold"))
	s := <-p.echo.held
	p.answersPing() // then its silence begins
	began := time.Now()
	s.Respond(echoFields, []byte("late"))
	s.Flush()
	code := p.letsGo()
	if took := time.Since(began); code != http2.ErrCodeFlowControl || took > 3*writeTimeout {
		t.Errorf("after %s: %v", took, code)
	}
}

// TestAnAnswerThatFindsNoRoomAtTheEndIsCutOff: the client does not take for the whole what
// it has of it.
func TestAnAnswerThatFindsNoRoomAtTheEndIsCutOff(t *testing.T) {
	p := dial(t, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 2})
	p.sent(p.ask(1, "/hold"))
	s := <-p.echo.held
	p.sent(p.conn.(*net.TCPConn).CloseWrite())
	p.outcomes(0)
	s.Respond(echoFields, []byte("late"))
	s.Flush()
	if o := p.outcomes(1)[1]; o == nil || o.code != http2.ErrCodeCancel {
		t.Errorf("%+v", o)
	}
	<-p.ended
	if held := p.room.Held(); held != 0 {
		t.Errorf("%d bytes are held", held)
	}
}

// TestBodiesComeBesideLateAnswers: each request is answered for what it is, though others
// are answered by somebody else while its body comes.
func TestBodiesComeBesideLateAnswers(t *testing.T) {
	p := dial(t)
	var live sync.WaitGroup
	live.Go(func() {
		for s := range p.echo.held {
			s.Respond(echoFields, []byte("late "+s.Path))
			s.Flush()
		}
	})
	defer func() { close(p.echo.held); live.Wait() }()
	part := bytes.Repeat([]byte("x"), small)
	for round := range uint32(20) {
		var all bytes.Buffer
		together := http2.NewFramer(&all, nil)
		p.sent(together.WriteWindowUpdate(0, 10*9*small)) // for the answers of this round
		var ids []uint32
		for i := range uint32(10) {
			held := round*40 + 4*i + 1
			ids = append(ids, held, held+2)
			p.sent(together.WriteHeaders(http2.HeadersFrameParam{StreamID: held, BlockFragment: p.get("/hold"), EndStream: true, EndHeaders: true}))
			p.sent(together.WriteHeaders(http2.HeadersFrameParam{StreamID: held + 2, EndHeaders: true,
				BlockFragment: p.header(":method", "POST", ":scheme", "https", ":authority", "x.example", ":path", "/body")}))
			for n := range 8 {
				p.sent(together.WriteData(held+2, n == 7, part))
			}
		}
		_, err := p.conn.Write(all.Bytes())
		p.sent(err)
		of := p.outcomes(ids...)
		for i, id := range ids {
			want := []string{"late /hold", "/body" + strings.Repeat(string(part), 8)}[i%2]
			if o := of[id]; o == nil || o.status != "200" || o.body != want {
				t.Fatalf("stream %d of round %d: %.100v", id, round, o)
			}
		}
	}
}

// TestARequestUsesTheRoomOfOneThatIsOver: a connection that asks and asks needs no more.
func TestARequestUsesTheRoomOfOneThatIsOver(t *testing.T) {
	p := dial(t)
	rooms := map[*Stream]bool{}
	for id := uint32(1); id < 200; id += 2 {
		p.sent(p.ask(id, "/hold"))
		s := <-p.echo.held
		rooms[s] = true
		s.Respond(echoFields, []byte("late"))
		s.Flush()
		if o := p.outcomes(id)[id]; o == nil || o.body != "late" {
			t.Fatalf("stream %d: %+v", id, o)
		}
	}
	if len(rooms) > 2 {
		t.Errorf("100 requests, one after another, have room of their own %d times", len(rooms))
	}
}

// TestLittleIsKeptOfALargeRequest for the next one: there are many connections, and each
// may have had many of them.
func TestLittleIsKeptOfALargeRequest(t *testing.T) {
	r := Request{Body: make([]byte, MaxBody), fields: make([]hpack.HeaderField, 200)}
	if r.reset(); cap(r.Body) > spareBody || cap(r.fields) > spareFields {
		t.Errorf("room for %d bytes and %d fields", cap(r.Body), cap(r.fields))
	}
	r = Request{Body: make([]byte, 100), fields: make([]hpack.HeaderField, 10)}
	if r.reset(); cap(r.Body) != 100 || cap(r.fields) != 10 {
		t.Errorf("room for %d bytes and %d fields of a small one", cap(r.Body), cap(r.fields))
	}
}
