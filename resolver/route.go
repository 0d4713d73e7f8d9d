package resolver

import (
	"sync"
	"sync/atomic"
	"time"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/firstseen"
	"lachan/resolver/ratelimit"
	"lachan/resolver/tunnel"
	"lachan/resolver/watch"
)

// The route of a query, all eight steps:
//
//	read -> parse -> identify -> decide -> answer || forward -> inspect -> finish
//
// Each step that may end the route reports whether it did: done means that q has
// its reply, or is to be dropped.
//
// What reads a socket has read; it runs serve, which needs only memory. If that
// is not done, the query waits for an upstream, and what brings the reply of the
// upstream runs resume. Both end in finish.

// A route is what the steps of queries need, and have in common.
type route struct {
	snapshot atomic.Pointer[snapshot]
	cache    *cache.Cache
	pendings *pendings
	clients  ratelimit.Clients
	counters *metrics.Counters
	lane     *metrics.Shard // of queries that waited
	time     clock
	queries  sync.Pool    // of *Query
	filtered filterCounts // answers that upstreams have filtered
	watches  watch.Table  // of clients that want to see what they ask
	tunnels  *tunnel.Table
	seen     atomic.Pointer[firstseen.Filter] // nil while nobody asks for it
}

func newRoute(counters *metrics.Counters) *route {
	r := &route{cache: cache.New(cache.Bounds{}), counters: counters, lane: counters.Shard()}
	r.time.start()
	r.tunnels = tunnel.New()
	r.pendings = newPendings(r)
	r.queries.New = func() any { return newQuery() }
	return r
}

// clock is the time since the route was made, in nanoseconds.
func (r *route) clock() int64 { return r.time.now() }

// lease gives the caller a query of its own.
func (r *route) lease() *Query { return r.queries.Get().(*Query) }

// recycle gives a query back for another question, without what a long message or
// a long reply took: it would stay with queries that are short.
func (r *route) recycle(q *Query) {
	q.shrink()
	q.message = nil
	r.queries.Put(q)
}

// serve runs the steps that need only memory. If it is not done, q is no longer
// the caller's.
func (r *route) serve(q *Query) (done bool) { return r.parse(q) || r.serveParsed(q) }

// serveParsed runs the steps of serve after parse.
func (r *route) serveParsed(q *Query) (done bool) {
	if r.identify(q) {
		return true
	}
	r.decide(q)
	return r.answer(q) || r.forward(q)
}

// resume ends the route of a query that waited, with an answer as its reply.
func (r *route) resume(q *Query, a *cache.Answer, v cache.Verdict) {
	q.appendAnswer(a)
	r.inspect(q, a, v)
	r.finish(q, r.clock(), r.lane)
}

// parse reads the message. Broken ones, other opcodes and what a forwarder
// does not serve get the error the RFCs ask for; responses get nothing.
func (r *route) parse(q *Query) (done bool) {
	outcome, rcode := q.Parse(q.message)
	if len(q.Options) > 0 && !q.cookies.read(&q.Query, q.snapshot.settings.Cookies, q.client) {
		outcome, rcode = dnswire.Answer, dnswire.RcodeFormErr
	}
	switch outcome {
	case dnswire.Drop:
		q.action = metrics.ActionDropped
	case dnswire.Answer:
		q.reject(rcode)
	case dnswire.Notify:
		local{q}.answerNotify()
	default:
		return false
	}
	return true
}

// identify turns the client into a group, and refuses those that are not served.
func (r *route) identify(q *Query) (done bool) {
	who := q.identifyClient()
	q.client, q.membership = who.client, who.membership
	switch s := q.snapshot.settings; {
	case s.Closed:
		q.refuse(dnswire.EDENotReady, "a required list is missing")
	case !who.known && s.refuses(who.client):
		q.refuse(dnswire.EDEProhibited, "unknown client")
	case !who.standIn && !r.withinLimits(q, who.known && !who.claimed):
		q.rateLimited()
	default:
		return false
	}
	return true
}

