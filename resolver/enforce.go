package resolver

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/structured"
)

// This file makes replies of decisions: of that on the question, and of those on
// what an answer points at.

// applyDecision replies where policy has the last word already. A block that
// stream clients pass becomes no decision for them.
func (q *Query) applyDecision() (done bool) {
	switch d := q.decision; {
	case d.Action != policy.Block && d.Action != policy.Local:
		return false
	case q.bypassesTCPOnly(d):
		q.decision.Action, q.decision.Category = policy.Pass, policy.NoCategory
		return false
	case d.Reply == policy.ReplyData && d.Rewrite != nil:
		return false // the target's answer is the reply
	case d.Reply == policy.ReplyOwn:
		return false // it is local
	}
	q.enforce(q.decision)
	return true
}

// bypassesTCPOnly reports whether q came as the reply to a block asks: over a
// stream, which proves the client's address.
func (q *Query) bypassesTCPOnly(d policy.Decision) bool {
	return d.Reply == policy.ReplyTCPOnly && q.transport != metrics.TransportUDP
}

// enforce replaces whatever reply q has by what policy says. It cannot fail: a
// kind of reply that does not fit the type that was asked for is NODATA.
func (q *Query) enforce(d policy.Decision) {
	ttl := obey(q, d)
	switch replies := &q.snapshot.settings.Replies; d.Reply {
	case policy.ReplyRefused:
		q.start(dnswire.RcodeRefused)
	case policy.ReplyNXDOMAIN:
		q.start(dnswire.RcodeNXDomain)
		q.reply.SOA(ttl)
	case policy.ReplyNull:
		q.answerAddress(ttl, netip.IPv4Unspecified(), netip.IPv6Unspecified())
	case policy.ReplyPage:
		v4, v6 := replies.PageV4, replies.PageV6
		if !v4.IsValid() && !v6.IsValid() {
			v4, v6 = netip.IPv4Unspecified(), netip.IPv6Unspecified()
		}
		q.answerAddress(ttl, v4, v6)
	case policy.ReplyDrop:
		q.start(dnswire.RcodeSuccess)
		q.action = metrics.ActionDropped
	case policy.ReplyTCPOnly:
		q.start(dnswire.RcodeSuccess)
		q.reply.Truncate(&q.Query)
	case policy.ReplyData:
		q.answerData(ttl, d.Response.Data)
	case policy.ReplyYXDOMAIN:
		q.start(dnswire.RcodeYXDomain)
	default:
		q.answerNothing(ttl)
	}
}

// enforceBehind is enforce for what a zone says of a name or an address that an
// answer leads to: the aliases up to it stay, and what the zone says follows. The
// answer to a question for an alias leads nowhere, and stays as it is.
func enforceBehind(q *Query, a *cache.Answer, d policy.Decision) {
	switch d.Reply {
	case policy.ReplyNXDOMAIN, policy.ReplyNodata, policy.ReplyData:
	default:
		q.enforce(d)
		return
	}
	if q.Type == dnswire.TypeCNAME {
		return
	}
	names := aliases(q, a)
	ttl := obey(q, d)
	rcode := dnswire.RcodeSuccess
	if d.Reply == policy.ReplyNXDOMAIN {
		rcode = dnswire.RcodeNXDomain
	}
	q.start(rcode)
	owner, last := q.reply.OwnerPointer(), &q.Name
	for i := range names {
		owner, last = q.addAliasOf(owner, names[i].Wire(), ttl), &names[i]
	}
	found := false
	if d.Reply == policy.ReplyData {
		if target, fits := policy.AliasOf(d.Response.Data, last); target != nil && fits {
			q.addAliasOf(owner, target.Wire(), ttl)
			return
		}
		found = q.addData(owner, ttl, d.Response.Data)
	}
	if !found {
		q.reply.SOA(ttl)
	}
}

