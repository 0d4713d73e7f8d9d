package stream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/upstream/exchange"
)

// A peer is the server of a connection, of which the test writes each frame.
type peer struct {
	*http2.Framer
	t    testing.TB
	conn net.Conn
	text bytes.Buffer
	hpack.Encoder
}

// converses begins a connection, whose server has said nothing yet.
func converses(t testing.TB) (*http2Conn, *peer) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := newHTTP2Conn(plainConn{conn}, &url.URL{Host: "dns.example", Path: "/dns-query"})
	t.Cleanup(func() { c.close(); _ = other.Close() })
	p := &peer{Framer: http2.NewFramer(other, other), t: t, conn: other}
	p.Encoder = *hpack.NewEncoder(&p.text)
	if _, err := io.ReadFull(other, make([]byte, len(http2.ClientPreface))); err != nil {
		t.Fatal(err)
	}
	return c, p
}

// next is the next frame of the client that a function wants.
func (p *peer) next(wanted func(http2.Frame) bool) http2.Frame {
	p.t.Helper()
	for {
		f, err := p.ReadFrame()
		if err != nil {
			p.t.Fatal(err)
		}
		if wanted(f) {
			return f
		}
	}
}

// question is the next whole request, of which all is in one frame.
func (p *peer) question() (stream uint32, query []byte) {
	p.t.Helper()
	f := p.next(func(f http2.Frame) bool { d, ok := f.(*http2.DataFrame); return ok && d.StreamEnded() }).(*http2.DataFrame)
	return f.StreamID, bytes.Clone(f.Data())
}

// head is the header of a response.
func (p *peer) head(stream uint32, ends bool, fields ...string) {
	p.t.Helper()
	p.text.Reset()
	for i := 0; i < len(fields); i += 2 {
		p.must(p.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]}))
	}
	p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: p.text.Bytes(), EndHeaders: true, EndStream: ends}))
}

// answer answers a query by itself, as a reply.
func (p *peer) answer(stream uint32, query []byte) {
	p.t.Helper()
	p.head(stream, false, ":status", "200", "content-type", messageType)
	p.must(p.WriteData(stream, true, replyTo(query)))
}

func replyTo(query []byte) []byte {
	reply := bytes.Clone(query)
	reply[2] |= 0x80
	return reply
}

func (p *peer) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Error(err)
	}
}

// An outcome is what an exchange came to.
type outcome struct {
	reply []byte
	err   error
}

// asks begins an exchange.
func asks(t testing.TB, c *http2Conn, ctx context.Context) <-chan outcome {
	t.Helper()
	ended := make(chan outcome, 1)
	go func() {
		reply, err := c.exchange(ctx, question, nil)
		ended <- outcome{reply, err}
	}()
	return ended
}

// soon is a context that ends the test's patience.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// good claims that an exchange had the reply.
func good(t testing.TB, o outcome) {
	t.Helper()
	if o.err != nil || !bytes.Equal(o.reply[2:], replyTo(question)[2:]) || !bytes.Equal(o.reply[:2], question[:2]) {
		t.Errorf("%x, %v", o.reply, o.err)
	}
}

// More is asked at a time than the server takes streams: each waits for its turn and is answered.
func TestNoMoreStreamsThanTheServerTakes(t *testing.T) {
	c, p := converses(t)
	p.must(p.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 2}))
	p.next(func(f http2.Frame) bool { s, ok := f.(*http2.SettingsFrame); return ok && s.IsAck() })
	const many = 50
	var live sync.WaitGroup
	for range many {
		ended := asks(t, c, soon(t))
		live.Go(func() { good(t, <-ended) })
	}
	for range many / 2 {
		one, query := p.question()
		other, _ := p.question()
		c.mu.Lock()
		if len(c.open) > 2 {
			t.Errorf("%d streams at a time", len(c.open))
		}
		c.mu.Unlock()
		p.answer(other, query) // in any order
		p.answer(one, query)
	}
	live.Wait()
}

// A server that takes a query byte by byte gets all of it.
func TestAQueryGoesAsTheServerHasRoom(t *testing.T) {
	c, p := converses(t)
	p.must(p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0}))
	p.next(func(f http2.Frame) bool { s, ok := f.(*http2.SettingsFrame); return ok && s.IsAck() })
	for range 3 {
		ended := asks(t, c, soon(t))
		stream := p.next(func(f http2.Frame) bool { _, ok := f.(*http2.HeadersFrame); return ok }).Header().StreamID
		var query []byte
		for last := false; !last; {
			p.must(p.WriteWindowUpdate(stream, 5))
			f := p.next(func(f http2.Frame) bool { _, ok := f.(*http2.DataFrame); return ok }).(*http2.DataFrame)
			query, last = append(query, f.Data()...), f.StreamEnded()
			if len(f.Data()) > 5 {
				t.Errorf("%d bytes where there is room for 5", len(f.Data()))
			}
		}
		p.answer(stream, query)
		good(t, <-ended)
	}
}