// decide says, once, what the group may do with the name.
func (r *route) decide(q *Query) {
	q.selfTest = selfTest{q}.matches()
	if q.selfTest || q.Class != dnswire.ClassIN {
		return
	}
	q.decided = true
	if q.snapshot.ddr.Claims(&q.Name, q.Type) {
		q.decision = ownName
		return
	}
	q.decision = q.snapshot.rules.DecideFor(q.client, q.group, &q.Name, q.Type)
	if q.decision.Rewrite != nil {
		q.lookup = q.decision.Rewrite.Name
	}
}

// answer replies from policy, local data or the cache.
func (r *route) answer(q *Query) (done bool) {
	if q.applyDecision() || (local{q}).answer() {
		return true
	}
	if q.standIn {
		q.refuse(dnswire.EDENotSupported, standInPasses)
		return true
	}
	question, f := q.question(), cache.Found{}
	if !r.cache.Get(&f, &question, q.hot, q.snapshot.rules, q.now) {
		return false
	}
	q.appendAnswer(f.Answer)
	q.source = metrics.SourceCache
	if !cache.IsAnswer(q.rcode) {
		q.ede, q.action = dnswire.EDECachedError, metrics.ActionError
		if code := f.Answer.FailedValidation(); code != dnswire.EDENone {
			q.ede = code // which says more than that it was kept
		}
	}
	r.inspect(q, f.Answer, f.Verdict)
	if f.Expires && q.snapshot.settings.Cache.Prefetch && q.Flags&dnswire.FlagRD != 0 {
		if q.traits = f.Answer.Traits(); !q.traits.Known && q.lookup == &q.Name {
			lookForTraits(q)
		}
		r.pendings.prefetch(q)
	}
	return true
}

// inspect judges what a, the reply, points at. If policy has nothing to say of it, and
// the upstream says that it has filtered it, that is passed on and counted.
func (r *route) inspect(q *Query, a *cache.Answer, v cache.Verdict) {
	q.inspect(a, v)
	told := q.source == metrics.SourceUpstream || q.source == metrics.SourceCache || q.decision == rebind
	if f := a.Filter(); f != nil && told {
		q.ede, q.text = f.Code, f.Text
		r.filtered[f.Code-dnswire.EDEBlocked].Add(1)
	}
}

// forward lets q wait until an upstream has answered its question. It is done if q
// has a reply at once: it did not ask for recursion, or the upstreams failed a moment
// ago and a stale answer is there.
func (r *route) forward(q *Query) (done bool) {
	if r.stops(q) || r.screen(q) {
		return true
	}
	if q.Flags&dnswire.FlagRD == 0 {
		q.refuse(dnswire.EDENotSupported, "recursion is not desired")
		return true
	}
	question, f := q.question(), cache.Found{}
	stale := r.cache.GetStale(&f, &question, q.snapshot.rules, q.now, q.snapshot.settings.Cache.Lifetimes.StaleFor)
	if stale && f.Failed {
		q.appendAnswer(f.Answer)
		q.markStale(f.Answer)
		q.inspect(f.Answer, f.Verdict)
		return true
	}
	r.pendings.join(q, q, stale)
	return false
}

// stops notes that a group asks what no answer in memory has, and refuses what is below a domain
// through which it sends other traffic.
func (r *route) stops(q *Query) (done bool) {
	if !r.tunnels.Minds(&q.Name, q.Type, q.now) {
		return false
	}
	d, may := refusal(q)
	if may || !r.tunnels.Asked(sender(q), &q.Name, q.Type, q.now) {
		return false
	}
	q.enforce(d)
	q.text = tunnelText
	return true
}

// answered notes the answer to what a group has asked.
func (r *route) answered(q *Query, a *cache.Answer) {
	if !a.Answers() || !r.tunnels.MindsAnswer(&q.Name, q.Type, a.LongAlias()) {
		return
	}
	if _, may := refusal(q); may {
		return
	}
	if said := tunnel.Read(a.Wire()); said.Size > 0 {
		r.tunnels.Answered(sender(q), &q.Name, q.Type, said, q.now)
	}
}

