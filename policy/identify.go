package policy

import (
	"net/netip"
	"slices"

	"lachan/internal/wording"
)

// A GroupID is the index of a unit in Policy.Groups, whatever its kind: clients
// may belong to a school as a whole, to a group of it, or to a unit above. 0 is
// the clients that no unit claims.
type GroupID uint32

// Identify returns the group of a client: the unit with the longest prefix that
// holds its address. An IPv4 address mapped into IPv6 is that IPv4 address, and
// a zone is without meaning. It allocates nothing.
func (r *Rules) Identify(a netip.Addr) (g GroupID, known bool) {
	return r.policy.clients.Lookup(a.Unmap())
}

// A claim is a prefix that a unit says is its own.
type claim struct {
	prefix netip.Prefix
	unit   uint32
	line   int32
}

// claimNetworks notes the prefixes of a unit and reports what is no prefix.
func (l *loader) claimNetworks(u uint32, text *unitText) {
	for _, n := range text.Networks {
		prefix, problem := parseNetwork(n.V)
		if problem != nil {
			l.fail(text.file, n.Line, *problem)
			continue
		}
		l.claims = append(l.claims, claim{prefix, u, int32(n.Line)})
	}
}

// grantNetworks gives every unit the prefixes it claims, and reports those that
// two units claim.
func (l *loader) grantNetworks() {
	slices.SortStableFunc(l.claims, func(a, b claim) int { return a.prefix.Compare(b.prefix) })
	l.checkClaims(l.claims)
	for _, c := range l.claims {
		l.policy.clients.Insert(c.prefix, GroupID(c.unit))
	}
}

// parseNetwork reads a prefix, or an address as the prefix that holds only it.
func parseNetwork(s string) (netip.Prefix, *wording.Text) {
	fail := func(t wording.Text) (netip.Prefix, *wording.Text) { return netip.Prefix{}, &t }
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return fail(wording.PolicyNetwork.With(s))
		}
		prefix = netip.PrefixFrom(a, a.BitLen())
	}
	if prefix.Addr().Is4In6() {
		return fail(wording.PolicyNetworkMapped.With(s))
	}
	if prefix != prefix.Masked() {
		return fail(wording.PolicyHostBits.With(s, prefix.Masked()))
	}
	return prefix, nil
}

// checkClaims walks sorted claims, in which a prefix comes right after those
// that hold it. Two units may claim the same client only if one lies above the
// other, and then the prefix of the one above must be the wider.
func (l *loader) checkClaims(claims []claim) {
	var wider []claim // the prefixes that hold the current one, widest first
	for _, c := range claims {
		for len(wider) > 0 && !wider[len(wider)-1].prefix.Overlaps(c.prefix) {
			wider = wider[:len(wider)-1]
		}
		if len(wider) > 0 {
			l.checkWithin(c, wider[len(wider)-1])
		}
		wider = append(wider, c)
	}
}

// checkWithin judges a claim within a wider or equal one.
func (l *loader) checkWithin(c, wide claim) {
	p := l.policy
	file, line := p.units[c.unit].file, int(c.line)
	mine, theirs := p.units[c.unit].id, p.units[wide.unit].id
	there := place(p.units[wide.unit].file, int(wide.line))
	switch {
	case c.unit == wide.unit && c.prefix == wide.prefix:
		l.fail(file, line, wording.PolicyNetworkTwice.With(c.prefix, there))
	case c.unit == wide.unit:
	case c.prefix == wide.prefix:
		l.fail(file, line, wording.PolicyNetworkClaimed.With(c.prefix, mine, theirs, there))
	case !l.above(wide.unit, c.unit):
		l.fail(file, line, wording.PolicyNetworkOverlap.With(c.prefix, mine, wide.prefix, theirs, there))
	}
}

// above tells whether a lies above b in the tree.
func (l *loader) above(a, b uint32) bool {
	for b != noUnit && b != a {
		b = l.policy.parent[b]
	}
	return b == a
}
