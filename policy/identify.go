package policy

import (
	"crypto/sha256"
	"net"
	"net/netip"
	"runtime"

	"lachan/policy/compiled"
)

// Identify returns the group of a client: the unit with the longest prefix that
// holds its address. An IPv4 address mapped into IPv6 is that IPv4 address, and
// a zone is without meaning. It allocates nothing.
func (r *Rules) Identify(a netip.Addr) (g GroupID, known bool) {
	return r.policy.clients.Lookup(a.Unmap())
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

// IdentifyName returns the school with an id of that name. Anybody can guess one,
// so a school that has link ids is not known by its name, and nothing else is: a
// group may be allowed more than its school, and units above have no clients.
func (r *Rules) IdentifyName(id string) (g GroupID, known bool) {
	unit, known := r.policy.file.Unit(id)
	if !known {
		return 0, false
	}
	u := &r.policy.file.Units[unit]
	known = Kind(u.Kind) == School && u.Link.Size == 0
	runtime.KeepAlive(r)
	if !known {
		return 0, false
	}
	return GroupID(unit), true
}
