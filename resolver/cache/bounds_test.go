package cache_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/cache"
)

// answerOf makes what is kept of an answer to the question for the texts of a name,
// about as many bytes long as size.
func answerOf(t *testing.T, c *cache.Cache, name string, size int) (*cache.Question, *cache.Entry) {
	t.Helper()
	q := new(dns.Msg).SetQuestion(name+".", dns.TypeTXT).SetEdns0(1232, false)
	query, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg).SetReply(q)
	header := dns.RR_Header{Name: name + ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 3600}
	for n := 60; n < size; n += 268 {
		m.Answer = append(m.Answer, &dns.TXT{Hdr: header, Txt: []string{fmt.Sprintf("%0255d", n)}})
	}
	m.Compress = true
	reply, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	e, cacheable, err := cache.NewEntry(query, reply, cache.Lifetimes{MaxTTL: time.Hour}, false, false, 0)
	if err != nil || !cacheable {
		t.Fatalf("cacheable %t, %v", cacheable, err)
	}
	n := &domain.Name{}
	if err := n.SetText(name); err != nil {
		t.Fatal(err)
	}
	return &cache.Question{Name: n, Type: dns.TypeTXT}, e
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Whatever answers a pupil has made for him, the cache with its readers holds no
// more bytes than it may: many that are large, very many that are small, and those
// that are asked for often.
func TestTheCacheHoldsNoMoreBytesThanItMay(t *testing.T) {
	rules := cache.TestRules(t)
	f := func(what string, most int64, answers, size int) {
		t.Helper()
		before := heap()
		c := cache.New(cache.Bounds{Entries: 200_000, Bytes: most})
		readers := []*cache.Hot{c.NewHot(), c.NewHot()}
		empty, hits := heap(), 0
		for i := range answers {
			q, e := answerOf(t, c, fmt.Sprintf("n%d.example", i), size)
			c.Put(c.Hash(q), e)
			for _, reader := range readers {
				var found cache.Found
				if c.Get(&found, q, reader, rules, 1) {
					hits++
				}
			}
		}
		used, st := heap()-empty, c.Stats()
		t.Logf("%d answers of %d bytes, %s: %d kept, %d KiB counted, heap +%d KiB, bound %d KiB; empty %d KiB",
			answers, size, what, st.Entries, st.Bytes>>10, used>>10, most>>10, (empty-before)>>10)
		if st.Bytes > most || used > most*5/4 {
			t.Errorf("%s: more than %d bytes: %d counted, %d used", what, most, st.Bytes, used)
		}
		if st.Bytes < most/2 {
			t.Errorf("%s: %d bytes of %d are used", what, st.Bytes, most)
		}
		if hits == 0 {
			t.Errorf("%s: no answer was kept", what)
		}
		runtime.KeepAlive(c)
	}
	f("the longest", 32<<20, 2000, 60_000)
	f("that fill a datagram", 8<<20, 20_000, 1200)
	f("as most are", 8<<20, 50_000, 100)
}

// TestFiguresAreTakenWhileAnswersAreKept: they never are more than there can be.
func TestFiguresAreTakenWhileAnswersAreKept(t *testing.T) {
	const answers = 500
	c, rules := cache.New(cache.Bounds{Entries: 100, Bytes: 1 << 20}), cache.TestRules(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := range answers {
			q, e := answerOf(t, c, fmt.Sprintf("n%d.example", i), 100)
			c.Put(c.Hash(q), e)
			var found cache.Found
			c.Get(&found, q, nil, rules, 1)
		}
	}()
	for taken := false; !taken; {
		select {
		case <-ended:
			taken = true
		default:
		}
		if st := c.Stats(); st.Entries > 100 || st.Bytes > 1<<20 || st.Hits > answers {
			t.Fatalf("%+v", st)
		}
	}
	if st := c.Stats(); st.Entries == 0 || st.Hits+st.Misses != answers {
		t.Errorf("in the end %+v", st)
	}
}

// A large answer serves those that ask at about the same time, and no longer.
func TestALargeAnswerIsKeptForSeconds(t *testing.T) {
	c, rules := cache.New(cache.Bounds{Entries: 1000, Bytes: 64 << 20}), cache.TestRules(t)
	f := func(size int, at time.Duration, want bool) {
		t.Helper()
		q, e := answerOf(t, c, fmt.Sprintf("n%d.example", size), size)
		c.Put(c.Hash(q), e)
		var found cache.Found
		if got := c.Get(&found, q, nil, rules, int64(at)); got != want {
			t.Errorf("%d bytes after %s: kept %t, want %t", size, at, got, want)
		}
	}
	f(15_000, time.Minute, true)
	f(20_000, cache.FailureTTL-1, true)
	f(20_000, cache.FailureTTL, false)
	f(64_000, time.Minute, false)
}

// What one reader gives back the others have: their parts grow.
func TestReadersShareTheirBytes(t *testing.T) {
	c, rules := cache.New(cache.Bounds{Entries: 100_000, Bytes: 8 << 20}), cache.TestRules(t)
	fill := func(reader *cache.Hot) int64 {
		before := c.Stats().Bytes
		for i := range 2000 {
			q, e := answerOf(t, c, fmt.Sprintf("n%d.example", i), 1200)
			c.Put(c.Hash(q), e)
			var found cache.Found
			c.Get(&found, q, reader, rules, 1)
		}
		return c.Stats().Bytes - before
	}
	first, second := c.NewHot(), c.NewHot()
	fill(first)
	half := fill(second)
	c.Release(first)
	more := fill(second)
	if half > 512<<10 || half < 256<<10 || more < 256<<10 {
		t.Errorf("a reader of two has %d bytes, and %d more alone", half, more)
	}
}

// How much is kept may change while answers come and go.
func TestBoundsChangeWhileAnswersComeAndGo(t *testing.T) {
	c := cache.New(cache.Bounds{Entries: 1000, Bytes: 1 << 20})
	var wg sync.WaitGroup
	for worker := range 2 {
		wg.Go(func() {
			for i := range 300 {
				q, e := answerOf(t, c, fmt.Sprintf("w%d-%d.example", worker, i), 100)
				c.Put(c.Hash(q), e)
			}
		})
	}
	for i := range 50 {
		c.Resize(cache.Bounds{Entries: 100 + i, Bytes: 1 << 18})
	}
	wg.Wait()
	if n := c.Stats().Entries; n == 0 || n > 200 {
		t.Errorf("%d answers are kept", n)
	}
}
