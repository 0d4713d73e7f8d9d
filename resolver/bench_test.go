package resolver

import (
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
	"lachan/resolver/dnswire"
)

// discard is a responseWriter that writes nothing.
type discard struct{}

func (discard) write(*Query)          {}
func (discard) drop(*Query)           {}
func (discard) flush()                {}
func (discard) async() responseWriter { return discard{} }

const benchPolicy = `units:
  - id: truong
    name: Trường
    kind: school
    level: primary
    networks: ["192.0.2.0/24"]
    block: [blocked.example]
`

// benchResolver has a school, one name that it blocks and an answer for
// www.lesson.example.
func benchResolver(b *testing.B) *Resolver {
	b.Helper()
	path := filepath.Join(b.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(benchPolicy), 0o600); err != nil {
		b.Fatal(err)
	}
	p, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	r := New(metrics.New("bench"), nil, slog.New(slog.DiscardHandler))
	r.Use(&Settings{
		Replies: Replies{RebindProtection: true, BlockTTL: time.Minute},
		Cache:   Cache{Bounds: cache.Bounds{Entries: 1000, Bytes: 256 << 20}, Lifetimes: cache.Lifetimes{MaxTTL: time.Hour, NegativeTTL: time.Hour}},
	}, p.At(nil, time.Now(), 1), nil)

	q := benchQuery(b, "www.lesson.example.")
	q.begin(r.snapshot.Load(), r.clock())
	q.Parse(q.message)
	reply, err := dns.NewRR("www.lesson.example. 3600 A 198.51.100.7")
	if err != nil {
		b.Fatal(err)
	}
	var m dns.Msg
	if err := m.Unpack(q.message); err != nil {
		b.Fatal(err)
	}
	m.Response, m.Answer, m.Extra = true, []dns.RR{reply}, nil
	wire, err := m.Pack()
	if err != nil {
		b.Fatal(err)
	}
	e, keep, err := cache.NewEntry(appendUpstreamQuery(nil, q), wire, r.snapshot.Load().settings.Cache.Lifetimes, false, false, r.clock())
	if err != nil || !keep {
		b.Fatal(keep, err)
	}
	question := q.question()
	r.cache.Put(r.cache.Hash(&question), e)
	return r
}

// benchQuery is a query as it was read from a socket.
func benchQuery(b *testing.B, name string) *Query {
	b.Helper()
	wire, err := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, false).Pack()
	if err != nil {
		b.Fatal(err)
	}
	q := newQuery()
	q.message = q.in[:copy(q.in[:], wire)]
	q.client, q.to, q.transport = netip.MustParseAddr("192.0.2.7"), discard{}, metrics.TransportUDP
	return q
}

func BenchmarkParse(b *testing.B) {
	q := benchQuery(b, "www.lesson.example.")
	b.ReportAllocs()
	for b.Loop() {
		if outcome, _ := q.Parse(q.message); outcome != dnswire.Accept {
			b.Fatal(outcome)
		}
	}
}

func BenchmarkCacheHit(b *testing.B) {
	r := benchResolver(b)
	q := benchQuery(b, "www.lesson.example.")
	q.begin(r.snapshot.Load(), r.clock())
	q.Parse(q.message)
	b.ReportAllocs()
	for b.Loop() {
		q.out = q.out[:0]
		question, f := q.question(), cache.Found{}
		if !r.cache.Get(&f, &question, nil, q.snapshot.rules, q.now) {
			b.Fatal("not in the cache")
		}
		q.appendAnswer(f.Answer)
	}
}

// BenchmarkServe is everything between reading a packet and sending its
// answer.
func BenchmarkServe(b *testing.B) {
	r := benchResolver(b)
	f := func(title, name string, rcode int) {
		b.Run(title, func(b *testing.B) {
			q, w := benchQuery(b, name), r.snapshot.Load()
			b.ReportAllocs()
			for b.Loop() {
				q.begin(w, r.clock())
				if !r.serve(q) || q.rcode != rcode {
					b.Fatal("not served from memory")
				}
				r.finish(q, r.clock(), r.lane)
			}
		})
	}
	f("cached", "www.lesson.example.", dns.RcodeSuccess)
	f("blocked", "www.blocked.example.", dns.RcodeNameError)
}
