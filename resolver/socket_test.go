package resolver_test

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
)

func TestAnswersComeFromTheAddressThatWasAsked(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	f := func(at string, asked ...string) {
		t.Helper()
		n.listen(listen.At(listen.Plain, netip.MustParseAddrPort(at))...)
		port := n.resolver.Endpoints()[0].Addr.Port()
		for _, host := range asked {
			// A connected socket takes answers from that address alone.
			c := dns.Client{Timeout: 2 * time.Second}
			m, _, err := c.Exchange(new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA), net.JoinHostPort(host, fmt.Sprint(port)))
			if err != nil || tell(m) != "192.0.2.10" {
				t.Errorf("listening on %s, %s is asked: %v, %v", at, host, m, err)
			}
		}
	}
	f("0.0.0.0:0", "127.0.0.1", "127.0.0.5", "127.9.9.9")
	f("127.0.0.7:0", "127.0.0.7")
	if c, err := net.Dial("udp", "[::1]:9"); err == nil {
		c.Close()
		f("[::]:0", "::1")
		f("[::1]:0", "::1")
	}
}

func TestStreamsCarryManyQuestionsInAnyOrder(t *testing.T) {
	up := newSource(t, lesson)
	n := newNode(t, nil, up.addr)
	gate := make(chan struct{})
	plain := up.handle.Load().(func(*dns.Msg) *dns.Msg)
	up.answer(func(q *dns.Msg) *dns.Msg {
		if q.Question[0].Name == "slow.example." {
			<-gate
		}
		return plain(q)
	})
	conn, err := dns.DialTimeout("tcp", n.addr, deadline)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(name string) uint16 {
		m := new(dns.Msg).SetQuestion(name, dns.TypeA)
		packed, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		framed := append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
		for _, b := range framed { // as slow a writer as there is
			if _, err := conn.Conn.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
		}
		return m.Id
	}
	slow, fast := ask("slow.example."), ask("lesson.example.")
	for i, want := range []uint16{fast, slow} {
		m, err := conn.ReadMsg()
		if err != nil || m.Id != want {
			t.Fatalf("answer %d: %v, %v", i, m, err)
		}
		if i == 0 {
			close(gate)
		}
	}
}

func TestIdleAndSurplusConnectionsAreClosed(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Connections.Connections, n.settings.Connections.Idle = 2, 200*time.Millisecond
	n.use()
	var open []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", n.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	for i, c := range open {
		if err := c.SetReadDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
			t.Errorf("connection %d is still open: %v", i, err)
		}
	}
	n.settings.Connections.Idle = deadline
	n.use()
	if m, err := n.exchange("tcp", pupil, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA)); err != nil || tell(m) != "192.0.2.10" {
		t.Errorf("after that: %v, %v", m, err)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

func TestWhatWasReadIsAnsweredWhenTheEndComes(t *testing.T) {
	up := newSource(t, lesson)
	n := newNode(t, nil, up.addr)
	asked, gate := make(chan struct{}), make(chan struct{})
	plain := up.handle.Load().(func(*dns.Msg) *dns.Msg)
	up.answer(func(q *dns.Msg) *dns.Msg {
		close(asked)
		<-gate
		return plain(q)
	})
	got := make(chan error, 1)
	go func() {
		m, err := n.exchange("udp", pupil, new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA))
		if err == nil && tell(m) != "192.0.2.10" {
			err = fmt.Errorf("%v", m)
		}
		got <- err
	}()
	<-asked
	stopped := make(chan struct{})
	go func() { n.stop(); close(stopped) }()
	close(gate)
	if err := <-got; err != nil {
		t.Errorf("a question read before the end: %v", err)
	}
	<-stopped
}
