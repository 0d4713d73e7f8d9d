package resolver

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// longText answers with 61 KiB of text.
func longText(name string) *dns.Msg {
	m := new(dns.Msg)
	for range 240 {
		m.Answer = append(m.Answer, record(fmt.Sprintf("%s 300 TXT %q", name, strings.Repeat("x", 250))))
	}
	return m
}

// A long answer is not copied for clients that cannot take it: however many wait for
// it over UDP, they hold no more than before, and get a truncated reply.
func TestALongAnswerCostsWaitingClientsNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := make(chan struct{})
		r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
			<-released
			return longText(q.Question[0].Name), nil
		})
		const clients = 4000
		var boxes []mailbox
		for range clients {
			boxes = append(boxes, r.send(t, "long.example.", dns.TypeTXT))
		}
		synctest.Wait()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		close(released)
		for _, box := range boxes {
			if m := <-box; !m.Truncated || len(m.Answer) > 0 || m.Rcode != dns.RcodeSuccess {
				t.Fatalf("%v", m)
			}
		}
		synctest.Wait()
		runtime.ReadMemStats(&after)
		each := (after.TotalAlloc - before.TotalAlloc) / clients
		t.Logf("%d clients wait for an answer of 61 KiB: %d bytes allocated for each, the test's own reading of replies included", clients, each)
		if each > 8<<10 {
			t.Errorf("%d bytes for each client", each)
		}
		for range 100 {
			if q := r.lease(); cap(q.out) > 2*querySize {
				t.Fatalf("a query of the pool has room for %d bytes", cap(q.out))
			}
		}
	})
}

// ownEntry is a policy under which answers that lead to search.example are judged
// record by record.
const ownEntry = `
units:
  - id: truong
    kind: school
    networks: ["192.0.2.0/24"]
    block: [{name: blocked.example}]
    allow: [{name: search.example}]
`

// ownResolver is a resolver with that policy.
func ownResolver(t *testing.T, up answerer) *Resolver {
	t.Helper()
	settings := quietSettings()
	r := newTestResolver(t, settings, up)
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(ownEntry), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	r.Use(&settings, p.At(nil, time.Now(), 2), r.snapshot.Load().upstreams)
	return r
}

// aliased answers with an alias to search.example and n addresses there.
func aliased(name string, n int) *dns.Msg {
	m := records(0, name+" 300 CNAME search.example.")
	for i := range n {
		m.Answer = append(m.Answer, record(fmt.Sprintf("search.example. 300 A 198.51.%d.%d", i/250, i%250)))
	}
	return m
}

// What one answer costs to judge is bounded: one that points at too much is refused,
// and one within the bound is judged once for a group, and a hit is one look.
func TestJudgingAnAnswerHasABound(t *testing.T) {
	addresses := 0
	r := ownResolver(t, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return aliased(q.Question[0].Name, addresses), nil
	})
	for _, n := range []int{100, cache.MaxPointers - 1, cache.MaxPointers, 4000} {
		addresses = n
		want := dns.RcodeSuccess
		if n+1 > cache.MaxPointers {
			want = dns.RcodeServerFailure
		}
		if m := r.asks(t, fmt.Sprintf("n%d.example.", n)); m.Rcode != want {
			t.Errorf("an alias and %d addresses: %s", n, dns.RcodeToString[m.Rcode])
		}
	}
	name := fmt.Sprintf("n%d.example.", cache.MaxPointers-1)
	took := func(judged *inspections) time.Duration {
		q := r.question(t, name, dns.TypeA)
		q.to, q.inspections = discard{}, judged
		least := time.Hour
		for range 50 {
			begin := time.Now()
			q.begin(r.snapshot.Load(), r.clock())
			if !r.serve(q) {
				t.Fatal("not answered from memory")
			}
			r.finish(q, r.clock(), r.lane)
			least = min(least, time.Since(begin))
		}
		return least
	}
	each, once := took(nil), took(newInspections(workerInspections))
	t.Logf("an answer that points at %d: %s judged each time, %s where it is remembered", cache.MaxPointers, each, once)
	if once > each/2 {
		t.Errorf("remembered %s, judged %s", once, each)
	}
}

