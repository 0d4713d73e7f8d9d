package history

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/prometheus/storage"

	"lachan/internal/wording"
	"lachan/metrics"
)

// This file writes the counters to the disk, tick by tick.

const (
	// TickEvery is how often counters are written, and so how much counting a power
	// cut can cost.
	TickEvery = 10 * time.Second

	tickSlack     = 500 * time.Millisecond // a tick that is late by less has the time at which it was due
	maxRetry      = time.Minute            // between attempts while the disk does not take ticks
	scrapeBackoff = 20                     // times the length of a tick must pass before a scrape may ask for another
	openTimeout   = 5 * time.Second        // how long a scrape waits for history to be opened
)

// The conditions that a Recorder sets.
const (
	ConditionDamaged = "history-damaged" // something was set aside
	ConditionWrite   = "history-write"   // ticks do not reach the disk
	ConditionClock   = "history-clock"   // the clock is behind history
)

// A Recorder keeps the counters of a running node in a Store. Its methods may
// be called by any number of goroutines.
type Recorder struct {
	dir        string
	options    Options
	aggregator *metrics.Aggregator
	conditions *metrics.Conditions
	log        *slog.Logger

	wanted chan chan struct{} // requests for a tick; each is closed after it
	ended  chan struct{}      // closed when Run returns

	resumed bool // the aggregator has what the store had; of the goroutine of Run

	store  atomic.Pointer[Store]
	shown  atomic.Pointer[metrics.Totals] // the counters as they are on the disk
	ticked atomic.Int64                   // time of the newest tick, in milliseconds since 1970; 0: never
}

// NewRecorder makes the recorder of what an aggregator adds up, in a directory
// of its own. It starts nothing. It is the one that calls Resume and Snapshot.
func NewRecorder(dir string, aggregator *metrics.Aggregator, conditions *metrics.Conditions, o Options) *Recorder {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Recorder{
		dir: dir, options: o, aggregator: aggregator, conditions: conditions, log: o.Log,
		wanted: make(chan chan struct{}), ended: make(chan struct{}),
	}
}

// Run opens the store, restores the counters and ticks until ctx is done, then
// once more. An error of the disk does not end it. It is called once, and again
// only after a panic, when it goes on where it was.
func (r *Recorder) Run(ctx context.Context) {
	p := writerState{Recorder: r, retries: backoff.ExponentialBackOff{
		InitialInterval: TickEvery, Multiplier: 2, MaxInterval: maxRetry,
	}}
	defer func() {
		p.close() // after a panic too
		if ctx.Err() != nil {
			close(r.ended)
		}
	}()
	p.open(ctx)
	debug.FreeOSMemory() // most of what opening took
	due := time.NewTimer(untilDue(time.Now()))
	defer due.Stop()
	for {
		select {
		case <-due.C:
			p.tick(ctx, dueAt(time.Now()))
			due.Reset(untilDue(time.Now()))
		case done := <-r.wanted:
			if time.Since(p.done) > scrapeBackoff*p.took {
				p.tick(ctx, time.Now())
			}
			close(done)
		case <-ctx.Done():
			p.tick(context.WithoutCancel(ctx), time.Now())
			return
		}
	}
}

// untilDue is the time until the next tick, at a multiple of TickEvery.
func untilDue(now time.Time) time.Duration {
	return now.Truncate(TickEvery).Add(TickEvery).Sub(now)
}

// dueAt is the time to give to a tick that was due and is made now.
func dueAt(now time.Time) time.Time {
	if due := now.Truncate(TickEvery); now.Sub(due) < tickSlack {
		return due
	}
	return now
}

// Totals returns the counters as the newest tick on the disk has them, so that no
// later start ever shows less. If possible a tick is made for the call. The error
// says, in both languages, why there are none yet.
func (r *Recorder) Totals(ctx context.Context) (*metrics.Totals, error) {
	done := make(chan struct{})
	timeout := time.NewTimer(openTimeout)
	defer timeout.Stop()
	select {
	case r.wanted <- done:
		select {
		case <-done:
		case <-timeout.C:
		case <-ctx.Done():
		}
	case <-r.ended:
	case <-timeout.C:
	case <-ctx.Done():
	}
	if o := r.shown.Load(); o != nil {
		return o, nil
	}
	return nil, wording.Error(textNotOpen)
}

