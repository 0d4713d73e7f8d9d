package resolver

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/cache"
)

// after lets time go by and all that it sets off happen.
func after(d time.Duration) {
	time.Sleep(d) // of the bubble's clock
	synctest.Wait()
}

// An answer of the upstream is kept as long as its records, the settings and
// RFC 2308 allow: from the first question on the upstream is asked again after
// want, and the TTL told then was told.
func TestHowLongAnswersAreKept(t *testing.T) {
	const soa = "example. 600 SOA ns.example. who.example. 1 2 3 4 120"
	f := func(what string, answer *dns.Msg, change func(*cache.Lifetimes), told uint32, want time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			settings, asked := quietSettings(), 0
			settings.Cache.Prefetch, settings.Cache.Lifetimes.StaleFor = false, 0
			change(&settings.Cache.Lifetimes)
			r := newTestResolver(t, settings, func(context.Context, *dns.Msg) (*dns.Msg, error) { asked++; return answer.Copy(), nil })
			m := r.asks(t, "www.example.")
			if got := ttlOf(m); got != told {
				t.Errorf("%s: told a TTL of %d, want %d", what, got, told)
			}
			if want > 0 {
				after(want - time.Millisecond)
				if r.asks(t, "www.example."); asked != 1 {
					t.Errorf("%s: not kept for %s", what, want)
				}
				after(time.Millisecond)
			}
			if r.asks(t, "www.example."); asked != 2 {
				t.Errorf("%s: kept for more than %s", what, want)
			}
		})
	}
	as := func(*cache.Lifetimes) {}
	f("as its record says", records(0, "www.example. 300 A 192.0.2.1"), as, 300, 300*time.Second)
	f("as the least of its records says", records(0, "www.example. 300 CNAME a.example.", "a.example. 20 A 192.0.2.1"), as, 300, 20*time.Second)
	f("at least min_ttl", records(0, "www.example. 3 A 192.0.2.1"), func(l *cache.Lifetimes) { l.MinTTL = time.Minute }, 60, time.Minute)
	f("at most max_ttl", records(0, "www.example. 86400 A 192.0.2.1"), func(l *cache.Lifetimes) { l.MaxTTL = time.Hour }, 3600, time.Hour)
	f("not with a TTL of 0", records(0, "www.example. 0 A 192.0.2.1"), as, 0, 0)
	f("not with a TTL of more than 31 bits", records(0, "www.example. 4294967295 A 192.0.2.1"), as, 0, 0)
	f("NXDOMAIN as the minimum of the SOA record", records(dns.RcodeNameError, soa), as, 120, 120*time.Second)
	f("NODATA likewise", records(0, soa), as, 120, 120*time.Second)
	f("NODATA behind an alias likewise", records(0, "www.example. 300 CNAME a.example.", soa), as, 300, 120*time.Second)
	f("NXDOMAIN at most negative_ttl", records(dns.RcodeNameError, soa), func(l *cache.Lifetimes) { l.NegativeTTL = 30 * time.Second }, 30, 30*time.Second)
	f("NXDOMAIN without SOA not at all", records(dns.RcodeNameError), as, 0, 0)
	f("NODATA without SOA not at all", records(0), as, 0, 0)
	f("SERVFAIL 5 seconds", records(dns.RcodeServerFailure), as, 0, 5*time.Second)
	f("REFUSED 5 seconds", records(dns.RcodeRefused), as, 0, 5*time.Second)
}

// ttlOf is the TTL of the first record.
func ttlOf(m *dns.Msg) uint32 {
	for _, rr := range append(m.Answer, m.Ns...) {
		return rr.Header().Ttl
	}
	return 0
}

func TestTTLsCountDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestResolver(t, quietSettings(), func(context.Context, *dns.Msg) (*dns.Msg, error) {
			return records(0, "www.example. 300 CNAME a.example.", "a.example. 120 A 192.0.2.1"), nil
		})
		f := func(wait time.Duration, want ...uint32) {
			t.Helper()
			after(wait)
			m := r.asks(t, "www.example.")
			if m.Answer[0].Header().Ttl != want[0] || m.Answer[1].Header().Ttl != want[1] {
				t.Errorf("%v, want TTLs %v", m.Answer, want)
			}
		}
		f(0, 300, 120)
		f(999*time.Millisecond, 300, 120)
		f(time.Millisecond, 299, 119)
		f(99*time.Second, 200, 20)
		f(19*time.Second, 181, 1)
	})
}

