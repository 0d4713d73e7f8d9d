package policy

import (
	"net/netip"
	"runtime"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
)

// An evaluation is one decision in progress. Its methods are the layers in the
// order of precedence; each either sets out or calls the next.
type evaluation struct {
	rules  *Rules
	policy *Policy
	minute *minute
	name   *domain.Name      // nil if only a set is evaluated
	key    int               // in the policy's own entries: the longest name at or above name, or compiled.NoKey
	over   int               // the same in the overlay's entries
	named  bool              // key or over is not compiled.NoKey
	canary *catalogue.Canary // the canary that name is, or nil
	group  uint32
	target bool // name is what an answer points at, not what was asked
	set    Set  // what the name is
	left   Set  // set less what own entries unblocked
	out    Decision

	plain  Set           // what the name is without response policy zones
	zones  []zoneVerdict // of the zones that apply
	passed uint8         // rank+1 of the zone that let the name through
}

// Foresee reads the memory that a decision on a name will need, which brings it
// into the CPU's cache. The result has no meaning; it keeps the compiler from
// removing the reads.
func (r *Rules) Foresee(n *domain.Name) uint64 { return r.list.Prefetch(n) }

// Decide decides about a question of a client of a group, by all that is known of the
// name before an upstream is asked. It allocates only for names that a response policy
// zone answers, and for their traits.
func (r *Rules) Decide(g GroupID, n *domain.Name, qtype uint16) Decision {
	return DecideTraits(r, g, r.DecideFor(netip.Addr{}, g, n, qtype), Traits(r, n))
}

// DecideFor decides by the policy and the lists, for a client whose address may be known:
// response policy zones may have rules for addresses of clients. What it takes longer to
// know of a name is judged after it, see Traits.
func (r *Rules) DecideFor(client netip.Addr, g GroupID, n *domain.Name, qtype uint16) Decision {
	var e evaluation
	r.begin(&e, g, n, r.classify(client, n, qtype))
	e.judgeNameZones(client, 0, qtype)
	e.verdict()
	e.safeSearch(qtype)
	runtime.KeepAlive(r)
	return e.out
}

// classify is what a name is, and what zones say of the client, whose address may not
// be valid.
func (r *Rules) classify(client netip.Addr, n *domain.Name, qtype uint16) Set {
	set := r.list.Classify(n, qtype, r.now)
	if r.clients {
		set = set.Or(r.list.ClassifyClient(client, r.now))
	}
	return set
}

// DecideAddr is DecideTarget for an address in an answer.
func (r *Rules) DecideAddr(g GroupID, d Decision, a netip.Addr) Decision {
	set := r.list.ClassifyAddr(a, r.now)
	var e evaluation
	r.begin(&e, g, nil, set)
	if set.Meets(r.policy.file.Tags.Zoned) {
		e.judgeZones(d.passedZones, func(bit int) (blocklist.Response, bool) {
			return r.list.RespondAddr(bit, a, false, r.now)
		})
	}
	d = e.decideTarget(d)
	runtime.KeepAlive(r)
	return d
}

// DecideTarget decides about a name that the answer to a question points at (the
// target of a CNAME, DNAME, HTTPS or SVCB record); d is the decision about the
// question. It returns d itself, a Block, or a Local if the target is a search
// engine's name whose safe search is on. If the question was explicitly allowed
// only locks apply, and the profile's default never applies to a target. It
// allocates nothing.
func (r *Rules) DecideTarget(g GroupID, d Decision, n *domain.Name, qtype uint16) Decision {
	var e evaluation
	r.begin(&e, g, n, r.list.Classify(n, qtype, r.now))
	e.judgeNameZones(netip.Addr{}, d.passedZones, qtype)
	target := e.decideTarget(d)
	runtime.KeepAlive(r)
	if target != d || d.Action != Pass || d.Explicit || e.safeFace() == nil {
		return target
	}
	e.pass(LayerSafeSearch)
	e.out.Action, e.out.Reply = Local, ReplyNodata
	return e.out
}

// DecideSet is DecideTarget for several targets of which only the union of their
// tags is known, such as the addresses of an answer or the targets of a cached
// answer. A union does not say which target an allow list or the never-block list
// names, so these lists do not count.
func (r *Rules) DecideSet(g GroupID, d Decision, set Set) Decision {
	if set.Empty() {
		return d
	}
	var e evaluation
	r.begin(&e, g, nil, set.Without(r.policy.file.Tags.Allowing).Without(r.policy.file.Tags.Zoned))
	d = e.decideTarget(d)
	runtime.KeepAlive(r)
	return d
}

// DecideTraits decides about a question after DecideFor, which came to d, by the traits of
// its name. It returns d with the traits in its Set, or a Block. Names that are never
// blocked have none, and what a unit or the profile allows passes.
func DecideTraits(r *Rules, g GroupID, d Decision, traits Set) Decision {
	if traits.Empty() || d.Layer == LayerCore || d.Layer == LayerLocal {
		return d
	}
	if of := r.DecideSet(g, d, traits); of != d {
		return of
	}
	d.Set = d.Set.Or(traits)
	return d
}

