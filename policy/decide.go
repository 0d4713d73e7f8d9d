package policy

import (
	"net/netip"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/policy/catalogue"
)

// A question is one judgment under way. Its methods are the layers in the
// order of precedence; each either says what is in out, or hands on to the
// next.
type question struct {
	rules  *Rules
	policy *Policy
	minute *minute
	name   *domain.Name      // nil when only a set is judged
	key    int               // the longest name with own entries at or above name, or noKey
	canary *catalogue.Canary // that name is, or nil
	group  uint32
	target bool // what an answer points at, not what was asked
	set    Set  // what the name is
	left   Set  // what of it may still be blocked: set less what own entries lifted
	out    Decision

	response *blocklist.Response // what a response policy zone asks for, or nil
	answers  Set                 // a block that hits one of these is answered so
	passed   uint8               // rank+1 of the zone that let the name through
}

// Foresee reads what decisions on a name are about to read, so that it is in the
// core's cache by then. The number means nothing.
func (r *Rules) Foresee(n *domain.Name) uint64 { return r.list.Prefetch(n) }

// Decide judges a question of a client of a group. It allocates nothing, but
// for names that a response policy zone answers.
func (r *Rules) Decide(g GroupID, n *domain.Name, qtype uint16) Decision {
	return r.DecideFor(netip.Addr{}, g, n, qtype)
}

// DecideTarget judges a name that the answer to a question points at (the
// target of a CNAME, DNAME, HTTPS or SVCB record); d is the decision of the
// question. It is d itself, a Block, or a Local where an innocent name leads to
// the unsafe face of a search engine. A question that somebody allowed by word
// is judged by locks alone, and the profile's default never judges a target. It
// allocates nothing.
func (r *Rules) DecideTarget(g GroupID, d Decision, n *domain.Name, qtype uint16) Decision {
	var q question
	r.ask(&q, g, n, r.list.Classify(n, qtype, r.now))
	if q.set.Meets(r.policy.tags.zoned) {
		q.judgeZones(d.passedZones, func(bit int) (blocklist.Response, bool) {
			return r.list.Respond(bit, n, qtype, r.now)
		})
	}
	if of := q.behind(d); of != d || d.Action != Pass || d.Explicit || q.safeFace() == nil {
		return of
	}
	q.pass(LayerSafeSearch)
	q.out.Action, q.out.Reply = Local, ReplyNodata
	return q.out
}

// DecideSet is DecideTarget for targets of which only the union of what they
// are is known, such as the addresses of an answer and all that a cached answer
// points at. Since a union does not say which of them an allow list or the
// never-block list names, it counts for none.
func (r *Rules) DecideSet(g GroupID, d Decision, set Set) Decision {
	if set.Empty() {
		return d
	}
	var q question
	r.ask(&q, g, nil, set.Without(r.policy.tags.excusing).Without(r.policy.tags.zoned))
	return q.behind(d)
}

// DecideCategory is what a client of a group may do at the moment with names that
// are of one category, given as its tag, and nothing else. Listed tells whether
// any name of it is known. It allocates nothing.
func (r *Rules) DecideCategory(g GroupID, category uint8) (d Decision, listed bool) {
	var q question
	set := blocklist.Of(int(category))
	r.ask(&q, g, nil, set)
	q.verdict()
	return q.out, r.list.Tags().Meets(set)
}

// ask fills a question in; without a name only the set is judged.
func (r *Rules) ask(q *question, g GroupID, n *domain.Name, set Set) {
	p := r.policy
	if int(g) >= len(p.plan) {
		g = 0 // of another policy: treat it as nobody's
	}
	q.rules, q.policy, q.minute = r, p, &r.minutes[p.plan[g]]
	q.group, q.key, q.set, q.left = uint32(g), noKey, set, set
	if n != nil {
		q.name, q.key, q.canary = n, p.own.find(n), p.catalogue.Canaries.Find(n)
	}
}

// behind judges what stands behind a question that d decided.
func (q *question) behind(d Decision) Decision {
	if d.Action == Block || d.Action == Local {
		return d
	}
	q.target, q.canary = true, nil
	switch {
	case !d.Explicit && d.Action == Pass:
		q.verdict()
	case q.set.Meets(q.minute.locked):
		q.byLock()
	default:
		return d
	}
	if q.out.Action == Block {
		return q.out
	}
	return d
}

// verdict is the first layer with something to say.
func (q *question) verdict() {
	switch {
	case q.set.Empty() && q.key == noKey && q.canary == nil:
		q.byDefault() // nobody has said anything of most names
	case q.canary != nil && q.canary.Answer == catalogue.AnswerDDR:
		q.pass(LayerLocal)
		q.out.Action, q.out.Reply = Local, ReplyOwn
	case q.set.Meets(q.minute.locked):
		q.byLock()
	case q.key == noKey && !q.set.Meets(q.minute.own):
		q.byCore()
	default:
		q.byOwn(q.group, 0)
	}
}

// byLock blocks what a unit has locked; of several the topmost is told.
func (q *question) byLock() {
	q.block(LayerLock, q.set.And(q.minute.locked), edeBlocked)
	for i := range q.minute.layers {
		if l := &q.minute.layers[i]; q.set.Meets(l.lock) {
			q.out.Unit = q.policy.ancestor(q.group, l.up)
		}
	}
}

