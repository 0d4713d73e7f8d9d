package resolver_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
)

// A stream is a TCP connection to a node. Its methods end the test when
// anything goes wrong.
type stream struct {
	*net.TCPConn
	t *testing.T
}

func (n *node) stream(from string) *stream {
	n.t.Helper()
	to, err := net.ResolveTCPAddr("tcp", n.addr)
	if err != nil {
		n.t.Fatal(err)
	}
	conn, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.ParseIP(from)}, to)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = conn.Close() }) // the test may have closed it
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		n.t.Fatal(err)
	}
	return &stream{conn, n.t}
}

// frame is a question for an A record as it goes over a stream.
func frame(t *testing.T, name string) (id uint16, octets []byte) {
	t.Helper()
	m := new(dns.Msg).SetQuestion(name, dns.TypeA)
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return m.Id, append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
}

func (s *stream) send(name string) (id uint16) {
	s.t.Helper()
	id, octets := frame(s.t, name)
	if _, err := s.Write(octets); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *stream) receive() *dns.Msg {
	s.t.Helper()
	m, err := (&dns.Conn{Conn: s}).ReadMsg()
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// ended tells whether the other side closes before anything else comes.
func (s *stream) ended() bool {
	_, err := s.Read(make([]byte, 1))
	return err != nil && !isTimeout(err)
}

// A client that has said all it has to say still hears all the answers.
func TestHalfClosedStreamsGetTheirAnswers(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	s := n.stream(pupil)
	waiting := map[uint16]bool{s.send("lesson.example."): true, s.send("none.example."): true, s.send("localhost."): true}
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		delete(waiting, s.receive().Id)
	}
	if len(waiting) > 0 || !s.ended() {
		t.Errorf("without answer: %v", waiting)
	}
}

// What is no message ends in nothing, and costs others nothing.
func TestGarbageOnStreams(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	f := func(what string, octets []byte, survives bool) {
		t.Helper()
		s := n.stream(pupil)
		if _, err := s.Write(octets); err != nil {
			t.Fatal(err)
		}
		if !survives {
			if err := s.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if !s.ended() {
				t.Errorf("%s: something came back", what)
			}
			return
		}
		want := s.send("lesson.example.")
		if m := s.receive(); m.Id != want || tell(m) != "192.0.2.10" {
			t.Errorf("%s: then %v", what, m)
		}
	}
	f("empty messages", make([]byte, 200), true)
	f("one octet", []byte{0, 1, 7}, true)
	f("a response", append([]byte{0, 12, 0, 0, 0x80}, make([]byte, 9)...), true)
	f("half a length", []byte{0}, false)
	f("a length without a message", []byte{0xFF, 0xFF}, false)
	f("less than it says", []byte{0, 20, 1, 2, 3}, false)
	long := append([]byte{0xFF, 0xFF}, make([]byte, 65535)...)
	long[2+2] = 0x80 // a response
	f("the longest message there is", long, true)
}

// Who sends more questions than may be under way waits, and loses none.
func TestMoreQuestionsThanMayBeUnderWay(t *testing.T) {
	up := newSource(t, lesson)
	n := newNode(t, nil, up.addr)
	s := n.stream(pupil)
	const questions = 1000
	var failed atomic.Bool
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range questions {
			name := "lesson.example."
			if i%3 == 0 {
				name = string(rune('a'+i%26)) + ".none.example."
			}
			_, octets := frame(t, name)
			if _, err := s.Write(octets); err != nil {
				failed.Store(true)
				return
			}
		}
	})
	for range questions {
		s.receive()
	}
	if writer.Wait(); failed.Load() {
		t.Error("a question could not be sent")
	}
}

// A question is answered though the next one has begun to come, and of that nothing is
// lost, not even one byte.
func TestQuestionsMayBeCutAnywhere(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	for _, cut := range []int{1, 2, 3, 20} {
		conn := n.stream(pupil)
		first, one := frame(t, "lesson.example.")
		second, two := frame(t, "lesson.example.")
		if _, err := conn.Write(append(slices.Clone(one), two[:cut]...)); err != nil {
			t.Fatal(err)
		}
		if m := conn.receive(); m.Id != first {
			t.Errorf("cut after %d: %v", cut, m)
		}
		if _, err := conn.Write(two[cut:]); err != nil {
			t.Fatal(err)
		}
		if m := conn.receive(); m.Id != second || tell(m) != "192.0.2.10" {
			t.Errorf("cut after %d: %v", cut, m)
		}
	}
}

