package resolver

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
)

// rebind is what becomes of an answer that leads a public name into a private
// network.
var rebind = policy.Decision{
	Action: policy.Local, Reply: policy.ReplyNodata, EDE: dnswire.EDEBlocked, Entry: -1, Category: policy.NoCategory,
}

// applyDecision replies where policy has the last word already. A block that
// stream clients pass becomes no decision for them.
func (r *Resolver) applyDecision(q *Query) (done bool) {
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
	r.enforce(q, q.decision)
	return true
}

// bypassesTCPOnly reports whether q came as the reply to a block asks: over a
// stream, which proves the client's address.
func (q *Query) bypassesTCPOnly(d policy.Decision) bool {
	return d.Reply == policy.ReplyTCPOnly && q.transport != metrics.TransportUDP
}

// enforce replaces whatever reply q has by what policy says. It cannot fail: a
// kind of reply that does not fit the type that was asked for is NODATA.
func (r *Resolver) enforce(q *Query, d policy.Decision) {
	q.decision = d
	q.source, q.action = metrics.SourcePolicy, metrics.ActionLocal
	if d.Action == policy.Block {
		q.action = metrics.ActionBlock
	}
	q.ede = dnswire.EDENone
	if d.EDE != 0 {
		q.ede, q.text = d.EDE, q.snapshot.rules.Text(d)
		if d.Action == policy.Block && q.snapshot.settings.Replies.StructuredErrors && q.readsStructure() {
			q.text = q.structure(d)
		}
	}
	ttl := uint32(q.snapshot.settings.Replies.BlockTTL / time.Second)
	switch d.Reply {
	case policy.ReplyRefused:
		q.start(dnswire.RcodeRefused)
	case policy.ReplyNXDOMAIN:
		q.start(dnswire.RcodeNXDomain)
		q.reply.SOA(ttl)
	case policy.ReplyNull:
		q.answerAddress(ttl, netip.IPv4Unspecified(), netip.IPv6Unspecified())
	case policy.ReplyPage:
		v4, v6 := q.snapshot.settings.Replies.PageV4, q.snapshot.settings.Replies.PageV6
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
		q.start(dnswire.RcodeSuccess)
		q.reply.SOA(ttl)
	}
}

// answerData answers with those of a zone's own records that have the type
// asked for; NODATA where there are none.
func (q *Query) answerData(ttl uint32, data []string) {
	q.start(dnswire.RcodeSuccess)
	found := false
	for _, text := range data {
		rr, err := dns.NewRR(". " + text)
		if err != nil || rr == nil || rr.Header().Rrtype != q.Type && q.Type != dnswire.TypeANY {
			continue
		}
		packed, err := packData(rr)
		if err != nil {
			continue
		}
		q.reply.Record(dnswire.SectionAnswer, rr.Header().Rrtype, ttl, packed)
		found = true
	}
	if !found {
		q.reply.SOA(ttl)
	}
}

// packData is the rdata, in wire form, of a record that the root owns.
func packData(rr dns.RR) ([]byte, error) {
	packed := make([]byte, dns.Len(rr))
	end, err := dns.PackRR(rr, packed, 0, nil, false)
	if err != nil {
		return nil, fmt.Errorf("pack a record of type %d: %w", rr.Header().Rrtype, err)
	}
	const head = 1 + 10 // the owner; type, class, TTL, length
	return packed[head:end], nil
}

// answerAddress answers A with v4 and AAAA with v6; NODATA where there is none.
func (q *Query) answerAddress(ttl uint32, v4, v6 netip.Addr) {
	q.start(dnswire.RcodeSuccess)
	switch {
	case q.Type == dnswire.TypeA && v4.IsValid():
		q.reply.Address(q.reply.OwnerPointer(), ttl, v4)
	case q.Type == dnswire.TypeAAAA && v6.IsValid():
		q.reply.Address(q.reply.OwnerPointer(), ttl, v6)
	default:
		q.reply.SOA(ttl)
	}
}

// start begins a reply of our own in place of any other.
func (q *Query) start(rcode int) {
	q.rcode = rcode
	q.reply = dnswire.Begin(q.out[:0], &q.Query, rcode)
}

// fail replies with an error alone.
func (q *Query) fail(rcode int, code uint16, text string) {
	q.start(rcode)
	q.ede, q.text = code, text
	q.action, q.source = metrics.ActionError, metrics.SourcePolicy
}

// reject answers a message that is no question to a forwarder.
func (q *Query) reject(rcode int) {
	switch rcode {
	case dnswire.RcodeSuccess: // nothing is asked, but for a cookie
		q.start(rcode)
		q.action, q.source = metrics.ActionLocal, metrics.SourcePolicy
	case dnswire.RcodeFormErr:
		q.fail(rcode, dnswire.EDEOther, "malformed")
	case dnswire.RcodeRefused:
		q.refuse(dnswire.EDENotSupported, "")
	default:
		q.fail(rcode, dnswire.EDENotSupported, "")
	}
}

// refuse does not serve the question.
func (q *Query) refuse(code uint16, text string) {
	q.fail(dnswire.RcodeRefused, code, text)
	q.action = metrics.ActionRefused
}

// markStale marks a reply of an answer that is past its end (RFC 8767).
func (q *Query) markStale(a *cache.Answer) {
	q.action, q.source = metrics.ActionStale, metrics.SourceStale
	q.ede, q.text = dnswire.EDEStale, ""
	if a.Rcode() == dnswire.RcodeNXDomain {
		q.ede = dnswire.EDEStaleNX
	}
}

// close adds the OPT record and makes the reply fit.
func (q *Query) close() {
	room := q.limit()
	if q.EDNS {
		room -= dnswire.OPTSize
	}
	if q.cookie != nil {
		room -= dnswire.OptionHead + len(q.cookie)
	}
	if q.reply.Len() > room {
		q.reply.Truncate(&q.Query)
	}
	if q.EDNS {
		if q.ede != dnswire.EDENone && q.reply.Len()+6+len(q.text) > room {
			q.text = ""
			if q.reply.Len()+6 > room {
				q.ede = dnswire.EDENone
			}
		}
		q.reply.OPT(&q.Query, maxUDP, q.rcode, q.ede, q.text)
		if len(q.Options) > 0 {
			q.signal()
		}
	}
	q.out = q.reply.Octets
}

func duration(q *Query) time.Duration { return time.Duration(q.now - q.received) }

// outcome is a decision in the terms of a report.
func outcome(d policy.Decision, w *snapshot) (metrics.Decision, metrics.Category) {
	category := w.categories[d.Category]
	switch {
	case d.Action == policy.Block:
		return metrics.DecisionBlocked, category
	case d.Excepted:
		return metrics.DecisionExcepted, category
	}
	return metrics.DecisionAllowed, metrics.CategoryNone
}

// inspectEach judges one by one the names and addresses that the reply points
// at, where a union of what they are is not enough.
func (r *Resolver) inspectEach(q *Query, d policy.Decision) policy.Decision {
	var walker dnswire.Walker
	var record dnswire.Record
	message := q.reply.Message()
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