// DecideTunnel decides about what is told to be a tunnel past the filter: it is refused where
// circumvention is blocked, and d elsewhere.
func DecideTunnel(r *Rules, g GroupID, d Decision) Decision {
	of, _ := r.DecideCategory(g, uint8(r.policy.file.Tags.Circumvention))
	if of.Action != Block {
		return d
	}
	of.Reply = ReplyRefused
	return of
}

// DecideCategory decides about names that are in one category, given by its tag,
// and in no other. Listed reports whether the list has any name of that category.
// It allocates nothing.
func (r *Rules) DecideCategory(g GroupID, category uint8) (d Decision, listed bool) {
	var e evaluation
	set := blocklist.Of(int(category))
	r.begin(&e, g, nil, set)
	e.verdict()
	runtime.KeepAlive(r)
	return e.out, r.list.Tags().Meets(set)
}

// begin prepares an evaluation. If n is nil only the set is evaluated.
func (r *Rules) begin(e *evaluation, g GroupID, n *domain.Name, set Set) {
	p := r.policy
	if int(g) >= len(p.file.UnitPlan) {
		g = 0 // of another policy: an unknown client
	}
	e.rules, e.policy, e.minute = r, p, &r.minutes[p.file.UnitPlan[g]]
	e.group, e.key, e.over, e.set, e.left, e.plain = uint32(g), compiled.NoKey, compiled.NoKey, set, set, set
	if n != nil {
		e.name, e.key, e.canary = n, p.file.Own.Find(n), p.catalogue.Canaries.Find(n)
		if p.overlay != nil {
			e.over = p.overlay.Own.Find(n)
		}
		e.named = e.key != compiled.NoKey || e.over != compiled.NoKey
	}
}

// decideTarget decides about what the answer to a question points at; d is the
// decision about the question.
func (e *evaluation) decideTarget(d Decision) Decision {
	if d.Action == Block || d.Action == Local {
		return d
	}
	e.target, e.canary = true, nil
	switch {
	case !d.Explicit && d.Action == Pass:
		e.verdict()
	case e.set.Meets(e.minute.lockedFeeds):
		e.byLock(LayerLock, e.minute.lockedFeeds)
	case e.set.Meets(e.minute.locked) && !e.set.Has(e.tags().Core):
		e.byLock(LayerCategoryLock, e.minute.locked)
	default:
		return d
	}
	if e.out.Action == Block {
		return e.out
	}
	return d
}

// verdict runs the layers up to the first one that applies.
func (e *evaluation) verdict() {
	switch {
	case e.set.Empty() && !e.named && e.canary == nil:
		e.byDefault() // true of most names
	case e.canary != nil && e.canary.Answer == catalogue.AnswerDDR:
		e.pass(LayerLocal)
		e.out.Action, e.out.Reply = Local, ReplyOwn
	case e.set.Meets(e.minute.lockedFeeds):
		e.byLock(LayerLock, e.minute.lockedFeeds)
	case e.set.Has(e.tags().Core) && (!e.minute.profile.Closed || e.set.Has(e.tags().Essential)):
		e.pass(LayerCore)
		e.out.Explicit = true
	case e.set.Meets(e.minute.locked):
		e.byLock(LayerCategoryLock, e.minute.locked)
	case e.minute.profile.Closed || !e.named && !e.set.Meets(e.minute.own):
		e.byCanary()
	default:
		e.byOwn(e.group, 0)
	}
}

// byLock blocks what a unit has locked. If several have, the decision names the
// topmost.
func (e *evaluation) byLock(layer Layer, locked Set) {
	hit := e.set.And(locked)
	e.block(layer, hit, domain.EDEBlocked)
	for i := range e.minute.layers {
		if l := &e.minute.layers[i]; hit.Meets(l.Lock) {
			e.out.Unit = e.policy.file.Ancestor(e.group, l.Up)
		}
	}
}

// byOwn applies the own entries and lists of unit u and the units above it; u is
// up units above the group.
func (e *evaluation) byOwn(u uint32, up uint8) {
	for ; u != compiled.NoUnit; u, up = e.policy.file.Parents[u], up+1 {
		allow, block := int32(compiled.NoEntry), int32(compiled.NoEntry)
		if e.named {
			allow, block = e.judgeOwn(u)
		}
		codes := e.minute.layer(up)
		if allow != compiled.NoEntry || e.set.Meets(codes.Lists) {
			e.allowException(u, up, allow)
			return
		}
		if before := e.left; before.Meets(codes.Allow) {
			e.left = before.Without(e.tags().UnblockedByUnit(before.And(codes.Allow)))
			if !e.left.Meets(e.minute.blocked) {
				e.left = before
				e.allowException(u, up, compiled.NoEntry)
				return
			}
		}
		if hit := e.left.And(codes.Block); block != compiled.NoEntry || !hit.Empty() {
			e.block(LayerOwn, hit, domain.EDEBlocked)
			e.out.Unit, e.out.Entry = u, block
			return
		}
	}
	e.byCanary()
}

