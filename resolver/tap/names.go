package tap

import (
	"lachan/blocklist/domain"
	"lachan/resolver/inside"
)

// UntoldCategory reports whether nothing is told of names of a category: those of the abuse
// of children are kept nowhere.
func UntoldCategory(code string) bool { return code == "csam" }

// Untold reports whether nothing is told of a name, as it may itself be that of one device:
// one without a dot, one that means something inside a network only, and one that spells an
// address. hasServers reports whether a name is in a zone that has servers of its own, which
// is that of a school or an office.
func Untold(name *domain.Name, hasServers func(*domain.Name) bool) bool {
	if name.Labels() < 2 {
		return name.Labels() == 1 // the root is no device
	}
	switch string(name.Suffix(2)) {
	case "\x07in-addr\x04arpa", "\x03ip6\x04arpa", "\x05fritz\x03box":
		return true
	}
	switch string(name.Suffix(1)) { // what routers and offices call their networks; none is a domain
	case "\x03lan", "\x04home", "\x08internal", "\x08intranet", "\x0blocaldomain", "\x04corp", "\x07private",
		"\x09workgroup", "\x06router", "\x04dhcp":
		return true
	}
	return inside.Zone(name) > 0 || hasServers(name)
}
