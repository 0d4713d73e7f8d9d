package upstream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// behaviour is what a scripted Exchanger does: after a time it replies with a
// response code, or ends with an error; or it is silent.
type behaviour struct {
	after  time.Duration
	rcode  int
	err    error
	silent bool
}

// scripted is an Exchanger that behaves as the test says, in virtual time.
type scripted struct {
	t *testing.T
	behaviour
	mu sync.Mutex // behaviour and last, once it is in use

	asked    atomic.Int64
	canceled atomic.Int64
	last     []byte
}

func does(t *testing.T, b behaviour) *scripted { return &scripted{t: t, behaviour: b} }

// becomes changes how s behaves from the next query on.
func (s *scripted) becomes(b behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

func (s *scripted) lastQuery() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

func (s *scripted) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	s.asked.Add(1)
	clear(buf[:cap(buf)]) // which it may write to, whatever becomes of it
	s.mu.Lock()
	s.last = slices.Clone(query)
	b := s.behaviour
	s.mu.Unlock()
	var reply <-chan time.Time
	if !b.silent {
		reply = time.After(b.after)
	}
	select {
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			s.canceled.Add(1)
			return nil, context.Canceled
		}
		return nil, fmt.Errorf("ask: %w", upstream.ErrTimeout)
	case <-reply:
	}
	if b.err != nil {
		return nil, b.err
	}
	return append(buf[:0], replyTo(s.t, query, b.rcode)...), nil
}

// pass lets virtual time pass, and everything happen that is due.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// group makes a Group of 2 seconds of members named a, b, c.
func group(strategy upstream.Strategy, all ...*scripted) *upstream.Group {
	var members []*upstream.Member
	for i, s := range all {
		members = append(members, upstream.NewMember(string(rune('a'+i)), s))
	}
	return upstream.NewGroup(strategy, 2*time.Second, members...)
}

func TestGroupGoesOnToTheNext(t *testing.T) {
	f := func(b behaviour, kind upstream.Failure) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			first := does(t, b)
			second := does(t, behaviour{})
			g := group(upstream.Ordered, first, second)
			reply, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), make([]byte, 512))
			if err != nil || unpack(t, reply).Rcode != dns.RcodeSuccess || second.asked.Load() != 1 {
				t.Errorf("%v: %v, second asked %d times", kind, err, second.asked.Load())
			}
			if got := g.Stats()[0].Failures[kind]; got != 1 {
				t.Errorf("counted %d failures as %v, want 1: %+v", got, kind, g.Stats()[0])
			}
		})
	}
	f(behaviour{silent: true}, upstream.Timeout)
	f(behaviour{err: upstream.ErrNetwork}, upstream.Network)
	f(behaviour{err: upstream.ErrMalformed}, upstream.Malformed)
	f(behaviour{err: upstream.ErrMismatch}, upstream.Mismatch)
	f(behaviour{rcode: dns.RcodeServerFailure}, upstream.ServFail)
	f(behaviour{rcode: dns.RcodeRefused}, upstream.Refused)
	f(behaviour{rcode: dns.RcodeNotImplemented}, upstream.Refused)
	f(behaviour{rcode: dns.RcodeFormatError}, upstream.Refused)
}

func TestGroupKeepsWhatSettlesTheQuestion(t *testing.T) {
	f := func(rcode int) {
		t.Helper()
		second := does(t, behaviour{})
		g := group(upstream.Ordered, does(t, behaviour{rcode: rcode}), second)
		reply, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil)
		if err != nil || unpack(t, reply).Rcode != rcode || second.asked.Load() != 0 {
			t.Errorf("rcode %d: %v, second asked %d times", rcode, err, second.asked.Load())
		}
	}
	f(dns.RcodeSuccess)
	f(dns.RcodeNameError)
	f(dns.RcodeYXDomain)
}

