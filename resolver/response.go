package resolver

import (
	"fmt"
	"net/netip"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
)

// A response is the reply to one question while it is built, and what is counted of
// it. It knows the question, but neither the client nor what policy says. None of
// its methods can fail: what cannot be said is left out.
type response struct {
	asked  *dnswire.Query // the question
	out    []byte         // room for the reply; the whole of it once it is closed
	reply  dnswire.Reply  // in out
	rcode  int
	ede    uint16 // extended DNS error to tell, dnswire.EDENone for none
	text   string // its extra text
	action metrics.Action
	source metrics.Source
}

// reset forgets the last reply.
func (r *response) reset() {
	r.out, r.reply = r.out[:0], dnswire.Reply{}
	r.rcode, r.ede, r.text = dnswire.RcodeSuccess, dnswire.EDENone, ""
	r.action, r.source = metrics.ActionPass, metrics.SourcePolicy
}

// start begins a reply of our own in place of any other.
func (r *response) start(rcode int) {
	r.rcode = rcode
	r.reply = dnswire.Begin(r.out[:0], r.asked, rcode)
}

// fail replies with an error alone.
func (r *response) fail(rcode int, code uint16, text string) {
	r.start(rcode)
	r.ede, r.text = code, text
	r.action, r.source = metrics.ActionError, metrics.SourcePolicy
}

// refuse does not serve the question.
func (r *response) refuse(code uint16, text string) {
	r.fail(dnswire.RcodeRefused, code, text)
	r.action = metrics.ActionRefused
}

// reject answers a message that is no question to a forwarder.
func (r *response) reject(rcode int) {
	switch rcode {
	case dnswire.RcodeSuccess: // nothing is asked, but for a cookie
		r.start(rcode)
		r.action, r.source = metrics.ActionLocal, metrics.SourcePolicy
	case dnswire.RcodeFormErr:
		r.fail(rcode, dnswire.EDEOther, "malformed")
	case dnswire.RcodeRefused:
		r.refuse(dnswire.EDENotSupported, "")
	default:
		r.fail(rcode, dnswire.EDENotSupported, "")
	}
}

// answerNothing answers that the name has no record of the type, for ttl seconds.
func (r *response) answerNothing(ttl uint32) {
	r.start(dnswire.RcodeSuccess)
	r.reply.SOA(ttl)
}

// answerAddress answers A with v4 and AAAA with v6; NODATA where there is none.
func (r *response) answerAddress(ttl uint32, v4, v6 netip.Addr) {
	r.start(dnswire.RcodeSuccess)
	switch {
	case r.asked.Type == dnswire.TypeA && v4.IsValid():
		r.reply.Address(r.reply.OwnerPointer(), ttl, v4)
	case r.asked.Type == dnswire.TypeAAAA && v6.IsValid():
		r.reply.Address(r.reply.OwnerPointer(), ttl, v6)
	default:
		r.reply.SOA(ttl)
	}
}

// answerData answers with those of a zone's own records that have the type
// asked for; NODATA where there are none.
func (r *response) answerData(ttl uint32, data []string) {
	r.start(dnswire.RcodeSuccess)
	if !r.addData(r.reply.OwnerPointer(), ttl, data) {
		r.reply.SOA(ttl)
	}
}

