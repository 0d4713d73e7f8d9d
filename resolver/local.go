package resolver

import (
	"encoding/binary"
	"net/netip"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
	"lachan/resolver/own"
)

// TTLs in seconds of what the resolver says of its own.
const (
	hinfoTTL   = 3600 // RFC 8482 section 4.2 asks for a long one
	localTTL   = 3600
	rewriteTTL = 300
	insideTTL  = 10800 // RFC 6303 section 3
)

// A local answers what needs neither cache nor upstream: the server's own
// identity and endpoints, the self-test, ANY, names with a meaning of their own, and
// safe search where the engine's addresses are known.
type local struct{ *Query }

// answer is not done if the question is for the cache or an upstream.
func (l local) answer() (done bool) {
	switch {
	case l.Class == dnswire.ClassCHAOS:
		l.answerChaos()
	case l.decision.Reply == policy.ReplyOwn:
		l.answerDDR()
	case l.decision.Rewrite != nil:
		return l.rewrite()
	case l.selfTest:
		selfTest(l).answer()
	default:
		return l.answerSpecial()
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
func (l local) answerDDR() {
	l.action = metrics.ActionLocal
	rcode := dnswire.RcodeNXDomain
	if l.snapshot.ddr.Exists(&l.Name, l.Type) {
		rcode = dnswire.RcodeSuccess
	}
	l.start(rcode)
	l.reply.Authoritative()
	l.snapshot.ddr.Append(&l.reply, &l.Name, l.Type)
}

// answerChaos answers version.bind and id.server as the settings allow, and
// NAME.explain.lachan with the reasons for what the client gets of NAME.
func (l local) answerChaos() {
	text := ""
	explains := !l.snapshot.settings.Identity.Silent && l.Type == dnswire.TypeTXT && l.Name.Labels() > 2
	if explains && string(l.Name.Suffix(2)) == "\x07explain\x06lachan" {
		l.explain()
		return
	}
	switch identity := &l.snapshot.settings.Identity; string(l.Name.Suffix(l.Name.Labels())) {
	case "\x07version\x04bind", "\x07version\x06server":
		text = identity.Version
	case "\x02id\x06server", "\x08hostname\x04bind":
		text = identity.ID
	}
	if text == "" || l.Type != dnswire.TypeTXT && l.Type != dnswire.TypeANY {
		l.refuse(dnswire.EDENotSupported, "")
		return
	}
	l.start(dnswire.RcodeSuccess)
	l.addText(dnswire.ClassCHAOS, split(text)...)
}

// explain tells a client of a unit why it gets what it gets of the name in front
// of explain.lachan. It says no more than the block page does, and over UDP nothing
// to an address that may be forged: such a reply is no longer than the question.
func (l local) explain() {
	switch overUDP := l.transport == metrics.TransportUDP; {
	case l.group == 0 || l.claimed:
		l.refuse(dnswire.EDENone, "")
		l.Options, l.cookies.answer = nil, nil // so that the reply has none
		return
	case overUDP && !l.cookies.proven:
		l.start(dnswire.RcodeSuccess)
		l.reply.Truncate(&l.Query.Query)
		l.Options, l.cookies.answer = nil, nil
		l.action = metrics.ActionLocal
		return
	}
	whole := l.Name.Suffix(l.Name.Labels())
	name := domain.Text(whole[:len(whole)-len(l.Name.Suffix(2))])
	explanation, err := l.explained(name)
	if err != nil {
		l.fail(dnswire.RcodeNXDomain, dnswire.EDEOther, "not a name")
		return
	}
	l.start(dnswire.RcodeSuccess)
	for _, line := range explanation.Short() {
		l.addText(dnswire.ClassCHAOS, split(line)...)
	}
}

// explained is the explanation of a name for the client.
func (l local) explained(name string) (policy.Explanation, error) {
	s := l.snapshot
	e, err := s.rules.ExplainFor(l.client, l.group, name, dnswire.TypeA)
	var n domain.Name
	if err != nil || n.SetText(e.Name) != nil {
		return e, err
	}
	here := own.IsCheck(s.settings.Identity.CheckName, &n, s.rules.Policy().Counted) ||
		s.ddr.Claims(&n, dnswire.TypeA)
	if kind, _ := own.Special(&n, dnswire.TypeA, s.upstreams.Has); kind != own.Forwarded {
		here = here || e.Action == policy.Pass.String()
	}
	if here {
		e.AnsweredHere(policy.TextLocal)
	}
	return e, nil
}

// answerSpecial answers what no upstream need know.
func (l local) answerSpecial() (done bool) {
	switch kind, labels := own.Special(&l.Name, l.Type, l.snapshot.upstreams.Has); kind {
	case own.Any:
		l.start(dnswire.RcodeSuccess)
		l.reply.Record(dnswire.SectionAnswer, dnswire.TypeHINFO, hinfoTTL, []byte("\x07RFC8482\x00"))
	case own.Loopback:
		l.answerAddress(localTTL, netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback())
	case own.Inside:
		l.answerInside(labels)
	default:
		return false
	}
	l.action = metrics.ActionLocal
	return true
}

// answerInside answers at a name in a zone of the inside that has so many labels:
// there is nothing but the zone itself (RFC 6303 section 3).
func (l local) answerInside(labels int) {
	apex := own.IsApex(&l.Name, labels)
	rcode := dnswire.RcodeNXDomain
	if apex {
		rcode = dnswire.RcodeSuccess
	}
	l.start(rcode)
	l.reply.Authoritative()
	whole, zone := l.Name.Suffix(l.Name.Labels()), l.Name.Suffix(labels)
	owner := l.reply.OwnerPointer() + uint16(len(whole)-len(zone))
	section := dnswire.SectionAuthority
	switch {
	case apex && l.Type == dnswire.TypeNS:
		name := binary.BigEndian.AppendUint16(nil, owner)
		l.reply.RecordOf(dnswire.SectionAnswer, owner, dnswire.TypeNS, dnswire.ClassIN, insideTTL, name)
		return
	case apex && l.Type == dnswire.TypeSOA:
		section = dnswire.SectionAnswer
	}
	l.reply.RecordOf(section, owner, dnswire.TypeSOA, dnswire.ClassIN, insideTTL, insideSOA(owner))
}

// insideSOA is the SOA of a zone of the inside, which has only itself to name.
func insideSOA(zone uint16) []byte {
	rdata := binary.BigEndian.AppendUint16(nil, zone)
	rdata = append(rdata, "\x06nobody\x07invalid\x00"...)
	for _, v := range [5]uint32{1, 3600, 1200, 604800, insideTTL} { // serial, refresh, retry, expire, minimum
		rdata = binary.BigEndian.AppendUint32(rdata, v)
	}
	return rdata
}

// rewrite answers for a search engine's name with its safe face where no upstream
// need be asked: the vendor keeps fixed addresses, or the face has no records of the
// type.
func (l local) rewrite() (done bool) {
	target := l.decision.Rewrite
	if l.decision.Reply == policy.ReplyData {
		return l.leadElsewhere()
	}
	fixed := target.A
	switch l.Type {
	case dnswire.TypeA:
	case dnswire.TypeAAAA:
		fixed = target.AAAA
	default:
		l.answerNothing(rewriteTTL)
		l.rewritten()
		return true
	}
	if len(target.A) == 0 && len(target.AAAA) == 0 {
		return false
	}
	l.rewritten()
	l.start(dnswire.RcodeSuccess)
	owner := l.addAlias(target.Name, rewriteTTL)
	for _, a := range fixed {
		l.reply.Address(owner, rewriteTTL, a)
	}
	return true
}

// leadElsewhere answers a question for the alias itself by which a zone leads a name
// elsewhere; for all other types the target has to be asked.
func (l local) leadElsewhere() (done bool) {
	if l.Type != dnswire.TypeCNAME {
		return false
	}
	l.start(dnswire.RcodeSuccess)
	l.addAlias(l.decision.Rewrite.Name, obey(l.Query, l.decision))
	return true
}

// answerNotify answers a NOTIFY (RFC 1996 section 3.12): it is acknowledged if it
// is from a server that may send it, and refused otherwise. It only says that
// there is something to look at, so it needs no signature.
func (l local) answerNotify() {
	notify := l.snapshot.settings.Notify
	if notify == nil || !notify(&l.Name, l.client) {
		l.refuse(dnswire.EDEProhibited, "")
		return
	}
	l.start(dnswire.RcodeSuccess)
	l.reply.Authoritative()
	l.action, l.source = metrics.ActionLocal, metrics.SourcePolicy
}