// allowException passes what unit u allows. The pass is an exception if the name
// would be blocked otherwise.
func (e *evaluation) allowException(u uint32, up uint8, entry int32) {
	e.byOwn(e.policy.file.Parents[u], up+1)
	excepted, category := e.out.Action == Block || e.out.Excepted, e.out.Category
	e.pass(LayerOwn)
	e.out.Explicit, e.out.Unit, e.out.Entry = true, u, entry
	if excepted {
		e.out.Excepted, e.out.Category = true, category
	}
}

// byCanary blocks canary names, which tells software not to bypass the resolver.
func (e *evaluation) byCanary() {
	if e.canary == nil || !e.policy.file.Canaries {
		e.byProfile()
		return
	}
	e.pass(LayerCanary)
	e.out.Action, e.out.Reply = Block, ReplyNXDOMAIN
	e.out.EDE, e.out.Category = domain.EDEBlocked, uint8(e.tags().Circumvention)
}

// byProfile applies what the profile blocks and allows at the moment.
func (e *evaluation) byProfile() {
	m := e.minute
	hit, allowed := e.left.And(m.blocked), e.set.And(m.allowed)
	if !hit.Empty() && !allowed.Empty() {
		hit = hit.Without(e.tags().UnblockedByProfile(allowed))
	}
	allow, block := int32(compiled.NoEntry), int32(compiled.NoEntry)
	if e.key != compiled.NoKey && m.profile.Named {
		allow, block = e.policy.file.Own.JudgeAt(e.key, m.profile.Owner, e.rules.now, m.open)
	}
	switch {
	case allow != compiled.NoEntry:
		e.pass(LayerProfile)
		e.out.Explicit, e.out.Entry = true, allow
	case block != compiled.NoEntry || !hit.Empty():
		e.block(LayerProfile, hit, domain.EDEFiltered)
		e.out.Entry = block
	case !allowed.Empty():
		e.pass(LayerProfile)
		e.out.Explicit = true
	default:
		e.byDefault()
	}
}

// byDefault applies the profile's default.
func (e *evaluation) byDefault() {
	e.pass(LayerDefault)
	if e.minute.profile.Deny && !e.target {
		e.out.Action, e.out.EDE = Block, domain.EDEFiltered
		e.out.Category = uint8(e.tags().DefaultDeny)
		e.out.Reply = e.reply(e.out.Category)
	}
}

// reply is the shape in which the profile blocks a category.
func (e *evaluation) reply(category uint8) Reply { return Reply(e.minute.profile.Replies[category]) }

// tags knows what the bits of sets mean.
func (e *evaluation) tags() *compiled.Tags { return &e.policy.file.Tags }

// pass sets a Pass of a layer that names no other unit and no entry.
func (e *evaluation) pass(layer Layer) {
	e.out = Decision{
		Set: e.set, Unit: e.group, Entry: compiled.NoEntry, Layer: layer, Category: NoCategory, passedZones: e.passed,
	}
}

// block sets a Block because of the tags hit; none are hit if an entry names the
// name itself.
func (e *evaluation) block(layer Layer, hit Set, ede uint16) {
	tags := e.tags()
	category := tags.CountsIn(hit, e.set)
	if !hit.Empty() && (int(category) == tags.AuthorityOrder || e.set.Meets(tags.Authority)) {
		ede = domain.EDECensored
	}
	e.pass(layer)
	e.out.Action, e.out.Reply = Block, e.reply(category)
	e.out.EDE, e.out.Category = ede, category
	if response := e.zoneResponse(hit); response != nil {
		e.respond(response)
	}
}

// safeSearch sends a search engine's name that passes to its safe search: types
// that lead to an address are rewritten, all others get NODATA, so that no record
// of the original name is returned.
func (e *evaluation) safeSearch(qtype uint16) {
	if e.out.Action != Pass {
		return
	}
	target := e.safeFace()
	if target == nil {
		return
	}
	e.out.Layer = LayerSafeSearch
	switch qtype {
	case domain.TypeA, domain.TypeAAAA, domain.TypeHTTPS:
		e.out.Action, e.out.Rewrite = Rewrite, target
	default:
		e.out.Action, e.out.Reply = Local, ReplyNodata
	}
}

// safeFace is the name to which the profile sends a search engine's name; nil for
// all other names.
func (e *evaluation) safeFace() *catalogue.Target {
	profile := e.minute.profile
	if profile.SafeSearch == catalogue.Off && profile.YouTube == catalogue.Off {
		return nil
	}
	_, target := e.policy.catalogue.SafeSearch.Target(e.name, profile.SafeSearch, profile.YouTube)
	return target
}
