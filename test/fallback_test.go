package test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestListsOnWhichResolveCrashesDoNotStay has lists on which the process that
// answers crashes: at once, or a moment after it has begun to answer by them, in a
// small change, in a large one, and again after manage was started anew. Those that
// were proven are in force until better ones come.
func TestListsOnWhichResolveCrashesDoNotStay(t *testing.T) {
	t.Parallel()
	p, _ := faulty(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%, max_growth: 100000}]\n",
		twoSchools, startStandIn(t).addr)
	p.write("bets.txt", "first.example\n")
	p.start()
	inForce := func(name string) {
		t.Helper()
		p.within(time.Minute, name+" is blocked", func() bool { return p.tries(name) })
	}
	inForce("first.example")
	p.until("the first lists are proven", func() bool {
		kept, _ := filepath.Glob(filepath.Join(p.dir, "state", "proven", "*", "use.json")) // the pattern is good
		return len(kept) > 0
	})
	f := func(what, bad, good string) {
		t.Helper()
		began := time.Now()
		p.write("bets.txt", "first.example\n"+bad)
		p.signal(syscall.SIGHUP)
		p.metric(`lachan_condition{name="resolve-fallback"}`, "1")
		fell := time.Since(began)
		inForce("first.example")
		s := startPulse(t, p.dns, "first.example", sized(5000, 1000), "127.10.1.1", "127.10.1.2")
		pid := p.child("resolve")
		<-time.After(1500 * time.Millisecond) // longer than the slower poison takes
		p.lostNothing(s)
		if p.child("resolve") != pid {
			t.Errorf("%s: resolve has ended again", what)
		}
		p.write("bets.txt", "first.example\n"+good)
		p.signal(syscall.SIGHUP)
		inForce(good[:strings.IndexByte(good, '\n')])
		p.within(time.Minute, "the condition is gone", func() bool {
			_, page := p.get("/metrics")
			return number(page, `lachan_condition{name="resolve-fallback"}`) != 1
		})
		t.Logf("%s: what was proven is in force after %s, the next good lists %s after the bad ones", what, fell.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	}
	f("a small change, at once", "poison.example\n", "second.example\n")
	f("a small change, a moment later", "late.example\n", "third.example\n")
	if proving() {
		f("a large change, at once", "poison.example\n"+numbered("large", 20_000), "fourth.example\n"+numbered("large", 20_000))
	}
}

// tries reports whether a name is blocked, if there is an answer at all.
func (p *process) tries(name string) bool {
	conn, err := dialFrom("127.10.1.1", p.dns)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // while resolve is away there is no answer
	if conn.WriteMsg(question(name)) != nil {
		return false
	}
	reply, err := conn.ReadMsg()
	return err == nil && blocked(reply)
}
