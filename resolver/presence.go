package resolver

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
	"lachan/resolver/listen"
)

// Clients that know the address of a resolver ask at resolver.arpa, and those
// that know its name ask at that, which encrypted doors it has (discovery of
// designated resolvers, RFC 9462, with the parameters of RFC 9461), and how it
// answers (RFC 9606). That is ours to say, and never asked of an upstream.

// Discovery is what clients are told of this server.
type Discovery struct {
	// Name is the server's own in its certificate, in lower case. "": it has none,
	// and its encrypted doors cannot be told.
	Name string
	// Addresses are where the encrypted doors can be reached. None: where they
	// are, as far as that is not every address.
	Addresses []netip.Addr
	// InfoURL leads to a page for people about this server: https, at most 247
	// octets. "": there is none.
	InfoURL string
}

// ownName is the decision on names below the server's own; policy decides so on
// resolver.arpa.
var ownName = policy.Decision{
	Action: policy.Local, Reply: policy.ReplyOwn, Layer: policy.LayerLocal, Entry: -1, Category: policy.NoCategory,
}

const (
	presenceTTL = 300        // seconds; a reload may change what the server says of itself
	dnsLabel    = "\x04_dns" // before the name of a resolver whose doors are asked for (RFC 9461 section 2)
	specialUse  = 2          // labels of resolver.arpa
)

// A presence is what the server says of itself, all but owners and targets. It
// is immutable.
type presence struct {
	name     domain.Name // the server's own
	named    bool
	services [][]byte // of each encrypted door, the parameters of its SVCB record
	info     []byte   // rdata of the RESINFO record
}

func newPresence(s *Settings, doors []listen.Endpoint) *presence {
	p := &presence{info: infoOf(s)}
	p.named = s.Discovery.Name != "" && p.name.SetText(s.Discovery.Name) == nil
	if !p.named || s.TLS == nil {
		return p
	}
	for _, protocol := range [...]listen.Protocol{listen.DoH, listen.DoT, listen.DoQ} {
		for _, port := range ports(protocol, doors) {
			if params, err := serviceParams(protocol, port, s, doors); err == nil {
				p.services = append(p.services, params)
			}
		}
	}
	return p
}

// infoOf says how the server answers (RFC 9606 section 5): which extended errors
// it gives and where people read more. It asks other resolvers, so that there is
// nothing to say of minimal names.
func infoOf(s *Settings) (data []byte) {
	texts := []string{"exterr=" + dnswire.EDESent}
	if s.Discovery.InfoURL != "" {
		texts = append(texts, "infourl="+s.Discovery.InfoURL)
	}
	for _, text := range texts {
		data = append(append(data, byte(len(text))), text...)
	}
	return data
}

// ports are those at which a protocol is spoken.
func ports(p listen.Protocol, doors []listen.Endpoint) (list []uint16) {
	for _, d := range doors {
		if d.Protocol == p && !slices.Contains(list, d.Addr.Port()) {
			list = append(list, d.Addr.Port())
		}
	}
	return list
}

// serviceParams describes the doors of a protocol and port in wire form (RFC
// 9460 section 2.2, RFC 9461 section 4).
func serviceParams(p listen.Protocol, port uint16, s *Settings, doors []listen.Endpoint) ([]byte, error) {
	record := &dns.SVCB{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeSVCB, Class: dns.ClassINET}, Target: "."}
	record.Value = []dns.SVCBKeyValue{&dns.SVCBAlpn{Alpn: alpns[p]}, &dns.SVCBPort{Port: port}}
	v4, v6 := hints(p, port, s, doors)
	if len(v4) > 0 {
		record.Value = append(record.Value, &dns.SVCBIPv4Hint{Hint: v4})
	}
	if len(v6) > 0 {
		record.Value = append(record.Value, &dns.SVCBIPv6Hint{Hint: v6})
	}
	if p == listen.DoH {
		record.Value = append(record.Value, &dns.SVCBDoHPath{Template: s.DoHPath + "{?dns}"})
	}
	data, err := packData(record)
	if err != nil {
		return nil, err
	}
	return data[3:], nil // behind the priority and the root as target
}

