//go:build linux

package main

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"lachan/bench/mmsg"
	"lachan/bench/queryfile"
)

// file has as many different questions.
func file(t *testing.T, messages int) *queryfile.File {
	t.Helper()
	f := &queryfile.File{}
	for i := range messages {
		wire, err := new(dns.Msg).SetQuestion(dns.Fqdn(string(rune('a'+i%26))+".lesson.example"), dns.TypeA).Pack()
		if err != nil {
			t.Fatal(err)
		}
		f.Messages, f.Order = append(f.Messages, wire), append(f.Order, uint32(i))
	}
	return f
}

// echo answers over UDP without allocating, until a packet of one octet comes.
func echo(t *testing.T) netip.AddrPort {
	t.Helper()
	fd, err := mmsg.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(name.(*unix.SockaddrInet4).Port))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		batch := mmsg.NewBatch(32, packetOctets)
		for {
			n, _ := batch.Receive(fd, unix.MSG_WAITFORONE)
			for i := range n {
				if len(batch.Packet(i)) == 1 {
					return
				}
				batch.SetLength(i, len(batch.Packet(i)))
			}
			_, _ = batch.Reply(fd, n)
		}
	}()
	t.Cleanup(func() {
		last := mmsg.NewBatch(1, 1)
		last.SetLength(0, 1)
		out, err := mmsg.Dial(addr.Addr(), addr)
		if err == nil {
			_, err = last.Send(out, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		<-ended
	})
	return addr
}

func ask(t *testing.T, o options, f *queryfile.File) Result {
	t.Helper()
	o.spread = 100
	g, err := newGenerator(o, f)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	g.ask(o)
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; !o.tcp && n > 200 {
		t.Errorf("%d allocations for %d questions", n, g.queries)
	}
	var r Result
	g.fill(&r)
	return r
}

func TestEveryMessageIsAskedOnceAndAnswered(t *testing.T) {
	r := ask(t, options{server: echo(t), clients: 4, window: 8, time: 10 * time.Second, each: true}, file(t, 20_000))
	if r.Queries != 20_000 || r.Answers != 20_000 || r.Lost != 0 || r.Messages != 20_000 || r.Rcodes["NOERROR"] != 20_000 {
		t.Errorf("%+v", r)
	}
	if r.P50 <= 0 || r.P50 > r.P99 || r.P99 > r.Max {
		t.Errorf("latencies %v, %v, %v", r.P50, r.P99, r.Max)
	}
}

func TestARateIsKept(t *testing.T) {
	r := ask(t, options{server: echo(t), clients: 4, window: 8, rate: 2000, time: 500 * time.Millisecond}, file(t, 100))
	if r.Queries < 900 || r.Queries > 1010 {
		t.Errorf("%d questions in half a second at 2,000 a second", r.Queries)
	}
}

func TestWhatIsNotAnsweredIsLost(t *testing.T) {
	fd, err := mmsg.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	silent := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(name.(*unix.SockaddrInet4).Port))
	r := ask(t, options{server: silent, clients: 2, window: 3, time: 50 * time.Millisecond}, file(t, 100))
	if r.Queries != 6 || r.Lost != 6 || r.Answers != 0 {
		t.Errorf("%+v", r)
	}
}

func TestQuestionsGoOverTCPToo(t *testing.T) {
	server := &dns.Server{Addr: "127.0.0.1:0", Net: "tcp", MaxTCPQueries: -1, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		_ = w.WriteMsg(new(dns.Msg).SetRcode(m, dns.RcodeNameError))
	})}
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() { _ = server.ListenAndServe() }()
	<-started
	defer func() { _ = server.Shutdown() }()
	addr := netip.MustParseAddrPort(server.Listener.Addr().String())
	r := ask(t, options{server: addr, tcp: true, clients: 4, window: 50, time: 10 * time.Second, each: true}, file(t, 5000))
	if r.Answers != 5000 || r.Rcodes["NXDOMAIN"] != 5000 {
		t.Errorf("%+v", r)
	}
}
