package resolver

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/resolver/cache"
)

// troubled is an upstream that answers with a TTL of 60 seconds, fails or stays
// silent, as the test says.
type troubled struct {
	rcode  int
	silent bool
	takes  time.Duration
	asked  atomic.Int64
}

func (u *troubled) answer(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	u.asked.Add(1)
	if u.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	time.Sleep(u.takes)
	switch {
	case u.rcode == dns.RcodeNameError:
		return records(u.rcode, "example. 60 SOA ns.example. who.example. 1 2 3 4 60"), nil
	case u.rcode != 0:
		return records(u.rcode), nil
	}
	return records(0, q.Question[0].Name+" 60 A 192.0.2.1"), nil
}

// told is an answer in a few words: rcode or address, TTL and extended error.
func told(m *dns.Msg) string {
	if m == nil {
		return "dropped"
	}
	what := dns.RcodeToString[m.Rcode]
	if len(m.Answer) > 0 {
		what = m.Answer[0].(*dns.A).A.String()
	}
	return fmt.Sprintf("%s ttl %d ede %d", what, ttlOf(m), edeOf(m))
}

func TestAnOldAnswerServesWhenNoUpstreamDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{}
		r := newTestResolver(t, quietSettings(), u.answer)
		f := func(wait time.Duration, what, want string, asked int64) {
			t.Helper()
			after(wait)
			if got := told(r.asks(t, "www.example.")); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
			if u.asked.Load() != asked {
				t.Errorf("%s: the upstream was asked %d times by now, want %d", what, u.asked.Load(), asked)
			}
		}
		f(0, "fresh", "192.0.2.1 ttl 60 ede -1", 1)
		u.rcode = dns.RcodeServerFailure
		f(59*time.Second, "in its last second", "192.0.2.1 ttl 1 ede -1", 1)
		f(time.Second, "after its end", "192.0.2.1 ttl 30 ede 3", 2)
		f(time.Second, "a moment after the failure", "192.0.2.1 ttl 30 ede 3", 2)
		f(28*time.Second, "half a minute after it", "192.0.2.1 ttl 30 ede 3", 2)
		f(time.Second, "then the upstream is tried again", "192.0.2.1 ttl 30 ede 3", 3)
		f(11*time.Hour, "hours later", "192.0.2.1 ttl 30 ede 3", 4)
		f(time.Hour, "after stale_for", "SERVFAIL ttl 0 ede 23", 5)
		f(time.Second, "and a moment later", "SERVFAIL ttl 0 ede 13", 5)
		u.rcode = 0
		f(4*time.Second, "when the failure is forgotten", "192.0.2.1 ttl 60 ede -1", 6)
	})
}

func TestANameThatWasNotThereServesStaleToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{rcode: dns.RcodeNameError}
		r := newTestResolver(t, quietSettings(), u.answer)
		r.asks(t, "none.example.")
		u.rcode = dns.RcodeRefused
		after(time.Minute)
		if got := told(r.asks(t, "none.example.")); got != "NXDOMAIN ttl 30 ede 19" {
			t.Error(got)
		}
	})
}

// No client waits for more than 1.8 seconds while there is an old answer; the
// exchange goes on, and its answer is kept.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{}
		r := newTestResolver(t, quietSettings(), u.answer)
		r.asks(t, "www.example.")
		after(time.Minute)
		u.takes = 3 * time.Second
		f := func(what, want string, waits time.Duration) {
			t.Helper()
			begin := time.Now()
			if got := told(r.asks(t, "www.example.")); got != want || time.Since(begin) != waits {
				t.Errorf("%s: %q after %s, want %q after %s", what, got, time.Since(begin), want, waits)
			}
		}
		f("the first", "192.0.2.1 ttl 30 ede 3", staleAfter)
		f("who comes after the stale timer", "192.0.2.1 ttl 60 ede -1", 3*time.Second-staleAfter)
		if u.asked.Load() != 2 {
			t.Errorf("asked %d times, want the one exchange to go on", u.asked.Load())
		}
	})
}

// Every query is answered once and given back once, also when the answer comes
// in the moment in which the stale timer fires.
func TestAnswerAndEndOfPatienceInOneMoment(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			u := &troubled{}
			r := newTestResolver(t, quietSettings(), u.answer)
			r.asks(t, "www.example.")
			after(time.Minute)
			u.takes = staleAfter
			boxes := make([]mailbox, 20)
			for i := range boxes {
				boxes[i] = r.send(t, "www.example.", dns.TypeA)
			}
			for _, box := range boxes {
				<-box
			}
			synctest.Wait()
			if n := r.pendings.waiting.Load(); n != 0 {
				t.Fatalf("%d queries wait when all are answered", n)
			}
		})
	}
}

