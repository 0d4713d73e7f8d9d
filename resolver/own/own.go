// Package own knows the names that the server answers by itself, whatever upstreams it
// has: the resolver answers by it, and explanations tell of it.
package own

import (
	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
	"lachan/resolver/inside"
)

// IsCheck reports whether a name is that by which people see whether the filter is in
// use, or has one label with the code of a category in front of it. check is nil if
// there is no such name.
func IsCheck(check, name *domain.Name, category func(code string) (tag uint8, ok bool)) bool {
	if check == nil || !name.Within(check) {
		return false
	}
	switch name.Labels() - check.Labels() {
	case 0:
		return true
	case 1:
		wire := name.Wire()
		_, ok := category(string(wire[1 : 1+wire[0]]))
		return ok
	}
	return false
}

// A Kind says why a name is not for an upstream.
type Kind uint8

// The kinds.
const (
	Forwarded Kind = iota // it is
	Any                   // all types are asked for at once (RFC 8482)
	Loopback              // localhost (RFC 6761 section 6.3)
	Inside                // it means something inside a network only, see inside.Zone
)

// Special is what the server makes of a question that policy leaves to it. Of Inside,
// labels is the size of the zone. hasServers reports whether a name is in a zone that
// has servers of its own.
func Special(name *domain.Name, qtype uint16, hasServers func(*domain.Name) bool) (kind Kind, labels int) {
	switch {
	case qtype == dnswire.TypeANY:
		return Any, 0
	case name.Labels() == 0:
		return Forwarded, 0
	case string(name.Suffix(1)) == "\x09localhost":
		kind = Loopback
	default:
		if labels = inside.Zone(name); labels == 0 {
			return Forwarded, 0
		}
		kind = Inside
	}
	if hasServers(name) || kind == Inside && IsApex(name, labels) && qtype == dnswire.TypeDS {
		return Forwarded, 0 // the parent of the zone is asked for its DS record
	}
	return kind, labels
}

// IsApex reports whether a name is a zone of the inside itself, of so many labels.
func IsApex(name *domain.Name, labels int) bool { return labels > 1 && labels == name.Labels() }
