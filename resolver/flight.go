package resolver

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// A flight is one exchange with the upstreams for one question, and the
// queries that wait for it: however many ask the same, one is sent.
type flight struct {
	key     string // see appendKey
	world   *world
	hash    uint64 // of the cache
	query   []byte // what is sent
	group   *upstream.Group
	local   bool     // group is a conditional zone's
	old     bool     // the cache has an answer that is past its end
	waiters []*Query // the shard's lock
}

// flights are the exchanges under way.
type flights struct {
	shards [cacheShards]flightShard
	seed   maphash.Seed
	parked atomic.Int64 // queries that wait
	live   sync.WaitGroup
}

type flightShard struct {
	mu sync.Mutex
	by map[string]*flight
}

// maxParked bounds the queries that wait for upstreams, and with them the
// memory they hold, about 10 KB each. Beyond it queries are dropped and counted.
const maxParked = 8192

func newFlights() *flights {
	f := &flights{seed: maphash.MakeSeed()}
	for i := range f.shards {
		f.shards[i].by = map[string]*flight{}
	}
	return f
}

func (fs *flights) shard(key []byte) *flightShard {
	return &fs.shards[maphash.Bytes(fs.seed, key)%cacheShards]
}

// wait waits until no exchange is under way, at most for limit.
func (fs *flights) wait(limit time.Duration) bool {
	landed := make(chan struct{})
	go func() {
		fs.live.Wait()
		close(landed)
	}()
	select {
	case <-landed:
		return true
	case <-time.After(limit):
		return false
	}
}

// forward parks q until an upstream has answered its question and returns
// false. It returns true when q has a reply at once: because the upstreams
// failed a moment ago and an old answer is there, or because too many wait.
func (r *Resolver) forward(q *Query) bool {
	w := q.world
	var f found
	var old bool
	if f, old = r.cache.appendStale(q, w.settings.Lifetimes.StaleFor); old && f.failed {
		r.tellStale(q)
		r.inspect(q, f)
		return true
	}
	q.out = q.out[:0]
	if r.flights.parked.Add(1) > maxParked {
		r.flights.parked.Add(-1)
		q.action = metrics.ActionDropped
		return true
	}
	r.depart(q, q, old)
	return false
}

// prefetch fetches the answer to q's question anew while it is still good.
func (r *Resolver) prefetch(q *Query) { r.depart(q, nil, false) }

// depart joins the flight for q's question, or starts it. waiter, if not nil,
// belongs to the flight from here on.
func (r *Resolver) depart(q, waiter *Query, old bool) {
	if waiter != nil {
		waiter.conn, waiter.recent = waiter.conn.parked(), nil
	}
	var buf [keyOctets]byte
	key := appendKey(buf[:0], q)
	shard := r.flights.shard(key)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	f := shard.by[string(key)]
	if f == nil {
		f = r.newFlight(q, key, old)
		shard.by[f.key] = f
		r.flights.live.Go(func() { r.fly(f, shard) })
	}
	if waiter != nil {
		f.waiters = append(f.waiters, waiter)
	}
}

const keyOctets = 255 + 3

func (r *Resolver) newFlight(q *Query, key []byte, old bool) *flight {
	f := &flight{key: string(key), world: q.world, hash: r.cache.hash(q), old: old}
	f.group, f.local = q.world.upstreams.For(q.lookup)
	f.query = appendUpstreamQuery(make([]byte, 0, 512), q)
	return f
}

// appendUpstreamQuery builds what an upstream is asked: the name in lower
// case, the type, RD, CD and DO, and nothing else of the client's.
func appendUpstreamQuery(dst []byte, q *Query) []byte {
	dst = appendQuestion(dst, q)
	binary.BigEndian.PutUint16(dst[2:], dnswire.FlagRD|dnswire.FlagAD|q.Flags&dnswire.FlagCD)
	binary.BigEndian.PutUint16(dst[10:], 1)
	do := byte(0)
	if q.DO {
		do = 0x80
	}
	return append(dst, 0, 0, dnswire.TypeOPT, maxUDP>>8, maxUDP&0xFF, 0, 0, do, 0, 0, 0)
}