func TestWhatAFailureSays(t *testing.T) {
	f := func(what string, u *troubled, want string, waits time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			r := newTestResolver(t, quietSettings(), u.answer)
			begin := time.Now()
			if got := told(r.asks(t, "www.example.")); got != want || time.Since(begin) != waits {
				t.Errorf("%s: %q after %s, want %q after %s", what, got, time.Since(begin), want, waits)
			}
		})
	}
	f("SERVFAIL", &troubled{rcode: dns.RcodeServerFailure}, "SERVFAIL ttl 0 ede 23", 0)
	f("REFUSED", &troubled{rcode: dns.RcodeRefused}, "REFUSED ttl 0 ede 23", 0)
	f("nothing", &troubled{silent: true}, "SERVFAIL ttl 0 ede 23", 10*time.Second)
}

func TestOneExchangeForAllWhoAskTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{takes: time.Second}
		r := newTestResolver(t, quietSettings(), u.answer)
		var boxes []mailbox
		for range 500 {
			boxes = append(boxes, r.send(t, "www.example.", dns.TypeA))
		}
		for _, box := range boxes {
			if got := told(<-box); got != "192.0.2.1 ttl 60 ede -1" {
				t.Fatal(got)
			}
		}
		if u.asked.Load() != 1 {
			t.Errorf("the upstream was asked %d times, want once", u.asked.Load())
		}
	})
}

// A flood of names that no upstream answers is bounded: those that have waited longest
// are answered with an error, and names in the cache are answered all the while.
func TestAFloodIsAnsweredWithErrorsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{}
		r := newTestResolver(t, quietSettings(), u.answer)
		r.asks(t, "www.example.")
		u.silent = true
		const over, atOnce = 500, maxWaiting/roomPart + 2
		boxes := make([]mailbox, maxWaiting+over)
		for i := range boxes {
			boxes[i] = r.send(t, fmt.Sprintf("n%d.flood.example.", i), dns.TypeA)
			if i%1000 == 0 {
				after(time.Millisecond)
			}
		}
		if got := told(r.asks(t, "www.example.")); got != "192.0.2.1 ttl 60 ede -1" {
			t.Errorf("in the flood: %q", got)
		}
		if n := r.pendings.waiting.Load(); n > maxWaiting {
			t.Errorf("%d queries wait, want at most %d", n, maxWaiting)
		}
		gave, failed := 0, 0
		for i, box := range boxes {
			switch got := told(<-box); got {
			case "SERVFAIL ttl 0 ede 0":
				if gave++; i > 1500 {
					t.Errorf("the query number %d of %d gave way, older ones did not", i, len(boxes))
				}
			case "SERVFAIL ttl 0 ede 23":
				failed++
			default:
				t.Fatalf("%q", got)
			}
		}
		t.Logf("of %d, %d gave way", len(boxes), gave)
		if gave < over || gave > over+atOnce {
			t.Errorf("%d gave way, want %d and at most %d more", gave, over, atOnce)
		}
		u.silent = false
		after(cache.FailureTTL)
		if got := told(r.asks(t, "n1.flood.example.")); got != "192.0.2.1 ttl 60 ede -1" {
			t.Errorf("after the flood: %q", got)
		}
		synctest.Wait() // what answers gives back after
		if n := r.pendings.waiting.Load(); n != 0 {
			t.Errorf("%d queries still wait", n)
		}
	})
}

// Whatever a few clients ask, whether one name thousands of times or a name each time,
// the questions of others are answered; and each of theirs is, if only with an error.
func TestAFloodOfSomeCostsOthersNoAnswer(t *testing.T) {
	f := func(what string, name func(i int) string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			u := &troubled{takes: 500 * time.Millisecond}
			r := newTestResolver(t, quietSettings(), u.answer)
			var theirs, others []mailbox
			for i := range 4 * maxWaiting {
				attacker := netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i%8)})
				theirs = append(theirs, r.sendFrom(t, attacker, name(i)))
				if i%16 == 0 {
					honest := netip.AddrFrom4([4]byte{192, 0, 2, byte(20 + i/16%200)})
					others = append(others, r.sendFrom(t, honest, fmt.Sprintf("n%d.honest.example.", i)))
				}
				if i%64 == 0 {
					after(time.Millisecond)
				}
			}
			for i, box := range others {
				if got := told(<-box); got != "192.0.2.1 ttl 60 ede -1" {
					t.Errorf("%s: question %d of others: %q", what, i, got)
				}
			}
			gave := 0
			for i, box := range theirs {
				switch got := told(<-box); got {
				case "SERVFAIL ttl 0 ede 0":
					gave++
				case "192.0.2.1 ttl 60 ede -1":
				default:
					t.Errorf("%s: question %d: %q", what, i, got)
				}
			}
			t.Logf("%s: of %d questions %d gave way, of %d of others none", what, len(theirs), gave, len(others))
			if gave == 0 {
				t.Errorf("%s: nothing gave way", what)
			}
		})
	}
	f("one name", func(int) string { return "one.flood.example." })
	f("one name after the other", func(i int) string { return fmt.Sprintf("n%d.flood.example.", i/1000) })
	f("a name each time", func(i int) string { return fmt.Sprintf("n%d.flood.example.", i) })
}

