package resolver

import (
	"lachan/metrics"
	"lachan/resolver/dnswire"
)

// The route of a query, all eight steps:
//
//	read -> parse -> identify -> decide -> answer || forward -> inspect -> finish
//
// The reader of a socket has read; it runs serve, which needs only memory. If
// that ends without a reply the query is parked in a flight, and the flight
// runs resume with what the upstream said. Both end in finish.

// serve runs the steps that need only memory. It returns true when q has its
// reply, or is to be dropped, and false when q now belongs to a flight.
func (r *Resolver) serve(q *Query) bool { return !r.parse(q) || r.carry(q) }

// carry is serve behind parse.
func (r *Resolver) carry(q *Query) bool {
	if !r.identify(q) {
		return true
	}
	r.decide(q)
	return r.answer(q) || r.forward(q)
}

// resume ends the route of a query for which an upstream has answered, or none
// has: e is then the failure.
func (r *Resolver) resume(q *Query, e *entry, v verdict) {
	e.appendTo(q)
	q.source = metrics.SourceUpstream
	if !e.answers() {
		q.action = metrics.ActionError
	}
	r.inspect(q, found{verdict: v, private: e.private && !e.local})
	r.finish(q, r.lane)
}

// parse reads the message. Broken ones, other opcodes and what a forwarder
// does not serve get the error the RFCs ask for; responses get nothing.
func (r *Resolver) parse(q *Query) bool {
	outcome, rcode := q.Parse(q.message)
	if len(q.Options) > 0 && !q.takeCookie() {
		outcome, rcode = dnswire.Answer, dnswire.RcodeFormErr
	}
	switch outcome {
	case dnswire.Drop:
		q.action = metrics.ActionDropped
		return false
	case dnswire.Answer:
		q.reject(rcode)
		return false
	case dnswire.Notify:
		q.notified()
		return false
	}
	return true
}

// identify turns the client into a group.
func (r *Resolver) identify(q *Query) bool {
	group, known := q.who()
	q.group = group
	switch s := q.world.settings; {
	case s.Closed:
		q.refuse(dnswire.EDENotReady, "a required list is missing")
		return false
	case !known && s.RefuseUnknown:
		q.refuse(dnswire.EDEProhibited, "unknown client")
		return false
	case !r.within(q, known):
		q.restrain()
		return false
	}
	return true
}

// decide says, once, what the group may do with the name.
func (r *Resolver) decide(q *Query) {
	if q.Class != dnswire.ClassIN || q.asksCheck() {
		return
	}
	q.decided = true
	if q.world.presence.claims(q) {
		q.decision = ownName
		return
	}
	q.decision = q.world.rules.DecideFor(q.client, q.group, &q.Name, q.Type)
	if q.decision.Rewrite != nil {
		q.lookup = q.decision.Rewrite.Name
	}
}

// answer replies from policy, local data or the cache.
func (r *Resolver) answer(q *Query) bool {
	if r.enforced(q) {
		return true
	}
	if r.local(q) {
		return true
	}
	f, ok := r.cache.append(q)
	if !ok {
		return false
	}
	q.source = metrics.SourceCache
	if !isAnswer(q.rcode) {
		q.ede, q.action = dnswire.EDECachedError, metrics.ActionError
	}
	r.inspect(q, f)
	if f.expires && q.world.settings.Prefetch {
		r.prefetch(q)
	}
	return true
}

// inspect judges what a reply points at: aliases, targets, addresses. It is
// the same decision as for the question, by the same rules.
func (r *Resolver) inspect(q *Query, f found) {
	d := q.decision
	switch {
	case f.verdict.own:
		d = r.inspectEach(q, d)
	case f.verdict.set != nil:
		d = q.world.rules.DecideSet(q.group, d, *f.verdict.set)
	}
	switch {
	case d != q.decision:
		r.enforce(q, d)
	case f.private && q.world.settings.RebindProtection && q.lookup == &q.Name:
		r.enforce(q, rebind)
	case q.decision.Rewrite != nil:
		q.rewritten()
	}
}

// finish makes the reply fit, records it and writes it: who has the answer finds
// it counted. It is the only recorder and the only writer.
func (r *Resolver) finish(q *Query, lane *metrics.Shard) {
	if q.action == metrics.ActionDropped {
		q.out = q.out[:0]
	} else {
		q.close()
	}
	w := q.world
	event := metrics.Event{
		Transport: q.transport, Action: q.action, Source: q.source,
		Rcode: uint8(min(q.rcode, 255)), Duration: duration(q),
		Client: q.client, Name: q.Name.Wire(), NameHash: q.Name.Hash(q.Name.Labels()), Time: q.now,
	}
	if q.decided {
		event.Group = w.cells[q.group]
		event.Decision, event.Category = outcome(q.decision, w)
	}
	lane.Record(&event)
	q.conn.write(q)
}
