// Package ship sends the history of a node to a Prometheus-compatible engine
// that keeps the history of many, by remote write 1.0. It reads from the disk
// of the node, so that a link that is down for days loses nothing; a cursor on disk
// holds how far it has come.
//
// What was sent and not confirmed is sent again, the same samples with the
// same times, which counters do not mind.
package ship

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"lachan/metrics"
)

const (
	// How finely history is sent. All edges of days of Việt Nam are multiples
	// of both.
	shipInterval = 5 * time.Minute
	longInterval = time.Hour // for more series than manySeries
	manySeries   = 40_000

	// window is how much history is confirmed at a time. It is no longer than the span
	// of time in which a Prometheus without out-of-order ingestion takes samples.
	window     = time.Hour
	batch      = 5000            // samples of one request
	firstRetry = 5 * time.Second // after a failure; it doubles with each further one
	maxRetry   = 5 * time.Minute
	tickSlack  = 3 * time.Second // for the tick at an edge to be on the disk
)

// Condition is set while nothing can be sent.
const Condition = "history-ship"

// A History is read and sent; *history.Recorder is one.
type History interface {
	storage.Queryable
	// Span is the time of the oldest and the newest tick on the disk; !ok
	// when there is none, or while it cannot be read.
	Span() (oldest, newest time.Time, ok bool)
}

// Options of a Shipper.
type Options struct {
	URL    string // of remote write; may hold a user and a password
	Cursor string // the file of the cursor
	Node   string // the label of this node
	Log    *slog.Logger
}

// A Shipper sends history as it grows: the last tick of every five minutes, or of
// every hour for a node with very many series.
type Shipper struct {
	history    History
	conditions *metrics.Conditions
	options    Options
	to         *receiver

	cursor  cursor
	every   time.Duration
	shipped atomic.Int64 // the cursor, in milliseconds since 1970; 0: nothing yet
	refused atomic.Uint64
}

// New makes a shipper that goes on where the one before it ended. It sends nothing
// yet. The error says in both languages what is wrong with the URL.
func New(h History, conditions *metrics.Conditions, o Options) (*Shipper, error) {
	to, err := newReceiver(o.URL)
	if err != nil {
		return nil, err
	}
	s := &Shipper{history: h, conditions: conditions, options: o, to: to, every: shipInterval}
	s.cursor = readCursor(o.Cursor, to.name())
	s.shipped.Store(s.cursor.until)
	return s, nil
}

// Until is the time until which all history has been sent; zero when none has.
func (s *Shipper) Until() time.Time {
	if ms := s.shipped.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// Refused is how many samples the receiver did not take because they are too
// old for it. What they counted is in the samples after them.
func (s *Shipper) Refused() uint64 { return s.refused.Load() }

// Run sends until ctx is done. While it fails, a condition is set and it tries again.
func (s *Shipper) Run(ctx context.Context) {
	retries := backoff.ExponentialBackOff{
		InitialInterval: firstRetry, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: maxRetry,
	}
	for {
		var next time.Duration
		switch err := s.Ship(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			next = retries.NextBackOff()
			if s.conditions.Set(Condition, textNotSent.With(s.to.name(), err).String()) {
				s.options.Log.Warn("history is not sent", "to", s.to.name(), "error", err)
			}
		default:
			retries.Reset()
			next = untilEdge(time.Now(), s.every) + tickSlack
			if s.conditions.Clear(Condition) {
				s.options.Log.Info("history is sent again", "to", s.to.name(), "until", s.Until())
			}
		}
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}

// untilEdge is the time until the next multiple of every.
func untilEdge(now time.Time, every time.Duration) time.Duration {
	return now.Truncate(every).Add(every).Sub(now)
}

// Ship sends all there is up to the newest edge that has been ticked, window
// after window. It is not called by more than one goroutine.
func (s *Shipper) Ship(ctx context.Context) error {
	oldest, newest, ok := s.history.Span()
	if !ok {
		return nil // not open yet; it has a condition of its own
	}
	last := newest.Truncate(s.every).UnixMilli()
	from := s.cursor.until
	if from > newest.UnixMilli() { // the clock was ahead, and history was put right
		from = newest.Add(-window).UnixMilli()
	}
	if from == 0 {
		from = oldest.Truncate(s.every).UnixMilli() - 1
	}
	for from < last {
		to := min(last, ceil(from+1, window))
		if err := s.window(ctx, from+1, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// ceil is the first multiple of d that is not before ms.
func ceil(ms int64, d time.Duration) int64 {
	unit := d.Milliseconds()
	return (ms + unit - 1) / unit * unit
}

// window sends what was ticked from mint to maxt, in milliseconds since 1970,
// and moves the cursor.
func (s *Shipper) window(ctx context.Context, mint, maxt int64) error {
	q, err := s.history.Querier(mint, maxt)
	if err != nil {
		return err
	}
	defer q.Close()
	set := q.Select(ctx, false, nil, labels.MustNewMatcher(labels.MatchNotEqual, model.MetricNameLabel, ""))
	var r request
	var it chunkenc.Iterator
	series := 0
	for set.Next() {
		series++
		it = set.At().Iterator(it)
		if err := r.add(set.At().Labels(), it, s.every); err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		if r.samples >= batch {
			if err := s.post(ctx, &r); err != nil {
				return err
			}
		}
	}
	if err := set.Err(); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	if r.samples > 0 {
		if err := s.post(ctx, &r); err != nil {
			return err
		}
	}
	if series > manySeries {
		s.every = longInterval
	}
	if series > 0 {
		r.mark(s.options.Node, maxt)
		if err := s.post(ctx, &r); err != nil {
			return err
		}
	}
	s.cursor.until = maxt
	if err := s.cursor.write(s.options.Cursor); err != nil {
		return err
	}
	s.shipped.Store(maxt)
	return nil
}

// post sends a request and empties it. What is too old for the receiver is
// counted, and not sent again.
func (s *Shipper) post(ctx context.Context, r *request) error {
	err := s.to.post(ctx, r.body)
	var old *tooOld
	if errors.As(err, &old) {
		s.refused.Add(uint64(r.samples))
		s.options.Log.Warn("the receiver takes no history this old", "to", s.to.name(), "error", err)
		err = nil
	}
	if err == nil {
		*r = request{body: r.body[:0]}
	}
	return err
}