func TestGroupWithoutUsableReply(t *testing.T) {
	f := func(want int, wantErr error, all ...behaviour) {
		t.Helper()
		for _, strategy := range []upstream.Strategy{upstream.Ordered, upstream.Parallel} {
			synctest.Test(t, func(t *testing.T) {
				var members []*scripted
				for _, b := range all {
					members = append(members, does(t, b))
				}
				g := group(strategy, members...)
				reply, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), make([]byte, 512))
				switch {
				case wantErr == nil:
					if err != nil || unpack(t, reply).Rcode != want {
						t.Errorf("%x, %v, want rcode %d", reply, err, want)
					}
				case !errors.Is(err, wantErr) || !errors.Is(err, upstream.ErrNoAnswer):
					t.Errorf("%v, want %v", err, wantErr)
				}
				if !g.LastAnswer().IsZero() {
					t.Error("it counts as an answer")
				}
			})
		}
	}
	servfail := behaviour{rcode: dns.RcodeServerFailure}
	refused := behaviour{rcode: dns.RcodeRefused, after: time.Millisecond}
	silent := behaviour{silent: true}
	cutOff := behaviour{err: upstream.ErrNetwork}
	f(dns.RcodeServerFailure, nil, servfail)
	f(dns.RcodeServerFailure, nil, servfail, servfail)
	f(dns.RcodeServerFailure, nil, servfail, silent)
	f(dns.RcodeServerFailure, nil, servfail, cutOff)
	f(0, upstream.ErrTimeout, silent)
	f(0, upstream.ErrTimeout, cutOff, silent)
	f(0, upstream.ErrNetwork, cutOff)
	f(0, upstream.ErrNoAnswer)

	synctest.Test(t, func(t *testing.T) { // the last reply, whole, though a later attempt had the buffer to write to
		reply, err := group(upstream.Ordered, does(t, servfail), does(t, refused), does(t, silent)).
			Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), make([]byte, 512))
		if err != nil || unpack(t, reply).Rcode != dns.RcodeRefused {
			t.Errorf("%x, %v", reply, err)
		}
	})
}

func TestGroupSharesItsTime(t *testing.T) {
	f := func(want time.Duration, strategy upstream.Strategy, silent int, then ...behaviour) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			var all []*scripted
			for range silent {
				all = append(all, does(t, behaviour{silent: true}))
			}
			for _, b := range then {
				all = append(all, does(t, b))
			}
			start := time.Now()
			_, err := group(strategy, all...).Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil)
			if got := time.Since(start).Round(time.Millisecond); got != want || (err == nil) != (len(then) > 0) {
				t.Errorf("took %v, %v, want %v", got, err, want)
			}
		})
	}
	f(2*time.Second, upstream.Ordered, 1)
	f(2*time.Second, upstream.Ordered, 5)
	f(2*time.Second, upstream.Parallel, 5)
	f(1000*time.Millisecond, upstream.Ordered, 1, behaviour{}) // half for the first of two
	f(1333*time.Millisecond, upstream.Ordered, 2, behaviour{}) // a third of 2s, then half of what is left
	f(667*time.Millisecond, upstream.Ordered, 0, behaviour{after: 667 * time.Millisecond})
	f(30*time.Millisecond, upstream.Parallel, 3, behaviour{after: 30 * time.Millisecond})
}

func TestGroupEndsWithItsCaller(t *testing.T) {
	for _, strategy := range []upstream.Strategy{upstream.Ordered, upstream.Fastest, upstream.Parallel} {
		synctest.Test(t, func(t *testing.T) {
			silent := does(t, behaviour{silent: true})
			g := group(strategy, silent, does(t, behaviour{silent: true}))
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			start := time.Now()
			_, err := g.Exchange(ctx, ask(t, "hoc.example.", dns.TypeA), nil)
			if !errors.Is(err, context.Canceled) || time.Since(start) != 50*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			for _, s := range g.Stats() {
				if s.Failures != [upstream.Failures]uint64{} {
					t.Errorf("what the caller ended counts against the member: %+v", s)
				}
			}
		})
	}
}

func TestFastestAsksTheFastestAndTriesOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := does(t, behaviour{after: 80 * time.Millisecond})
		quick := does(t, behaviour{after: 10 * time.Millisecond})
		medium := does(t, behaviour{after: 40 * time.Millisecond})
		g := group(upstream.Fastest, slow, quick, medium)
		exchange := func(times int) {
			for range times {
				if _, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		const exchanges = 2000
		exchange(exchanges)
		// 5% of 2,000 are 100, with a standard deviation below 10.
		if others := exchanges - quick.asked.Load(); others < 40 || others > 160 {
			t.Errorf("others were asked %d times of %d", others, exchanges)
		}
		if rtt := g.Stats()[1].RTT.Round(time.Millisecond); rtt != 10*time.Millisecond {
			t.Errorf("round trip of the quickest is said to be %v", rtt)
		}
		slow.becomes(behaviour{after: 5 * time.Millisecond})
		quick.becomes(behaviour{after: 90 * time.Millisecond})
		exchange(exchanges)
		before := slow.asked.Load()
		exchange(100)
		if since := slow.asked.Load() - before; since < 80 {
			t.Errorf("the one that became the fastest is asked %d times of 100", since)
		}
	})
}

func TestFastestLeavesWhoRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusing := does(t, behaviour{rcode: dns.RcodeRefused})
		g := group(upstream.Fastest, refusing, does(t, behaviour{after: 20 * time.Millisecond}))
		for range 100 {
			if _, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
				t.Fatal(err)
			}
		}
		if asked := refusing.asked.Load(); asked > 30 {
			t.Errorf("asked %d times of 100 because a refusal is quick", asked)
		}
	})
}

func TestParallelTakesTheFirstUsableReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failing := does(t, behaviour{rcode: dns.RcodeServerFailure})
		second := does(t, behaviour{after: 20 * time.Millisecond})
		late := does(t, behaviour{after: time.Second})
		g := group(upstream.Parallel, failing, second, late)
		start := time.Now()
		reply, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), make([]byte, 512))
		if err != nil || unpack(t, reply).Rcode != dns.RcodeSuccess || time.Since(start) != 20*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if late.canceled.Load() != 1 {
			t.Error("the last is still asked")
		}
	})
}

func TestSilentMembersGoDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := does(t, behaviour{silent: true}), does(t, behaviour{})
		g := group(upstream.Ordered, first, second)
		exchange := func() error {
			_, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil)
			return err
		}
		for range 10 {
			if err := exchange(); err != nil {
				t.Fatal(err)
			}
		}
		if asked := first.asked.Load(); asked != 3 || g.Stats()[0].Up || !g.Stats()[1].Up {
			t.Errorf("asked %d times before it was down, want 3", asked)
		}
		second.becomes(behaviour{silent: true})
		for range 3 {
			if err := exchange(); !errors.Is(err, upstream.ErrNoAnswer) {
				t.Error(err)
			}
		}
		first.becomes(behaviour{})
		if err := exchange(); err != nil { // all are down, so all are asked
			t.Error(err)
		}
		if !g.Stats()[0].Up {
			t.Error("a member that replies is still down")
		}
	})
}

func TestRepliesOfNoUseAreNotDown(t *testing.T) {
	for _, rcode := range []int{dns.RcodeServerFailure, dns.RcodeRefused} {
		first := does(t, behaviour{rcode: rcode})
		g := group(upstream.Ordered, first, does(t, behaviour{}))
		for range 10 {
			if _, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
				t.Fatal(err)
			}
		}
		if first.asked.Load() != 10 || !g.Stats()[0].Up {
			t.Errorf("rcode %d: asked %d times of 10", rcode, first.asked.Load())
		}
	}
}

func TestStatsCountExchanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := group(upstream.Ordered, does(t, behaviour{rcode: dns.RcodeServerFailure}), does(t, behaviour{after: time.Millisecond}))
		for range 5 {
			if _, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
				t.Fatal(err)
			}
		}
		now := time.Unix(0, time.Now().UnixNano())
		want := []upstream.Stat{
			{Name: "a", Exchanges: 5, Up: true, Failures: [upstream.Failures]uint64{upstream.ServFail: 5}},
			{Name: "b", Exchanges: 5, Up: true, RTT: time.Millisecond, LastAnswer: now},
		}
		if got := g.Stats(); !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if !g.LastAnswer().Equal(now) {
			t.Errorf("last answer %v, want %v", g.LastAnswer(), now)
		}
	})
}

func TestParseStrategy(t *testing.T) {
	f := func(text string, want upstream.Strategy, ok bool) {
		t.Helper()
		got, err := upstream.ParseStrategy(text)
		var mistake *upstream.ConfigError
		if got != want || (err == nil) != ok || !ok && !errors.As(err, &mistake) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	f("fastest", upstream.Fastest, true)
	f("ordered", upstream.Ordered, true)
	f("parallel", upstream.Parallel, true)
	f("random", 0, false)
	f("", 0, false)
}
