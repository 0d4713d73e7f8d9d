package rpz

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Prefix reads the prefix of an rpz-ip trigger: its length, then the address
// backwards, IPv4 as four bytes, IPv6 as words with "zz" for "::".
//
//	24.0.2.0.192        192.0.2.0/24
//	48.zz.1.db8.2001    2001:db8:1::/48
func Prefix(labels string) (prefix netip.Prefix, ok bool) {
	parts := strings.Split(labels, ".")
	length, err := strconv.Atoi(parts[0])
	if err != nil {
		return netip.Prefix{}, false
	}
	words := parts[1:]
	slices.Reverse(words)
	a, err := netip.ParseAddr(strings.Join(words, "."))
	if err != nil || !a.Is4() {
		a, err = netip.ParseAddr(wordsAddress(words))
	}
	a = a.Unmap()
	if err != nil || a.Zone() != "" || length < 0 || length > a.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, length).Masked(), true
}

// wordsAddress writes the words of an IPv6 address as usual.
func wordsAddress(words []string) string {
	text := strings.Join(words, ":")
	if text == "zz" {
		return "::"
	}
	if rest, ok := strings.CutPrefix(text, "zz:"); ok {
		return "::" + rest
	}
	if rest, ok := strings.CutSuffix(text, ":zz"); ok {
		return rest + "::"
	}
	return strings.Replace(text, ":zz:", "::", 1)
}
