package feed_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/feed"
)

// A primary has a zone of one name, and counts how often it is asked which
// version that is.
type primary struct {
	serial atomic.Uint32
	looks  atomic.Int64
	down   atomic.Bool
}

func (p *primary) dial(context.Context, string, string) (net.Conn, error) {
	if p.down.Load() {
		p.looks.Add(1)
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	go p.answer(&dns.Conn{Conn: far})
	return near, nil
}

func (p *primary) answer(conn *dns.Conn) {
	defer conn.Close()
	q, err := conn.ReadMsg()
	if err != nil {
		return
	}
	header := dns.RR_Header{Name: "rpz.example.", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60}
	soa := &dns.SOA{Hdr: header, Ns: "ns.example.", Mbox: "a.example.", Serial: p.serial.Load(), Refresh: 86400, Retry: 3600, Expire: 604800}
	m := new(dns.Msg).SetReply(q)
	m.Answer = []dns.RR{soa}
	if q.Question[0].Qtype == dns.TypeSOA {
		p.looks.Add(1)
	} else {
		owner := dns.RR_Header{Name: "bet.example.rpz.example.", Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60}
		m.Answer = append(m.Answer, &dns.CNAME{Hdr: owner, Target: "."}, soa)
	}
	_ = conn.WriteMsg(m) // an error is the client's to tell
}

// runZone starts an updater of the zone of a primary, which has it.
func runZone(t *testing.T) (*running, *primary) {
	p := &primary{}
	p.serial.Store(1)
	r := run(t, func(r *running) []feed.Source {
		r.store.Dial = p.dial
		return []feed.Source{{Name: "rpz", URL: "axfr://192.0.2.1/rpz.example", Refresh: 24 * time.Hour, MaxBytes: 1 << 20, MaxShrink: 1}}
	})
	if c, ok, _ := r.store.Good("rpz"); !ok || c.Entries != 1 {
		t.Fatalf("the zone has not come: %s", &r.log)
	}
	p.looks.Store(0)
	return r, p
}

// TestForgedNotifyCostsThePrimaryOneLookInTenSeconds has 538 of them in three
// seconds, and one that tells the truth among them.
func TestForgedNotifyCostsThePrimaryOneLookInTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, p := runZone(t)
		flood := func() {
			for range 538 {
				r.Trigger("rpz")
				time.Sleep(3 * time.Second / 538)
			}
			synctest.Wait()
		}
		flood()
		if n := p.looks.Load(); n != 1 {
			t.Errorf("538 NOTIFY in 3 s brought %d looks about, want 1", n)
		}
		t.Logf("538 NOTIFY in 3 s: %d look; before there were 402", p.looks.Load())
		p.serial.Store(2)
		r.Trigger("rpz")
		r.forget()
		time.Sleep(7*time.Second + time.Millisecond) // the interval is over
		synctest.Wait()
		if n := p.looks.Load(); n != 2 || len(r.changed()) != 1 {
			t.Errorf("after the interval: %d looks and %v, want a second that finds the change", n, r.changed())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := p.looks.Load(); n != 2 {
			t.Errorf("%d looks although nobody asked for more", n)
		}
	})
}

// TestEachChangeIsLookedAtAtOnce: only a look that finds no change makes the next one wait.
func TestEachChangeIsLookedAtAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, p := runZone(t)
		begin := time.Now()
		for serial := range uint32(20) {
			p.serial.Store(serial + 2)
			r.Trigger("rpz")
			synctest.Wait()
			if n := p.looks.Load(); n != int64(serial)+1 {
				t.Fatalf("change %d: %d looks", serial, n)
			}
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("20 changes took %v", took)
		}
	})
}

// TestNotifyOfAPrimaryThatFailsBacksOff: it is looked at ever more seldom, and
// not left alone.
func TestNotifyOfAPrimaryThatFailsBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, p := runZone(t)
		p.down.Store(true)
		for range 3600 {
			r.Trigger("rpz")
			time.Sleep(time.Second)
		}
		synctest.Wait()
		n := p.looks.Load()
		t.Logf("3,600 NOTIFY in an hour of a primary that is down: %d looks", n)
		if n < 5 || n > 12 {
			t.Errorf("%d looks in an hour, want about one for each doubling from ten seconds", n)
		}
	})
}