// refusal is the reply to a question that is part of a tunnel; may says that the group may have
// one, or that the name cannot be part of any.
func refusal(q *Query) (d policy.Decision, may bool) {
	if !q.decided || q.lookup != &q.Name || q.decision.Explicit || q.decision.Action != policy.Pass {
		return d, true
	}
	if d = policy.DecideTunnel(q.snapshot.rules, q.group, q.decision); d.Action != policy.Block {
		return d, true
	}
	_, own := q.snapshot.upstreams.For(&q.Name)
	return d, own
}

// sender tells the group of a query from others, whatever becomes of the policy. Who has only
// said which group it is of is counted nowhere else.
func sender(q *Query) uint64 {
	if q.claimed {
		return 1<<63 | uint64(q.group)
	}
	return q.snapshot.groups.of(q.group).Number()
}

// tunnelText says why, in the answer.
const tunnelText = "tunnel: too much is sent below this domain"

// screen judges what takes longer to know of a name than an answer from memory may take, and
// is kept with the answer: its traits. It is done if they are reason enough for a reply.
func (r *route) screen(q *Query) (done bool) {
	q.traits = cache.Traits{}
	if !q.decided || q.lookup != &q.Name {
		return false
	}
	lookForTraits(q)
	if filter := r.seen.Load(); filter != nil && !q.snapshot.firstSeen.Empty() {
		now := time.Now()
		if until, first := filter.First(&q.Name, now); first {
			q.traits.Passing, q.traits.Until = q.snapshot.firstSeen, q.now+int64(until.Sub(now))
		}
	}
	d := policy.DecideTraits(q.snapshot.rules, q.group, q.decision, q.traits.At(q.now))
	if d.Action == q.decision.Action || q.bypassesTCPOnly(d) {
		return false
	}
	q.enforce(d)
	return true
}

// lookForTraits finds out what the name is by itself, if anything minds.
func lookForTraits(q *Query) {
	q.traits.Known = policy.MindsTraits(q.snapshot.rules)
	q.traits.Set = policy.Traits(q.snapshot.rules, &q.Name)
}

// appendAnswer makes a the reply to q.
func (q *Query) appendAnswer(a *cache.Answer) {
	if q.lookup != &q.Name && q.decision.Reply == policy.ReplyData {
		q.answerByAlias(q.lookup, a, q.now)
		return
	}
	if q.lookup != &q.Name {
		q.answerAfterAlias(q.lookup, a, q.now)
		return
	}
	q.answerWith(a, q.now, q.limit())
}

// finish makes the reply fit, records it at the time now and writes it, in this
// order: a client that has the answer finds it counted. It is the only place that
// counts a query and the only one that writes. Who owns q afterwards is said at
// responseWriter.
func (r *route) finish(q *Query, now int64, lane *metrics.Shard) {
	q.now = now
	dropped := q.action == metrics.ActionDropped
	if !dropped {
		q.close()
	}
	event := metrics.Event{
		Transport: q.transport, Action: q.action, Source: q.source,
		Rcode: uint8(min(q.rcode, 255)), Duration: q.elapsed(),
		Client: q.client, Name: q.Name.Wire(), NameHash: q.Name.Hash(q.Name.Labels()), Time: q.now,
	}
	if q.decided && !q.claimed {
		event.Group = q.snapshot.groups.of(q.group)
		event.Decision, event.Category = q.snapshot.outcome(q.decision)
		if !q.decision.Set.Empty() {
			describe(q, &event)
		}
	}
	if !q.standIn {
		lane.Record(&event)
		r.show(q, dropped)
	}
	if dropped {
		q.to.drop(q)
	} else {
		q.to.write(q)
	}
}

// describe says of q, whose name lists know, what is counted beside the decision.
func describe(q *Query, event *metrics.Event) {
	event.Observed = q.snapshot.categories[policy.Observed(q.snapshot.rules, q.group, &q.decision)]
	event.Connectivity = q.decision.Layer == policy.LayerCore && q.snapshot.settings.Connectivity.Hold(&q.Name)
}

// show tells of q those who watch its client, and a collector, if there are any.
func (r *route) show(q *Query, dropped bool) {
	if watching := r.watches.Of(q.client); watching != nil && q.decided {
		remember(q, watching)
	}
	if to := q.snapshot.settings.Tap; to != nil && !dropped {
		tell(q, to)
	}
}
