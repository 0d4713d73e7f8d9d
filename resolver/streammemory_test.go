package resolver_test

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lachan/resolver/listen"
)

// giant is a name whose texts are about as long as a message may be.
const giant = "giant.example."

// newGiants is an upstream that has 60,000 bytes for every name, after it has been
// told to say so.
func newGiants(t *testing.T) (up *source, say func()) {
	t.Helper()
	texts := slices.Repeat([]string{strings.Repeat("x", 250)}, 240)
	up, said := newSource(t, ""), make(chan struct{})
	up.answer(func(q *dns.Msg) *dns.Msg {
		<-said
		m := new(dns.Msg).SetReply(q)
		asked := q.Question[0]
		header := dns.RR_Header{Name: asked.Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}
		m.Answer = append(m.Answer, &dns.TXT{Hdr: header, Txt: texts})
		return m
	})
	say = sync.OnceFunc(func() { close(said) })
	t.Cleanup(say)
	return up, say
}

// A gauge watches the memory that is in use.
type gauge struct {
	before, most int64
	routines     int
	stop         func()
}

// inUse is how many bytes of the heap are in use, without those that nobody reaches
// any more.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// watch looks at memory, of which the collector is told, as in the program, that there
// is no more than so many bytes besides.
func watch(t *testing.T, more int64) *gauge {
	t.Helper()
	inUse() // what is kept for the next use goes by being collected twice
	g := &gauge{before: inUse(), routines: runtime.NumGoroutine()}
	old := debug.SetMemoryLimit(g.before + more)
	t.Cleanup(func() { debug.SetMemoryLimit(old) })
	var most atomic.Int64
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-ended:
				tick.Stop()
				return
			case <-tick.C:
				if n := inUse(); n > most.Load() {
					most.Store(n)
				}
			}
		}
	}()
	g.stop = sync.OnceFunc(func() {
		close(ended)
		<-done
		g.most = max(most.Load(), g.before)
	})
	t.Cleanup(g.stop)
	return g
}

// grown is by how much memory grew at most, in bytes.
func (g *gauge) grown() int64 {
	g.stop()
	return g.most - g.before
}

// await waits until what it says is so.
func await(t *testing.T, what string, within time.Duration, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(within); !so(); {
		select {
		case <-late:
			t.Fatalf("not within %s: %s", within, what)
		case <-tick.C:
		}
	}
}

// A connection that is idle holds no buffer and no question: there may be thousands.
func TestIdleConnectionsHoldLittle(t *testing.T) {
	n := newNode(t, nil, newSource(t, "").addr)
	n.settings.Connections.Connections = 1000
	n.use()
	const connections = 400
	idle := func(connections int) {
		for range connections {
			s := n.stream(pupil)
			_, question := frame(t, "localhost.")
			if _, err := s.Write(question); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(s, make([]byte, 12)); err != nil {
				t.Fatal(err)
			}
		}
	}
	idle(10)
	before := inUse()
	idle(connections)
	grown := (inUse() - before) / connections
	t.Logf("%d bytes of memory for each of %d idle connections, both ends of them", grown, connections)
	if grown > 12<<10 { // with a buffer and a question it is 20 KiB
		t.Errorf("an idle connection holds %d bytes", grown)
	}
}

// One pupil opens many connections, asks for one giant answer again and again over
// each, all at once, and takes nothing.
func TestAnswersThatNobodyTakesHaveABound(t *testing.T) {
	up, say := newGiants(t)
	n := newNode(t, nil, up.addr)
	const room, connections, rounds = 16 << 20, 40, 3
	n.settings.Connections.AnswerBytes, n.settings.Connections.Connections = room, 1000
	n.use()
	m := new(dns.Msg).SetQuestion(giant, dns.TypeTXT)
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	questions := slices.Repeat(append([]byte{0, byte(len(packed))}, packed...), 64*rounds)
	g := watch(t, 4*room)
	for range connections {
		s := n.stream(pupil)
		if err := s.SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(questions); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "all questions wait", deadline, func() bool { return n.resolver.Load().Waiting >= connections*64 })
	say()
	await(t, "no answer waits", deadline, func() bool { return n.resolver.Load().AnswerBytes == 0 && n.resolver.Load().Waiting == 0 })
	grown := g.grown()
	t.Logf("%d connections, %d questions for an answer of 60,000 bytes: memory +%d MiB at most; room %d MiB",
		connections, connections*64*rounds, grown>>20, room>>20)
	if grown > 5*room {
		t.Errorf("memory grew by %d bytes", grown)
	}
	if got := tell(n.ask(teacher, "localhost", dns.TypeA)); got != "127.0.0.1" {
		t.Errorf("then another client: %s", got)
	}
}

// A client of HTTP/2 opens a window of nothing and asks for what is large.
func TestHTTP2StreamsThatNobodyReadsHaveABound(t *testing.T) {
	up, say := newGiants(t)
	say()
	n := newNode(t, nil, up.addr)
	const room, connections = 4 << 20, 20
	n.settings.Connections.AnswerBytes, n.settings.Connections.Connections = room, 1000
	f := newFrontage(t, n, listen.DoH)
	n.ask(teacher, strings.TrimSuffix(giant, "."), dns.TypeTXT)
	g := watch(t, 4*room)
	for range connections {
		f.stall(t, 100)
	}
	await(t, "answers wait", deadline, func() bool { return n.resolver.Load().AnswerBytes > room/2 })
	await(t, "no answer waits", 20*time.Second, func() bool { return n.resolver.Load().AnswerBytes == 0 })
	grown := g.grown()
	t.Logf("%d connections of HTTP/2 with 100 streams and no window: memory +%d MiB at most; room %d MiB",
		connections, grown>>20, room>>20)
	if grown > 8*room {
		t.Errorf("memory grew by %d bytes", grown)
	}
}