// What is remembered of an answer holds for one answer, group, way and set of rules.
func TestWhatWasJudgedIsJudgedAgainWhereItMayDiffer(t *testing.T) {
	to := "search.example."
	r := ownResolver(t, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return records(0, q.Question[0].Name+" 300 CNAME "+to, to+" 300 A 198.51.100.7"), nil
	})
	judged := newInspections(1) // whatever is asked has the same place
	ask := func(client, name string, want int) {
		t.Helper()
		for range 2 {
			q, box := r.question(t, name, dns.TypeA), make(mailbox, 1)
			q.to, q.inspections, q.client = box, judged, netip.MustParseAddr(client)
			q.begin(r.snapshot.Load(), r.clock())
			if r.serve(q) {
				r.finish(q, r.clock(), r.lane)
			}
			if m := <-box; m.Rcode != want {
				t.Errorf("%s asks %s: %s, want %s", client, name, dns.RcodeToString[m.Rcode], dns.RcodeToString[want])
			}
		}
	}
	ask("192.0.2.7", "good.example.", dns.RcodeSuccess)
	to = "blocked.example."
	ask("192.0.2.7", "bad.example.", dns.RcodeNameError)
	ask("203.0.113.7", "bad.example.", dns.RcodeSuccess) // a client of no school
	ask("192.0.2.7", "good.example.", dns.RcodeSuccess)
	ask("192.0.2.7", "bad.example.", dns.RcodeNameError)
	rules := r.snapshot.Load().rules
	r.Use(r.snapshot.Load().settings, rules.Policy().At(nil, time.Now(), 3), r.snapshot.Load().upstreams)
	ask("192.0.2.7", "bad.example.", dns.RcodeNameError)
}

// wired is an upstream in the test that answers in bytes.
type wired func(query []byte) []byte

// Exchange implements upstream.Exchanger.
func (f wired) Exchange(_ context.Context, query, _ []byte) ([]byte, error) { return f(query), nil }