// byOwn judges by the own entries and lists of unit u, which is so many units
// up from the group, and of those above it.
func (q *question) byOwn(u uint32, up uint8) {
	for ; u != noUnit; u, up = q.policy.parent[u], up+1 {
		allow, block := int32(noEntry), int32(noEntry)
		if q.key != noKey {
			allow, block = q.policy.own.judge(q.key, u, q.rules.now)
		}
		codes := q.minute.layer(up)
		if allow != noEntry || q.set.Meets(codes.lists) {
			q.except(u, up, allow)
			return
		}
		if before := q.left; before.Meets(codes.allow) {
			q.left = before.Without(q.policy.tags.freed(before.And(codes.allow)))
			if !q.left.Meets(q.minute.blocked) {
				q.left = before
				q.except(u, up, noEntry)
				return
			}
		}
		if hit := q.left.And(codes.block); block != noEntry || !hit.Empty() {
			q.block(LayerOwn, hit, edeBlocked)
			q.out.Unit, q.out.Entry = u, block
			return
		}
	}
	q.byCore()
}

// except passes what unit u allows. It is an exception when it would have been
// a block without that.
func (q *question) except(u uint32, up uint8, entry int32) {
	q.byOwn(q.policy.parent[u], up+1)
	excepted, category := q.out.Action == Block || q.out.Excepted, q.out.Category
	q.pass(LayerOwn)
	q.out.Explicit, q.out.Unit, q.out.Entry = true, u, entry
	if excepted {
		q.out.Excepted, q.out.Category = true, category
	}
}

// byCore passes names that are never blocked.
func (q *question) byCore() {
	if q.set.Has(q.policy.tags.core) {
		q.pass(LayerCore)
		q.out.Explicit = true
		return
	}
	q.byCanary()
}

// byCanary tells software that asks that it may not go around the resolver.
func (q *question) byCanary() {
	if q.canary == nil || !q.policy.canaries {
		q.byProfile()
		return
	}
	q.pass(LayerCanary)
	q.out.Action, q.out.Reply = Block, ReplyNXDOMAIN
	q.out.EDE, q.out.Category = edeBlocked, uint8(q.policy.tags.circumvention)
}

// byProfile judges by what the profile blocks and allows at the moment.
func (q *question) byProfile() {
	m := q.minute
	hit, allowed := q.left.And(m.blocked), q.set.And(m.allowed)
	if !hit.Empty() && !allowed.Empty() {
		hit = hit.Without(q.policy.tags.lifted(allowed))
	}
	entry := int32(noEntry)
	if q.key != noKey && m.profile.named {
		entry, _ = q.policy.own.judge(q.key, m.profile.owner, q.rules.now)
	}
	switch {
	case !hit.Empty() && entry == noEntry:
		q.block(LayerProfile, hit, edeFiltered)
	case entry != noEntry || !allowed.Empty():
		q.pass(LayerProfile)
		q.out.Explicit, q.out.Entry = true, entry
	default:
		q.byDefault()
	}
}

// byDefault judges all other names.
func (q *question) byDefault() {
	q.pass(LayerDefault)
	if q.minute.profile.deny && !q.target {
		q.out.Action, q.out.EDE = Block, edeFiltered
		q.out.Category = uint8(q.policy.tags.defaultDeny)
		q.out.Reply = q.minute.profile.replies[q.out.Category]
	}
}

// pass says to answer, for the group and for no entry in particular.
func (q *question) pass(layer Layer) {
	q.out = Decision{
		Set: q.set, Unit: q.group, Entry: noEntry, Layer: layer, Category: NoCategory, passedZones: q.passed,
	}
}

// block says to block for the tags hit; the empty set is the name itself.
func (q *question) block(layer Layer, hit Set, ede uint16) {
	tags := q.policy.tags
	category := tags.countsIn(hit, q.set)
	if !hit.Empty() && (int(category) == tags.authorityOrder || q.set.Meets(tags.authority)) {
		ede = edeCensored
	}
	q.pass(layer)
	q.out.Action, q.out.Reply = Block, q.minute.profile.replies[category]
	q.out.EDE, q.out.Category = ede, category
	if q.response != nil && hit.Meets(q.answers) {
		q.respond()
	}
}

// safeSearch turns the pass of a search engine's name into its safe face: by
// rewriting for the types that lead to an address, by NODATA for all others,
// so that nothing of the original is told.
func (q *question) safeSearch(qtype uint16) {
	if q.out.Action != Pass {
		return
	}
	target := q.safeFace()
	if target == nil {
		return
	}
	q.out.Layer = LayerSafeSearch
	switch qtype {
	case typeA, typeAAAA, typeHTTPS:
		q.out.Action, q.out.Rewrite = Rewrite, target
	default:
		q.out.Action, q.out.Reply = Local, ReplyNodata
	}
}

// safeFace is where the profile sends a search engine's name; nil of all others.
func (q *question) safeFace() *catalogue.Target {
	profile := q.minute.profile
	if profile.safeSearch == catalogue.Off && profile.youTube == catalogue.Off {
		return nil
	}
	_, target := q.policy.catalogue.SafeSearch.Target(q.name, profile.safeSearch, profile.youTube)
	return target
}
