package upstream_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lachan/internal/testserver"
	"lachan/resolver/upstream"
	"lachan/resolver/upstream/stream"

	"github.com/miekg/dns"
)

// bigZone has a name whose TXT records take about 12,000 bytes.
func bigZone() string {
	zone := `$TTL 300
@    SOA ns hostmaster 1 3600 600 86400 300
@    NS  ns
ns   A   127.0.0.1
hoc  A   192.0.2.7
`
	for i := range 60 {
		zone += fmt.Sprintf("to TXT %03d%s\n", i, strings.Repeat("x", 200))
	}
	return zone
}

// groupOf asks real servers, within 4 seconds.
func groupOf(strategy upstream.Strategy, addrs ...netip.AddrPort) *upstream.Group {
	var servers []upstream.Server
	for _, addr := range addrs {
		servers = append(servers, upstream.Server{Addr: addr})
	}
	return upstream.NewGroup(strategy, 4*time.Second, upstream.Bootstrap(nil).Open(loops, servers)...)
}

func TestAsksUnbound(t *testing.T) {
	unbound := testserver.StartUnbound(t, "hoc.example. 60 A 192.0.2.1")
	f := func(e upstream.Exchanger, name string, rcode int, answers ...string) {
		t.Helper()
		reply, err := e.Exchange(soon(t), askEDNS(t, name, dns.TypeA), nil)
		if err != nil {
			t.Error(err)
			return
		}
		m := unpack(t, reply)
		var got []string
		for _, rr := range m.Answer {
			got = append(got, rr.(*dns.A).A.String())
		}
		if m.Rcode != rcode || !slices.Equal(got, answers) || m.IsEdns0() == nil {
			t.Errorf("%s: %v", name, m)
		}
	}
	for _, e := range []upstream.Exchanger{upstream.NewPlain(loops, unbound.Addr), stream.NewTCP(unbound.Addr)} {
		f(e, "hoc.example.", dns.RcodeSuccess, "192.0.2.1")
		f(e, "HOC.Example.", dns.RcodeSuccess, "192.0.2.1")
		f(e, "choi.example.", dns.RcodeNameError)
	}
}

func TestAsksNamedOverTCPWhenTheReplyIsTruncated(t *testing.T) {
	named := testserver.StartNamed(t, "truong.example", bigZone())
	for _, query := range [][]byte{ask(t, "to.truong.example.", dns.TypeTXT), askEDNS(t, "to.truong.example.", dns.TypeTXT)} {
		reply, err := upstream.NewPlain(loops, named.Addr).Exchange(soon(t), query, make([]byte, 4096))
		if err != nil {
			t.Fatal(err)
		}
		if m := unpack(t, reply); m.Truncated || len(m.Answer) != 60 || m.Id != unpack(t, query).Id {
			t.Errorf("%d records of 60, truncated %t", len(m.Answer), m.Truncated)
		}
	}
}

func TestNamedRefusesAndUnboundAnswers(t *testing.T) {
	named := testserver.StartNamed(t, "truong.example", bigZone())
	unbound := testserver.StartUnbound(t, "hoc.example. 60 A 192.0.2.1")
	g := groupOf(upstream.Ordered, named.Addr, unbound.Addr)
	reply, err := g.Exchange(soon(t), askEDNS(t, "hoc.example.", dns.TypeA), nil)
	if err != nil || len(unpack(t, reply).Answer) != 1 {
		t.Fatalf("%x, %v", reply, err)
	}
	if s := g.Stats(); s[0].Failures[upstream.Refused] != 1 || s[1].Exchanges != 1 {
		t.Errorf("%+v", s)
	}
}

func TestNamedFailsAndUnboundAnswers(t *testing.T) {
	failing := testserver.StartNamed(t, "truong.example", "a zone without SOA") // named answers SERVFAIL for it
	unbound := testserver.StartUnbound(t, "hoc.truong.example. 60 A 192.0.2.1")
	query := askEDNS(t, "hoc.truong.example.", dns.TypeA)
	g := groupOf(upstream.Ordered, failing.Addr, unbound.Addr)
	reply, err := g.Exchange(soon(t), query, nil)
	if err != nil || len(unpack(t, reply).Answer) != 1 {
		t.Fatalf("%x, %v", reply, err)
	}
	if s := g.Stats(); s[0].Failures[upstream.ServFail] != 1 {
		t.Errorf("%+v", s)
	}
	reply, err = groupOf(upstream.Ordered, failing.Addr).Exchange(soon(t), query, nil)
	if err != nil || unpack(t, reply).Rcode != dns.RcodeServerFailure {
		t.Errorf("alone: %x, %v", reply, err)
	}
}