func (r *Resolver) askWired(t *testing.T, up wired) {
	t.Helper()
	group := upstream.NewGroup(upstream.Ordered, exchangeTimeout, upstream.NewMember("test", up))
	zones, err := upstream.NewZones(group, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := r.snapshot.Load()
	r.Use(s.settings, s.rules, zones)
}

// rawReply is a reply to a query with answers that are bytes.
func rawReply(query []byte, answers ...[]byte) []byte {
	reply := append([]byte(nil), query[:len(query)-dnswire.OPTSize]...)
	binary.BigEndian.PutUint16(reply[2:], dnswire.FlagQR|dnswire.FlagRD|dnswire.FlagRA)
	binary.BigEndian.PutUint16(reply[6:], uint16(len(answers)))
	binary.BigEndian.PutUint16(reply[10:], 0)
	for _, a := range answers {
		reply = append(reply, a...)
	}
	return reply
}

func rawRecord(owner []byte, rtype uint16, data []byte) []byte {
	r := append([]byte(nil), owner...)
	r = binary.BigEndian.AppendUint16(r, rtype)
	r = append(r, 0, dnswire.ClassIN, 0, 0, 1, 0)
	r = binary.BigEndian.AppendUint16(r, uint16(len(data)))
	return append(r, data...)
}

// A name that cannot be read as RFC 1035 has it, but as some resolvers read it, gets
// no answer past what it would be blocked for.
func TestAnAnswerWithANameThatCannotBeReadIsAFailure(t *testing.T) {
	r := ownResolver(t, nil)
	question, address := []byte{0xC0, 12}, []byte{198, 51, 100, 7}
	bad := []byte("\x07blocked\x07example\x00")
	var answers [][]byte
	r.askWired(t, func(query []byte) []byte { return rawReply(query, answers...) })
	end := dnswire.HeaderSize + len("\x02xx\x07example\x00") + 4
	pointer := func(to int) []byte { return []byte{0xC0 | byte(to>>8), byte(to)} }
	const head = 2 + 10 // of a record whose owner is a pointer
	f := func(what string, want int, records ...[]byte) {
		t.Helper()
		answers = records
		name := fmt.Sprintf("%c%c.example.", 'a'+len(what)%26, what[0])
		if m := r.asks(t, name); m.Rcode != want {
			t.Errorf("%s: %s, want %s", what, dns.RcodeToString[m.Rcode], dns.RcodeToString[want])
		}
	}
	f("an alias to a blocked name", dns.RcodeNameError, rawRecord(question, dns.TypeCNAME, bad), rawRecord(question, dns.TypeA, address))
	f("an alias by a pointer that leads on", dns.RcodeServerFailure,
		rawRecord(question, dns.TypeCNAME, pointer(end+head+2+head)), rawRecord(question, dns.TypeTXT, bad), rawRecord(question, dns.TypeA, address))
	f("by a pointer to itself!", dns.RcodeServerFailure, rawRecord(question, dns.TypeCNAME, pointer(end+head)))
	f("owner by a pointer that leads on", dns.RcodeServerFailure,
		rawRecord(pointer(end+2+10), dns.TypeTXT, bad), rawRecord(question, dns.TypeA, address))
	f("HTTPS target by such a pointer", dns.RcodeServerFailure,
		rawRecord(question, dns.TypeHTTPS, append([]byte{0, 1}, pointer(end+head+4+head)...)), rawRecord(question, dns.TypeTXT, bad))
	f("target longer than its data", dns.RcodeServerFailure, rawRecord(question, dns.TypeCNAME, bad[:8]), bad[8:])
	f("no target", dns.RcodeServerFailure, rawRecord(question, dns.TypeCNAME, nil))
	f("what is sound", dns.RcodeSuccess, rawRecord(question, dns.TypeA, address))
}

// Of an upstream's answer only what belongs to the question goes on: the name that was
// asked for and the aliases that lead on from it. An answer of nothing else fails.
func TestOnlyWhatAnswersTheQuestionIsPassedOn(t *testing.T) {
	r := ownResolver(t, nil)
	var answers [][]byte
	r.askWired(t, func(query []byte) []byte { return rawReply(query, answers...) })
	a := func(owner string) []byte { return rawRecord([]byte(owner), dnswire.TypeA, []byte{198, 51, 100, 7}) }
	cname := func(owner, to string) []byte { return rawRecord([]byte(owner), dnswire.TypeCNAME, []byte(to)) }
	const own, first, second, foreign = "\xc0\x0c", "\x01x\x07example\x00", "\x01Y\x07EXAMPLE\x00", "\x04bank\x07example\x00"
	asked := 0
	f := func(what string, rcode, kept int, records ...[]byte) {
		t.Helper()
		answers, asked = records, asked+1
		name := fmt.Sprintf("n%d.zone.example.", asked)
		for range 2 { // from the upstream, then from the cache
			if m := r.asks(t, name); m.Rcode != rcode || len(m.Answer) != kept {
				t.Errorf("%s: %s with %d answers, want %s with %d", what, dns.RcodeToString[m.Rcode], len(m.Answer), dns.RcodeToString[rcode], kept)
			}
		}
	}
	f("the answer", dns.RcodeSuccess, 1, a(own))
	f("aliases", dns.RcodeSuccess, 3, cname(own, first), cname(first, second), a("\x01y\x07example\x00"))
	f("aliases in another order", dns.RcodeSuccess, 3, a(second), cname(first, second), cname(own, first))
	f("aliases in a ring", dns.RcodeSuccess, 2, cname(own, first), cname(first, own))
	f("something more", dns.RcodeSuccess, 1, a(own), a(foreign))
	f("something more after aliases", dns.RcodeSuccess, 2, cname(own, first), a(first), a(foreign), a(foreign))
	f("something else", dns.RcodeServerFailure, 0, a(foreign))
	f("something else first", dns.RcodeServerFailure, 0, a(foreign), a(own))
	f("an alias of another name", dns.RcodeServerFailure, 0, cname(foreign, first), a(first))
	f("a name above", dns.RcodeServerFailure, 0, a("\x07example\x00"))
	f("a DNAME above", dns.RcodeSuccess, 3, rawRecord([]byte("\x04zone\x07example\x00"), dnswire.TypeDNAME, []byte(first)), cname(own, first), a(first))
	f("nothing", dns.RcodeSuccess, 0)
}

// A client that does not ask for recursion gets what is here, and nothing is asked for
// it.
func TestWithoutRecursionNothingIsForwarded(t *testing.T) {
	asked := 0
	r := ownResolver(t, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		asked++
		return records(0, q.Question[0].Name+" 300 A 198.51.100.7"), nil
	})
	f := func(name string, rd bool, want int) {
		t.Helper()
		if m := r.asks(t, name, func(m *dns.Msg) { m.RecursionDesired = rd }); m.Rcode != want {
			t.Errorf("%s, recursion desired %t: %s", name, rd, dns.RcodeToString[m.Rcode])
		}
	}
	f("www.example.", false, dns.RcodeRefused)
	f("blocked.example.", false, dns.RcodeNameError)
	f("localhost.", false, dns.RcodeSuccess)
	if asked > 0 {
		t.Errorf("the upstream was asked %d times", asked)
	}
	f("www.example.", true, dns.RcodeSuccess)
	f("www.example.", false, dns.RcodeSuccess)
	if asked != 1 {
		t.Errorf("the upstream was asked %d times", asked)
	}
}

