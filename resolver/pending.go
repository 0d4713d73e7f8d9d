package resolver

import (
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// A pending is one exchange with the upstreams for one question, and the
// queries that wait for it: however many ask the same, one is sent.
//
// The cache may have an answer that is past its end. Then there is a stale timer,
// which serves it after staleAfter, while the exchange goes on. The timer and the
// reply both take the waiters under shard.mu, so that each query is answered once.
// Which of them uses the pending last decides whether it can be used again:
//
//	no timer ------------ reply, afterFlush ------------------> pool
//	timer runs ---------- reply, afterFlush, Stop succeeds ---> garbage, as ended
//	timer runs -- fires -- serves what waits by now;
//	                       queries that join later wait for the reply
//	timer has fired ----- reply, afterFlush, Stop fails ------> garbage
//
// A pending whose last waiter gave way is abandoned: its exchange is canceled, and it
// never goes back to the pool, as Cancel may still be running.
//
// Where Stop fails the timer may still be running and has the pending, so that it
// never goes back to the pool. The timer counts in pendings.live from when it is
// made: Stop takes it off when it succeeds, and the timer does when it has fired.
type pending struct {
	call       upstream.Call
	key        string // of its question
	all        *pendings
	shard      *pendingShard
	snapshot   *snapshot
	hash       uint64       // of the cache
	traits     cache.Traits // of the name, if that is what was asked for
	local      bool         // it goes to the group of a conditional zone
	staleTimer *time.Timer  // nil if the cache has no answer

	older, newer *pending // shard.mu
	waiters      []*Query // shard.mu
	abandoned    bool     // shard.mu, under which it is taken out of the shard

	answered []*Query // the waiters, once the reply has come
	tail     func()   // afterFlush
}

// pendings are the exchanges under way.
type pendings struct {
	route   *route
	shards  [cache.Shards]pendingShard
	seed    maphash.Seed
	waiting atomic.Int64   // queries that wait
	held    atomic.Int64   // bytes that they hold
	under   atomic.Int64   // exchanges under way
	left    atomic.Uint64  // exchanges that were abandoned
	live    sync.WaitGroup // exchanges under way and stale timers
	free    sync.Pool      // of *pending

	making sync.Mutex // held while room is made
	census census     // making
}

// Queries that wait for upstreams are bounded by the bytes that they hold, see
// Settings.WaitingBytes. When more come, some of the clients that have most waiting
// give way, see census: they are answered at once, with a stale answer or SERVFAIL. An
// exchange for which no query waits any more is abandoned, so that there are not more
// exchanges than queries, but for those that prefetch or go on for a stale answer; and
// these end when there are too many.
const (
	maxWaiting  = 8192     // queries, whatever memory there is
	waiterBytes = 10 << 10 // that a query holds, with its exchange; a long message comes on top
)

// weight is how many bytes q holds while it waits.
func (q *Query) weight() int64 {
	if len(q.message) > len(q.in) {
		return waiterBytes + int64(len(q.message))
	}
	return waiterBytes
}

func newPendings(r *route) *pendings {
	ps := &pendings{route: r, seed: maphash.MakeSeed()}
	for i := range ps.shards {
		ps.shards[i].by = map[string]*pending{}
	}
	ps.free.New = func() any {
		p := &pending{all: ps}
		p.call.Query, p.call.Arrived, p.tail = make([]byte, 0, upstreamQuerySize), p.onReply, p.afterFlush
		return p
	}
	return ps
}

func (ps *pendings) shard(key []byte) *pendingShard {
	return &ps.shards[maphash.Bytes(ps.seed, key)%cache.Shards]
}

// wait waits until no exchange is under way, at most for limit.
func (ps *pendings) wait(limit time.Duration) bool {
	ended := make(chan struct{})
	go func() {
		ps.live.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return true
	case <-time.After(limit):
		return false
	}
}

// prefetch asks q's question again while the answer is still good, unless there are
// many exchanges already.
func (ps *pendings) prefetch(q *Query) {
	if ps.under.Load() < q.snapshot.waitingBytes/waiterBytes {
		ps.join(q, nil, false)
	}
}

// join joins the exchange that is pending for q's question, or starts one. waiter,
// if not nil, belongs to it from here on.
func (ps *pendings) join(q, waiter *Query, stale bool) {
	var buf [keySize]byte
	question := q.question()
	key := question.AppendKey(buf[:0])
	shard := ps.shard(key)
	starts := q.starts
	if waiter != nil {
		waiter.to, waiter.hot, waiter.starts = waiter.to.async(), nil, nil
		waiter.inspections = nil
		ps.waiting.Add(1)
		if ps.held.Add(waiter.weight()) > q.snapshot.waitingBytes {
			ps.makeRoom(q.snapshot.waitingBytes)
		}
	}
	var idle *pending
	shard.mu.Lock()
	p := shard.by[string(key)]
	begins := p == nil
	if begins {
		p = ps.begin(q, string(key), ps.route.cache.Hash(&question), shard)
		if stale {
			ps.live.Add(1)
			p.staleTimer = time.AfterFunc(staleAfter, p.onStaleTimer)
		}
	}
	if waiter != nil {
		p.waiters = append(p.waiters, waiter)
	}
	if begins && ps.under.Load() > q.snapshot.waitingBytes/waiterBytes {
		idle = shard.idle()
	}
	shard.mu.Unlock()
	ps.abandon(idle)
	switch {
	case !begins:
	case starts != nil:
		*starts = append(*starts, &p.call)
	default:
		upstream.Start(&p.call)
	}
}

// keySize is the size of the longest key of a question, in bytes.
const keySize = 255 + 3

// begin adds an exchange to the shard, whose lock is held.
func (ps *pendings) begin(q *Query, key string, hash uint64, shard *pendingShard) *pending {
	p := ps.free.Get().(*pending)
	p.key, p.shard, p.snapshot, p.hash, p.traits = key, shard, q.snapshot, hash, q.traits
	p.call.Query = appendUpstreamQuery(p.call.Query[:0], q)
	p.call.Group, p.local = q.snapshot.upstreams.For(q.lookup)
	ps.live.Add(1)
	ps.under.Add(1)
	shard.by[key] = p
	if p.older = shard.newest; p.older != nil {
		p.older.newer = p
	} else {
		shard.oldest = p
	}
	shard.newest = p
	return p
}

// abandon ends the exchange of p, which may be nil and is in no shard any more.
func (ps *pendings) abandon(p *pending) {
	if p != nil {
		ps.left.Add(1)
		p.call.Cancel()
	}
}

// makeRoom answers as many queries as there have to be fewer of, and some more, so
// that those that come next find room.
func (ps *pendings) makeRoom(bound int64) {
	if !ps.making.TryLock() {
		return // another query has it made
	}
	over := ps.held.Load() - bound
	taken, left := ps.census.choose(ps, int((over+bound/roomPart)/waiterBytes)+1)
	ps.making.Unlock()
	for _, p := range left {
		ps.abandon(p)
	}
	ps.serveStale(taken, dnswire.EDEOther, "too many questions wait")
	ps.flush(taken)
}

// staleAfter is how long a client waits before it is given an old answer while
// the exchange goes on (RFC 8767 section 5).
const staleAfter = 1800 * time.Millisecond

// onReply takes what the upstreams said and ends the route of all queries that
// wait for it. It does not wait for anything. The tail that it returns sends the
// answers.
func (p *pending) onReply(reply []byte, err error) (tail func()) {
	if err != nil && p.isAbandoned() { // that it was canceled is nothing to remember
		return p.tail
	}
	r := p.all.route
	now := r.clock()
	lifetimes := p.snapshot.settings.Cache.Lifetimes
	var e *cache.Entry
	var keep bool
	if err == nil {
		e, keep, err = cache.NewEntry(p.call.Query, reply, lifetimes, p.snapshot.settings.TrustAD, p.local, now)
	}
	if err == nil && p.snapshot.settings.RequireAD && !p.local && e.Answers() && !e.Authentic() {
		e, keep = cache.Unvalidated(p.call.Query, now), false
	}
	failed := err != nil || !e.Answers()
	if err != nil {
		e, keep = cache.Failure(p.call.Query, p.local, now), false
	}
	e.SetTraits(p.traits)
	stale := failed && r.cache.Fail(p.hash, e, lifetimes.StaleFor)
	if keep && !failed {
		r.cache.Put(p.hash, e)
	}
	code := uint16(dnswire.EDENone)
	switch {
	case err != nil:
		code = networkError(err)
	case failed:
		code = failureError(&e.Answer)
	}
	p.answered = p.remove()
	if stale {
		p.all.serveStale(p.answered, dnswire.EDENoAuthority, "")
	} else {
		p.all.complete(p.answered, &e.Answer, code)
	}
	return p.tail
}

// afterFlush sends the answers that onReply wrote, and ends p.
func (p *pending) afterFlush() {
	p.all.flush(p.answered)
	p.all.recycle(p)
}

// onStaleTimer serves the stale answer to the queries that wait.
func (p *pending) onStaleTimer() {
	defer p.all.live.Done()
	waiters := p.takeWaiters()
	p.all.serveStale(waiters, dnswire.EDENoAuthority, "")
	p.all.flush(waiters)
}

// flush sends answers that are written, and gives their queries back.
func (ps *pendings) flush(answered []*Query) {
	for _, q := range answered {
		q.to.flush()
		ps.release(q)
	}
}

func networkError(err error) uint16 {
	if errors.Is(err, upstream.ErrTimeout) {
		return dnswire.EDENoAuthority
	}
	return dnswire.EDENetwork
}

// failureError is the reason for a failure that an upstream answered with.
func failureError(a *cache.Answer) uint16 {
	if code := a.FailedValidation(); code != dnswire.EDENone {
		return code
	}
	return dnswire.EDENetwork
}

// complete ends the route of queries whose answer has come.
func (ps *pendings) complete(waiters []*Query, a *cache.Answer, code uint16) {
	var v cache.Verdict
	var judged *inspections
	for i, q := range waiters {
		if serial := q.snapshot.rules.Serial(); i == 0 || v.Serial != serial {
			v = a.Judge(q.snapshot.rules, q.Type)
		}
		if v.Own && judged == nil && len(waiters) > 1 {
			judged = newInspections(waiterInspections)
		}
		q.inspections = judged
		q.now, q.ede, q.source = ps.route.clock(), code, metrics.SourceUpstream
		ps.route.answered(q, a)
		if !a.Answers() {
			q.action = metrics.ActionError
		}
		ps.route.resume(q, a, v)
	}
}

// serveStale ends the route of queries with the stale answer, or if none is kept any
// more with SERVFAIL for the given reason.
func (ps *pendings) serveStale(waiters []*Query, code uint16, reason string) {
	r := ps.route
	for _, q := range waiters {
		q.now = r.clock()
		question, f := q.question(), cache.Found{}
		if !r.cache.GetStale(&f, &question, q.snapshot.rules, q.now, q.snapshot.settings.Cache.Lifetimes.StaleFor) {
			q.fail(dnswire.RcodeServFail, code, reason)
			r.finish(q, q.now, r.lane)
			continue
		}
		if q.source = metrics.SourceUpstream; f.Stale {
			q.markStale(f.Answer)
		}
		r.resume(q, f.Answer, f.Verdict)
	}
}

// takeWaiters gives the waiters so far to the caller. The exchange goes on.
func (p *pending) takeWaiters() (waiters []*Query) {
	p.shard.mu.Lock()
	defer p.shard.mu.Unlock()
	waiters, p.waiters = p.waiters, nil
	return waiters
}

// remove takes p out of its shard: a query for the same question that comes now
// begins another exchange.
func (p *pending) remove() (waiters []*Query) {
	p.shard.mu.Lock()
	defer p.shard.mu.Unlock()
	if !p.abandoned {
		p.shard.unlink(p)
	}
	waiters, p.waiters = p.waiters, nil
	return waiters
}

// isAbandoned reports whether no query waits for p, nor ever will.
func (p *pending) isAbandoned() bool {
	p.shard.mu.Lock()
	defer p.shard.mu.Unlock()
	return p.abandoned
}

// recycle keeps p, whose exchange has ended, for another one, with the room that
// its waiters had. See pending for the stale timer.
func (ps *pendings) recycle(p *pending) {
	defer ps.live.Done()
	ps.under.Add(-1)
	if p.staleTimer != nil {
		if p.staleTimer.Stop() {
			ps.live.Done()
		}
		return
	}
	if p.abandoned { // it is in no shard any more, so that nothing writes to it
		return
	}
	clear(p.answered)
	p.waiters, p.answered = p.answered[:0], nil
	p.snapshot, p.call.Group, p.key = nil, nil, ""
	ps.free.Put(p)
}

// release gives back a query that waited.
func (ps *pendings) release(q *Query) {
	ps.waiting.Add(-1)
	ps.held.Add(-q.weight())
	ps.route.recycle(q)
}
