package resolver

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/cookie"
	"lachan/resolver/upstream"
)

// These tests drive the route of a query without sockets, so that
// testing/synctest can hold the clock: the upstream is a function, and answers
// go to a channel.

// answerer is an upstream in the test itself.
type answerer func(ctx context.Context, q *dns.Msg) (*dns.Msg, error)

// Exchange implements upstream.Exchanger.
func (f answerer) Exchange(ctx context.Context, query, _ []byte) ([]byte, error) {
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	m, err := f(ctx, q)
	if err != nil {
		return nil, err
	}
	m.Id, m.Response, m.Question, m.Compress = q.Id, true, q.Question, true
	return m.Pack()
}

// records answers with records in their text form; those of type SOA go to the
// authority section.
func records(rcode int, texts ...string) *dns.Msg {
	m := &dns.Msg{MsgHdr: dns.MsgHdr{Rcode: rcode}}
	for _, text := range texts {
		rr, err := dns.NewRR(text)
		if err != nil {
			panic(err) // the test's own text
		}
		if rr.Header().Rrtype == dns.TypeSOA {
			m.Ns = append(m.Ns, rr)
		} else {
			m.Answer = append(m.Answer, rr)
		}
	}
	return m
}

const schoolPolicy = `
profiles:
  hs: {block: [gambling], safe_search: strict, youtube: strict}
units:
  - id: truong
    kind: school
    profile: hs
    networks: ["192.0.2.0/24"]
    block: [{name: blocked.example}]
`

// exchangeTimeout bounds an exchange with the upstream of a test.
const exchangeTimeout = 10 * time.Second

// quietSettings have long lifetimes.
func quietSettings() Settings {
	return Settings{
		Replies: Replies{BlockTTL: time.Minute},
		Cache: Cache{
			Bounds: cache.Bounds{Entries: 10_000, Bytes: 256 << 20}, Prefetch: true,
			Lifetimes: cache.Lifetimes{MaxTTL: 24 * time.Hour, NegativeTTL: 30 * time.Minute, StaleFor: 12 * time.Hour},
		},
	}
}