// appendQuestion appends a header without id and flags, and the question that
// is looked up.
func appendQuestion(dst []byte, q *Query) []byte {
	dst = append(dst, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	dst = append(dst, q.lookup.Wire()...)
	dst = binary.BigEndian.AppendUint16(dst, q.Type)
	return binary.BigEndian.AppendUint16(dst, dnswire.ClassIN)
}

// staleAfter is how long a client waits before it is given an old answer while
// the exchange goes on (RFC 8767 section 5).
const staleAfter = 1800 * time.Millisecond

// fly makes the exchange and ends the route of all that wait for it.
func (r *Resolver) fly(f *flight, shard *flightShard) {
	if f.old {
		defer r.losePatience(f, shard)()
	}
	ctx, cancel := context.WithTimeout(context.Background(), f.world.settings.Timeout)
	defer cancel()
	reply, err := f.group.Exchange(ctx, f.query, make([]byte, 0, 4096))
	now := r.clock()
	var e *entry
	var keep bool
	if err == nil {
		e, keep, err = newEntry([]byte(f.key), reply, f.world.settings.TrustAD, f.world.settings.Lifetimes, now)
	}
	failed := err != nil || !e.answers()
	if err != nil {
		e, keep = failure(f.query, f.key, now), false
	}
	e.local = f.local
	switch {
	case failed && r.cache.fail(f.hash, e, f.world.settings.Lifetimes.StaleFor):
		r.serveStale(f.land(shard))
		return
	case keep:
		r.cache.put(f.hash, e)
	}
	code := uint16(dnswire.EDENone)
	if err != nil {
		code = networkError(err)
	}
	r.arrive(f.land(shard), e, code)
}

// losePatience gives those who wait the old answer after staleAfter. The
// returned function ends that and waits for what has begun.
func (r *Resolver) losePatience(f *flight, shard *flightShard) (end func()) {
	served := make(chan struct{})
	timer := time.AfterFunc(staleAfter, func() {
		defer close(served)
		r.serveStale(f.take(shard))
	})
	return func() {
		if !timer.Stop() {
			<-served
		}
	}
}

func networkError(err error) uint16 {
	if errors.Is(err, upstream.ErrTimeout) {
		return dnswire.EDENoAuthority
	}
	return dnswire.EDENetwork
}

// arrive ends the route of queries whose answer has come.
func (r *Resolver) arrive(waiters []*Query, e *entry, code uint16) {
	var v verdict
	for i, q := range waiters {
		if serial := q.world.rules.Serial(); i == 0 || v.serial != serial {
			v = e.judge(q.world.rules, q.Type)
		}
		q.now = r.clock()
		q.ede = code
		r.resume(q, e, v)
		r.release(q)
	}
}

// serveStale ends the route of queries with the old answer.
func (r *Resolver) serveStale(waiters []*Query) {
	for _, q := range waiters {
		q.now = r.clock()
		if found, ok := r.cache.appendStale(q, q.world.settings.Lifetimes.StaleFor); ok {
			if q.source = metrics.SourceUpstream; found.stale {
				r.tellStale(q)
			}
			r.inspect(q, found)
		} else { // it was evicted meanwhile
			q.fail(dnswire.RcodeServFail, dnswire.EDENoAuthority, "")
		}
		r.finish(q, r.lane)
		r.release(q)
	}
}

// take gives the waiters so far to the caller; the flight goes on.
func (f *flight) take(shard *flightShard) (waiters []*Query) {
	shard.mu.Lock()
	defer shard.mu.Unlock()
	waiters, f.waiters = f.waiters, nil
	return waiters
}

// land ends the flight: a query for the same question that comes now begins
// another.
func (f *flight) land(shard *flightShard) (waiters []*Query) {
	shard.mu.Lock()
	defer shard.mu.Unlock()
	delete(shard.by, f.key)
	waiters, f.waiters = f.waiters, nil
	return waiters
}

// release gives a query that was parked back.
func (r *Resolver) release(q *Query) {
	r.flights.parked.Add(-1)
	r.queries.Put(q)
}
