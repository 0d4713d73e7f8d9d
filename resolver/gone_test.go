package resolver_test

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
)

// A client that is gone before its answers come, or takes none, costs nothing but
// those answers: its place is given back, and what it asked is counted once.
func TestAClientThatTakesNoAnswersLeavesNothingBehind(t *testing.T) {
	const asked = 60 // fewer than may be under way
	for _, overTLS := range []bool{false, true} {
		for _, c := range []struct {
			what  string
			leave func(*stream)
		}{
			{"closes", func(s *stream) { _ = s.Close() }},
			{"resets", func(s *stream) { _ = s.SetLinger(0); _ = s.Close() }},
			{"stops reading", func(*stream) {}},
		} {
			up, say := newGiants(t)
			n := newNode(t, nil, up.addr)
			n.settings.Connections.Idle = time.Minute // it does not end by itself
			f := newFrontage(t, n, listen.DoT)
			transport := "tcp"
			s, client := n.stream(pupil), dns.Conn{}
			client.Conn = s
			if overTLS {
				_ = s.Close()
				transport = "dot"
				s, client.Conn = f.secured(pupil)
			}
			if err := s.SetReadBuffer(4096); err != nil {
				t.Fatal(err)
			}
			for range asked {
				if err := client.WriteMsg(new(dns.Msg).SetQuestion(giant, dns.TypeTXT)); err != nil {
					t.Fatal(err)
				}
			}
			await(t, "all questions wait", deadline, func() bool { return n.resolver.Load().Waiting == asked })
			c.leave(s)
			say()
			await(t, transport+": a client that "+c.what+" leaves nothing", deadline, func() bool {
				l := n.resolver.Load()
				return l.Connections == 0 && l.AnswerBytes == 0 && l.Waiting == 0
			})
			if got := n.asked(transport); got != asked {
				t.Errorf("%s: a client that %s asked %d questions, %d are counted", transport, c.what, asked, got)
			}
		}
	}
}

// secured is a connection over TLS, and the stream under it.
func (f *frontage) secured(from string) (*stream, *tls.Conn) {
	f.t.Helper()
	to, err := net.ResolveTCPAddr("tcp", f.addrs[listen.DoT])
	if err != nil {
		f.t.Fatal(err)
	}
	conn, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.ParseIP(from)}, to)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() }) // the test may have closed it
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		f.t.Fatal(err)
	}
	return &stream{conn, f.t}, tls.Client(conn, f.greeting(house, "dot"))
}

// A client that asks on and takes nothing is let go once a write has waited for it for
// as long as one may; until then each of its questions is counted.
func TestAWriteWaitsForAClientForAWhileOnly(t *testing.T) {
	up, say := newGiants(t)
	say()
	n := newNode(t, nil, up.addr)
	n.settings.Connections.Idle = time.Minute
	n.use()
	n.ask(teacher, strings.TrimSuffix(giant, "."), dns.TypeTXT)
	s := n.stream(pupil)
	if err := s.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	s.send("localhost.")
	s.receive() // it has a place
	before := n.asked("tcp")
	const round = 8 // questions that are asked together
	sent, began := 0, time.Now()
	gone := func() bool { return n.resolver.Load().Connections == 0 }
	for !gone() && sent < 1000 {
		for range round {
			if (&dns.Conn{Conn: s}).WriteMsg(new(dns.Msg).SetQuestion(giant, dns.TypeTXT)) == nil {
				sent++
			}
		}
		began = time.Now()
		await(t, "a question is counted or the client let go", deadline, func() bool {
			return n.asked("tcp")-before == sent || gone()
		})
	}
	await(t, "the client is let go", deadline, gone)
	took := time.Since(began)
	t.Logf("let go after %d answers of 60,000 bytes and %s", sent, took.Round(time.Millisecond))
	if got := n.asked("tcp") - before; got > sent || got < sent-round {
		t.Errorf("%d questions sent, %d are counted", sent, got)
	}
	if held := n.resolver.Load().AnswerBytes; held != 0 || took > deadline/2 {
		t.Errorf("%d bytes are held; the last write waited for %s", held, took)
	}
}

// A client that takes what it asks for may ask for much more than may wait for it.
func TestAnswersThatWereTakenWaitNoMore(t *testing.T) {
	up, say := newGiants(t)
	say()
	n := newNode(t, nil, up.addr)
	s := n.stream(pupil)
	for i := range 40 { // of 60,000 bytes: more than a MiB
		if err := (&dns.Conn{Conn: s}).WriteMsg(new(dns.Msg).SetQuestion(giant, dns.TypeTXT)); err != nil {
			t.Fatalf("after %d answers: %v", i, err)
		}
		if m := s.receive(); len(m.Answer) != 1 {
			t.Fatalf("answer %d: %v", i, m)
		}
	}
	await(t, "nothing is held", deadline, func() bool { return n.resolver.Load().AnswerBytes == 0 })
}