// Of a server that leaves what it takes is awaited; the rest is to be asked elsewhere, at once.
func TestAServerLeaves(t *testing.T) {
	c, p := converses(t)
	first := asks(t, c, soon(t))
	stream, query := p.question()
	second := asks(t, c, soon(t))
	p.question()
	p.must(p.WriteGoAway(stream, http2.ErrCodeNo, nil))
	if o := <-second; !errors.Is(o.err, errEnded) {
		t.Errorf("not taken: %v", o.err)
	}
	if _, err := c.begin(question); !errors.Is(err, errEnded) {
		t.Errorf("asked after that: %v", err)
	}
	p.answer(stream, query)
	good(t, <-first)
	<-c.done
}

// Who waits no more tells the server; what comes for it still does no harm, and its header counts
// for those that follow.
func TestARequestIsTakenBack(t *testing.T) {
	c, p := converses(t)
	ctx, cancel := context.WithCancel(soon(t))
	ended := asks(t, c, ctx)
	stream, query := p.question()
	cancel()
	if o := <-ended; !errors.Is(o.err, context.Canceled) {
		t.Error(o.err)
	}
	if f := p.next(func(f http2.Frame) bool { _, ok := f.(*http2.RSTStreamFrame); return ok }); f.Header().StreamID != stream {
		t.Errorf("%v", f)
	}
	p.answer(stream, query)
	ended = asks(t, c, soon(t))
	stream, query = p.question()
	p.answer(stream, query)
	good(t, <-ended)
}

// What surrounds a reply says nothing: a response before the response, padding, what follows.
func TestWhatSurroundsAReply(t *testing.T) {
	c, p := converses(t)
	ended := asks(t, c, soon(t))
	stream, query := p.question()
	p.head(stream, false, ":status", "103", "link", "</style.css>")
	p.head(stream, false, ":status", "200", "content-type", messageType, "x-more", strings.Repeat("x", 500))
	half := len(query) / 2
	p.must(p.WriteDataPadded(stream, false, replyTo(query)[:half], make([]byte, 200)))
	p.must(p.WriteData(stream, false, replyTo(query)[half:]))
	p.head(stream, true, "x-last", "1")
	good(t, <-ended)
}

// A response that is no reply ends its own request alone.
func TestResponsesThatAreNoReply(t *testing.T) {
	c, p := converses(t)
	f := func(want error, respond func(stream uint32, query []byte)) {
		t.Helper()
		other := asks(t, c, soon(t))
		stream, query := p.question()
		ended := asks(t, c, soon(t))
		bad, _ := p.question()
		respond(bad, query)
		if o := <-ended; !errors.Is(o.err, want) {
			t.Errorf("%v", o.err)
		}
		p.answer(stream, query)
		good(t, <-other)
	}
	f(exchange.ErrMalformed, func(s uint32, _ []byte) { p.head(s, true, ":status", "503") })
	f(exchange.ErrMalformed, func(s uint32, _ []byte) { p.head(s, true, ":status", "100") })
	f(exchange.ErrMalformed, func(s uint32, q []byte) { p.must(p.WriteData(s, true, replyTo(q))) })
	f(exchange.ErrMalformed, func(s uint32, _ []byte) {
		p.head(s, false, ":status", "200", "content-type", messageType)
		for range 5 {
			p.must(p.WriteData(s, false, make([]byte, firstFrame)))
		}
	})
	f(exchange.ErrMismatch, func(s uint32, _ []byte) { p.head(s, true, ":status", "200", "content-type", messageType) })
}