// alpns are what the encrypted protocols are called in the handshake of TLS.
var alpns = [...][]string{listen.DoT: {alpnDoT}, listen.DoH: {"h2", "h3"}, listen.DoQ: {alpnDoQ}}

// hints are the addresses of the doors of a protocol and port; those of the plain
// doors where that is every address.
func hints(p listen.Protocol, port uint16, s *Settings, doors []listen.Endpoint) (v4, v6 []net.IP) {
	addrs := s.Discovery.Addresses
	for _, of := range [...]listen.Protocol{p, listen.Plain} {
		if len(addrs) > 0 {
			break
		}
		for _, d := range doors {
			if d.Protocol == of && (of == listen.Plain || d.Addr.Port() == port) && !d.Addr.Addr().IsUnspecified() {
				addrs = append(addrs, d.Addr.Addr())
			}
		}
	}
	for _, a := range addrs {
		if a = a.Unmap().WithZone(""); a.Is4() {
			v4 = append(v4, a.AsSlice())
		} else {
			v6 = append(v6, a.AsSlice())
		}
	}
	return v4, v6
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

// claims tells whether a question is about the server by its own name. One below
// it, by which a client has called itself, will do: nobody else need know that.
func (p *presence) claims(q *Query) bool {
	return p.named && (q.asksForDoors() && q.Name.Within(&p.name) || q.Type == dnswire.TypeRESINFO && q.Name.Equal(&p.name))
}

// asksForDoors tells whether the first label of the name is _dns.
func (q *Query) asksForDoors() bool {
	wire := q.Name.Wire()
	return len(wire) > len(dnsLabel) && string(wire[:len(dnsLabel)]) == dnsLabel
}

// introduce answers at a name that is the server's own to answer. Where it has
// nothing to say the answer is negative: no other resolver's word may take the
// place of ours (RFC 9462 section 6.4).
func (q *Query) introduce() {
	q.action = metrics.ActionLocal
	special := !q.world.presence.claims(q)
	if special && q.Name.Labels() > specialUse && !(q.asksForDoors() && q.Name.Labels() == specialUse+1) {
		q.startOwn(dnswire.RcodeNXDomain)
		q.reply.SOA(presenceTTL)
		return
	}
	q.startOwn(dnswire.RcodeSuccess)
	asks := func(t uint16) bool { return q.Type == t || q.Type == dnswire.TypeANY }
	switch doors := q.world.presence.services; {
	case q.asksForDoors() && asks(dnswire.TypeSVCB) && len(doors) > 0:
		q.designate(special)
	case !q.asksForDoors() && asks(dnswire.TypeRESINFO):
		q.reply.Record(dnswire.SectionAnswer, dnswire.TypeRESINFO, presenceTTL, q.world.presence.info)
	default:
		q.reply.SOA(presenceTTL)
	}
}

// startOwn begins a reply about the server itself, of which nobody has higher
// authority.
func (q *Query) startOwn(rcode int) {
	q.start(rcode)
	q.reply.Authoritative()
}

// designate answers with the encrypted doors, best first. They are at the name
// behind _dns, or at the server's own for who knows its address only.
func (q *Query) designate(special bool) {
	p := q.world.presence
	target := q.Name.Wire()[len(dnsLabel):]
	if special {
		target = p.name.Wire()
	}
	for i, params := range p.services {
		var buf [2 + domain.MaxWire + 256]byte
		data := binary.BigEndian.AppendUint16(buf[:0], uint16(i+1))
		data = append(append(data, target...), params...)
		q.reply.Record(dnswire.SectionAnswer, dnswire.TypeSVCB, presenceTTL, data)
	}
}
