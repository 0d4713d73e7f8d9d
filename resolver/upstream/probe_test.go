package upstream_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// running runs g until the test ends.
func running(t *testing.T, g *upstream.Group) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { g.Run(ctx, slog.New(slog.DiscardHandler)); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
}

func TestRunAsksEveryMemberAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there, absent := does(t, behaviour{after: time.Millisecond}), does(t, behaviour{silent: true})
		g := group(upstream.Ordered, absent, there)
		running(t, g)
		synctest.Wait()
		pass(2 * time.Second) // the probe's time
		if s := g.Stats(); s[0].Up || !s[1].Up || s[1].RTT == 0 {
			t.Errorf("%+v", s)
		}
		if g.LastAnswer().IsZero() {
			t.Error("the probe's answer is not an answer")
		}
		m := unpack(t, there.lastQuery())
		if q := m.Question; len(q) != 1 || q[0] != (dns.Question{Name: ".", Qtype: dns.TypeSOA, Qclass: dns.ClassINET}) || !m.RecursionDesired {
			t.Errorf("probe asks %v", m)
		}
	})
}

func TestProbeAsksMoreAndMoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		absent := does(t, behaviour{err: upstream.ErrNetwork})
		running(t, group(upstream.Ordered, absent))
		synctest.Wait()
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} {
			before, start := absent.asked.Load(), time.Now()
			for absent.asked.Load() == before {
				pass(10 * time.Millisecond)
			}
			want *= time.Second
			if got := time.Since(start); got < want*79/100 || got > want*121/100 {
				t.Errorf("asked after %v, want %v and up to a fifth more or less", got, want)
			}
		}
	})
}

func TestProbeBringsBack(t *testing.T) {
	f := func(what string, back behaviour) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			member := does(t, behaviour{silent: true})
			g := group(upstream.Ordered, member, does(t, behaviour{}))
			running(t, g)
			pass(5 * time.Second) // down since the start
			if g.Stats()[0].Up {
				t.Fatalf("%s: not down", what)
			}
			member.becomes(back)
			pass(40 * time.Second) // longer than the longest wait
			if !g.Stats()[0].Up {
				t.Errorf("%s: still down", what)
			}
			asked := member.asked.Load()
			pass(time.Hour)
			if member.asked.Load() != asked {
				t.Errorf("%s: still probed when it is up", what)
			}
		})
	}
	f("an answer", behaviour{})
	f("a refusal", behaviour{rcode: dns.RcodeRefused})
	f("a failure", behaviour{rcode: dns.RcodeServerFailure})
}

func TestRaceThatIsAlwaysLostRaisesDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		absent := does(t, behaviour{})
		g := group(upstream.Parallel, absent, does(t, behaviour{after: time.Millisecond}))
		running(t, g)
		synctest.Wait()
		absent.becomes(behaviour{silent: true})
		for range 200 {
			if _, err := g.Exchange(t.Context(), ask(t, "hoc.example.", dns.TypeA), nil); err != nil {
				t.Fatal(err)
			}
		}
		pass(2 * time.Second) // the probe's time
		if g.Stats()[0].Up {
			t.Error("a member that never replies is up because others were quicker")
		}
	})
}

// That a member goes down and comes up is logged once each.
func TestDownAndUpAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := does(t, behaviour{err: upstream.ErrTimeout})
		var out strings.Builder
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			group(upstream.Ordered, a).Run(ctx, slog.New(slog.NewTextHandler(&out, nil)))
			close(ended)
		}()
		pass(time.Minute)
		a.becomes(behaviour{})
		pass(time.Minute)
		cancel()
		<-ended
		for _, want := range []string{`level=WARN msg="upstream down" upstream=`, `level=INFO msg="upstream up" upstream=`} {
			if got := strings.Count(out.String(), want); got != 1 {
				t.Errorf("%q is there %d times in\n%s", want, got, out.String())
			}
		}
	})
}

func TestRunEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := group(upstream.Ordered, does(t, behaviour{silent: true}), does(t, behaviour{err: upstream.ErrNetwork}), does(t, behaviour{}))
		ctx, cancel := context.WithCancel(t.Context())
		var ended atomic.Bool
		go func() { g.Run(ctx, slog.New(slog.DiscardHandler)); ended.Store(true) }()
		pass(100 * time.Millisecond) // one is probed, one waits, one is well
		cancel()
		synctest.Wait()
		if !ended.Load() {
			t.Error("Run goes on after its context")
		}
	})
}