// stall connects, gives the server no window, and asks in so many streams.
func (f *frontage) stall(t *testing.T, streams int) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(pupil)}}
	c, err := tls.DialWithDialer(dialer, "tcp", f.addrs[listen.DoH], f.greeting(house, "h2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() { _, _ = io.Copy(io.Discard, c) }() // ends with the connection
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(c, nil)
	if err := framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize}); err != nil {
		t.Fatal(err)
	}
	packed, err := new(dns.Msg).SetQuestion(giant, dns.TypeTXT).Pack()
	if err != nil {
		t.Fatal(err)
	}
	path := "/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(packed)
	var header strings.Builder
	encoder := hpack.NewEncoder(&header)
	for i := range streams {
		header.Reset()
		for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", house}, {":path", path}} {
			if err := encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}); err != nil {
				t.Fatal(err)
			}
		}
		request := http2.HeadersFrameParam{
			StreamID: uint32(2*i + 1), BlockFragment: []byte(header.String()), EndStream: true, EndHeaders: true,
		}
		if framer.WriteHeaders(request) != nil {
			return // it was let go
		}
	}
}

// A client of HTTP/3, or of DNS over QUIC, takes nothing. After the time that it has
// nothing is left of it.
func TestNothingIsLeftOfStreamsOverQUICThatNobodyReads(t *testing.T) {
	up, say := newGiants(t)
	say()
	n := newNode(t, nil, up.addr)
	const room, connections = 4 << 20, 5
	n.settings.Connections.AnswerBytes, n.settings.Connections.Connections = room, 1000
	f := newFrontage(t, n, listen.DoH, listen.DoQ)
	n.ask(teacher, strings.TrimSuffix(giant, "."), dns.TypeTXT)
	packed, err := new(dns.Msg).SetQuestion(giant, dns.TypeTXT).Pack()
	if err != nil {
		t.Fatal(err)
	}
	packed[0], packed[1] = 0, 0
	for protocol, question := range map[listen.Protocol][]byte{
		listen.DoQ: append([]byte{0, byte(len(packed))}, packed...),
		listen.DoH: http3Request("/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(packed)),
	} {
		g := watch(t, 4*room)
		for range connections {
			f.stallQUIC(t, protocol, question)
		}
		await(t, "answers wait", deadline, func() bool { return n.resolver.Load().AnswerBytes > room/2 })
		await(t, "no answer waits", 2*deadline, func() bool { return n.resolver.Load().AnswerBytes == 0 })
		await(t, "no goroutine is left", 2*deadline, func() bool { return runtime.NumGoroutine() <= g.routines+5 })
		grown := g.grown()
		t.Logf("%d connections of %s with 100 streams and small windows: memory +%d MiB at most; room %d MiB",
			connections, protocol, grown>>20, room>>20)
		if grown > 10*room {
			t.Errorf("%s: memory grew by %d bytes", protocol, grown)
		}
	}
}

// http3Request is a request as the bytes of its stream: a frame of headers by their
// names and values alone (RFC 9114 section 7.2.2, RFC 9204 section 4.5.6).
func http3Request(path string) []byte {
	block := []byte{0, 0}
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", house}, {":path", path}} {
		if n := len(field[0]); n < 7 {
			block = append(block, 0x20|byte(n))
		} else {
			block = append(block, 0x27, byte(n-7))
		}
		block = append(append(block, field[0]...), byte(len(field[1])))
		block = append(block, field[1]...)
	}
	return append([]byte{1, 0x40 | byte(len(block)>>8), byte(len(block))}, block...)
}

// stallQUIC connects with windows of a few bytes, asks in as many streams as it may
// have, and reads nothing. It stays until the server lets it go.
func (f *frontage) stallQUIC(t *testing.T, protocol listen.Protocol, question []byte) {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(pupil)})
	if err != nil {
		t.Fatal(err)
	}
	transport := &quic.Transport{Conn: socket}
	to, err := net.ResolveUDPAddr("udp4", f.addrs[protocol])
	if err != nil {
		t.Fatal(err)
	}
	alpn := map[listen.Protocol]string{listen.DoH: "h3", listen.DoQ: "doq"}[protocol]
	c, err := transport.Dial(t.Context(), to, f.greeting(house, alpn), &quic.Config{
		InitialStreamReceiveWindow: 1024, MaxStreamReceiveWindow: 1024, InitialConnectionReceiveWindow: 4096,
		MaxConnectionReceiveWindow: 4096, KeepAlivePeriod: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	end := sync.OnceFunc(func() { _ = c.CloseWithError(0, ""); transport.Close(); socket.Close() })
	t.Cleanup(end)
	if protocol == listen.DoH {
		control, err := c.OpenUniStream()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := control.Write([]byte{0, 4, 0}); err != nil { // a control stream, no settings
			t.Fatal(err)
		}
	}
	asked := 0
	for range 100 {
		s, err := c.OpenStream()
		if err != nil {
			break // no more streams
		}
		if _, err := s.Write(question); err != nil {
			break // it was let go
		}
		_ = s.Close()
		asked++
	}
	if asked < 10 {
		t.Fatal(fmt.Sprint("asked in only ", asked, " streams"))
	}
	go func() { // until the server lets go
		<-c.Context().Done()
		end()
	}()
}