// The clients that have most waiting give way, and no more of them than it takes.
func TestWhoseQuestionsGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &troubled{silent: true}
		r := newTestResolver(t, quietSettings(), u.answer)
		boxes := map[string][]mailbox{}
		for client, n := range map[string]int{"192.0.2.1": 400, "192.0.2.2": 100, "192.0.2.3": 20, "2001:db8::1": 150, "2001:db8::2": 150} {
			for i := range n {
				boxes[client] = append(boxes[client], r.sendFrom(t, netip.MustParseAddr(client), fmt.Sprintf("n%d.for.%s.example.", i, strings.ReplaceAll(client, ":", "-"))))
			}
		}
		gave := func(wanted int) (of map[string]int) {
			taken, left := r.pendings.census.choose(r.pendings, wanted)
			if len(taken) != len(left) {
				t.Errorf("%d questions were taken and %d exchanges are left", len(taken), len(left))
			}
			of = map[string]int{}
			for _, q := range taken {
				of[q.client.String()]++
			}
			for _, p := range left {
				r.pendings.abandon(p)
			}
			r.pendings.serveStale(taken, 0, "")
			r.pendings.flush(taken)
			return of
		}
		// Both addresses of the /64 are one client, with 300 questions.
		if of := gave(600); of["192.0.2.1"]+of["2001:db8::1"]+of["2001:db8::2"] != 600 {
			t.Errorf("gave way: %v", of)
		}
		if of := gave(150); of["192.0.2.3"] > 0 || of["192.0.2.2"] < 50 {
			t.Errorf("then: %v", of)
		}
		if of := gave(1000); of["192.0.2.3"] != 20 {
			t.Errorf("in the end: %v", of)
		}
		for client, boxes := range boxes {
			for _, box := range boxes {
				if got := told(<-box); got != "SERVFAIL ttl 0 ede 0" {
					t.Fatalf("%s: %q", client, got)
				}
			}
		}
	})
}

// Errors count as errors, however often they are told.
func TestFailuresAreCountedAsErrors(t *testing.T) {
	r := newTestResolver(t, quietSettings(), (&troubled{rcode: dns.RcodeServerFailure}).answer)
	for range 3 {
		q, box := r.question(t, "www.example.", dns.TypeA), make(mailbox, 1)
		q.to = box
		q.begin(r.snapshot.Load(), r.clock())
		if r.serve(q) {
			r.finish(q, r.clock(), r.lane)
		}
		<-box
		if q.action != metrics.ActionError {
			t.Errorf("action %s, want error", q.action)
		}
	}
}

// TestAnExchangeIsAbandonedWhileItsReplyIsTaken: who takes the reply may look at any time.
func TestAnExchangeIsAbandonedWhileItsReplyIsTaken(t *testing.T) {
	shard := &pendingShard{by: map[string]*pending{}}
	p := &pending{shard: shard, key: "x"}
	shard.by["x"], shard.oldest, shard.newest = p, p, p
	go func() {
		shard.mu.Lock()
		defer shard.mu.Unlock()
		shard.idle()
	}()
	for ended := time.Now().Add(20 * time.Second); !p.isAbandoned(); {
		if time.Now().After(ended) {
			t.Fatal("it is not abandoned")
		}
	}
	if left := p.remove(); len(left) > 0 || len(shard.by) > 0 || shard.oldest != nil || shard.newest != nil {
		t.Errorf("%d wait, %d are in the shard", len(left), len(shard.by))
	}
}

// TestWhatNeverFailedIsAskedForAgain when its answer is old, in the first seconds of a process
// too.
func TestWhatNeverFailedIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
			asked++
			return records(0, fmt.Sprintf("%s 2 A 192.0.2.%d", q.Question[0].Name, asked)), nil
		})
		for i := range 3 {
			if got, want := told(r.asks(t, "www.example.")), fmt.Sprintf("192.0.2.%d ttl 2 ede -1", i+1); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			after(3 * time.Second)
		}
	})
}
