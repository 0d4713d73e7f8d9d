package resolver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/suspended"
)

// TestTheClockHeedsSleepOfMoreThanATenthOfASecond: less is how far apart two clocks were read.
func TestTheClockHeedsSleepOfMoreThanATenthOfASecond(t *testing.T) {
	const tenth = 100 * time.Millisecond
	c := clock{since: int64(time.Hour)}
	for _, step := range []struct{ all, slept time.Duration }{
		{time.Hour, 0},
		{time.Hour + tenth, 0},
		{time.Hour + tenth + 1, tenth + 1},
		{time.Hour + 2*tenth + 1, tenth + 1},
		{time.Hour + 2*tenth + 2, 2*tenth + 2},
		{time.Hour, 2*tenth + 2}, // never back
	} {
		if c.heed(step.all); time.Duration(c.slept.Load()) != step.slept {
			t.Errorf("after %s of suspension %s are heeded, want %s", step.all, time.Duration(c.slept.Load()), step.slept)
		}
	}
}

// A machine that was suspended for an hour gives no answer that has ended meanwhile,
// and what is left of others is less by an hour.
func TestAnswersAgeWhileTheMachineIsSuspended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
			asked++
			ttl := map[string]string{"short.example.": " 300", "long.example.": " 7200"}[q.Question[0].Name]
			return records(0, q.Question[0].Name+ttl+" A 198.51.100.7"), nil
		})
		f := func(name string, upstream int, ttl uint32) {
			t.Helper()
			m := r.asks(t, name)
			if asked != upstream || len(m.Answer) != 1 || m.Answer[0].Header().Ttl != ttl {
				t.Errorf("%s: asked %d times, want %d; %v", name, asked, upstream, m.Answer)
			}
		}
		f("short.example.", 1, 300)
		f("long.example.", 2, 7200)
		f("short.example.", 2, 300)
		before := r.clock()
		r.time.heed(suspended.Time() + time.Hour)
		if d := r.clock() - before; d != int64(time.Hour) {
			t.Errorf("the clock went on by %s", time.Duration(d))
		}
		f("short.example.", 3, 300)
		f("long.example.", 3, 3600)
		r.time.heed(suspended.Time()) // never back
		f("long.example.", 3, 3600)
	})
}