// aliases are the names that an answer leads to one after the other, up to the first
// that a zone answers.
func aliases(q *Query, a *cache.Answer) (names []domain.Name) {
	var m dns.Msg
	if m.Unpack(a.Wire()) != nil {
		return nil
	}
	next := map[string]string{}
	for _, rr := range m.Answer {
		if cname, ok := rr.(*dns.CNAME); ok {
			next[strings.ToLower(rr.Header().Name)] = strings.ToLower(cname.Target)
		}
	}
	const most = 16 // as resolvers follow
	at := strings.ToLower(dns.Fqdn(q.Name.String()))
	for len(names) < most {
		target, ok := next[at]
		var name domain.Name
		if !ok || name.SetText(strings.TrimSuffix(target, ".")) != nil {
			break
		}
		names, at = append(names, name), target
		of := q.snapshot.rules.DecideTarget(q.group, q.decision, &name, q.Type)
		if of != q.decision && of.Response != nil {
			break
		}
	}
	return names
}

// obey makes d the decision on q. It returns the TTL of what policy says, in
// seconds.
func obey(q *Query, d policy.Decision) (ttl uint32) {
	q.decision = d
	q.source, q.action = metrics.SourcePolicy, metrics.ActionLocal
	if d.Action == policy.Block {
		q.action = metrics.ActionBlock
	}
	q.ede = dnswire.EDENone
	if d.EDE != 0 {
		q.ede, q.text = d.EDE, q.reason(d)
	}
	return uint32(q.snapshot.settings.Replies.BlockTTL / time.Second)
}

// reason is the text that an extended error has for d, in the form that the client
// reads.
func (q *Query) reason(d policy.Decision) string {
	if d.Action == policy.Block && q.snapshot.settings.Replies.StructuredErrors && readsStructure(&q.Query) {
		if text := structured.Text(q.snapshot.rules.Policy(), q.group, d); text != "" {
			return text
		}
	}
	return q.snapshot.rules.Text(d)
}

// readsStructure reports whether the client has said that it reads structured
// errors: by an extended error of code 0 without text.
func readsStructure(q *dnswire.Query) bool {
	sent, ok := q.Option(dnswire.OptionEDE)
	return ok && len(sent) == 2 && binary.BigEndian.Uint16(sent) == dnswire.EDEOther
}

// rewritten says what was done: a safe face given, or a blocked name led
// elsewhere.
func (q *Query) rewritten() {
	q.action = metrics.ActionRewrite
	if d := q.decision; d.Action == policy.Block {
		q.action = metrics.ActionBlock
		q.ede, q.text = d.EDE, q.reason(d)
	}
}

// inspect judges what a reply points at: aliases, targets, addresses. It is
// the same decision as for the question, by the same rules.
func (q *Query) inspect(a *cache.Answer, v cache.Verdict) {
	d := q.decision
	switch {
	case v.Own:
		d = q.inspectOnce(a)
	case v.Set != nil:
		d = q.snapshot.rules.DecideSet(q.group, d, *v.Set)
	}
	switch {
	case d != q.decision && d.Response != nil && q.lookup == &q.Name:
		enforceBehind(q, a, d)
	case d != q.decision:
		q.enforce(d)
	case a.Private() && q.snapshot.settings.Replies.RebindProtection && q.lookup == &q.Name && !mayLeadInside(q):
		q.enforce(rebind)
		q.text = rebindText
	case q.decision.Rewrite != nil:
		q.rewritten()
	case v.Own:
		q.decision.Set = q.decision.Set.Or(traitsOf(q, a))
	}
}

// traitsOf are the traits of the name that was asked for, of which a is the answer; of a name
// that it was led to they do not count.
func traitsOf(q *Query, a *cache.Answer) (none policy.Set) {
	if q.lookup != &q.Name {
		return none
	}
	traits := a.Traits()
	if !traits.Known {
		traits.Set = policy.Traits(q.snapshot.rules, &q.Name)
	}
	return traits.At(q.now)
}

