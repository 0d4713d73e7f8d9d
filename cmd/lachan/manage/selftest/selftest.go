// Package selftest has a node ask itself, on each school day before lessons, through its own
// endpoints and as clients of the schools' groups would: names of every category that is
// blocked, and names that never are. So it finds an endpoint that lets something past, not
// only a list that is empty.
//
// What is to be answered is decided here, by the rules in force; what is answered comes from
// the process that answers, by the endpoint that clients use. The questions prove that the
// node asks them (package standin): they are counted for nobody and ask no upstream.
package selftest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/tested"
	"lachan/metrics"
	"lachan/policy"
	"lachan/policy/source"
	"lachan/resolver/standin"
)

// Sources are what a Tester is lent. Its functions may be called by any goroutine.
type Sources struct {
	// InForce is what resolve answers by; rules is nil before it has said so.
	InForce func() (cfg *config.Config, rules *policy.Rules, list *blocklist.List)
	// ServesUnknown reports whether clients that no unit claims are answered.
	ServesUnknown func() bool
	Key           standin.Key
	Core          []string // names that are never blocked, whatever is above them
	File          string   // where runs are kept, see package tested
	Conditions    *metrics.Conditions
	Log           *slog.Logger
}

// A Tester tests. Its methods may be called by any goroutine.
type Tester struct {
	src Sources

	mu   sync.Mutex
	last tested.Run // mu; zero: none yet
	sum  uint64     // mu; questions since the start
}

// New is a Tester that knows what the last test came to.
func New(src Sources) *Tester {
	t := &Tester{src: src}
	runs, err := tested.Read(src.File, "", "9999-12-31")
	if err != nil {
		src.Log.Error("read the tests before", "error", err)
	}
	if len(runs) > 0 {
		t.last = runs[len(runs)-1]
	}
	return t
}

// Last is the newest run; its Day is "" if there is none.
func (t *Tester) Last() tested.Run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// Reading is what a scrape wants to know.
func (t *Tester) Reading() metrics.SelfTestReading {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := metrics.SelfTestReading{Ended: t.last.Ended, Questions: t.sum, Empty: len(t.last.Empty)}
	r.Failed = make(map[string]int, len(tested.Kinds()))
	for _, kind := range tested.Kinds() {
		r.Failed[string(kind)] = 0
	}
	for i := range t.last.Failures {
		r.Failed[string(t.last.Failures[i].Kind)] += t.last.Failures[i].Times
	}
	return r
}

const (
	// before is how long before lessons a test begins. It has the first half of that time.
	before = 2 * time.Hour
	// settle is how long after a start there is no test: lists come, sockets open.
	settle = 5 * time.Second
	// look is how often it is looked whether one is due.
	look = time.Minute
)

// Run tests on each day of lessons until ctx is done.
func (t *Tester) Run(ctx context.Context) {
	t.tell(t.Last())
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := time.Now()
		cfg, rules, list := t.src.InForce()
		if rules != nil && len(Doors(cfg)) > 0 && Due(rules.Policy(), t.Last().Day, now) {
			t.test(ctx, cfg, list, now)
		}
		timer.Reset(look)
	}
}

// Due reports whether it is time for a test: lessons are held today in some school, begin
// soon or have begun, and the last test was on another day.
func Due(p *policy.Policy, last string, now time.Time) bool {
	now = now.In(p.Location())
	if last == now.Format(time.DateOnly) {
		return false
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	if now.Sub(midnight) < p.Lessons().From-before {
		return false
	}
	calendars := map[int]bool{}
	for g, of := range p.Groups() {
		if of.Kind != source.School && g != 0 {
			continue
		}
		if calendar := p.Calendar(g); !calendars[calendar] {
			calendars[calendar] = true
			if p.LessonsOn(calendar, now) {
				return true
			}
		}
	}
	return false
}

// test asks everything once. A run that could not be ended is made again.
func (t *Tester) test(ctx context.Context, cfg *config.Config, list *blocklist.List, now time.Time) {
	_, rules, _ := t.src.InForce()
	day := now.In(rules.Policy().Location()).Format(time.DateOnly)
	wait := func(d time.Duration) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d):
			return true
		}
	}
	c, ok := choose(list, t.src.Core, day, now, wait)
	if !ok {
		return
	}
	r := newRun(t, ctx, Doors(cfg), &c, day)
	defer r.close()
	if !r.ask(now) {
		return
	}
	done := r.end()
	if err := tested.Add(t.src.File, done); err != nil {
		t.src.Log.Error("keep the test of this node", "error", err)
	}
	t.mu.Lock()
	t.last = done
	t.mu.Unlock()
	t.tell(done)
	t.src.Log.Info("this node was tested", "questions", done.Questions, "units", done.Units,
		"policies", done.Policies, "failed", done.Failed, "took", done.Ended.Sub(done.Began).Round(time.Millisecond))
}

// asked takes note of questions.
func (t *Tester) asked(n uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sum += n
}

// tell has a failed test be a condition until one succeeds.
func (t *Tester) tell(r tested.Run) {
	if r.Failed == 0 {
		t.src.Conditions.Clear("self-test")
		return
	}
	if t.src.Conditions.Set("self-test", Sentence(&r).String()) {
		t.src.Log.Error("a test of this node has failed", "failed", r.Failed, "questions", r.Questions)
	}
}

// worst is the failure that is told first: what lets something past, then the others.
func worst(r *tested.Run) *tested.Failure {
	kinds := tested.Kinds()
	at := 0
	for i := range r.Failures {
		if slices.Index(kinds, r.Failures[i].Kind) < slices.Index(kinds, r.Failures[at].Kind) {
			at = i
		}
	}
	return &r.Failures[at]
}
