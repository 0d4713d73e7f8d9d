package dnswire

import (
	"encoding/binary"
	"net/netip"

	"lachan/blocklist/domain"
)

// SVCB parameter keys (RFC 9460 section 14.3.2).
const (
	svcParamIPv4Hint = 4
	svcParamIPv6Hint = 6
)

// HasTarget reports whether the record is of a type that points at a name: CNAME,
// DNAME, SVCB and HTTPS.
func (r *Record) HasTarget() bool {
	return r.Type == TypeCNAME || r.Type == TypeDNAME || r.Type == TypeSVCB || r.Type == TypeHTTPS
}

// Target reads the name that a record points at into n, if HasTarget. It is false
// for other types, for the root (an SVCB record that points at its owner) and for
// malformed data.
func (r *Record) Target(msg []byte, n *domain.Name) bool {
	return r.HasTarget() && r.readTarget(msg, n) && n.Labels() > 0
}

// readTarget reads the target, which has to be in the data.
func (r *Record) readTarget(msg []byte, n *domain.Name) bool {
	at := r.Data
	if r.Type == TypeSVCB || r.Type == TypeHTTPS {
		at += 2
	}
	if at >= r.End {
		return false
	}
	end, err := n.SetCompressed(msg, at)
	return err == nil && end <= r.End
}

// Readable reports whether the names in a record that others go by can be read:
// its owner and its target. n is scratch. A compression pointer has to lead back
// (RFC 1035 section 4.1.4); some resolvers follow others too.
func (r *Record) Readable(msg []byte, n *domain.Name) bool {
	if !isPointerToQuestion(msg[r.Owner:]) {
		if _, err := n.SetCompressed(msg, r.Owner); err != nil {
			return false
		}
	}
	return !r.HasTarget() || r.readTarget(msg, n)
}

// HasAddresses reports whether the record is of a type that Addresses reads.
func (r *Record) HasAddresses() bool {
	return r.Type == TypeA || r.Type == TypeAAAA || r.Type == TypeSVCB || r.Type == TypeHTTPS
}

// Addresses yields the addresses that a record holds: of A and AAAA records and
// the hints of SVCB and HTTPS records. Behind an IPv6 address that only stands
// for an IPv4 address it yields that too.
func (r *Record) Addresses(msg []byte, yield func(netip.Addr) bool) bool {
	data := msg[r.Data:r.End]
	switch {
	case r.Type == TypeA && len(data) == 4, r.Type == TypeAAAA && len(data) == 16:
		return yieldAddresses(data, len(data), yield)
	case (r.Type == TypeSVCB || r.Type == TypeHTTPS) && len(data) > 2:
		end, ok := skipName(msg[:r.End], r.Data+2)
		if !ok {
			return true
		}
		return hints(msg[end:r.End], yield)
	}
	return true
}

func hints(params []byte, yield func(netip.Addr) bool) bool {
	for len(params) >= 4 {
		key, size := binary.BigEndian.Uint16(params), 4+int(binary.BigEndian.Uint16(params[2:]))
		if size > len(params) {
			return true
		}
		value := params[4:size]
		switch key {
		case svcParamIPv4Hint:
			if !yieldAddresses(value, 4, yield) {
				return false
			}
		case svcParamIPv6Hint:
			if !yieldAddresses(value, 16, yield) {
				return false
			}
		}
		params = params[size:]
	}
	return true
}

func yieldAddresses(data []byte, size int, yield func(netip.Addr) bool) bool {
	for ; len(data) >= size; data = data[size:] {
		a, _ := netip.AddrFromSlice(data[:size])
		if !yield(a) {
			return false
		}
		if four, ok := embedded(a); ok && !yield(four) {
			return false
		}
	}
	return true
}

// Prefixes of IPv6 addresses that lead to an IPv4 address: the last 32 bits.
var (
	compatible = netip.MustParsePrefix("::/96")           // RFC 4291 section 2.5.5.1
	translated = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765 section 2.1
	nat64      = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052 section 2.1
	localNAT64 = netip.MustParsePrefix("64:ff9b:1::/48")  // RFC 8215, used with 96 bits
	sixToFour  = netip.MustParsePrefix("2002::/16")       // RFC 3056 section 2: bits 16 to 47
)

// embedded is the IPv4 address that an IPv6 address leads to.
func embedded(a netip.Addr) (four netip.Addr, ok bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	octets := a.As16()
	switch {
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(octets[2:6])), true
	case a.Is4In6(), compatible.Contains(a), translated.Contains(a), nat64.Contains(a), localNAT64.Contains(a):
		return netip.AddrFrom4([4]byte(octets[12:])), true
	}
	return netip.Addr{}, false
}

// HasStrayOwner reports whether a record is not about the name of the question: an
// alias led there, or nothing should have. In the answer section that is any record
// but signatures and DNAME, whose owner is above the name; elsewhere those that have
// addresses.
func (r *Record) HasStrayOwner(message []byte) bool {
	return (r.Section == SectionAnswer || r.HasAddresses()) && r.Type != TypeDNAME && r.Type != TypeRRSIG &&
		!r.IsOfQuestion(message)
}

// StrayOwner reads the owner of a record, if HasStrayOwner.
func (r *Record) StrayOwner(message []byte, name *domain.Name) bool {
	if !r.HasStrayOwner(message) {
		return false
	}
	_, err := name.SetCompressed(message, r.Owner)
	return err == nil
}

// IsOfQuestion reports whether the owner of a record is the name of the question: a
// compression pointer to it, or the same letters in any case. It may be that name also
// where it is not, by pointers to elsewhere.
func (r *Record) IsOfQuestion(message []byte) bool {
	for asked, owner := HeaderSize, r.Owner; asked < len(message) && owner < len(message); {
		size := int(message[asked])
		switch {
		case int(message[owner]) >= 0xC0:
			return owner+1 < len(message) && int(binary.BigEndian.Uint16(message[owner:])&0x3FFF) == asked
		case int(message[owner]) != size, owner+size >= len(message), asked+size >= len(message):
			return false
		case size == 0:
			return true
		case !equalFold(message[asked+1:asked+1+size], message[owner+1:owner+1+size]):
			return false
		}
		asked, owner = asked+1+size, owner+1+size
	}
	return false
}

// equalFold compares labels of one size without regard to the case of ASCII letters
// (RFC 4343).
func equalFold(a, b []byte) bool {
	for i, c := range a {
		if c != b[i] && (c^b[i] != 0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

func isPointerToQuestion(owner []byte) bool {
	return owner[0] == pointerToQuestion>>8 && owner[1] == pointerToQuestion&0xFF
}
