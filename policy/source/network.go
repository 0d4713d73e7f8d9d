package source

import "net/netip"

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
