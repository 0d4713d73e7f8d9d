package upstream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lachan/resolver/upstream/exchange"
)

const (
	probeFirst = time.Second
	probeMost  = 30 * time.Second
	probeTwice = 2   // each wait is twice the one before
	probeBlur  = 0.2 // and up to a fifth longer or shorter, so that many nodes do not ask together
)

// Run asks every member once, so that a start knows who is there, and from then
// on asks those that are down, first after about a second and at last about
// every 30, until they reply. Any reply will do: a server that knows only its
// own zones may refuse the question. Run returns when ctx is done and leaves
// nothing behind.
func (g *Group) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, m := range g.members {
		wg.Go(func() { m.watch(ctx, g.timeout) })
	}
	wg.Wait()
}

// watch asks at the start and whenever there is doubt.
func (m *Member) watch(ctx context.Context, timeout time.Duration) {
	for ctx.Err() == nil {
		if !m.down.Load() {
			m.probe(ctx, timeout)
		}
		if m.down.Load() {
			m.revive(ctx, timeout)
		}
		select {
		case <-ctx.Done():
		case <-m.doubt:
		}
	}
}

// revive asks a member that is down, more and more seldom, until it replies to
// this or to a query.
func (m *Member) revive(ctx context.Context, timeout time.Duration) {
	slog.WarnContext(ctx, "upstream down", "upstream", m.name)
	wait := backoff.ExponentialBackOff{
		InitialInterval:     probeFirst,
		MaxInterval:         probeMost,
		Multiplier:          probeTwice,
		RandomizationFactor: probeBlur,
	}
	for m.down.Load() {
		if !pause(ctx, wait.NextBackOff()) {
			return
		}
		if m.down.Load() {
			m.probe(ctx, timeout)
		}
	}
	slog.InfoContext(ctx, "upstream up", "upstream", m.name)
}

// pause waits for d and tells whether ctx is still on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// probe asks for the SOA record of the root, which every cache holds.
func (m *Member) probe(ctx context.Context, timeout time.Duration) {
	query := []byte{2: 1, 5: 1, 14: 6, 16: 1} // RD; one question: . SOA IN
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	start := time.Now()
	reply, err := m.exchanger.Exchange(ctx, query, nil)
	switch {
	case err == nil:
		m.heard(reply, time.Since(start))
	case errors.Is(err, context.Canceled), exchange.IsLocal(err): // says nothing about the member
	default:
		m.failing.blend(1)
		m.setDown()
	}
}
