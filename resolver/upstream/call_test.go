package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// start makes an exchange without waiting; its end goes to the channel, or errNoEnd.
func start(g *upstream.Group, query []byte) <-chan outcome {
	ended := make(chan outcome, 2)
	upstream.Start(call(g, query, ended))
	noEnd(ended)
	return ended
}

var errNoEnd = errors.New("the exchange has not ended")

// noEnd lets who waits for an exchange go on if it is lost, so that a test fails by
// itself. The channel has room for both.
func noEnd(ended chan<- outcome) {
	time.AfterFunc(2*deadline, func() { ended <- outcome{err: errNoEnd} })
}

// call is an exchange whose end goes to the channel.
func call(g *upstream.Group, query []byte, ended chan<- outcome) *upstream.Call {
	return &upstream.Call{Group: g, Query: slices.Clone(query), Arrived: func(reply []byte, err error) func() {
		ended <- outcome{slices.Clone(reply), err}
		return nil
	}}
}

type outcome struct {
	reply []byte
	err   error
}

const (
	timeout  = 1500 * time.Millisecond
	deadline = 10 * time.Second
)

func members(addrs ...netip.AddrPort) *upstream.Group {
	var servers []upstream.Server
	for _, a := range addrs {
		servers = append(servers, upstream.Server{Addr: a})
	}
	return upstream.NewGroup(upstream.Ordered, timeout, upstream.Bootstrap(nil).Open(loops, servers)...)
}

// However many exchanges are under way, each gets its own reply, in whatever
// order they come, and none has a goroutine.
func TestManyCallsAtOnce(t *testing.T) {
	const calls = 200 // the peer has room for about as many
	var mu sync.Mutex
	seen := map[string]bool{}
	var held []datagram
	all := make(chan struct{})
	addr := peerUDP(t, func(d datagram) {
		mu.Lock()
		defer mu.Unlock()
		if name := unpack(t, d.wire).Question[0].Name; !seen[name] {
			seen[name] = true
			held = append(held, d)
		}
		if len(seen) == calls && held != nil {
			rand.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
			close(all)
			for _, d := range held {
				d.back(replyTo(t, d.wire, dns.RcodeSuccess, unpack(t, d.wire).Question[0].Name+" 60 A 192.0.2.1"))
			}
			held = nil
		}
	})
	g := members(addr)
	before := runtime.NumGoroutine()
	var ends []<-chan outcome
	for i := range calls {
		ends = append(ends, start(g, ask(t, fmt.Sprintf("n%d.hoc.example.", i), dns.TypeA)))
	}
	if more := runtime.NumGoroutine() - before; more > 2*runtime.GOMAXPROCS(0) {
		t.Errorf("%d goroutines for %d calls", more, calls)
	}
	select {
	case <-all:
	case <-time.After(deadline):
		t.Fatal("the peer did not get all queries")
	}
	for i, ended := range ends {
		e := <-ended
		if e.err != nil {
			t.Fatal(e.err)
		}
		if got, want := unpack(t, e.reply).Answer[0].Header().Name, fmt.Sprintf("n%d.hoc.example.", i); got != want {
			t.Fatalf("%s got the reply of %s", want, got)
		}
	}
}

// Start ends as Exchange does, whatever the servers do.
func TestACallEndsAsAnExchange(t *testing.T) {
	t.Parallel() // it waits for silent servers
	right := func(d datagram) { d.back(replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1")) }
	with := func(rcode int) func(datagram) {
		return func(d datagram) { d.back(replyTo(t, d.wire, rcode)) }
	}
	silent := func(datagram) {}
	tcp := func(query []byte) []byte {
		return framed(replyTo(t, query, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.2"))
	}
	f := func(what, want string, wantErr error, first func(datagram), rest ...func(datagram)) {
		t.Helper()
		addrs := []netip.AddrPort{peerBoth(t, first, tcp)}
		for _, serve := range rest {
			addrs = append(addrs, peerUDP(t, serve))
		}
		query := askEDNS(t, "hoc.example.", dns.TypeA)
		waited, err := members(addrs...).Exchange(context.Background(), query, nil)
		for _, e := range []outcome{{waited, err}, <-start(members(addrs...), query)} {
			if !errors.Is(e.err, wantErr) || (e.err == nil) != (wantErr == nil) {
				t.Errorf("%s: %v, want %v", what, e.err, wantErr)
			}
			if e.err != nil {
				continue
			}
			got := unpack(t, e.reply)
			told := dns.RcodeToString[got.Rcode]
			if len(got.Answer) > 0 {
				told = got.Answer[0].(*dns.A).A.String()
			}
			if told != want || !bytes.Equal(e.reply[12:29], query[12:29]) {
				t.Errorf("%s: %s, want %s", what, told, want)
			}
		}
	}
	f("an answer", "192.0.2.1", nil, right)
	f("NXDOMAIN", "NXDOMAIN", nil, with(dns.RcodeNameError))
	f("SERVFAIL of the only one", "SERVFAIL", nil, with(dns.RcodeServerFailure))
	f("SERVFAIL of the first", "192.0.2.1", nil, with(dns.RcodeServerFailure), right)
	f("REFUSED of both", "REFUSED", nil, with(dns.RcodeServerFailure), with(dns.RcodeRefused))
	f("silence of the first", "192.0.2.1", nil, silent, right)
	f("silence", "", upstream.ErrTimeout, silent)
	f("silence of all", "", upstream.ErrNoAnswer, silent, silent)
	f("truncated", "192.0.2.2", nil, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess)
		reply[2] |= 2
		d.back(reply)
	})
	f("damaged by the first", "192.0.2.1", nil, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess)
		reply[7]++
		d.back(reply)
	}, right)
	f("no EDNS", "192.0.2.1", nil, func(d datagram) {
		if unpack(t, d.wire).IsEdns0() != nil {
			d.back([]byte{d.wire[0], d.wire[1], 0x80, 1, 11: 0})
			return
		}
		right(d)
	})
}

