package resolver

import (
	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
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

// serve runs the steps that need only memory. If it is not done, q is no longer
// the caller's.
func (r *Resolver) serve(q *Query) (done bool) { return r.parse(q) || r.serveParsed(q) }

// serveParsed runs the steps of serve after parse.
func (r *Resolver) serveParsed(q *Query) (done bool) {
	if r.identify(q) {
		return true
	}
	r.decide(q)
	return r.answer(q) || r.forward(q)
}

// resume ends the route of a query that waited, with an answer as its reply.
func (r *Resolver) resume(q *Query, a *cache.Answer, v cache.Verdict) {
	q.appendAnswer(a)
	r.inspect(q, a, v)
	r.finish(q, r.clock(), r.lane)
}

// parse reads the message. Broken ones, other opcodes and what a forwarder
// does not serve get the error the RFCs ask for; responses get nothing.
func (r *Resolver) parse(q *Query) (done bool) {
	outcome, rcode := q.Parse(q.message)
	if len(q.Options) > 0 && !q.readCookie() {
		outcome, rcode = dnswire.Answer, dnswire.RcodeFormErr
	}
	switch outcome {
	case dnswire.Drop:
		q.action = metrics.ActionDropped
	case dnswire.Answer:
		q.reject(rcode)
	case dnswire.Notify:
		q.answerNotify()
	default:
		return false
	}
	return true
}

// identify turns the client into a group, and refuses those that are not served.
func (r *Resolver) identify(q *Query) (done bool) {
	who := q.identifyClient()
	q.client, q.membership = who.client, who.membership
	switch s := q.snapshot.settings; {
	case s.Closed:
		q.refuse(dnswire.EDENotReady, "a required list is missing")
	case !who.known && s.Clients.RefuseUnknown:
		q.refuse(dnswire.EDEProhibited, "unknown client")
	case !r.withinLimits(q, who.known && !who.claimed):
		q.rateLimited()
	default:
		return false
	}
	return true
}

// decide says, once, what the group may do with the name.
func (r *Resolver) decide(q *Query) {
	if q.selfTest = q.isSelfTest(); q.selfTest || q.Class != dnswire.ClassIN {
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
func (r *Resolver) answer(q *Query) (done bool) {
	if r.applyDecision(q) || r.local(q) {
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
	}
	r.inspect(q, f.Answer, f.Verdict)
	if f.Expires && q.snapshot.settings.Cache.Prefetch {
		r.prefetch(q)
	}
	return true
}

// inspect judges what a reply points at: aliases, targets, addresses. It is
// the same decision as for the question, by the same rules.
func (r *Resolver) inspect(q *Query, a *cache.Answer, v cache.Verdict) {
	d := q.decision
	switch {
	case v.Own:
		d = r.inspectEach(q, d)
	case v.Set != nil:
		d = q.snapshot.rules.DecideSet(q.group, d, *v.Set)
	}
	switch {
	case d != q.decision:
		r.enforce(q, d)
	case a.Private() && q.snapshot.settings.Replies.RebindProtection && q.lookup == &q.Name:
		r.enforce(q, rebind)
	case q.decision.Rewrite != nil:
		q.rewritten()
	}
}

// finish makes the reply fit, records it at the time now and writes it, in this
// order: a client that has the answer finds it counted. It is the only place that
// counts a query and the only one that writes. Who owns q afterwards is said at
// responseWriter.
func (r *Resolver) finish(q *Query, now int64, lane *metrics.Shard) {
	q.now = now
	dropped := q.action == metrics.ActionDropped
	if !dropped {
		q.close()
	}
	w := q.snapshot
	event := metrics.Event{
		Transport: q.transport, Action: q.action, Source: q.source,
		Rcode: uint8(min(q.rcode, 255)), Duration: duration(q),
		Client: q.client, Name: q.Name.Wire(), NameHash: q.Name.Hash(q.Name.Labels()), Time: q.now,
	}
	if q.decided && !q.claimed {
		event.Group = w.groups.of(q.group)
		event.Decision, event.Category = outcome(q.decision, w)
	}
	lane.Record(&event)
	if dropped {
		q.to.drop(q)
	} else {
		q.to.write(q)
	}
}
