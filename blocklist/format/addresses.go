package format

import (
	"net/netip"
	"slices"
	"strings"

	"lachan/blocklist/format/lines"
)

// addresses reads a line with an address, a prefix (CIDR) or a range a-b, which
// becomes the fewest prefixes.
func (p *parser) addresses(line []byte) {
	if len(line) == 0 || lines.OpensComment(line) {
		p.comment()
		return
	}
	text := string(lines.CutComment(line, "#;!/"))
	if at := strings.IndexAny(text, "#;"); at >= 0 {
		text = text[:at]
	}
	prefixes := prefixesOf(text)
	if prefixes == nil {
		p.refuse(BadAddress, text)
		return
	}
	p.addPrefixes(prefixes, Rule{})
}

// prefixesOf reads an address, a prefix or a range; it returns nil if text is
// none of these.
func prefixesOf(text string) []netip.Prefix {
	if from, to, ok := strings.Cut(text, "-"); ok {
		a, b := addressOf(strings.TrimSpace(from)), addressOf(strings.TrimSpace(to))
		if a.BitLen() == 0 || a.BitLen() != b.BitLen() || b.Less(a) {
			return nil
		}
		return rangePrefixes(a, b)
	}
	if a := addressOf(text); a.IsValid() {
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return nil
	}
	if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
	}
	return []netip.Prefix{prefix.Masked()}
}

// addressOf is an address without a zone, as IPv4 if it is one mapped into
// IPv6; invalid if text is none.
func addressOf(text string) netip.Addr {
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

// rangePrefixes covers from..to, both included, with the fewest prefixes.
func rangePrefixes(from, to netip.Addr) (prefixes []netip.Prefix) {
	for from.IsValid() && !to.Less(from) {
		prefix := netip.PrefixFrom(from, from.BitLen())
		for prefix.Bits() > 0 {
			wider := netip.PrefixFrom(from, prefix.Bits()-1).Masked()
			if wider.Addr() != from || to.Less(lastAddress(wider)) {
				break
			}
			prefix = wider
		}
		prefixes = append(prefixes, prefix)
		from = lastAddress(prefix).Next() // invalid after the last address of all
	}
	return prefixes
}

func lastAddress(prefix netip.Prefix) netip.Addr {
	data := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < len(data)*8; bit++ {
		data[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(data)
	return last
}

// reserved are the prefixes that no list may block: they are not addresses of
// the Internet (RFC 6890), and some are the school's own.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("::/8"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("ff00::/8"),
}

// prefixReason judges a prefix that a list blocks: one of reserved must not be
// touched, and shorter than 8 bits (IPv6: 16) it is no longer somebody's
// network but a part of the Internet.
func prefixReason(prefix netip.Prefix) Reason {
	if slices.ContainsFunc(reserved, prefix.Overlaps) {
		return ReservedAddress
	}
	if prefix.Bits() < 8 || prefix.Addr().Is6() && prefix.Bits() < 16 {
		return TooBroad
	}
	return accepted
}
