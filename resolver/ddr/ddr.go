// Package ddr says which encrypted endpoints this server has, and how it answers:
// discovery of designated resolvers (RFC 9462, with the parameters of RFC 9461) and
// resolver information (RFC 9606). Clients that know the address of a resolver ask
// at resolver.arpa, those that know its name ask there. No upstream is ever asked.
package ddr

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
	"lachan/resolver/listen"
)

// Discovery is what clients are told of this server.
type Discovery struct {
	// Name is the server's own in its certificate, in lower case. If it is empty, the
	// server has none, and its encrypted endpoints cannot be told.
	Name string
	// Addresses are where the encrypted endpoints can be reached. If there are none,
	// they are the endpoints' own, as far as those are not every address.
	Addresses []netip.Addr
	// InfoURL leads to a page for people about this server: https, at most 247
	// bytes. It is empty if there is none.
	InfoURL string
}

// TTL is that of the records, in seconds: a reload may change them.
const TTL = 300

const (
	dnsLabel   = "\x04_dns" // before the name of a resolver whose endpoints are asked for (RFC 9461 section 2)
	specialUse = 2          // labels of resolver.arpa
)

// Records are what the server says of itself, all but owners and targets. They
// are immutable.
type Records struct {
	name     domain.Name // the server's own
	named    bool
	services [][]byte // of each encrypted endpoint, the parameters of its SVCB record
	info     []byte   // rdata of the RESINFO record
}

// New returns the records of a server with these endpoints. dohPath is where
// questions over HTTPS go. The encrypted endpoints are told only if the server has
// a certificate.
func New(d Discovery, certified bool, dohPath string, endpoints []listen.Endpoint) *Records {
	r := &Records{info: infoOf(d)}
	r.named = d.Name != "" && r.name.SetText(d.Name) == nil
	if !r.named || !certified {
		return r
	}
	for _, protocol := range [...]listen.Protocol{listen.DoH, listen.DoT, listen.DoQ} {
		for _, port := range ports(protocol, endpoints) {
			if params, err := serviceParams(protocol, port, d, dohPath, endpoints); err == nil {
				r.services = append(r.services, params)
			}
		}
	}
	return r
}

// infoOf says how the server answers (RFC 9606 section 5): which extended errors
// it gives and where people read more. It asks other resolvers, so that it
// says nothing of minimal names.
func infoOf(d Discovery) (data []byte) {
	texts := []string{"exterr=" + dnswire.EDESent}
	if d.InfoURL != "" {
		texts = append(texts, "infourl="+d.InfoURL)
	}
	for _, text := range texts {
		data = append(append(data, byte(len(text))), text...)
	}
	return data
}

// ports are those at which a protocol is spoken.
func ports(p listen.Protocol, endpoints []listen.Endpoint) (list []uint16) {
	for _, e := range endpoints {
		if e.Protocol == p && !slices.Contains(list, e.Addr.Port()) {
			list = append(list, e.Addr.Port())
		}
	}
	return list
}

// serviceParams describes the endpoints of a protocol and port in wire form (RFC
// 9460 section 2.2, RFC 9461 section 4).
func serviceParams(
	p listen.Protocol, port uint16, d Discovery, dohPath string, endpoints []listen.Endpoint,
) ([]byte, error) {
	record := &dns.SVCB{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeSVCB, Class: dns.ClassINET}, Target: "."}
	record.Value = []dns.SVCBKeyValue{&dns.SVCBAlpn{Alpn: alpn(p)}, &dns.SVCBPort{Port: port}}
	v4, v6 := hints(p, port, d, endpoints)
	if len(v4) > 0 {
		record.Value = append(record.Value, &dns.SVCBIPv4Hint{Hint: v4})
	}
	if len(v6) > 0 {
		record.Value = append(record.Value, &dns.SVCBIPv6Hint{Hint: v6})
	}
	if p == listen.DoH {
		record.Value = append(record.Value, &dns.SVCBDoHPath{Template: dohPath + "{?dns}"})
	}
	packed := make([]byte, dns.Len(record))
	end, err := dns.PackRR(record, packed, 0, nil, false)
	if err != nil {
		return nil, fmt.Errorf("pack the parameters of %s: %w", p, err)
	}
	const head = 1 + 10 + 3 // owner; type, class, TTL, length; priority and the root as target
	return packed[head:end], nil
}

// alpn are the names of what is spoken at the endpoints of a protocol.
func alpn(p listen.Protocol) []string {
	if p == listen.DoH {
		return []string{"h2", "h3"}
	}
	return p.ALPN()
}

// hints are the addresses of the endpoints of a protocol and port; those of the plain
// endpoints where that is every address.
func hints(p listen.Protocol, port uint16, d Discovery, endpoints []listen.Endpoint) (v4, v6 []net.IP) {
	addrs := d.Addresses
	for _, of := range [...]listen.Protocol{p, listen.Plain} {
		if len(addrs) > 0 {
			break
		}
		for _, e := range endpoints {
			if e.Protocol == of && (of == listen.Plain || e.Addr.Port() == port) && !e.Addr.Addr().IsUnspecified() {
				addrs = append(addrs, e.Addr.Addr())
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

// Claims reports whether a question is about the server by its own name. A name
// below it, by which a client has called itself, is the server's too: no other
// server need know it.
func (r *Records) Claims(name *domain.Name, qtype uint16) bool {
	return r.named &&
		(asksForEndpoints(name) && name.Within(&r.name) || qtype == dnswire.TypeRESINFO && name.Equal(&r.name))
}

// asksForEndpoints reports whether the first label of the name is _dns.
func asksForEndpoints(name *domain.Name) bool {
	wire := name.Wire()
	return len(wire) > len(dnsLabel) && string(wire[:len(dnsLabel)]) == dnsLabel
}

// Exists reports whether the server has something at a name that is its own to
// answer: resolver.arpa, or one that it claims.
func (r *Records) Exists(name *domain.Name, qtype uint16) bool {
	return r.Claims(name, qtype) || name.Labels() <= specialUse ||
		asksForEndpoints(name) && name.Labels() == specialUse+1
}

// Append adds the records for such a question to the reply. If there are none the
// answer is negative: no other resolver's word may take the place of ours (RFC
// 9462 section 6.4).
func (r *Records) Append(reply *dnswire.Reply, name *domain.Name, qtype uint16) {
	asks := func(t uint16) bool { return qtype == t || qtype == dnswire.TypeANY }
	endpoints := asksForEndpoints(name)
	switch {
	case !r.Exists(name, qtype):
		reply.SOA(TTL)
	case endpoints && asks(dnswire.TypeSVCB) && len(r.services) > 0:
		r.appendServices(reply, name, qtype)
	case !endpoints && asks(dnswire.TypeRESINFO):
		reply.Record(dnswire.SectionAnswer, dnswire.TypeRESINFO, TTL, r.info)
	default:
		reply.SOA(TTL)
	}
}

// appendServices adds the encrypted endpoints, best first. Their target is the
// name after _dns, or the server's own for clients that know only its address.
func (r *Records) appendServices(reply *dnswire.Reply, name *domain.Name, qtype uint16) {
	target := name.Wire()[len(dnsLabel):]
	if !r.Claims(name, qtype) {
		target = r.name.Wire()
	}
	for i, params := range r.services {
		var buf [2 + domain.MaxWire + 256]byte
		data := binary.BigEndian.AppendUint16(buf[:0], uint16(i+1))
		data = append(append(data, target...), params...)
		reply.Record(dnswire.SectionAnswer, dnswire.TypeSVCB, TTL, data)
	}
}
