package upstream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lachan/resolver/upstream/exchange"
	"lachan/resolver/upstream/udp"
)

// This file asks servers that are down whether they are back. The times are between two
// probes.

const (
	probeFirst = time.Second
	probeMost  = 30 * time.Second
	probeTwice = 2   // each wait is twice the one before
	probeBlur  = 0.2 // up to a fifth longer or shorter, so that many nodes do not ask together
)

// Run asks every member once, to find out which ones are there, and from then on
// asks those that are down: first after about a second, then more and more
// seldom, at last about every 30 seconds, until they reply. Any reply will do,
// since a server that knows only its own zones may refuse the question. Members
// that go down and come up are logged. Run returns when ctx is done and leaves
// nothing behind.
func (g *Group) Run(ctx context.Context, log *slog.Logger) {
	var wg sync.WaitGroup
	for _, m := range g.members {
		wg.Go(func() { m.watch(ctx, g.timeout, log) })
	}
	wg.Wait()
}

// watch probes the member at the start and whenever that is requested.
func (m *Member) watch(ctx context.Context, timeout time.Duration, log *slog.Logger) {
	for ctx.Err() == nil {
		if !m.down.Load() {
			m.probe(ctx, timeout)
		}
		if m.down.Load() {
			m.revive(ctx, timeout, log)
		}
		select {
		case <-ctx.Done():
		case <-m.probeNow:
		case <-m.caseChanged():
			log.InfoContext(ctx, "upstream case of names", "upstream", m.label, "kept", m.Stat().Case == udp.CaseKept)
		}
	}
}

// caseChanged holds one element when the member turns out to keep the case of letters,
// or not to. It is nil for one that is not asked over UDP.
func (m *Member) caseChanged() <-chan struct{} {
	if plain, ok := m.exchanger.(*Plain); ok {
		return plain.pool.CaseChanged()
	}
	return nil
}

// revive probes a member that is down until it replies to a probe or a query.
func (m *Member) revive(ctx context.Context, timeout time.Duration, log *slog.Logger) {
	log.WarnContext(ctx, "upstream down", "upstream", m.label, "reason", m.reason())
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
	log.InfoContext(ctx, "upstream up", "upstream", m.label)
}

// pause waits for d. It reports false if ctx was done before.
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
		m.noteReply(reply, time.Since(start))
	case errors.Is(err, context.Canceled), exchange.IsLocal(err): // says nothing about the member
	default:
		m.failing.blend(1)
		m.setDown(err)
	}
}