// addData adds those of a zone's own records to an owner that have the type asked
// for. It reports whether there is one.
func (r *response) addData(owner uint16, ttl uint32, data []string) (found bool) {
	for _, text := range data {
		rr, err := dns.NewRR(". " + text)
		if err != nil || rr == nil || rr.Header().Rrtype != r.asked.Type && r.asked.Type != dnswire.TypeANY {
			continue
		}
		packed, err := packData(rr)
		if err != nil {
			continue
		}
		r.reply.RecordOf(dnswire.SectionAnswer, owner, rr.Header().Rrtype, dnswire.ClassIN, ttl, packed)
		found = true
	}
	return found
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

// addText adds a TXT record with a TTL of 0 to a reply that was started. Each
// text is one of its strings (RFC 1035 section 3.3), which has at most 255 bytes.
func (r *response) addText(class uint16, texts ...string) {
	var rdata []byte
	for _, text := range texts {
		text = text[:min(len(text), maxString)]
		rdata = append(append(rdata, byte(len(text))), text...)
	}
	r.reply.RecordOf(dnswire.SectionAnswer, r.reply.OwnerPointer(), dnswire.TypeTXT, class, 0, rdata)
	r.action = metrics.ActionLocal
}

// maxString is how long one string of a TXT record can be, in bytes.
const maxString = 255

// split cuts a text into strings of a TXT record.
func split(text string) (parts []string) {
	for len(text) > maxString {
		parts, text = append(parts, text[:maxString]), text[maxString:]
	}
	return append(parts, text)
}

// addAlias adds a CNAME record from the question's name and returns the owner
// for the records of its target.
func (r *response) addAlias(target *domain.Name, ttl uint32) (owner uint16) {
	return r.addAliasOf(r.reply.OwnerPointer(), target.Wire(), ttl)
}

// addAliasOf is addAlias for a CNAME record of another owner.
func (r *response) addAliasOf(of uint16, target []byte, ttl uint32) (owner uint16) {
	owner = r.reply.Pointer(dnswire.RecordHead)
	r.reply.RecordOf(dnswire.SectionAnswer, of, dnswire.TypeCNAME, dnswire.ClassIN, ttl, target)
	return owner
}

// answerWith makes a, which answers the question, the reply. If it is longer than
// limit, only its head is copied, which says so: however many clients wait for a long
// answer, they hold no copies of what they cannot take.
func (r *response) answerWith(a *cache.Answer, now int64, limit int) {
	base := len(r.out)
	if len(a.Wire()) > limit {
		r.out = a.AppendHeadTo(r.out, r.asked)
	} else {
		r.out = a.AppendTo(r.out, r.asked, now)
	}
	r.reply, r.rcode = dnswire.Resume(r.out, base), a.Rcode()
}

// answerAfterAlias makes the addresses of a, which answers for the safe face of a
// search engine, the reply, after an alias from the name asked for.
func (r *response) answerAfterAlias(face *domain.Name, a *cache.Answer, now int64) {
	r.start(a.Rcode())
	if a.Rcode() != dnswire.RcodeSuccess {
		return
	}
	ttl := a.TTL(now)
	owner := r.addAlias(face, ttl)
	var walker dnswire.Walker
	var record dnswire.Record
	wire := a.Wire()
	for ok := walker.Start(wire) == nil; ok && walker.Next(&record); {
		if record.Section == dnswire.SectionAnswer && record.Type == r.asked.Type {
			data := wire[record.Data:record.End]
			r.reply.RecordOf(dnswire.SectionAnswer, owner, record.Type, record.Class, ttl, data)
		}
	}
}

// answerByAlias makes a, which answers for the name that a zone leads to, the reply,
// after an alias from the name asked for. It keeps the aliases of a.
func (r *response) answerByAlias(target *domain.Name, a *cache.Answer, now int64) {
	r.start(a.Rcode())
	ttl := a.TTL(now)
	owner, found := r.addAlias(target, ttl), false
	var m dns.Msg
	if m.Unpack(a.Wire()) != nil {
		return // it was read when it came; this cannot be
	}
	for _, rr := range m.Answer {
		rr.Header().Name = "."
		data, err := packData(rr)
		switch rtype := rr.Header().Rrtype; {
		case err != nil:
		case rtype == r.asked.Type:
			r.reply.RecordOf(dnswire.SectionAnswer, owner, rtype, dnswire.ClassIN, ttl, data)
			found = true
		case rtype == dnswire.TypeCNAME:
			owner = r.addAliasOf(owner, data, ttl)
		}
	}
	if !found {
		r.reply.SOA(ttl)
	}
}

// markStale marks a reply of an answer that is past its end (RFC 8767).
func (r *response) markStale(a *cache.Answer) {
	r.action, r.source = metrics.ActionStale, metrics.SourceStale
	r.ede, r.text = dnswire.EDEStale, ""
	if a.Rcode() == dnswire.RcodeNXDomain {
		r.ede = dnswire.EDEStaleNX
	}
}
