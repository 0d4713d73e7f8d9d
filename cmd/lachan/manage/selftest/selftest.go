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
	"sync"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/tested"
	"lachan/internal/wording"
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
	src   Sources
	began time.Time     // of this process
	now   chan struct{} // somebody wants a test at once

	mu      sync.Mutex
	last    tested.Run // mu; zero: none yet
	sum     uint64     // mu; questions since the start
	wanted  uint64     // mu; how often somebody wanted one
	begun   uint64     // mu; wanted, when the last one began
	served  uint64     // mu; wanted, when that began which ended last
	running bool       // mu
	asked   int        // mu; questions of the one that goes on
	due     time.Time  // mu; see owed
}

// New is a Tester that knows what the last test came to.
func New(src Sources) *Tester {
	t := &Tester{src: src, began: time.Now(), now: make(chan struct{}, 1)}
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
	r := metrics.SelfTestReading{Ended: t.last.Ended, Due: t.due, Questions: t.sum, Empty: len(t.last.Empty)}
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

// Why no test can be made.
var (
	errNoAnswers = wording.Error(textNoAnswers)
	errNobody    = wording.Error(textNobody)
	errNoDoors   = wording.Error(textNoDoors)
)

// possible is why no test can be made now; nil if one can.
func (t *Tester) possible() error {
	cfg, rules, _ := t.src.InForce()
	switch {
	case rules == nil:
		return errNoAnswers
	case !t.anybody(rules.Policy()):
		return errNobody
	case len(Doors(cfg)) == 0:
		return errNoDoors
	}
	return nil
}

// anybody reports whether there is a client as whom could be asked.
func (t *Tester) anybody(p *policy.Policy) bool {
	for _, of := range p.Groups() {
		if of.Kind == source.School || of.Kind == source.GroupKind {
			return true
		}
	}
	return t.src.ServesUnknown()
}

// Start has a test made at once, or says why none can be. One that goes on because of the hour
// gives way to it; one that somebody else waits for ends first, since it may have begun before
// what the caller wants to see.
func (t *Tester) Start() error {
	if err := t.possible(); err != nil {
		return err
	}
	t.mu.Lock()
	t.wanted++
	t.mu.Unlock()
	select {
	case t.now <- struct{}{}:
	default: // it is known already
	}
	return nil
}

// State is how the tests stand.
func (t *Tester) State() (s tested.State) {
	t.mu.Lock()
	s.Running, s.Asked = t.running || t.wanted != t.served, t.asked
	if last := t.last; last.Day != "" {
		s.Last = &last
	}
	t.mu.Unlock()
	s.Say()
	return s
}

// Run tests on each day of lessons, and whenever somebody wants it, until ctx is done.
func (t *Tester) Run(ctx context.Context) {
	t.tell(t.Last())
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-t.now:
		}
		now := time.Now()
		cfg, rules, list := t.src.InForce()
		if rules != nil && t.possible() == nil && (t.isWanted() || Due(rules.Policy(), t.Last().Began, now)) {
			t.test(ctx, cfg, list, now)
		}
		if rules != nil {
			t.missing(rules.Policy(), time.Now())
		}
		if t.isWanted() {
			timer.Reset(settle) // it did not come to an end, or cannot begin yet
		} else {
			timer.Reset(look)
		}
	}
}

// isWanted reports whether somebody wants a test that was not made yet.
func (t *Tester) isWanted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wanted != t.served
}

// goesOn notes that a test begins, or that none goes on.
func (t *Tester) goesOn(is bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running, t.asked = is, 0
	if is {
		t.begun = t.wanted
	}
}

// keep keeps what a test came to.
func (t *Tester) keep(r tested.Run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.served = r, t.begun
}

// test asks everything once. A run that could not be ended is made again.
func (t *Tester) test(ctx context.Context, cfg *config.Config, list *blocklist.List, now time.Time) {
	t.goesOn(true)
	defer t.goesOn(false)
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
	t.keep(done)
	t.tell(done)
	t.src.Log.Info("this node was tested", "questions", done.Questions, "units", done.Units,
		"policies", done.Policies, "failed", done.Failed, "took", done.Ended.Sub(done.Began).Round(time.Millisecond))
}

// count takes note of questions.
func (t *Tester) count(n uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sum += n
	t.asked += int(n)
}

// tell has a failed test be a condition until one succeeds.
func (t *Tester) tell(r tested.Run) {
	if r.Failed == 0 {
		t.src.Conditions.Clear("self-test")
		return
	}
	if t.src.Conditions.Set("self-test", tested.Sentence(&r).String()) {
		t.src.Log.Error("a test of this node has failed", "failed", r.Failed, "questions", r.Questions)
	}
}
