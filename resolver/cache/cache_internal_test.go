package cache

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
)

// testRules are rules that say nothing.
func testRules(t *testing.T) *policy.Rules {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte("units: [{id: truong, kind: school}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	return p.At(nil, time.Now(), 1)
}

func question(t *testing.T, name string) *Question {
	t.Helper()
	n := &domain.Name{}
	if err := n.SetText(name); err != nil {
		t.Fatal(err)
	}
	return &Question{Name: n, Type: dns.TypeA}
}

// entry is what is kept of an answer to the question for the address of a name.
func entry(t *testing.T, name string) *Entry {
	t.Helper()
	q := new(dns.Msg).SetQuestion(name+".", dns.TypeA).SetEdns0(1232, false)
	query, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg).SetReply(q)
	rr, err := dns.NewRR(name + ". 300 A 192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	m.Answer = []dns.RR{rr}
	reply, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	e, cacheable, err := NewEntry(query, reply, Lifetimes{MaxTTL: time.Hour}, false, false, 0)
	if err != nil || !cacheable {
		t.Fatalf("cacheable %t, %v", cacheable, err)
	}
	return e
}

// TestTheHighestBitOfATTLMakesItZero (RFC 2181 section 8).
func TestTheHighestBitOfATTLMakesItZero(t *testing.T) {
	f := func(ttl uint32, want time.Duration) {
		t.Helper()
		q := new(dns.Msg).SetQuestion("a.example.", dns.TypeA).SetEdns0(1232, false)
		query, err := q.Pack()
		if err != nil {
			t.Fatal(err)
		}
		m := new(dns.Msg).SetReply(q)
		m.Answer = []dns.RR{&dns.A{
			Hdr: dns.RR_Header{Name: "a.example.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: ttl}, A: []byte{192, 0, 2, 1},
		}}
		reply, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		e, cacheable, err := NewEntry(query, reply, Lifetimes{MaxTTL: time.Hour}, false, false, 0)
		if err != nil || cacheable != (want > 0) || cacheable && e.lifetime != int64(want) {
			t.Errorf("TTL %#x: cacheable %t, %v; want %s", ttl, cacheable, err, want)
		}
	}
	f(0, 0)
	f(1, time.Second)
	f(1<<31-1, time.Hour)
	f(1<<31, 0)
	f(1<<32-1, 0)
}

// However unlikely, two questions may have one hash. Then the second is not
// answered with the answer to the first, wherever it is kept.
func TestACollisionIsAMiss(t *testing.T) {
	c, rules := New(Bounds{Entries: 100, Bytes: 1 << 20}), testRules(t)
	first, second := question(t, "first.example"), question(t, "second.example")
	e, hash := entry(t, "first.example"), c.Hash(second)
	c.Put(c.Hash(first), e)
	var f Found
	if ok := c.Get(&f, first, nil, rules, 0); !ok || f.Answer != &e.Answer {
		t.Fatal("the first answer is not in the cache")
	}
	c.Put(hash, e)
	if c.Get(&f, second, nil, rules, 0) {
		t.Error("the cache gave the answer to another question")
	}
	if c.GetStale(&f, second, rules, 0, time.Hour) {
		t.Error("the cache gave the answer to another question, as a stale one")
	}
	hot := c.NewHot()
	hot.put(hash, &e.Answer, e.verdict)
	hot.slots[hash%hotSlots].verdict.Serial = rules.Serial()
	if hot.get(&f, second, hash, rules, 0) {
		t.Error("the reader gave the answer to another question")
	}
	if a := hot.Peek(hash); a != &e.Answer {
		t.Errorf("the reader has %v in its place", a)
	}
}
