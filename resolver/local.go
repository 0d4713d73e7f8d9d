package resolver

import (
	"net/netip"
	"strings"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
)

// TTLs in seconds of what the resolver says of its own.
const (
	hinfoTTL   = 3600 // RFC 8482 section 4.2 asks for a long one
	localTTL   = 3600
	rewriteTTL = 300
)

// local answers what needs neither cache nor upstream: the server's own
// identity and doors, the check, ANY, names with a meaning of their own, and safe
// search where the engine's addresses are known. It returns false for all else.
func (r *Resolver) local(q *Query) (done bool) {
	switch {
	case q.Class == dnswire.ClassCHAOS:
		r.chaos(q)
	case q.decision.Reply == policy.ReplyOwn:
		q.answerDDR()
	case q.decision.Rewrite != nil:
		return q.rewriteLocally()
	case q.selfTest:
		r.check(q)
	case q.Type == dnswire.TypeANY:
		q.start(dnswire.RcodeSuccess)
		q.reply.Record(dnswire.SectionAnswer, dnswire.TypeHINFO, hinfoTTL, []byte("\x07RFC8482\x00"))
		q.action = metrics.ActionLocal
	default:
		return q.specialName()
	}
	return true
}

// ownName is the decision on names below the server's own; policy decides so on
// resolver.arpa.
var ownName = policy.Decision{
	Action: policy.Local, Reply: policy.ReplyOwn, Layer: policy.LayerLocal, Entry: -1, Category: policy.NoCategory,
}

// answerDDR answers at a name that is the server's own to answer, of which no
// other server has higher authority.
func (q *Query) answerDDR() {
	q.action = metrics.ActionLocal
	rcode := dnswire.RcodeNXDomain
	if q.snapshot.ddr.Exists(&q.Name, q.Type) {
		rcode = dnswire.RcodeSuccess
	}
	q.start(rcode)
	q.reply.Authoritative()
	q.snapshot.ddr.Append(&q.reply, &q.Name, q.Type)
}

// chaos answers version.bind and id.server as the settings allow, and
// NAME.explain.lachan with the reasons for what the client gets of NAME.
func (r *Resolver) chaos(q *Query) {
	text := ""
	if q.Name.Labels() > 2 && string(q.Name.Suffix(2)) == "\x07explain\x06lachan" && q.Type == dnswire.TypeTXT {
		r.explain(q)
		return
	}
	switch string(q.Name.Suffix(q.Name.Labels())) {
	case "\x07version\x04bind", "\x07version\x06server":
		text = q.snapshot.settings.Identity.Version
	case "\x02id\x06server", "\x08hostname\x04bind":
		text = q.snapshot.settings.Identity.ID
	}
	if text == "" || q.Type != dnswire.TypeTXT && q.Type != dnswire.TypeANY {
		q.refuse(dnswire.EDENotSupported, "")
		return
	}
	q.start(dnswire.RcodeSuccess)
	q.chaosText(text)
}

// chaosText answers with one more TXT record of class CHAOS. A text is cut into
// strings of at most 255 octets, as records have them.
func (q *Query) chaosText(text string) {
	var rdata []byte
	for {
		part := text[:min(len(text), 255)]
		rdata = append(append(rdata, byte(len(part))), part...)
		if text = text[len(part):]; text == "" {
			break
		}
	}
	q.reply.RecordOf(dnswire.SectionAnswer, q.reply.OwnerPointer(), dnswire.TypeTXT, dnswire.ClassCHAOS, 0, rdata)
	q.action = metrics.ActionLocal
}

// explain tells a client, line by line, why it gets what it gets of the name
// in front of explain.lachan.
func (r *Resolver) explain(q *Query) {
	whole := q.Name.Suffix(q.Name.Labels())
	name := domain.Text(whole[:len(whole)-len(q.Name.Suffix(2))])
	explanation, err := q.snapshot.rules.Explain(q.group, name, dnswire.TypeA)
	if err != nil {
		q.fail(dnswire.RcodeNXDomain, dnswire.EDEOther, "not a name")
		return
	}
	q.start(dnswire.RcodeSuccess)
	for line := range strings.Lines(explanation.String()) {
		q.chaosText(strings.TrimSpace(line))
	}
}