// newTestResolver is a resolver without sockets, with one school.
func newTestResolver(t testing.TB, settings Settings, up answerer) *Resolver {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(schoolPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	group := upstream.NewGroup(upstream.Ordered, exchangeTimeout, upstream.NewMember("test", up))
	zones, err := upstream.NewZones(group, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := New(metrics.New("test"), nil, slog.New(slog.DiscardHandler))
	r.Use(&settings, p.At(nil, time.Now(), 1), zones)
	return r
}

// mailbox is a responseWriter that keeps its answer.
type mailbox chan *dns.Msg

func (b mailbox) async() responseWriter { return b }
func (b mailbox) flush()                {}
func (b mailbox) drop(*Query)           { b <- nil }

func (b mailbox) write(q *Query) {
	m := new(dns.Msg)
	if err := m.Unpack(q.out); err != nil {
		panic(err) // every answer can be read
	}
	b <- m
}

// question is a query as a reader has it.
func (r *Resolver) question(t testing.TB, name string, qtype uint16, change ...func(*dns.Msg)) *Query {
	t.Helper()
	m := new(dns.Msg).SetQuestion(name, qtype).SetEdns0(1232, false)
	for _, f := range change {
		f(m)
	}
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	q := r.lease()
	q.message = q.in[:copy(q.in[:], wire)]
	q.client, q.transport = netip.MustParseAddr("192.0.2.7"), metrics.TransportUDP
	return q
}

// send puts a query on its route and returns where its answer will be.
func (r *Resolver) send(t testing.TB, name string, qtype uint16, change ...func(*dns.Msg)) mailbox {
	t.Helper()
	return r.put(r.question(t, name, qtype, change...))
}

// sendFrom is send for a question of a client.
func (r *Resolver) sendFrom(t testing.TB, client netip.Addr, name string) mailbox {
	t.Helper()
	q := r.question(t, name, dns.TypeA)
	q.client = client
	return r.put(q)
}

// put puts q on its route.
func (r *Resolver) put(q *Query) mailbox {
	box := make(mailbox, 1)
	q.to = box
	q.begin(r.snapshot.Load(), r.clock())
	if r.serve(q) {
		r.finish(q, r.clock(), r.lane)
		r.queries.Put(q)
	}
	return box
}

// asks sends a query for an A record and waits for the answer.
func (r *Resolver) asks(t testing.TB, name string, change ...func(*dns.Msg)) *dns.Msg {
	t.Helper()
	return <-r.send(t, name, dns.TypeA, change...)
}

// A witness is a client that looks, when its answer is written, at how many
// queries are counted.
type witness struct {
	*Resolver
	counted chan int
}

func (w witness) async() responseWriter { return w }
func (w witness) flush()                {}
func (w witness) drop(q *Query)         { w.write(q) }

func (w witness) write(*Query) {
	sum := 0
	w.counters.Totals().Each(func(o metrics.Counter, value uint64) {
		if o.School() == "truong" {
			sum += int(value)
		}
	})
	w.counted <- sum
}

// Who has an answer finds it counted, whichever way it came.
func TestAnAnswerIsCountedBeforeItIsWritten(t *testing.T) {
	r := newTestResolver(t, quietSettings(), func(context.Context, *dns.Msg) (*dns.Msg, error) {
		return records(0, "www.lesson.example. 3600 A 198.51.100.7"), nil
	})
	for i, name := range []string{"www.blocked.example.", "www.lesson.example.", "www.lesson.example."} {
		q, client := r.question(t, name, dns.TypeA), witness{r, make(chan int, 1)}
		q.to = client
		q.begin(r.snapshot.Load(), r.clock())
		if r.serve(q) {
			r.finish(q, r.clock(), r.lane)
		}
		if counted := <-client.counted; counted <= i {
			t.Errorf("%s, query %d: %d are counted", name, i+1, counted)
		}
	}
}

// edeOf is the info code of the extended error, -1 for none.
func edeOf(m *dns.Msg) int {
	if opt := m.IsEdns0(); opt != nil && len(opt.Option) > 0 {
		return int(opt.Option[0].(*dns.EDNS0_EDE).InfoCode)
	}
	return -1
}

// An answer from memory allocates nothing from the read packet to the written
// one.
func TestAnswersFromMemoryAllocateNothing(t *testing.T) {
	settings := quietSettings()
	settings.Cookies = cookie.Secrets(nil).Renewed()
	r := newTestResolver(t, settings, func(context.Context, *dns.Msg) (*dns.Msg, error) {
		return records(0, "www.lesson.example. 3600 CNAME lesson.example.", "lesson.example. 3600 A 198.51.100.7"), nil
	})
	r.asks(t, "www.lesson.example.")
	f := func(what, name string, qtype uint16, hot *cache.Hot, want metrics.Action, options ...dns.EDNS0) {
		t.Helper()
		q := r.question(t, name, qtype, func(m *dns.Msg) { m.IsEdns0().Option = options })
		q.to, q.hot = discard{}, hot
		w := r.snapshot.Load()
		if n := testing.AllocsPerRun(200, func() {
			q.begin(w, r.clock())
			if !r.serve(q) {
				t.Fatal("not answered from memory")
			}
			r.finish(q, r.clock(), r.lane)
		}); n != 0 || q.action != want {
			t.Errorf("%s: %v allocations, action %s; want none, %s", what, n, q.action, want)
		}
	}
	f("a cache hit", "www.lesson.example.", dns.TypeA, nil, metrics.ActionPass)
	f("a hit of the reader's own", "www.lesson.example.", dns.TypeA, r.cache.NewHot(), metrics.ActionPass)
	f("a block", "www.blocked.example.", dns.TypeA, nil, metrics.ActionBlock)
	f("a blocked HTTPS question", "www.blocked.example.", dns.TypeHTTPS, nil, metrics.ActionBlock)
	f("a rewrite", "www.google.com.", dns.TypeA, nil, metrics.ActionRewrite)
	f("ANY", "www.lesson.example.", dns.TypeANY, nil, metrics.ActionLocal)
	f("a name of our own", "localhost.", dns.TypeA, nil, metrics.ActionLocal)
	f("ourselves", "resolver.arpa.", dns.TypeRESINFO, nil, metrics.ActionLocal)
	f("a cookie", "www.lesson.example.", dns.TypeA, nil, metrics.ActionPass,
		&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "2464c4abcf10c957010000005cf79f111f8130c3eee29480"})
}

// FuzzServe: whatever a client sends, the route ends in one answer that
// miekg/dns reads, with the id of the question and QR set, or in none.
func FuzzServe(f *testing.F) {
	r := newTestResolver(f, quietSettings(), func(context.Context, *dns.Msg) (*dns.Msg, error) {
		return records(0, "www.lesson.example. 3600 A 198.51.100.7"), nil
	})
	for _, name := range []string{"www.lesson.example.", "blocked.example.", "www.google.com.", "localhost."} {
		wire, err := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, true).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		q, box := r.lease(), make(mailbox, 1)
		q.message = q.in[:copy(q.in[:], wire)]
		q.client, q.transport, q.to = netip.MustParseAddr("192.0.2.7"), metrics.TransportUDP, box
		q.begin(r.snapshot.Load(), r.clock())
		if r.serve(q) {
			r.finish(q, r.clock(), r.lane)
		}
		if m := <-box; m != nil && (!m.Response || len(wire) < 2 || m.Id != uint16(wire[0])<<8|uint16(wire[1])) {
			t.Errorf("%x is answered by %v", wire, m)
		}
	})
}
