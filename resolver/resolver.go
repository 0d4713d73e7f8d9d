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
	"sync"
	"sync/atomic"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/ddr"
	"lachan/resolver/listen"
	"lachan/resolver/ratelimit"
	"lachan/resolver/stream"
	"lachan/resolver/upstream"
)

// A snapshot is all that a query is judged by. It is immutable.
type snapshot struct {
	settings   *Settings
	rules      *policy.Rules
	upstreams  *upstream.Zones
	groups     *groups
	perClient  ratelimit.Rate
	perUnit    ratelimit.Rate
	categories [256]metrics.Category // by tag
	ddr        *ddr.Records
	streams    stream.Settings
}

// A Resolver answers queries. Make it with New, give it a snapshot with Use, then
// Run it.
type Resolver struct {
	counters *metrics.Counters
	loops    *eventloop.Loops
	log      *slog.Logger
	epoch    time.Time // zero of the clock
	snapshot atomic.Pointer[snapshot]
	cache    *cache.Cache
	pendings *pendings
	queries  sync.Pool      // of *Query
	readers  sync.Pool      // of *bufio.Reader
	lane     *metrics.Shard // of queries that waited
	streams  *shardPicker
	clients  ratelimit.Clients
	limiter  *clientconn.Limiter
	free     sync.Pool // of *streamQuery

	mu        sync.Mutex
	listening map[listen.Endpoint]*listener // mu
}

// New makes a resolver that holds nothing yet and starts nothing. loops wait for
// what clients send; they end after the resolver.
func New(counters *metrics.Counters, loops *eventloop.Loops, log *slog.Logger) *Resolver {
	r := &Resolver{
		counters:  counters,
		loops:     loops,
		log:       log,
		epoch:     time.Now(),
		cache:     cache.New(cache.Bounds{}),
		lane:      counters.Shard(),
		streams:   newShardPicker(counters),
		listening: map[listen.Endpoint]*listener{},
	}
	r.pendings = newPendings(r)
	r.limiter = clientconn.NewLimiter(func() *clientconn.Limits { return &r.snapshot.Load().settings.Connections })
	r.free.New = func() any { return newStreamQuery() }
	r.queries.New = func() any { return newQuery() }
	return r
}

// Use puts rules, settings and upstreams in force for all queries read from
// now on. It and Listen may be called at any time by one goroutine at a time.
func (r *Resolver) Use(settings *Settings, rules *policy.Rules, upstreams *upstream.Zones) {
	w := &snapshot{
		settings: settings, rules: rules, upstreams: upstreams,
		perClient: ratelimit.PerSecond(settings.Rates.Client), perUnit: ratelimit.PerSecond(settings.Rates.Unit),
		ddr: ddr.New(settings.Identity.Discovery, settings.Encryption.TLS != nil, settings.Encryption.DoHPath, r.Endpoints()),
		streams: stream.Settings{
			TLSName: settings.Encryption.TLSName, DoHPath: settings.Encryption.DoHPath, TrustedForwarders: settings.Clients.TrustedForwarders,
		},
	}
	old := r.snapshot.Load()
	if old != nil && old.rules.Policy() == rules.Policy() {
		w.groups, w.categories = old.groups, old.categories
	} else {
		r.count(w)
	}
	if old == nil || old.settings.Cache.Bounds != settings.Cache.Bounds {
		r.cache.Resize(settings.Cache.Bounds)
	}
	r.snapshot.Store(w)
}

// count gives groups and categories their counters and schools their
// allowances.
func (r *Resolver) count(w *snapshot) {
	p := w.rules.Policy()
	w.groups = newGroups(r.counters, p)
	for tag := range w.categories {
		w.categories[tag] = r.counters.Category(p.CategoryCode(uint8(tag)))
	}
	w.categories[policy.NoCategory] = metrics.CategoryNone
}

// groups finds what the queries of a group are counted in, and the allowance of
// its school. A group is looked up when it asks for the first time: of the
// 120,000 groups of a country few ask at one server.
type groups struct {
	counters *metrics.Counters
	policy   *policy.Policy
	counted  []atomic.Pointer[metrics.GroupCounters] // by policy.GroupID; nil: not yet looked up
	schools  []atomic.Uint32                         // by policy.GroupID: that of its school plus one; 0: likewise
	whole    []atomic.Int64                          // by policy.GroupID of a school: see ratelimit.Rate
}

func newGroups(counters *metrics.Counters, p *policy.Policy) *groups {
	n := p.NumGroups()
	return &groups{
		counters: counters, policy: p,
		counted: make([]atomic.Pointer[metrics.GroupCounters], n),
		schools: make([]atomic.Uint32, n), whole: make([]atomic.Int64, n),
	}
}

// of returns the counters of a group; nil for unknown clients, which are counted
// nowhere.
func (gs *groups) of(g policy.GroupID) *metrics.GroupCounters {
	if counted := gs.counted[g].Load(); counted != nil || g == 0 {
		return counted
	}
	group := gs.policy.Group(g)
	counted := gs.counters.Group(group.School, group.ID)
	gs.counted[g].Store(counted)
	return counted
}

// allowance is when the allowance of a group's school is whole. Unknown clients
// share one.
func (gs *groups) allowance(g policy.GroupID) *atomic.Int64 {
	if school := gs.schools[g].Load(); school > 0 {
		return &gs.whole[school-1]
	}
	school, _ := gs.policy.GroupOf(gs.policy.Group(g).School) // 0 for unknown clients
	gs.schools[g].Store(uint32(school) + 1)
	return &gs.whole[school]
}

// clock is the time since the resolver was made, in nanoseconds.
func (r *Resolver) clock() int64 { return int64(time.Since(r.epoch)) }

// CacheStats are the figures of the cache since the start.
func (r *Resolver) CacheStats() cache.Stats { return r.cache.Stats() }

// Popular calls yield with every name that the cache has an answer for, see
// cache.Cache.
func (r *Resolver) Popular(yield func(n *domain.Name, asked float64) bool) {
	r.cache.Popular(r.clock(), yield)
}

// Run answers until ctx is done. Then it reads no more, finishes what was read,
// within drain, closes its copies of the sockets and returns. What it has not read
// waits for another process that holds the sockets.
func (r *Resolver) Run(ctx context.Context, drain time.Duration) error {
	<-ctx.Done()
	r.mu.Lock()
	defer r.mu.Unlock()
	stopped := make(chan error, len(r.listening))
	for _, l := range r.listening {
		go func() { stopped <- l.stop() }()
	}
	var errs []error
	for range r.listening {
		errs = append(errs, <-stopped)
	}
	if !r.pendings.wait(drain) {
		errs = append(errs, errors.New("some questions were still without an answer when the time to finish them was over"))
	}
	for e, l := range r.listening {
		errs = append(errs, l.close())
		delete(r.listening, e)
	}
	return errors.Join(errs...)
}