// specialName answers names that no upstream need know: localhost and invalid
// (RFC 6761).
func (q *Query) specialName() (done bool) {
	if q.Name.Labels() == 0 {
		return false
	}
	switch string(q.Name.Suffix(1)) {
	case "\x09localhost":
		q.answerAddress(localTTL, netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback())
	case "\x07invalid":
		q.start(dnswire.RcodeNXDomain)
		q.reply.SOA(localTTL)
	default:
		return false
	}
	q.action = metrics.ActionLocal
	return true
}

// rewriteLocally answers for a search engine's name with its safe face where
// nobody need be asked: the vendor keeps fixed addresses, or the type has no
// business there.
func (q *Query) rewriteLocally() (done bool) {
	target := q.decision.Rewrite
	fixed := target.A
	switch q.Type {
	case dnswire.TypeA:
	case dnswire.TypeAAAA:
		fixed = target.AAAA
	default:
		q.start(dnswire.RcodeSuccess)
		q.reply.SOA(rewriteTTL)
		q.rewritten()
		return true
	}
	if len(target.A) == 0 && len(target.AAAA) == 0 {
		return false
	}
	q.rewritten()
	q.start(dnswire.RcodeSuccess)
	owner := q.alias(target.Name, rewriteTTL)
	for _, a := range fixed {
		q.reply.Address(owner, rewriteTTL, a)
	}
	return true
}

// rewritten says what was done: a safe face given, or a blocked name led
// elsewhere.
func (q *Query) rewritten() {
	q.action = metrics.ActionRewrite
	if q.decision.Action == policy.Block {
		q.action = metrics.ActionBlock
	}
}

// alias appends a CNAME record from the question's name and returns the owner
// for the records of its target.
func (q *Query) alias(target *domain.Name, ttl uint32) (owner uint16) {
	owner = q.reply.Pointer(dnswire.RecordHead)
	q.reply.Record(dnswire.SectionAnswer, dnswire.TypeCNAME, ttl, target.Wire())
	return owner
}

// question is what q looks up.
func (q *Query) question() cache.Question {
	return cache.Question{Name: q.lookup, Type: q.Type, Flags: cache.Flags(&q.Query)}
}

// appendAnswer makes a the reply to q.
func (q *Query) appendAnswer(a *cache.Answer) {
	if q.lookup != &q.Name {
		q.appendAfterAlias(a)
		return
	}
	base := len(q.out)
	q.out = a.AppendTo(q.out, &q.Query, q.now)
	q.reply, q.rcode = dnswire.Resume(q.out, base), a.Rcode()
}

// appendAfterAlias makes the addresses of a, which answers for the safe face of a
// search engine, the reply, after an alias from the name asked for.
func (q *Query) appendAfterAlias(a *cache.Answer) {
	q.start(a.Rcode())
	if a.Rcode() != dnswire.RcodeSuccess {
		return
	}
	ttl := a.TTL(q.now)
	owner := q.alias(q.lookup, ttl)
	var w dnswire.Walker
	var r dnswire.Record
	wire := a.Wire()
	for ok := w.Start(wire) == nil; ok && w.Next(&r); {
		if r.Section == dnswire.SectionAnswer && r.Type == q.Type {
			q.reply.RecordOf(dnswire.SectionAnswer, owner, r.Type, r.Class, ttl, wire[r.Data:r.End])
		}
	}
}

// answerNotify answers a NOTIFY (RFC 1996 section 3.12): it is acknowledged when it
// is from a server that may send it, and refused otherwise. It only says that
// there is something to look at, so it needs no signature.
func (q *Query) answerNotify() {
	notify := q.snapshot.settings.Notify
	if notify == nil || !notify(&q.Name, q.client) {
		q.refuse(dnswire.EDEProhibited, "")
		return
	}
	q.start(dnswire.RcodeSuccess)
	q.reply.Authoritative()
	q.action, q.source = metrics.ActionLocal, metrics.SourcePolicy
}
