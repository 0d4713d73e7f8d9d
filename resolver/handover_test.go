package resolver_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
)

// follow gives n the sockets of another node, as a process that takes over has
// them.
func (n *node) follow(before *node) {
	n.t.Helper()
	n.listen()
	if err := n.resolver.Listen(copies(n.t, before.sockets)); err != nil {
		n.t.Fatal(err)
	}
	n.addr = before.addr
}

func TestAnotherResolverTakesTheSocketsOver(t *testing.T) {
	const questions, together = 200, 4
	up := newSource(t, lesson)
	first := newNode(t, nil, up.addr)
	second := newNode(t, nil, up.addr)
	second.follow(first)
	var asked, lost atomic.Int64
	half := make(chan struct{})
	var asking sync.WaitGroup
	for range together {
		asking.Go(func() {
			for {
				i := asked.Add(1)
				if i > questions {
					return
				}
				if i == questions/2 {
					close(half)
				}
				name := "lesson.example."
				if i%2 == 0 { // nobody has it yet
					name = fmt.Sprintf("n%d.example.", i)
				}
				m, err := first.exchange("udp", pupil, new(dns.Msg).SetQuestion(name, dns.TypeA))
				if err != nil || tell(m) != "192.0.2.10" && tell(m) != "NXDOMAIN" {
					lost.Add(1)
				}
			}
		})
	}
	<-half
	first.stop()
	asking.Wait()
	if lost.Load() != 0 {
		t.Errorf("%d of %d questions lost", lost.Load(), questions)
	}
	second.wants(pupil, "lesson.example", "192.0.2.10")
}

// A connection ends when what was asked there is answered, whether or not the
// question had been read; those that are opened from then on get the other.
func TestConnectionsEndAndTheNextGetTheOtherResolver(t *testing.T) {
	up := newSource(t, lesson)
	asked, gate := make(chan struct{}), make(chan struct{})
	plain := up.handle.Load().(func(*dns.Msg) *dns.Msg)
	up.answer(func(q *dns.Msg) *dns.Msg {
		if q.Question[0].Name == "slow.example." {
			close(asked)
			<-gate
		}
		return plain(q)
	})
	first := newFrontage(t, newNode(t, nil, up.addr), listen.DoT)
	slow, idle, busy := first.stream(pupil), first.stream(pupil), first.stream(pupil)
	tls := first.dot(pupil, first.greeting(house))
	second := newNode(t, nil, up.addr)
	second.follow(first.node)
	slow.send("slow.example.")
	<-asked
	busy.send("lesson.example.")
	if err := tls.WriteMsg(new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() { first.stop(); close(stopped) }()
	for _, c := range []*dns.Conn{{Conn: busy}, tls} {
		if m, err := c.ReadMsg(); err != nil || tell(m) != "192.0.2.10" {
			t.Errorf("asked at the end: %v, %v", m, err)
		}
		endsCleanly(t, c)
	}
	endsCleanly(t, idle)
	close(gate)
	if m := slow.receive(); tell(m) != "NXDOMAIN" {
		t.Errorf("asked before the end: %v", m)
	}
	endsCleanly(t, slow)
	<-stopped
	for range 20 {
		s := second.stream(pupil)
		s.send("lesson.example.")
		if m := s.receive(); tell(m) != "192.0.2.10" {
			t.Errorf("asked after the end: %v", m)
		}
	}
}

// endsCleanly waits for the end of a stream, which is not to be cut off.
func endsCleanly(t *testing.T, c net.Conn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d bytes, %v, where the stream should have ended", n, err)
	}
}
