// Package resolver carries a query to its answer: listeners, the route, the
// cache, forwarding. route.go is the page to begin with.
//
// What a query is judged by is swapped whole (snapshot); a query holds one snapshot
// from its first step to its last. The goroutine that reads a socket never waits: a
// query that needs an upstream joins the exchange that is pending for its question,
// and what brings the reply of the upstream finishes it. No exchange has a goroutine
// of its own.
package resolver

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/eventloop"
	"lachan/internal/suspended"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/firstseen"
	"lachan/resolver/listen"
	"lachan/resolver/upstream"
	"lachan/resolver/watch"
)

// A Resolver answers queries. Make it with New, give it a snapshot with Use, then
// Run it.
type Resolver struct {
	*route
	endpoints *endpoints
}

// New makes a resolver that holds nothing yet and starts nothing. loops wait for
// what clients send; they end after the resolver.
func New(counters *metrics.Counters, loops *eventloop.Loops, log *slog.Logger) *Resolver {
	r := newRoute(counters)
	return &Resolver{route: r, endpoints: newEndpoints(r, loops, log)}
}

// FollowQUIC says that another process, which is about to end, still reads the sockets
// of QUIC that Listen gets next: they are not read before a time is over.
func (r *Resolver) FollowQUIC(after time.Duration) { r.endpoints.quicAfter = after }

// Use puts rules, settings and upstreams in force for all queries read from
// now on. It and Listen may be called at any time by one goroutine at a time.
func (r *Resolver) Use(settings *Settings, rules *policy.Rules, upstreams *upstream.Zones) {
	old := r.snapshot.Load()
	if old == nil || old.settings.Cache.Bounds != settings.Cache.Bounds {
		r.cache.Resize(settings.Cache.Bounds)
	}
	if old != nil && (old.settings.TrustAD != settings.TrustAD || !old.settings.RequireAD && settings.RequireAD) {
		defer r.cache.Forget() // when no query begins by the settings before any more
	}
	s := newSnapshot(old, r.counters, settings, rules, upstreams)
	r.snapshot.Store(s.serving(r.Endpoints()))
}

// Listen serves exactly these sockets from now on; it takes their files over,
// and closes them. The endpoints that are new are served first. Then it closes those
// that are no longer named, once what was read from them is answered. An endpoint
// that is served already goes on undisturbed, with the sockets that it has. With an
// error everything stays as it was. Clients that ask are told of the new endpoints.
//
// Other processes may hold the same sockets and serve them too.
func (r *Resolver) Listen(sockets []listen.Socket) error {
	err := errors.Join(r.endpoints.update(sockets), listen.Close(sockets))
	if s := r.snapshot.Load(); s != nil {
		r.snapshot.Store(s.serving(r.Endpoints()))
	}
	return err
}

// Endpoints are those that are served now, with the ports they have, by protocol
// and address.
func (r *Resolver) Endpoints() []listen.Endpoint { return r.endpoints.all() }

// Watches are the clients of which somebody wants to see what they ask.
func (r *Resolver) Watches() *watch.Table { return &r.watches }

// Run answers until ctx is done. Then it reads no more, finishes what was read,
// within drain, closes its copies of the sockets and returns. What it has not read
// waits for another process that holds the sockets.
func (r *Resolver) Run(ctx context.Context, drain time.Duration) error {
	wake := time.NewTicker(suspended.Wake)
	defer wake.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-wake.C:
			r.time.follow()
		}
	}
	return r.endpoints.end(func() error {
		if !r.pendings.wait(drain) {
			return errors.New("some questions were still without an answer when the time to finish them was over")
		}
		return nil
	})
}

// CacheStats are the figures of the cache since the start.
func (r *Resolver) CacheStats() cache.Stats { return r.cache.Stats() }

// A Load is what clients hold at a moment.
type Load struct {
	Connections int    // open, over TCP, TLS, HTTPS and QUIC
	AnswerBytes int64  // of answers that clients have yet to take from streams
	Waiting     int    // questions that wait for an upstream
	HeldBytes   int64  // by them
	Exchanges   int    // under way with upstreams
	Abandoned   uint64 // exchanges, since the start, that ended because no question waited any more
}

// Load is what clients hold now.
func (r *Resolver) Load() Load {
	limiter, ps := r.endpoints.limiter, r.pendings
	return Load{
		Connections: limiter.Open(), AnswerBytes: limiter.Held(),
		Waiting: int(ps.waiting.Load()), HeldBytes: ps.held.Load(),
		Exchanges: int(ps.under.Load()), Abandoned: ps.left.Load(),
	}
}

// filterCounts count answers by the extended error of an upstream that filters:
// blocked, censored, filtered, prohibited (RFC 8914 sections 4.16 to 4.19).
type filterCounts [dnswire.EDEProhibited - dnswire.EDEBlocked + 1]atomic.Uint64

// FilteredByUpstreams are the counts since the start, by what an upstream has said.
func (r *Resolver) FilteredByUpstreams() map[string]uint64 {
	counts := map[string]uint64{}
	for i, said := range [len(r.filtered)]string{"blocked", "censored", "filtered", "prohibited"} {
		counts[said] = r.filtered[i].Load()
	}
	return counts
}

// WantsFirstSeen reports whether the policy in force asks which domains are new.
func WantsFirstSeen(r *Resolver) bool {
	s := r.snapshot.Load()
	return s != nil && !s.firstSeen.Empty()
}

// UseFirstSeen has the resolver tell by a filter which domains nobody has asked for before.
func UseFirstSeen(r *Resolver, f *firstseen.Filter) { r.seen.Store(f) }

// StoppedTunnels is how often a group was stopped that sends other traffic below a domain, and
// how many are now.
func StoppedTunnels(r *Resolver) (ever uint64, present int) { return r.tunnels.Stopped(r.clock()) }

// Popular calls yield with every name that the cache has an answer for, see
// cache.Cache.
func (r *Resolver) Popular(yield func(n *domain.Name, asked float64) bool) {
	r.cache.Popular(r.clock(), yield)
}
