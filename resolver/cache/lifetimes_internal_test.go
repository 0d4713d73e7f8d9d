package cache

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// replied is what is kept of a reply to the question for the addresses of a.example, of
// which fill says what is in it.
func replied(t *testing.T, fill func(m *dns.Msg)) (e *Entry, cacheable bool, err error) {
	t.Helper()
	q := new(dns.Msg).SetQuestion("a.example.", dns.TypeA).SetEdns0(1232, false)
	query, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg).SetReply(q)
	fill(m)
	reply, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return NewEntry(query, reply, Lifetimes{MaxTTL: 24 * time.Hour, NegativeTTL: time.Hour}, false, false, 0)
}

func record(t *testing.T, text string) dns.RR {
	t.Helper()
	rr, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return rr
}

// How long an answer is kept is the least that its records say; of one that says no,
// what the SOA record says, and without one it is not kept (RFC 2308).
func TestHowLongAnAnswerIsKept(t *testing.T) {
	const soa = "example. %d SOA ns.example. x.example. 1 2 3 4 %d"
	for _, c := range []struct {
		what          string
		rcode         int
		answer        []string
		ttl, negative int // of the SOA record; none if both are 0
		want          time.Duration
	}{
		{"one record", 0, []string{"a.example. 300 A 192.0.2.1"}, 0, 0, 300 * time.Second},
		{"two records", 0, []string{"a.example. 300 A 192.0.2.1", "a.example. 299 A 192.0.2.2"}, 0, 0, 299 * time.Second},
		{"nothing", 0, nil, 0, 0, 0},
		{"nothing, and why", 0, nil, 500, 258, 258 * time.Second},
		{"nothing, and why for less", 0, nil, 257, 500, 257 * time.Second},
		{"nothing, for longer than we keep that", 0, nil, 90_000, 90_000, time.Hour},
		{"no name", dns.RcodeNameError, nil, 0, 0, 0},
		{"no name, and why", dns.RcodeNameError, nil, 500, 258, 258 * time.Second},
		{"an alias to no name", dns.RcodeNameError, []string{"a.example. 300 CNAME b.example."}, 0, 0, 0},
		{"an alias to no name, and why", dns.RcodeNameError, []string{"a.example. 300 CNAME b.example."}, 500, 258, 258 * time.Second},
		{"nothing, for no time", 0, nil, 0, 500, 0},
		{"nothing, for a second", 0, nil, 500, 1, time.Second},
		{"an alias to nothing", 0, []string{"a.example. 300 CNAME b.example."}, 500, 258, 258 * time.Second},
		{"an alias to nothing, for no time", 0, []string{"a.example. 300 CNAME b.example."}, 0, 500, 0},
		{"an alias to nothing, for no time by its minimum", 0, []string{"a.example. 300 CNAME b.example."}, 500, 0, 0},
		{"an alias to no name, for less", dns.RcodeNameError, []string{"a.example. 99 CNAME b.example."}, 500, 258, 99 * time.Second},
	} {
		e, cacheable, err := replied(t, func(m *dns.Msg) {
			m.Rcode = c.rcode
			for _, text := range c.answer {
				m.Answer = append(m.Answer, record(t, text))
			}
			if c.ttl+c.negative > 0 {
				m.Ns = append(m.Ns, record(t, fmt.Sprintf(soa, c.ttl, c.negative)))
			}
		})
		if err != nil || cacheable != (c.want > 0) || cacheable && e.lifetime != int64(c.want) {
			t.Errorf("%s: cacheable %t, %v, %+v; want %s", c.what, cacheable, err, e, c.want)
		}
	}
}

// An answer that points at more than MaxPointers is refused, whichever way it does.
func TestHowMuchAnAnswerMayPointAt(t *testing.T) {
	for _, n := range []int{MaxPointers - 1, MaxPointers, MaxPointers + 1} {
		ways := map[string]func(m *dns.Msg){
			"records": func(m *dns.Msg) {
				for i := range n {
					m.Answer = append(m.Answer, record(t, fmt.Sprintf("a.example. 300 A 192.0.%d.%d", i>>8, i&255)))
				}
			},
			"a record with hints": func(m *dns.Msg) { // and a target, which counts too
				text := "a.example. 300 HTTPS 1 . ipv4hint="
				for i := range n - 1 {
					text += fmt.Sprintf("192.0.%d.%d,", i>>8, i&255)
				}
				m.Answer = append(m.Answer, record(t, text[:len(text)-1]))
			},
		}
		for what, fill := range ways {
			_, _, err := replied(t, fill)
			if (n > MaxPointers) != errors.Is(err, ErrPointers) || n <= MaxPointers && err != nil {
				t.Errorf("%d things in %s: %v", n, what, err)
			}
		}
	}
}

// An answer that served three times is to be fetched again in the last tenth of its
// life, which is told once.
func TestWhenAnAnswerIsToBeFetchedAgain(t *testing.T) {
	rules, q := testRules(t), question(t, "a.example")
	const life = 300 * time.Second
	for _, c := range []struct {
		served int // before
		left   time.Duration
		want   bool
	}{
		{2, life, false},
		{2, life / 10, false},
		{2, life/10 - 1, true},
		{1, life/10 - 1, false},
		{9, life/10 - 1, true},
		{2, 1, true},
	} {
		e := entry(t, "a.example")
		for range c.served {
			e.tell(new(Found), q, rules, 0)
		}
		for i, want := range []bool{c.want, false} {
			var f Found
			if e.tell(&f, q, rules, int64(life-c.left)); f.Expires != want {
				t.Errorf("served %d times, %s left, told %d times: %v", c.served, c.left, i, f.Expires)
			}
			if !want {
				break
			}
		}
	}
}