// Calls that start together end as if each started alone, whomever they ask, and
// each has its tail called once, after its end.
func TestCallsThatStartTogether(t *testing.T) {
	answers := func(address string) *upstream.Group {
		return members(peerUDP(t, func(d datagram) {
			name := unpack(t, d.wire).Question[0].Name
			d.back(replyTo(t, d.wire, dns.RcodeSuccess, name+" 60 A "+address))
		}))
	}
	listener, conn := listenBoth(t)
	closed := netip.MustParseAddrPort(conn.LocalAddr().String())
	_, _ = listener.Close(), conn.Close()
	groups := []*upstream.Group{answers("192.0.2.1"), answers("192.0.2.2"), members(closed), members()}
	want := []string{"192.0.2.1", "192.0.2.2", "", ""}

	const each = 40 // more than leave at a time
	var calls []*upstream.Call
	var tails, done sync.WaitGroup
	var ended []chan outcome
	for i := range each * len(groups) {
		ended = append(ended, make(chan outcome, 2))
		c := call(groups[i%len(groups)], ask(t, fmt.Sprintf("n%d.hoc.example.", i), dns.TypeA), ended[i])
		arrived := c.Arrived
		tails.Add(1)
		done.Add(1)
		c.Arrived = func(reply []byte, err error) func() {
			arrived(reply, err)
			done.Done()
			return tails.Done // a second time would panic
		}
		calls = append(calls, c)
	}
	upstream.Start(calls...)
	for i := range ended {
		noEnd(ended[i])
	}
	for i := range ended {
		e := <-ended[i]
		if errors.Is(e.err, errNoEnd) {
			t.Fatalf("call %d: %v", i, e.err)
		}
		if want := want[i%len(want)]; want == "" {
			if !errors.Is(e.err, upstream.ErrNoAnswer) {
				t.Errorf("call %d: %v, want no answer", i, e.err)
			}
			continue
		}
		if e.err != nil {
			t.Errorf("call %d: %v", i, e.err)
			continue
		}
		answer := unpack(t, e.reply).Answer[0].(*dns.A)
		if name := fmt.Sprintf("n%d.hoc.example.", i); answer.Hdr.Name != name || answer.A.String() != want[i%len(want)] {
			t.Errorf("call %d: %s, want %s of %s", i, answer, want[i%len(want)], name)
		}
	}
	done.Wait()
	tails.Wait()
}

// A server that cannot be reached is left at once.
func TestACallLeavesAClosedPort(t *testing.T) {
	listener, conn := listenBoth(t)
	closed := conn.LocalAddr().String()
	_, _ = listener.Close(), conn.Close()
	open := peerUDP(t, func(d datagram) { d.back(replyTo(t, d.wire, dns.RcodeSuccess)) })
	began := time.Now()
	if e := <-start(members(netip.MustParseAddrPort(closed), open), ask(t, "hoc.example.", dns.TypeA)); e.err != nil {
		t.Error(e.err)
	}
	if took := time.Since(began); took > timeout/2 {
		t.Errorf("it took %v, as if the port were silent", took)
	}
}

// A pool without queries holds no sockets and no goroutine.
func TestQuietServersCostNothing(t *testing.T) {
	g := members(peerUDP(t, func(d datagram) { d.back(replyTo(t, d.wire, dns.RcodeSuccess)) }))
	before := descriptors(t)
	for i := range 50 {
		if e := <-start(g, ask(t, fmt.Sprintf("n%d.example.", i), dns.TypeA)); e.err != nil {
			t.Fatal(e.err)
		}
	}
	if open := descriptors(t); open <= before {
		t.Fatalf("%d descriptors after 50 exchanges, %d before", open, before)
	}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for over := time.After(deadline); descriptors(t) > before; {
		select {
		case <-look.C:
		case <-over:
			t.Fatalf("%d descriptors are open, %d were before", descriptors(t), before)
		}
	}
	if e := <-start(g, ask(t, "again.example.", dns.TypeA)); e.err != nil {
		t.Errorf("after the silence: %v", e.err)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

func BenchmarkStart(b *testing.B) {
	g, query := echo(b), ask(b, "www.hoc.example.", dns.TypeA)
	b.ReportAllocs()
	ended := make(chan *upstream.Call, 64)
	for range cap(ended) {
		c := &upstream.Call{Group: g, Query: slices.Clone(query)}
		c.Arrived = func(_ []byte, err error) func() {
			if err != nil {
				b.Error(err)
			}
			ended <- c
			return nil
		}
		ended <- c
	}
	for b.Loop() {
		upstream.Start(<-ended)
	}
	for range cap(ended) {
		<-ended
	}
}
