package resolver

import (
	"encoding/binary"
	"net"
	"net/netip"

	"lachan/policy"
	"lachan/resolver/clientconn"
	"lachan/resolver/dnswire"
)

// EDNS options by which forwarders tell their client. All three are of the range
// for local use, as dnsmasq sends them (--add-mac, --add-cpe-id).
const (
	optionMAC     = 65001 // six octets
	optionTextMAC = 65073 // in text
	optionCPE     = 65074 // any text
)

// identifyClient is the address and the group of q's client. The first of these
// that tells a group counts:
//
//   - the link id that the client shows;
//   - the device that a trusted forwarder names;
//   - the address: of the subnet that a trusted forwarder names, or else of the
//     sender;
//   - the unit that a router has linked the address to;
//   - the plain id of a unit. Everyone can guess it, so it is last: it gets no
//     client out of the group that its address is in.
func (q *Query) identifyClient() (client netip.Addr, g policy.GroupID, known bool) {
	rules, client := q.snapshot.rules, q.client
	if q.encrypted() && q.id != "" {
		if g, known := rules.IdentifyLink(q.id); known {
			return client, g, true
		}
	}
	if len(q.Options) > 0 && q.snapshot.settings.trusts(client) {
		if rules.HasDevices() {
			if g, known := q.device(); known {
				return client, g, true
			}
		}
		if subnet, ok := q.clientSubnet(); ok {
			client = subnet
		}
	}
	if g, known = rules.Identify(client); !known {
		g, known = q.snapshot.linkedGroup(client)
	}
	if !known && q.encrypted() && q.id != "" && q.snapshot.settings.Clients.UnitIDs {
		g, known = rules.IdentifyName(q.id)
	}
	return client, g, known
}

// trusts reports whether a client may speak for others.
func (s *Settings) trusts(client netip.Addr) bool {
	return clientconn.Contains(s.Clients.TrustedForwarders, client)
}

func (q *Query) device() (g policy.GroupID, known bool) {
	rules := q.snapshot.rules
	if id, ok := q.Option(optionCPE); ok {
		if g, known := rules.IdentifyDevice(policy.CPE(string(id))); known {
			return g, true
		}
	}
	mac, ok := q.Option(optionMAC)
	if text, given := q.Option(optionTextMAC); !ok && given {
		parsed, err := net.ParseMAC(string(text))
		mac, ok = parsed, err == nil
	}
	if !ok || len(mac) != 6 {
		return 0, false
	}
	return rules.IdentifyDevice(policy.MAC(mac))
}

// clientSubnet is the address of the client subnet option (RFC 7871 section 6),
// with zeros for what it leaves out.
func (q *Query) clientSubnet() (a netip.Addr, ok bool) {
	data, ok := q.Option(dnswire.OptionECS)
	if !ok || len(data) < 4 {
		return a, false
	}
	var sixteen [16]byte
	bits, octets := int(data[2]), data[4:]
	switch binary.BigEndian.Uint16(data) {
	case 1:
		if len(octets) > 4 || bits == 0 || bits > 32 {
			return a, false
		}
		copy(sixteen[:4], octets)
		return netip.AddrFrom4([4]byte(sixteen[:4])), true
	case 2:
		if len(octets) > 16 || bits == 0 || bits > 128 {
			return a, false
		}
		copy(sixteen[:], octets)
		return netip.AddrFrom16(sixteen).Unmap(), true
	}
	return a, false
}

// withinLimits counts q against the limits of its client and of its school. The
// former may be off for clients that prove their address by a cookie.
func (r *Resolver) withinLimits(q *Query, known bool) bool {
	w := q.snapshot
	exempt := q.proven && w.settings.Rates.CookiesExempt
	if w.perClient.Limited() && !exempt && !r.clients.Take(q.client, w.perClient, q.now) {
		return false
	}
	return !known || !w.perUnit.Limited() || w.perUnit.Take(w.groups.allowance(q.group), q.now)
}
