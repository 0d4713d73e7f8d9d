package cache

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// reply is a question for the address of a.example, and a reply with these answers.
func reply(t *testing.T, answers ...string) (query, wire []byte) {
	t.Helper()
	q := new(dns.Msg).SetQuestion("a.example.", dns.TypeA).SetEdns0(1232, false)
	query, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg).SetReply(q)
	for _, text := range answers {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	if wire, err = m.Pack(); err != nil {
		t.Fatal(err)
	}
	return query, wire
}

// TestWhatWasNotAskedForIsCutWhole: nothing of the records behind the answer is kept, nor
// shown.
func TestWhatWasNotAskedForIsCutWhole(t *testing.T) {
	f := func(own int, answers ...string) {
		t.Helper()
		query, wire := reply(t, answers...)
		e, _, err := NewEntry(query, wire, Lifetimes{MaxTTL: time.Hour}, false, false, 0)
		if err != nil {
			t.Fatal(err)
		}
		var m dns.Msg
		if err := m.Unpack(e.Wire()); err != nil || len(m.Answer) != own {
			t.Errorf("%q: %d answers, %v", answers, len(m.Answer), err)
		}
		_, alone := reply(t, answers[:own]...)
		var w dnswire.Walker
		var r dnswire.Record
		if err := w.Start(e.Wire()); err != nil {
			t.Fatal(err)
		}
		for w.Next(&r) {
		}
		if len(e.Wire()) != len(alone) || w.End() != len(e.Wire()) {
			t.Errorf("%q: %d bytes, of which the message is %d; without what was not asked for it has %d", answers, len(e.Wire()), w.End(), len(alone))
		}
	}
	const own, stray, second = "a.example. 60 A 192.0.2.1", "b.example. 60 A 192.0.2.9", "c.example. 60 TXT x"
	f(1, own)
	f(2, own, "a.example. 60 A 192.0.2.2")
	f(1, own, stray)
	f(1, own, stray, second)
	f(2, "a.example. 60 CNAME b.example.", stray, second)
	for _, answers := range [][]string{{stray}, {stray, own}, {own, stray, "a.example. 60 A 192.0.2.2"}} {
		query, wire := reply(t, answers...)
		if _, _, err := NewEntry(query, wire, Lifetimes{MaxTTL: time.Hour}, false, false, 0); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: %v", answers, err)
		}
	}
}

// TestANameThatCannotBeReadIsRefused: also one of a record that would be cut.
func TestANameThatCannotBeReadIsRefused(t *testing.T) {
	query, wire := reply(t, "a.example. 60 A 192.0.2.1")
	at := len(wire)
	wire = append(wire, 0xC0, byte(at)) // an owner that points at itself
	wire = append(wire, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9)
	binary.BigEndian.PutUint16(wire[6:], 2)
	if e, _, err := NewEntry(query, wire, Lifetimes{MaxTTL: time.Hour}, false, false, 0); err == nil || errors.Is(err, ErrForeign) {
		t.Errorf("%v, %v", e, err)
	}
}

// TestALargeAnswerServesForAMoment: one byte less, and it serves for all of its time.
func TestALargeAnswerServesForAMoment(t *testing.T) {
	for size, want := range map[int]int64{largeAnswer: int64(time.Hour), largeAnswer + 1: int64(FailureTTL)} {
		c := New(Bounds{Entries: 1 << 10, Bytes: 1 << 30})
		s := &c.shards[0]
		e := &Entry{Answer: Answer{data: make([]byte, size), lifetime: int64(time.Hour)}}
		if s.add(7, e); e.lifetime != want {
			t.Errorf("%d bytes: for %s, want %s", size, time.Duration(e.lifetime), time.Duration(want))
		}
		short := &Entry{Answer: Answer{data: make([]byte, size), lifetime: 1}}
		if s.add(8, short); short.lifetime != 1 {
			t.Errorf("%d bytes: a short time becomes %s", size, time.Duration(short.lifetime))
		}
	}
	c := New(Bounds{Entries: 1 << 10, Bytes: 1 << 30})
	s := &c.shards[0]
	weigh := func(weight int64) *Entry { return &Entry{Answer: Answer{data: make([]byte, weight-entryOverhead)}} }
	s.maxBytes = 10_000
	if s.add(1, weigh(5000)); s.lru.Len() != 1 || s.bytes != 5000 {
		t.Errorf("half of the shard: %d answers of %d bytes", s.lru.Len(), s.bytes)
	}
	if n := s.add(1, weigh(5001)); n != 0 || s.lru.Len() != 0 {
		t.Errorf("more than half: %d answers, the one before among them", s.lru.Len())
	}
}

// TestAnAnswerThatIsAskedOftenIsLookedUpNowAndThen: it serves from the reader's own place
// for as many questions as it may, until it is near its end, under the same rules.
func TestAnAnswerThatIsAskedOftenIsLookedUpNowAndThen(t *testing.T) {
	rules := testRules(t)
	q, e := question(t, "a.example"), entry(t, "a.example")
	const hash = 7
	h := new(Hot)
	h.maxBytes.Store(1 << 20)
	h.put(hash, &e.Answer, Verdict{Serial: rules.Serial()})
	got := func(q *Question, hash uint64, rules *policy.Rules, now int64) bool {
		var f Found
		ok := h.get(&f, q, hash, rules, now)
		if ok && (f.Answer != &e.Answer || f.Verdict.Serial != rules.Serial()) {
			t.Errorf("found is %+v", f)
		}
		return ok
	}
	for _, limit := range []int{1, 2, 4, 8, 16, 32, recheckAfter, recheckAfter} {
		for i := range limit {
			if !got(q, hash, rules, 0) {
				t.Fatalf("of %d answers the one after %d is not there", limit, i)
			}
		}
		if got(q, hash, rules, 0) {
			t.Errorf("more than %d answers", limit)
		}
		h.put(hash, &e.Answer, Verdict{Serial: rules.Serial()})
	}
	end := e.lifetime - e.lifetime/prefetchPart
	other := &domain.Name{}
	if err := other.SetText("b.example"); err != nil {
		t.Fatal(err)
	}
	for what, there := range map[string]bool{
		"near its end": got(q, hash, rules, end), "the place of another question": got(q, hash+hotSlots, rules, 0),
		"another question": got(&Question{Name: other, Type: dns.TypeA}, hash, rules, 0), "a place with nothing": got(q, hash+1, rules, 0),
	} {
		if there {
			t.Errorf("%s: it serves", what)
		}
	}
	if !got(q, hash, rules, end-1) {
		t.Error("just before it is near its end it does not serve")
	}
	h.put(hash, &e.Answer, Verdict{Serial: rules.Serial() + 1})
	if got(q, hash, rules, 0) {
		t.Error("it was judged by other rules, and serves")
	}
}
