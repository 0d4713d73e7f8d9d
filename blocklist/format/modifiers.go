package format

import (
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
)

// modify applies the modifiers of an adblock rule. It returns the first one that
// DNS cannot follow, if there is one.
func (r *Rule) modify(modifiers string) (bad string, ok bool) {
	for modifier := range strings.SplitSeq(modifiers, ",") {
		name, value, valued := strings.Cut(strings.TrimSpace(modifier), "=")
		ok = !valued
		switch name {
		case "important":
			r.Important = true
		case "badfilter":
			r.Bad = true
		case "all", "document", "doc", "popup": // the site as a whole, as DNS sees it
		case "denyallow":
			r.DenyAllow, ok = denyAllow(value)
		case "dnstype":
			r.Types, r.NotTypes, ok = queryTypes(value)
		default:
			ok = false
		}
		if !ok {
			return modifier, false
		}
	}
	return "", true
}

// denyAllow reads "a.example|b.example".
func denyAllow(value string) (names []string, ok bool) {
	for text := range strings.SplitSeq(value, "|") {
		name, err := domain.Canonical(text)
		if err != nil {
			return nil, false
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

// queryTypes reads "A|AAAA", or "~A|~AAAA" for all others (not), never both
// kinds.
func queryTypes(value string) (types []uint16, not, ok bool) {
	for i, text := range strings.Split(value, "|") {
		name, negated := strings.CutPrefix(text, "~")
		if i > 0 && negated != not {
			return nil, false, false
		}
		not = negated
		code, known := queryType(strings.ToUpper(name))
		if !known {
			return nil, false, false
		}
		types = append(types, code)
	}
	slices.Sort(types)
	return slices.Compact(types), not, true
}

// queryType returns the code of a type by its name or, per RFC 3597, as TYPE65.
func queryType(name string) (code uint16, known bool) {
	if code, known = dns.StringToType[name]; known {
		return code, true
	}
	digits, ok := strings.CutPrefix(name, "TYPE")
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), ok && err == nil && n > 0
}
