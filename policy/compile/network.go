package compile

import (
	"net/netip"
	"slices"

	"lachan/internal/wording"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// clients are what identifies the clients of units: prefixes, devices, secrets.
type clients struct {
	*tree
	claims                  []claim
	devices                 map[string]uint32   // unit by canonical name
	links, tokens, sessions map[[32]byte]uint32 // unit by digest
}

func newClients(t *tree, room int) *clients {
	return &clients{
		tree: t, claims: make([]claim, 0, room+room/64), devices: map[string]uint32{},
		links: map[[32]byte]uint32{}, tokens: map[[32]byte]uint32{}, sessions: map[[32]byte]uint32{},
	}
}

// networks are the records of the prefixes.
func (c *clients) networks() []compiled.Network {
	list := make([]compiled.Network, 0, len(c.claims))
	for _, claim := range c.claims {
		list = append(list, compiled.NetworkOf(claim.prefix, claim.unit))
	}
	return list
}

// A claim is a prefix that a unit lists as its own.
type claim struct {
	prefix netip.Prefix
	unit   uint32
	line   int32
}

// claimNetworks adds the prefixes of a unit. It reports what is not a prefix.
func (c *clients) claimNetworks(u uint32, text *source.Unit) {
	for i, n := range text.Networks {
		if len(text.Prefixes) == len(text.Networks) {
			c.claims = append(c.claims, claim{text.Prefixes[i], u, int32(n.Line)})
			continue
		}
		prefix, problem := parseNetwork(n.V)
		if problem != nil {
			c.fail(text.File, n.Line, *problem)
			continue
		}
		c.claims = append(c.claims, claim{prefix, u, int32(n.Line)})
	}
}

// checkNetworks sorts the prefixes. It reports those that two units claim.
func (c *clients) checkNetworks() {
	slices.SortStableFunc(c.claims, func(a, b claim) int { return a.prefix.Compare(b.prefix) })
	c.checkClaims(c.claims)
}

// parseNetwork reads a prefix, or an address as the prefix that holds only it.
func parseNetwork(s string) (netip.Prefix, *wording.Text) {
	fail := func(t wording.Text) (netip.Prefix, *wording.Text) { return netip.Prefix{}, &t }
	switch prefix, ok := source.Network(s); {
	case ok:
		return prefix, nil
	case !prefix.IsValid():
		if meant, ok := source.MaskedNetwork(s); ok {
			return fail(textNetworkMask.With(s, meant))
		}
		return fail(textNetwork.With(s))
	case prefix.Addr().Is4In6():
		return fail(textNetworkMapped.With(s))
	default:
		return fail(textHostBits.With(s, prefix.Masked()))
	}
}

// checkClaims walks sorted claims, in which a prefix comes right after those
// that hold it. Two units may claim the same client only if one lies above the
// other, and then the prefix of the one above must be the wider.
func (c *clients) checkClaims(claims []claim) {
	var wider []claim // the prefixes that hold the current one, widest first
	for _, claim := range claims {
		for len(wider) > 0 && !wider[len(wider)-1].prefix.Overlaps(claim.prefix) {
			wider = wider[:len(wider)-1]
		}
		if len(wider) > 0 {
			c.checkWithin(claim, wider[len(wider)-1])
		}
		wider = append(wider, claim)
	}
}

// checkWithin checks a claim that lies within a wider or equal one.
func (c *clients) checkWithin(narrow, wide claim) {
	file, line := c.units[narrow.unit].file, int(narrow.line)
	mine, theirs := c.units[narrow.unit].id, c.units[wide.unit].id
	other := site{c.units[wide.unit].file, int(wide.line)}
	there := place(other.file, other.line)
	switch {
	case narrow.unit == wide.unit && narrow.prefix == wide.prefix:
		c.fail(file, line, textNetworkTwice.With(narrow.prefix, there))
	case narrow.unit == wide.unit:
	case narrow.prefix == wide.prefix:
		c.failBoth(file, line, other, textNetworkClaimed.With(narrow.prefix, mine, theirs, there))
	case !c.above(wide.unit, narrow.unit):
		c.failBoth(file, line, other, textNetworkOverlap.With(narrow.prefix, mine, wide.prefix, theirs, there))
	}
}
