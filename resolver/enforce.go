package resolver

import (
	"encoding/binary"
	"net/netip"
	"time"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
	"lachan/resolver/structured"
)

// This file makes replies of decisions.

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
	q.decision = d
	q.source, q.action = metrics.SourcePolicy, metrics.ActionLocal
	if d.Action == policy.Block {
		q.action = metrics.ActionBlock
	}
	q.ede = dnswire.EDENone
	if d.EDE != 0 {
		q.ede, q.text = d.EDE, q.reason(d)
	}
	replies := &q.snapshot.settings.Replies
	ttl := uint32(replies.BlockTTL / time.Second)
	switch d.Reply {
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
	default:
		q.answerNothing(ttl)
	}
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
	if q.decision.Action == policy.Block {
		q.action = metrics.ActionBlock
	}
}