// Querier reads history; see Store.Querier.
func (r *Recorder) Querier(mint, maxt int64) (storage.Querier, error) {
	s := r.store.Load()
	if s == nil {
		return nil, wording.Error(textNotOpen)
	}
	return s.Querier(mint, maxt)
}

// Span returns the times of the oldest and the newest tick on the disk; !ok if there
// is none, or while the store is not open.
func (r *Recorder) Span() (oldest, newest time.Time, ok bool) {
	s := r.store.Load()
	if s == nil {
		return time.Time{}, time.Time{}, false
	}
	return s.Span()
}

// Newest is the time of the newest tick of this process; zero before the first.
func (r *Recorder) Newest() time.Time {
	if ms := r.ticked.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// A writerState belongs to the goroutine of Run alone.
type writerState struct {
	*Recorder
	done    time.Time     // when the newest tick ended
	took    time.Duration // by the newest tick
	retry   time.Time     // after a failed write, when to try again
	retries backoff.ExponentialBackOff
}

// open opens the store and, the first time, resumes what it has.
func (p *writerState) open(ctx context.Context) {
	began := time.Now()
	kept := metrics.New(p.aggregator.Node())
	s, restored, aside, err := openRestored(ctx, p.dir, p.options, kept)
	p.tellAside(aside)
	if err == nil && !p.resumed {
		if err = p.resume(kept); err != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if left := setAside(p.dir); len(left) > 0 {
		p.conditions.Set(ConditionDamaged, textDamaged.With(left[0]).String())
	} else {
		p.conditions.Clear(ConditionDamaged)
	}
	if err != nil {
		p.failed(err)
		return
	}
	p.resumed = true
	p.store.Store(s)
	p.log.Info("history opened", "counters", restored.Counters, "newest", restored.Newest, "took", time.Since(began))
}

// tellAside logs the parts that were set aside.
func (p *writerState) tellAside(moved []aside) {
	for _, a := range moved {
		p.log.Error("history set aside", "what", a.what, "to", a.to, "error", a.cause)
	}
}

// tick writes the counters as they are now. If that fails, counting goes on in
// memory, and the store is opened again for a later tick.
func (p *writerState) tick(ctx context.Context, at time.Time) {
	began := time.Now()
	if p.options.Refresh != nil {
		p.options.Refresh(ctx)
	}
	s := p.store.Load()
	if s == nil && began.Before(p.retry) {
		return
	}
	if s == nil {
		if p.open(ctx); p.store.Load() == nil {
			return
		}
		s = p.store.Load()
	}
	o, err := p.snapshot()
	var done Tick
	if err == nil {
		done, err = s.Tick(ctx, at, o)
	}
	if err != nil {
		p.store.Store(nil)
		p.failed(errors.Join(err, s.Close()))
		return
	}
	p.shown.Store(o)
	p.ticked.Store(done.At.UnixMilli())
	p.retries.Reset()
	if p.conditions.Clear(ConditionWrite) {
		p.log.Info("history is written again")
	}
	if behind := done.At.Sub(at); behind > time.Minute {
		if p.conditions.Set(ConditionClock, textClockBehind.With(behind.Round(time.Second)).String()) {
			p.log.Warn("the clock is behind history", "behind", behind)
		}
	} else {
		p.conditions.Clear(ConditionClock)
	}
	p.done = time.Now()
	p.took = p.done.Sub(began)
}

// failed sets the condition that ticks do not reach the disk, and the time of the
// next attempt.
func (p *writerState) failed(err error) {
	p.retry = time.Now().Add(p.retries.NextBackOff() - time.Second) // so that the tick at that time tries
	if p.conditions.Set(ConditionWrite, textNotWritten.With(err).String()) {
		p.log.Error("history is not written, counting goes on in memory", "error", err)
	}
}

func (p *writerState) close() {
	s := p.store.Swap(nil)
	if s == nil {
		return
	}
	if err := s.Close(); err != nil {
		p.log.Error("close history", "error", err)
	}
}