// inspectOnce is inspectEach, or what it came to when the worker asked it last for
// the same answer, group, rules and decision.
func (q *Query) inspectOnce(a *cache.Answer) policy.Decision {
	if q.inspections == nil {
		return q.inspectEach(a)
	}
	of := inspection{
		hash: q.lookup.Hash(q.lookup.Labels()), qtype: q.Type, flags: cache.Flags(&q.Query), stored: a.Stored(),
		group: q.group, asked: q.decision, stream: q.transport != metrics.TransportUDP,
	}
	kept := q.inspections.at(q.snapshot.rules, &of)
	if !kept.known || kept.inspection != of {
		*kept = inspected{of, q.inspectEach(a), true}
	}
	return kept.decision
}

// inspectEach judges one by one the names and addresses that an answer points
// at, where a union of what they are is not enough. They are at most
// cache.MaxPointers.
func (q *Query) inspectEach(a *cache.Answer) policy.Decision {
	var walker dnswire.Walker
	var record dnswire.Record
	d, message := q.decision, a.Wire()
	of := policy.DecideTraits(q.snapshot.rules, q.group, d, traitsOf(q, a))
	if of.Action != d.Action && !q.bypassesTCPOnly(of) {
		return of
	}
	if q.lookup != &q.Name { // the reply leads there
		if of := q.snapshot.rules.DecideTarget(q.group, d, q.lookup, q.Type); of != d && !q.bypassesTCPOnly(of) {
			return of
		}
	}
	for ok := walker.Start(message) == nil; ok && walker.Next(&record); {
		if of := q.inspectRecord(d, message, &record); of != d && !q.bypassesTCPOnly(of) {
			return of
		}
	}
	return d
}

// inspectRecord is d, or what becomes of an answer that has this record.
func (q *Query) inspectRecord(d policy.Decision, message []byte, record *dnswire.Record) policy.Decision {
	rules := q.snapshot.rules
	if record.StrayOwner(message, &q.target) {
		if of := rules.DecideTarget(q.group, d, &q.target, q.Type); of != d {
			return of
		}
	}
	if record.Target(message, &q.target) {
		if of := rules.DecideTarget(q.group, d, &q.target, q.Type); of != d {
			return of
		}
	}
	of := d
	record.Addresses(message, func(a netip.Addr) bool {
		of = rules.DecideAddr(q.group, d, a)
		return of == d || q.bypassesTCPOnly(of)
	})
	return of
}

// An inspection is what inspecting an answer depends on besides the rules. An answer
// is told from others by its question and the moment when it was stored.
type inspection struct {
	hash   uint64
	stored int64
	asked  policy.Decision
	group  policy.GroupID
	qtype  uint16
	flags  byte
	stream bool
}

// inspections are what inspecting answers came to lately, by one set of rules. They
// belong to one worker, or to the queries that wait for one answer.
type inspections struct {
	rules *policy.Rules
	kept  []inspected
}

// An inspected is about 250 bytes.
type inspected struct {
	inspection
	decision policy.Decision
	known    bool
}

// workerInspections and waiterInspections are how many answers and groups are
// remembered at a time: for a worker 128 KiB of them.
const (
	workerInspections = 512
	waiterInspections = 8
)

func newInspections(n int) *inspections { return &inspections{kept: make([]inspected, n)} }

// at is the place of an inspection by the rules.
func (is *inspections) at(rules *policy.Rules, of *inspection) *inspected {
	if is.rules != rules {
		clear(is.kept)
		is.rules = rules
	}
	h := (of.hash ^ uint64(of.group)) * 0x9E3779B97F4A7C15
	return &is.kept[(h>>32)%uint64(len(is.kept))]
}

// rebind is what becomes of an answer that leads a name of the outside to an
// address of the inside.
var rebind = policy.Decision{
	Action: policy.Local, Reply: policy.ReplyNodata, EDE: dnswire.EDEBlocked, Entry: -1, Category: policy.NoCategory,
}

// rebindText says why, in the answer.
const rebindText = "rebinding: a public name leads to a private address (server.rebind_allowed)"

// mayLeadInside reports whether the name that was asked for may lead to private
// addresses: it is never blocked, a unit allows it by name, or the settings do.
func mayLeadInside(q *Query) bool {
	return q.decision.MayLeadInside() || q.snapshot.settings.Replies.RebindAllowed.Hold(&q.Name)
}