// A client that takes no answers keeps nobody else waiting, though the answers
// come by the same way.
func TestAClientThatDoesNotReadHoldsUpNobody(t *testing.T) {
	long := slices.Repeat([]string{strings.Repeat("x", 250)}, 200)
	up := newSource(t, "")
	up.answer(func(q *dns.Msg) *dns.Msg {
		m := new(dns.Msg).SetReply(q)
		if asked := q.Question[0]; asked.Qtype == dns.TypeTXT {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: asked.Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: long})
		}
		return m
	})
	n := newNode(t, nil, up.addr)
	s := n.stream(pupil)
	if err := s.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	const asked = 150 // answers of 50 KB each: more than the buffers of both sides
	var failed sync.WaitGroup
	failed.Go(func() {
		for i := range asked {
			m := new(dns.Msg).SetQuestion(fmt.Sprintf("n%d.example.", i), dns.TypeTXT)
			if (&dns.Conn{Conn: s}).WriteMsg(m) != nil {
				return // it was let go
			}
		}
	})
	for i := range 50 {
		began := time.Now()
		n.ask(teacher, fmt.Sprintf("quick%d.example", i), dns.TypeA)
		if took := time.Since(began); took > 1500*time.Millisecond { // a write that waits does so for two seconds
			t.Errorf("another client waited for %v", took)
		}
	}
	_ = s.Close()
	failed.Wait()
}

// A client that never stops asking does not keep the resolver from its end.
func TestBusyStreamsDoNotHoldUpTheEnd(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.Idle = time.Minute
	n.use()
	n.ask(pupil, "lesson.example", dns.TypeA)
	idle, busy := n.stream(pupil), n.stream(pupil)
	first := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		_, octets := frame(t, "lesson.example.")
		begun := sync.OnceFunc(func() { close(first) })
		answer := make([]byte, 256)
		for {
			if _, err := busy.Write(octets); err != nil {
				return
			}
			if _, err := io.ReadAtLeast(busy, answer, 2); err != nil {
				return
			}
			begun()
		}
	})
	<-first
	begin := time.Now()
	n.stop()
	if took := time.Since(begin); took > deadline/2 {
		t.Errorf("the end took %s", took)
	}
	asking.Wait()
	if !idle.ended() {
		t.Error("a connection without questions is still open")
	}
}

// TestTheEndAnswersWhatWasAsked over every way in, though the upstream takes longer than a
// client has to notice the end, and much was answered before.
func TestTheEndAnswersWhatWasAsked(t *testing.T) {
	t.Parallel()
	for _, w := range ways() {
		up := newSource(t, lesson)
		n := newNode(t, nil, up.addr)
		ask, end := w.open(t, newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ), asPupil)
		for range 3 {
			ask(new(dns.Msg).SetQuestion("localhost.", dns.TypeA))
		}
		up.answer(func(q *dns.Msg) *dns.Msg {
			<-time.After(4 * clientconn.Linger)
			m := new(dns.Msg).SetReply(q)
			m.Answer = append(m.Answer, &dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, 77),
			})
			return m
		})
		answered := make(chan string, 1)
		go func() {
			defer close(answered) // also if it fails
			answered <- tell(ask(new(dns.Msg).SetQuestion("slow.example.", dns.TypeA)))
		}()
		await(t, "the question waits", deadline, func() bool { return n.resolver.Load().Waiting > 0 })
		n.stop()
		if got := <-answered; got != "192.0.2.77" {
			t.Errorf("%s: what was asked before the end is answered %q", w.name, got)
		}
		end()
	}
}

// Addresses come and go; what is named before and after does not notice.
func TestListenSwaps(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	stays := netip.MustParseAddrPort(n.addr)
	// The node's own address was opened with port 0, which is how it is named.
	var lost atomic.Int64
	var asking sync.WaitGroup
	done := make(chan struct{})
	asking.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if _, err := n.exchange("udp", pupil, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)); err != nil {
				lost.Add(1)
			}
		}
	})
	other := freePort(t)
	held := n.stream(pupil)
	for range 10 {
		n.listen(listen.At(listen.Plain, anyPort, other)...)
		for _, network := range []string{"udp", "tcp"} {
			c := dns.Client{Net: network, Timeout: deadline}
			if m, _, err := c.Exchange(new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA), other.String()); err != nil || tell(m) != "192.0.2.10" {
				t.Errorf("the new address over %s: %v, %v", network, m, err)
			}
		}
		n.listen(listen.At(listen.Plain, anyPort)...)
		if c, err := net.Dial("tcp", other.String()); err == nil {
			c.Close()
			t.Error("the old address still takes connections")
		}
	}
	foreign := listen.At(listen.Plain, anyPort, freePort(t), netip.MustParseAddrPort("192.0.2.1:53"))
	if _, _, err := listen.Update(n.sockets, foreign); err == nil || !strings.Contains(err.Error(), "192.0.2.1:53 for dns") {
		t.Errorf("an address that is not ours: %v", err)
	}
	held.send("lesson.example.")
	if m := held.receive(); tell(m) != "192.0.2.10" {
		t.Errorf("a connection to the address that stays: %v", m)
	}
	close(done)
	asking.Wait()
	if got := n.resolver.Endpoints(); len(got) != 1 || got[0].Addr != stays || lost.Load() != 0 {
		t.Errorf("served: %v, want %v; %d questions lost", got, stays, lost.Load())
	}
}

// freePort is an address of loopback that is free now.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	udp, tcp := listenBoth(t)
	addr := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	if err := tcp.Close(); err != nil {
		t.Fatal(err)
	}
	if err := udp.Close(); err != nil {
		t.Fatal(err)
	}
	return addr
}
