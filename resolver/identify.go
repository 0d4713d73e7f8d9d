package resolver

import (
	"encoding/binary"
	"net"
	"net/netip"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/clientconn"
	"lachan/resolver/dnswire"
	"lachan/resolver/tap"
	"lachan/resolver/watch"
)

// EDNS options by which forwarders tell their client. All three are of the range
// for local use, as dnsmasq sends them (--add-mac, --add-cpe-id).
const (
	optionMAC     = 65001 // six bytes
	optionTextMAC = 65073 // in text
	optionCPE     = 65074 // any text
)

// An identity is what a question tells of the client that asks it.
type identity struct {
	client netip.Addr // for whom the sender speaks, or the sender
	membership
	known bool // some unit claims the client
}

// A membership is whose a client is.
type membership struct {
	group policy.GroupID
	// claimed means that the group is known by the plain id of a school alone. Every
	// client can show one, so such a question counts in no school's figures and takes nothing
	// from its allowance.
	claimed bool
	// standIn means that this node asks itself as a client of the group would, see package
	// standin. Such a question counts nowhere, and ends where policy has nothing more to say.
	standIn bool
}

// identifyClient finds the group of q's client. The first of these that tells a
// group is where the client is:
//
//   - the device that a trusted forwarder names;
//   - the address: of the subnet that a trusted forwarder names, or else of the
//     sender;
//   - the unit that a router has linked the address to.
//
// A link id says whose the client is. What counts where both are known is said at
// policy.Rules.Settle. The plain id of a school counts where neither is.
//
// A question that this node asks itself as another says who that is.
func (q *Query) identifyClient() (who identity) {
	if len(q.Options) > 0 && q.client.IsLoopback() {
		if as, ok := standIn(q); ok {
			return as
		}
	}
	who = locate(q)
	if !q.encrypted() || q.id == "" {
		return who
	}
	rules := q.snapshot.rules
	if link, ok := rules.IdentifyLink(q.id); ok {
		if who.known {
			link = rules.Settle(who.group, link)
		}
		who.group, who.known = link, true
	}
	if !who.known && q.snapshot.settings.Clients.UnitIDs {
		who.group, who.known = rules.IdentifyName(q.id)
		who.claimed = who.known
	}
	return who
}

// locate is what is known of q's client without an id that it shows.
func locate(q *Query) (who identity) {
	rules := q.snapshot.rules
	who.client = q.client
	if len(q.Options) > 0 && clientconn.Contains(q.snapshot.settings.Clients.TrustedForwarders, q.client) {
		if rules.HasDevices() {
			if who.group, who.known = identifyDevice(rules, &q.Query); who.known {
				return who
			}
		}
		if subnet, ok := clientSubnet(&q.Query); ok {
			who.client = subnet
		}
	}
	who.group, who.known = q.snapshot.groupOf(who.client)
	return who
}

// refuses reports whether a client that no unit claims is refused.
func (s *Settings) refuses(unknown netip.Addr) bool {
	return s.Clients.RefuseUnknown && !(s.Clients.ServeSelf && policy.IsSelf(unknown))
}

// standing is what a connection from an address counts as. A trusted forwarder speaks
// for the clients behind it, and without units all clients are alike.
func (s *snapshot) standing(client netip.Addr) clientconn.Standing {
	_, claimed := s.groupOf(client)
	switch {
	case clientconn.Contains(s.settings.Clients.TrustedForwarders, client), claimed && s.isShared(client):
		return clientconn.Shared
	case claimed:
		return clientconn.Claimed
	case s.settings.refuses(client) && !(s.settings.StandIn.IsSet() && policy.IsSelf(client)):
		return clientconn.Refused
	case s.rules.Policy().NumGroups() == 1: // that of unknown clients
		return clientconn.Claimed
	}
	return clientconn.Unclaimed
}

// isShared reports whether the one address of a client that some unit claims is what
// many people are behind: it alone is the unit's network, or its router said so.
func (s *snapshot) isShared(client netip.Addr) bool {
	network, known := policy.NetworkOf(s.rules.Policy(), client)
	return !known || network.Bits() >= clientconn.ClientPrefix(client).Bits()
}

// identifyDevice finds the group of the device that the options of q name.
func identifyDevice(rules *policy.Rules, q *dnswire.Query) (g policy.GroupID, known bool) {
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

// remember notes q for those who watch its client.
func remember(q *Query, watching []*watch.Watch) {
	speaks, name := speaksForOthers(q), q.Name.String()
	for _, w := range watching {
		if speaks {
			w.Share()
		} else {
			w.Note(name, q.action == metrics.ActionBlock)
		}
	}
}

// transports are those of a tap.
var transports = [...]tap.Transport{
	metrics.TransportUDP: tap.UDP, metrics.TransportTCP: tap.TCP, metrics.TransportDoT: tap.DoT,
	metrics.TransportDoH: tap.DoH, metrics.TransportDoQ: tap.DoQ,
}

// tell tells a collector of q, of which policy has judged, unless what is asked may be one
// device's or must not be kept. Neither group nor id of the client is told.
func tell(q *Query, to *tap.Tap) {
	s := q.snapshot
	if !q.decided || q.action == metrics.ActionLocal || s.untold[q.decision.Category] ||
		tap.Untold(&q.Name, s.upstreams.Has) {
		return
	}
	told := tap.Question{
		Client: q.client, Transport: transports[q.transport],
		ID: q.ID, Flags: q.Flags, Wire: q.Question, EDNS: q.EDNS, DO: q.DO, UDPSize: q.UDPSize, OwnSize: maxUDP,
		Reply: q.reply.Body(), Extended: uint8(q.rcode >> 4), Error: q.ede, Took: q.elapsed(),
	}
	to.Put(&told)
}

// speaksForOthers reports whether q came from a forwarder that is its client, and has told
// of a device behind it.
func speaksForOthers(q *Query) bool {
	if len(q.Options) == 0 {
		return false
	}
	if subnet, ok := clientSubnet(&q.Query); ok {
		return subnet != q.client
	}
	for _, code := range []uint16{optionMAC, optionTextMAC, optionCPE} {
		if _, ok := q.Option(code); ok {
			return true
		}
	}
	return false
}

// clientSubnet is the address of the client subnet option (RFC 7871 section 6),
// with zeros for what it leaves out.
func clientSubnet(q *dnswire.Query) (a netip.Addr, ok bool) {
	data, ok := q.Option(dnswire.OptionECS)
	if !ok || len(data) < 4 {
		return a, false
	}
	var sixteen [16]byte
	bits, prefix := int(data[2]), data[4:]
	switch binary.BigEndian.Uint16(data) {
	case 1:
		if len(prefix) > 4 || bits == 0 || bits > 32 {
			return a, false
		}
		copy(sixteen[:4], prefix)
		return netip.AddrFrom4([4]byte(sixteen[:4])), true
	case 2:
		if len(prefix) > 16 || bits == 0 || bits > 128 {
			return a, false
		}
		copy(sixteen[:], prefix)
		return netip.AddrFrom16(sixteen).Unmap(), true
	}
	return a, false
}

// withinLimits counts q against the limits of its client and of its school, if
// known says that it has one. The former may be off for clients that prove their
// address by a cookie.
func (r *route) withinLimits(q *Query, known bool) bool {
	s := q.snapshot
	exempt := q.cookies.proven && s.settings.Rates.CookiesExempt
	if s.perClient.Limited() && !exempt && !r.clients.Take(q.client, s.perClient, q.now) {
		return false
	}
	return !known || !s.perUnit.Limited() || s.perUnit.Take(s.groups.allowance(q.group), q.now)
}
