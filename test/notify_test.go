package test

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// startCountingPrimary is the address of a primary of rpz.example, whose one
// name is bet-SERIAL.example, and which counts the questions for its version.
func startCountingPrimary(t *testing.T, serial *atomic.Uint32) (addr string, looks *atomic.Int64) {
	t.Helper()
	looks = &atomic.Int64{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 60}
	}
	server := &dns.Server{Listener: listener, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		n := serial.Load()
		soa := &dns.SOA{
			Hdr: header("rpz.example.", dns.TypeSOA), Ns: "ns.example.", Mbox: "a.example.",
			Serial: n, Refresh: 86400, Retry: 3600, Expire: 604800,
		}
		m := new(dns.Msg).SetReply(q)
		m.Answer = []dns.RR{soa}
		if q.Question[0].Qtype == dns.TypeSOA {
			looks.Add(1)
		} else {
			owner := header(fmt.Sprintf("bet-%d.example.rpz.example.", n), dns.TypeCNAME)
			m.Answer = append(m.Answer, &dns.CNAME{Hdr: owner, Target: "."}, soa)
		}
		_ = w.WriteMsg(m) // the client tells if it has not come
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.ActivateAndServe() // it ends when the listener is closed
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String(), looks
}

// TestAFloodOfForgedNotifyCostsThePrimaryNothing: and the one that is true is
// heeded all the same.
func TestAFloodOfForgedNotifyCostsThePrimaryNothing(t *testing.T) {
	t.Parallel()
	var serial atomic.Uint32
	serial.Store(1)
	primary, looks := startCountingPrimary(t, &serial)
	up := startStandIn(t)
	p := serveProcess(t, fmt.Sprintf(
		"feeds: [{name: co-bac, url: \"axfr://%s/rpz.example\", category: gambling, max_shrink: 100%%}]\n", primary,
	), zonePolicy, up.addr)
	p.until("the zone is in force", func() bool { return blocked(p.ask("bet-1.example")) })
	before := looks.Load()
	conn, err := dialFrom("127.0.0.1", p.dns)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	notify := func() {
		t.Helper()
		m := new(dns.Msg).SetNotify("rpz.example.")
		if reply, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(m, conn); err != nil || reply.Rcode != dns.RcodeSuccess {
			t.Fatalf("NOTIFY: %v %v", reply, err)
		}
	}
	const forged = 538
	for range forged {
		notify()
	}
	p.until("the first is heeded", func() bool { return looks.Load() > before })
	serial.Store(2)
	notify()
	p.until("what the last one tells is in force", func() bool { return blocked(p.ask("bet-2.example")) })
	n := looks.Load() - before
	t.Logf("%d forged NOTIFY and a true one: %d looks at the primary, at most 4", forged, n)
	if n > 4 { // the flood may itself last longer than an interval
		t.Errorf("%d forged NOTIFY brought %d looks about", forged, n)
	}
}