// What a server may cost is bounded: one that goes beyond it loses the connection, and who waits
// is told at once.
func TestWhatAServerMayCost(t *testing.T) {
	f := func(what string, flood func(p *peer, stream uint32) error) {
		t.Helper()
		c, p := converses(t)
		ended := asks(t, c, soon(t))
		stream, _ := p.question()
		for err := error(nil); err == nil; err = flood(p, stream) {
		}
		select {
		case o := <-ended:
			if o.err == nil {
				t.Errorf("%s: a reply", what)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: it goes on", what)
		}
	}
	once := func(send func(p *peer, stream uint32) error) func(*peer, uint32) error {
		return func(p *peer, stream uint32) error { return errors.Join(send(p, stream), io.EOF) }
	}
	f("a header that does not end", func(p *peer, s uint32) error {
		p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: []byte{0x88}}))
		for {
			if err := p.WriteContinuation(s, false, bytes.Repeat([]byte{0x88}, 1000)); err != nil {
				return err
			}
		}
	})
	f("a header without bytes that does not end", func(p *peer, s uint32) error {
		p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: []byte{0x88}}))
		for {
			if err := p.WriteContinuation(s, false, nil); err != nil {
				return err
			}
		}
	})
	f("a small header that unpacks to a large one", once(func(p *peer, s uint32) error {
		p.text.Reset()
		p.must(p.WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("x", 4000)}))
		block := append(bytes.Clone(p.text.Bytes()), bytes.Repeat([]byte{0x80 | 62}, 1000)...)
		return p.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: block, EndHeaders: true})
	}))
	f("a header that cannot be read", once(func(p *peer, s uint32) error {
		return p.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: []byte{0xFF, 0xFF, 0xFF}, EndHeaders: true})
	}))
	many := func(write func(to *http2.Framer) error) func(*peer, uint32) error {
		var frames bytes.Buffer
		for to := http2.NewFramer(&frames, nil); frames.Len() < firstFrame; {
			if err := write(to); err != nil {
				t.Fatal(err)
			}
		}
		return func(p *peer, _ uint32) error {
			_, err := p.conn.Write(frames.Bytes())
			return err
		}
	}
	f("pings of who does not read", many(func(to *http2.Framer) error { return to.WritePing(false, [8]byte{}) }))
	f("settings of who does not read", many(func(to *http2.Framer) error { return to.WriteSettings() }))
	f("more room than there is", func(p *peer, _ uint32) error { return p.WriteWindowUpdate(0, 1<<30) })
	f("more room on a stream than there is", func(p *peer, s uint32) error { return p.WriteWindowUpdate(s, 1<<30) })
	f("a setting that is none", once(func(p *peer, _ uint32) error {
		return p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 31})
	}))
	f("a stream of the server's", once(func(p *peer, _ uint32) error { return p.WriteData(2, true, nil) }))
	f("a stream that was never opened", once(func(p *peer, s uint32) error { return p.WriteWindowUpdate(s+2, 1) }))
	f("a promise", once(func(p *peer, s uint32) error {
		return p.WritePushPromise(http2.PushPromiseParam{StreamID: s, PromiseID: 2, BlockFragment: []byte{0x88}, EndHeaders: true})
	}))
	f("no frame", once(func(p *peer, _ uint32) error {
		_, err := p.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		return err
	}))
}

// A server that takes no streams is not asked for ever, nor by more than there is room for.
func TestAServerThatTakesNothing(t *testing.T) {
	c, p := converses(t)
	p.must(p.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0}))
	p.next(func(f http2.Frame) bool { s, ok := f.(*http2.SettingsFrame); return ok && s.IsAck() })
	ctx, cancel := context.WithCancel(soon(t))
	ended := asks(t, c, ctx)
	cancel()
	if o := <-ended; !errors.Is(o.err, context.Canceled) {
		t.Error(o.err)
	}
	var err error
	for range maxPipelined {
		if _, err = c.begin(question); err != nil {
			break
		}
	}
	if !errors.Is(err, errBusy) {
		t.Errorf("%d of them: %v", maxPipelined, err)
	}
	p.must(p.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1}))
	if f := p.next(func(f http2.Frame) bool { _, ok := f.(*http2.HeadersFrame); return ok }); f.Header().StreamID != 1 {
		t.Errorf("%v: whoever has gone is not asked for", f)
	}
}

// FuzzHTTP2: whatever a server sends, an exchange ends as soon as the server does, with a reply to
// what was asked or an error.
func FuzzHTTP2(f *testing.F) {
	add := func(write func(p *peer)) {
		var sent bytes.Buffer
		p := &peer{Framer: http2.NewFramer(&sent, nil), t: f}
		p.Encoder = *hpack.NewEncoder(&p.text)
		write(p)
		f.Add(sent.Bytes())
	}
	query := exchange.WithoutID(question, 0)
	add(func(p *peer) { p.must(p.WriteSettings()); p.answer(1, query) })
	add(func(p *peer) {
		p.must(p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}))
		p.must(p.WriteWindowUpdate(1, 100))
		p.answer(1, query)
	})
	add(func(p *peer) { p.must(p.WriteGoAway(0, http2.ErrCodeNo, nil)); p.must(p.WritePing(false, [8]byte{})) })
	add(func(p *peer) { p.must(p.WriteRSTStream(1, http2.ErrCodeCancel)) })
	f.Fuzz(func(t *testing.T, sent []byte) {
		ours, theirs := net.Pipe()
		c := newHTTP2Conn(plainConn{ours}, &url.URL{Host: "dns.example", Path: "/dns-query"})
		defer c.close()
		ended := asks(t, c, soon(t))
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		_, _ = theirs.Write(sent) // it may have had enough
		_ = theirs.Close()
		o := <-ended
		if errors.Is(o.err, context.DeadlineExceeded) {
			t.Fatal("it waits for a server that has gone")
		}
		if o.err == nil && !exchange.Answers(question, o.reply) {
			t.Fatalf("no reply to what was asked: %x", o.reply)
		}
	})
}
