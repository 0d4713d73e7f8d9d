package policy

import (
	"crypto/sha256"
	"iter"
	"net"
	"net/netip"
	"runtime"
	"slices"

	"lachan/policy/compiled"
)

// Identify returns the group of a client: the unit with the longest prefix that
// holds its address. An IPv4 address mapped into IPv6 is that IPv4 address, and
// a zone is without meaning. It allocates nothing.
//
// Every machine of a network has a link-local address beside the one that tells
// its unit. If there is only one school, such a client is of its strictest group
// that has a network, unless a unit claims the address.
func (r *Rules) Identify(a netip.Addr) (g GroupID, known bool) {
	a = a.Unmap()
	if g, known = r.policy.clients.Lookup(a); !known && a.IsLinkLocalUnicast() && len(r.policy.onlySite) > 0 {
		return r.linkLocal, true
	}
	return g, known
}

// NetworkOf is the network of a unit that an address is in. It is not known if no unit
// claims the address as one of its network.
func NetworkOf(p *Policy, a netip.Addr) (network netip.Prefix, known bool) {
	a = a.Unmap()
	if !a.IsValid() {
		return network, false
	}
	network, _, known = p.clients.LookupPrefixLPM(netip.PrefixFrom(a.WithZone(""), a.BitLen()))
	return network, known
}

// Networks yields the networks of all units, in no order.
func Networks(p *Policy) iter.Seq2[GroupID, netip.Prefix] {
	return func(yield func(GroupID, netip.Prefix) bool) {
		defer runtime.KeepAlive(p)
		for i := range p.file.Networks {
			n := &p.file.Networks[i]
			a := netip.AddrFrom16(n.Addr)
			if n.Family == 4 {
				a = netip.AddrFrom4([4]byte(n.Addr[:4]))
			}
			if !yield(GroupID(n.Unit), netip.PrefixFrom(a, int(n.Bits))) {
				return
			}
		}
	}
}

// onlySite is the only school of a policy, then its groups that have networks; nil
// if there is no school, or more than one.
func onlySite(f *compiled.File) (site []uint32) {
	for u := range f.Units {
		if Kind(f.Units[u].Kind) == School {
			site = append(site, uint32(u))
		}
		if len(site) > 1 {
			return nil
		}
	}
	if site == nil {
		return nil
	}
	for i := range f.Networks {
		if u := f.Networks[i].Unit; f.School(u) == site[0] && !slices.Contains(site, u) {
			site = append(site, u)
		}
	}
	return site
}

// IsSelf reports whether a client is the machine itself: no other machine can ask
// from a loopback address.
func IsSelf(a netip.Addr) bool { return a.Unmap().IsLoopback() }

// ClaimsClients reports whether some unit says who its clients are: by networks,
// devices, link ids, tokens or what access servers call their lines.
func ClaimsClients(p *Policy) bool {
	f := &p.file
	return len(f.Networks)+len(f.Devices)+len(f.Links)+len(f.Tokens)+len(f.Sessions) > 0
}

// Families reports whether some unit has a network of IPv4, and of IPv6.
func Families(p *Policy) (v4, v6 bool) {
	for i := range p.file.Networks {
		if is4 := p.file.Networks[i].Family == 4; is4 {
			v4 = true
		} else {
			v6 = true
		}
	}
	runtime.KeepAlive(p)
	return v4, v6
}

// MAC is the name of the device with a hardware address of six bytes.
func MAC(address []byte) string { return compiled.MACPrefix + net.HardwareAddr(address).String() }

// CPE is the name of the device that its forwarder calls id.
func CPE(id string) string { return compiled.CPEPrefix + id }

// IdentifyDevice returns the group of a device that a trusted forwarder named:
// by MAC or CPE.
func (r *Rules) IdentifyDevice(name string) (g GroupID, known bool) {
	unit, known := r.policy.file.Device(name)
	runtime.KeepAlive(r)
	return GroupID(unit), known
}

// HasDevices reports whether any unit names devices.
func (r *Rules) HasDevices() bool { return len(r.policy.file.Devices) > 0 }

// IdentifyLink returns the unit that a link id, in lower case, belongs to. A
// link id is a secret that a client shows in the path of DNS over HTTPS or in
// the server name of TLS, wherever it is.
func (r *Rules) IdentifyLink(id string) (g GroupID, known bool) {
	unit, known := compiled.UnitOf(r.policy.file.Links, sha256.Sum256([]byte(id)))
	runtime.KeepAlive(r)
	return GroupID(unit), known
}

// IdentifyToken returns the unit that a link token belongs to. A link token is a
// secret that binds an address to the unit.
func (r *Rules) IdentifyToken(token string) (g GroupID, known bool) {
	unit, known := compiled.UnitOf(r.policy.file.Tokens, sha256.Sum256([]byte(token)))
	runtime.KeepAlive(r)
	return GroupID(unit), known
}

// UnitOfLine is the unit whose line an access server calls id: "school" or "school/group".
func UnitOfLine(p *Policy, id string) (unit string, ok bool) {
	u, ok := compiled.UnitOf(p.file.Sessions, sha256.Sum256([]byte(id)))
	if ok {
		unit = p.file.Text(p.file.Units[u].ID)
	}
	runtime.KeepAlive(p)
	return unit, ok
}

// IdentifyName returns the school with an id of that name. Anybody can guess one,
// so a school that has link ids is not known by its name, and nothing else is: a
// group may be allowed more than its school, and units above have no clients.
func (r *Rules) IdentifyName(id string) (g GroupID, known bool) {
	unit, known := r.policy.file.Unit(id) // 0, which is no school, if there is none
	u := &r.policy.file.Units[unit]
	known = known && Kind(u.Kind) == School && u.Link.Size == 0
	runtime.KeepAlive(r)
	if !known {
		return 0, false
	}
	return GroupID(unit), true
}