func TestQuestionsThatDifferAreKeptApart(t *testing.T) {
	var asked []string
	r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		what := fmt.Sprintf("%s %d DO %t CD %t", q.Question[0].Name, q.Question[0].Qtype, q.IsEdns0().Do(), q.CheckingDisabled)
		asked = append(asked, what)
		return records(0, fmt.Sprintf(`%s 300 TXT "%s"`, q.Question[0].Name, what)), nil
	})
	do := func(m *dns.Msg) { m.IsEdns0().SetDo() }
	cd := func(m *dns.Msg) { m.CheckingDisabled = true }
	for range 2 {
		for _, name := range []string{"a.example.", "b.example.", "A.EXAMPLE."} {
			for _, qtype := range []uint16{dns.TypeTXT, dns.TypeMX} {
				for _, change := range [][]func(*dns.Msg){nil, {do}, {cd}, {do, cd}} {
					m := <-r.send(t, name, qtype, change...)
					want := fmt.Sprintf("%s %d DO %t CD %t", dns.CanonicalName(name), qtype, m.IsEdns0().Do(), m.CheckingDisabled)
					if got := m.Answer[0].(*dns.TXT).Txt[0]; got != want {
						t.Errorf("asked for %s, got the answer to %s", want, got)
					}
				}
			}
		}
	}
	if len(asked) != 2*2*4 {
		t.Errorf("the upstream was asked %d times, want once for each of 16 questions: %v", len(asked), asked)
	}
}

// However unlikely, two questions may have one hash. An answer to the first is then
// no stale answer for the second, whose failure is kept. See cache too.
func TestACollisionIsNoStaleAnswer(t *testing.T) {
	r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return records(0, q.Question[0].Name+" 300 A 192.0.2.1"), nil
	})
	first, second := r.question(t, "first.example.", dns.TypeA), r.question(t, "second.example.", dns.TypeA)
	for _, q := range []*Query{first, second} {
		q.begin(r.snapshot.Load(), r.clock())
		q.Parse(q.message)
	}
	question := second.question()
	hash := r.cache.Hash(&question)
	query := appendUpstreamQuery(nil, first)
	e, _, err := cache.NewEntry(query, replyTo(t, query, "first.example. 300 A 192.0.2.1"), cache.Lifetimes{MaxTTL: time.Hour}, false, false, r.clock())
	if err != nil {
		t.Fatal(err)
	}
	r.cache.Put(hash, e)
	if old := r.cache.Fail(hash, cache.Failure(appendUpstreamQuery(nil, second), false, r.clock()), time.Hour); old {
		t.Error("the answer to another question passes for an old answer")
	}
	if m := r.asks(t, "second.example."); m.Rcode != dns.RcodeServerFailure || edeOf(m) != 13 {
		t.Errorf("%v, want the failure that was kept", m)
	}
}

// replyTo is a reply to a packed query.
func replyTo(t *testing.T, query []byte, answers ...string) []byte {
	t.Helper()
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		t.Fatal(err)
	}
	m := records(0, answers...)
	m.SetReply(&q)
	m.Answer = records(0, answers...).Answer
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestTheCacheHoldsNoMoreThanItMay(t *testing.T) {
	settings := quietSettings()
	settings.Cache.Bounds.Entries = 640
	r := newTestResolver(t, settings, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return records(0, q.Question[0].Name+" 300 A 192.0.2.1"), nil
	})
	const names = 2000
	for i := range names {
		r.asks(t, fmt.Sprintf("n%d.example.", i))
	}
	st := r.CacheStats()
	if st.Entries > 640 || st.Entries < 600 || st.Evictions != uint64(names-st.Entries) || st.Misses != names {
		t.Errorf("%+v", st)
	}
	r.asks(t, fmt.Sprintf("n%d.example.", names-1))
	if got := r.CacheStats(); got.Hits != 1 {
		t.Errorf("the newest answer is not there: %+v", got)
	}
	smaller := *r.snapshot.Load().settings
	smaller.Cache.Bounds.Entries = 64
	r.Use(&smaller, r.snapshot.Load().rules, r.snapshot.Load().upstreams)
	if st := r.CacheStats(); st.Entries > 64 {
		t.Errorf("after the setting became smaller: %+v", st)
	}
}

// What is asked often is fetched again in the last tenth of its life, once, and
// nobody waits for it.
func TestPrefetch(t *testing.T) {
	f := func(what string, questions int, prefetch bool, want int64) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			settings := quietSettings()
			settings.Cache.Prefetch = prefetch
			var asked atomic.Int64
			r := newTestResolver(t, settings, func(context.Context, *dns.Msg) (*dns.Msg, error) {
				asked.Add(1)
				time.Sleep(100 * time.Millisecond) // the exchange
				return records(0, "www.example. 100 A 192.0.2.1"), nil
			})
			r.asks(t, "www.example.")
			for range questions {
				after(time.Second)
				r.asks(t, "www.example.")
			}
			after(92*time.Second - time.Duration(questions)*time.Second)
			for range 5 {
				if m := r.asks(t, "www.example."); ttlOf(m) != 8 {
					t.Errorf("%s: TTL %d, want 8: the answer at hand", what, ttlOf(m))
				}
			}
			after(time.Second)
			r.asks(t, "www.example.")
			if asked.Load() != want {
				t.Errorf("%s: the upstream was asked %d times, want %d", what, asked.Load(), want)
			}
		})
	}
	f("asked often", 10, true, 2)
	f("asked often at the end only", 0, true, 2)
	f("by setting", 10, false, 1)
}