// One of two servers is stopped and started again while questions go on.
func TestServerStopsAndComesBack(t *testing.T) {
	first := testserver.StartUnbound(t, "hoc.example. 60 A 192.0.2.1")
	second := testserver.StartUnbound(t, "hoc.example. 60 A 192.0.2.2")
	g := groupOf(upstream.Ordered, first.Addr, second.Addr)
	running(t, g)

	who := func() string {
		t.Helper()
		reply, err := g.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if err != nil {
			t.Fatalf("a question was lost: %v", err)
		}
		return unpack(t, reply).Answer[0].(*dns.A).A.String()
	}
	until := func(answers string, up bool) {
		t.Helper()
		for over := time.After(20 * time.Second); ; {
			if who() == answers && g.Stats()[0].Up == up {
				return
			}
			select {
			case <-over:
				t.Fatalf("not answered by %s within 20 seconds", answers)
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	until("192.0.2.1", true)
	first.Stop()
	until("192.0.2.2", false)
	first.Start()
	until("192.0.2.1", true)
}

// TestThousandExchangesAtOnce: each has the answer to its own question. A datagram for
// which the server had no room on a busy machine is lost, and its question asked again.
func TestThousandExchangesAtOnce(t *testing.T) {
	const exchanges = 1000
	var records []string
	for i := range exchanges {
		records = append(records, fmt.Sprintf("may-%d.example. 60 A 192.0.2.%d", i, i%250))
	}
	unbound := testserver.StartUnbound(t, records...)
	g := groupOf(upstream.Fastest, unbound.Addr)
	ctx := within(t, time.Minute)
	var wrong, failed, again atomic.Int64
	var all sync.WaitGroup
	for i := range exchanges {
		query := ask(t, fmt.Sprintf("may-%d.example.", i), dns.TypeA)
		all.Go(func() {
			reply, err := g.Exchange(ctx, query, nil)
			for ; errors.Is(err, upstream.ErrTimeout) && ctx.Err() == nil; again.Add(1) {
				reply, err = g.Exchange(ctx, query, nil)
			}
			if err != nil {
				failed.Add(1)
				t.Logf("exchange %d: %v", i, err)
				return
			}
			m := new(dns.Msg)
			if err := m.Unpack(reply); err != nil || len(m.Answer) != 1 {
				wrong.Add(1)
				return
			}
			if a, ok := m.Answer[0].(*dns.A); !ok || a.A.String() != fmt.Sprintf("192.0.2.%d", i%250) {
				wrong.Add(1)
			}
		})
	}
	all.Wait()
	t.Logf("%d were asked again", again.Load())
	if wrong.Load() != 0 || failed.Load() != 0 {
		t.Errorf("%d wrong and %d failed of %d", wrong.Load(), failed.Load(), exchanges)
	}
	if s := g.Stats()[0]; s.Exchanges != uint64(exchanges+again.Load()) || !s.Up {
		t.Errorf("%+v, %d asked again", s, again.Load())
	}
}

// A server older than EDNS answers FORMERR to an OPT record: a header alone, or
// with the question, as servers of different ages do.
func TestServerOlderThanEDNS(t *testing.T) {
	for _, bare := range []bool{true, false} {
		addr := peerUDP(t, func(d datagram) {
			if unpack(t, d.wire).IsEdns0() == nil {
				d.back(replyTo(t, d.wire, dns.RcodeSuccess, "hoc.example. 60 A 192.0.2.1"))
				return
			}
			reply := replyTo(t, d.wire, dns.RcodeFormatError)
			if bare {
				reply = append(reply[:4:4], make([]byte, 8)...)
			}
			d.back(reply)
		})
		g := groupOf(upstream.Ordered, addr)
		reply, err := g.Exchange(soon(t), askEDNS(t, "hoc.example.", dns.TypeA), nil)
		if err != nil || len(unpack(t, reply).Answer) != 1 {
			t.Errorf("bare %t: %x, %v", bare, reply, err)
		}
		if s := g.Stats()[0]; s.Failures != [upstream.Failures]uint64{} || s.Exchanges != 1 {
			t.Errorf("bare %t: %+v", bare, s)
		}
	}
}

func TestServerThatOnlySaysFormErr(t *testing.T) {
	addr := peerUDP(t, func(d datagram) { d.back([]byte{d.wire[0], d.wire[1], 0x80, 1, 11: 0}) })
	_, err := groupOf(upstream.Ordered, addr).Exchange(soon(t), askEDNS(t, "hoc.example.", dns.TypeA), nil)
	if !errors.Is(err, upstream.ErrNoAnswer) || !errors.Is(err, upstream.ErrMalformed) {
		t.Error(err)
	}
}

// Where TCP is filtered, large replies fail; that must not take the server away
// from all the others.
func TestTruncatedRepliesWithoutTCPAreNotDown(t *testing.T) {
	addr := peerUDP(t, func(d datagram) {
		reply := replyTo(t, d.wire, dns.RcodeSuccess)
		reply[2] |= 2 // TC
		d.back(reply)
	})
	g := groupOf(upstream.Ordered, addr)
	for range 5 {
		if _, err := g.Exchange(soon(t), ask(t, "to.example.", dns.TypeTXT), nil); !errors.Is(err, upstream.ErrNoAnswer) {
			t.Error(err)
		}
	}
	if s := g.Stats()[0]; !s.Up || s.Failures[upstream.Network] != 5 {
		t.Errorf("%+v", s)
	}
}