// Whatever options a client sends, and however long the answer is, a reply is not
// longer than the length before it can say.
func TestNoReplyIsLongerThanItsLength(t *testing.T) {
	r := ownResolver(t, nil)
	size := 0
	r.askWired(t, func(query []byte) []byte {
		reply := rawReply(query, rawRecord([]byte{0xC0, 12}, 65280, nil))
		data := make([]byte, size-len(reply))
		return rawReply(query, rawRecord([]byte{0xC0, 12}, 65280, data))
	})
	settings := *r.snapshot.Load().settings
	settings.Identity.ID, settings.Connections.Idle = "th-a", time.Second
	r.Use(&settings, r.snapshot.Load().rules, r.snapshot.Load().upstreams)
	options := []dns.EDNS0{
		&dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE}, &dns.EDNS0_NSID{Code: dns.EDNS0NSID},
		&dns.EDNS0_PADDING{Padding: make([]byte, 8)}, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "2464c4abcf10c957"},
	}
	longest := 0
	for size = 65440; size <= 65535; size++ {
		for _, transport := range []metrics.Transport{metrics.TransportTCP, metrics.TransportDoT} {
			q := r.question(t, fmt.Sprintf("n%d.example.", size), 65280, func(m *dns.Msg) { m.IsEdns0().Option = options })
			q.transport = transport
			w := lengths(make(chan int, 1))
			q.to = w
			q.begin(r.snapshot.Load(), r.clock())
			if r.serve(q) {
				r.finish(q, r.clock(), r.lane)
			}
			longest = max(longest, <-w)
		}
	}
	t.Logf("the longest reply has %d bytes", longest)
	if longest > 65535 || longest < 65400 {
		t.Errorf("a reply of %d bytes", longest)
	}
}

// lengths is a responseWriter that tells how long replies are.
type lengths chan int

func (l lengths) write(q *Query)        { l <- len(q.out) }
func (l lengths) drop(*Query)           { l <- 0 }
func (l lengths) flush()                {}
func (l lengths) async() responseWriter { return l }
