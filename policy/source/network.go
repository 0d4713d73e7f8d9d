package source

import (
	"math/bits"
	"net/netip"
	"strings"
)

// Network reads a prefix of clients, or an address as the prefix that holds only it. It
// is not ok if it is not valid, one of IPv4 in the form of IPv6, or has bits set behind
// its length.
func Network(text string) (prefix netip.Prefix, ok bool) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(a, a.BitLen())
	}
	return prefix, !prefix.Addr().Is4In6() && prefix == prefix.Masked()
}

// MaskedNetwork reads a prefix of IPv4 that is written with its mask, as routers show it
// (10.20.0.0/255.255.0.0), or by its first and last address (10.20.0.0-10.20.255.255). It
// is what a message proposes.
func MaskedNetwork(text string) (prefix netip.Prefix, ok bool) {
	before, after, masked := strings.Cut(text, "/")
	if !masked {
		before, after, _ = strings.Cut(text, "-")
	}
	first, err := netip.ParseAddr(strings.TrimSpace(before))
	last, err2 := netip.ParseAddr(strings.TrimSpace(after))
	if err != nil || err2 != nil || !first.Is4() || !last.Is4() {
		return netip.Prefix{}, false
	}
	word := func(a netip.Addr) uint32 {
		b := a.As4()
		return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	mask := word(last)
	if !masked {
		mask = ^(word(first) ^ word(last))
	}
	length := bits.LeadingZeros32(^mask)
	prefix = netip.PrefixFrom(first, length)
	return prefix.Masked(), mask<<length == 0 && (masked || prefix == prefix.Masked())
}
