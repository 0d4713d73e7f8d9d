// Package inside knows what belongs inside a network: names that mean something
// there only and are asked nowhere else, and domains that may lead there.
package inside

import (
	"fmt"
	"strconv"

	"lachan/blocklist/domain"
)

// Zone is the number of labels of the zone of the inside that a name is in, 0
// if it is in none: names that are no names of the DNS (RFC 6761, 6762, 7686, 9476),
// home.arpa (RFC 8375), and the reverse zones of addresses that have no meaning
// outside (RFC 6303, RFC 7793).
func Zone(n *domain.Name) (labels int) {
	if n.Labels() == 0 {
		return 0
	}
	switch string(n.Suffix(1)) {
	case "\x05local", "\x04test", "\x05onion", "\x03alt", "\x07invalid":
		return 1
	case "\x04arpa":
		return zoneOfARPA(n)
	}
	return 0
}

func zoneOfARPA(n *domain.Name) (labels int) {
	if n.Labels() < 2 {
		return 0
	}
	switch string(n.Suffix(2)) {
	case "\x04home\x04arpa":
		return 2
	case "\x07in-addr\x04arpa":
		return zoneOfIPv4(n)
	case "\x03ip6\x04arpa":
		return zoneOfIPv6(n)
	}
	return 0
}

// zoneOfIPv4 is Zone for names below in-addr.arpa.
func zoneOfIPv4(n *domain.Name) (labels int) {
	first, second := octet(n, 3), octet(n, 4)
	switch {
	case first == 0 || first == 10 || first == 127:
		return 3
	case first == 192 && second == 168, first == 169 && second == 254,
		first == 172 && 16 <= second && second < 32, first == 100 && 64 <= second && second < 128:
		return 4
	}
	if n.Labels() >= 5 {
		switch string(n.Suffix(5)) {
		case "\x012\x010\x03192\x07in-addr\x04arpa", "\x03100\x0251\x03198\x07in-addr\x04arpa",
			"\x03113\x010\x03203\x07in-addr\x04arpa": // of documentation (RFC 5737)
			return 5
		}
	}
	const broadcast = "\x03255\x03255\x03255\x03255\x07in-addr\x04arpa"
	if n.Labels() >= 6 && string(n.Suffix(6)) == broadcast {
		return 6
	}
	return 0
}

// octet is the number that the first of so many labels is; -1 if it is none.
func octet(n *domain.Name, labels int) int {
	if n.Labels() < labels {
		return -1
	}
	suffix := n.Suffix(labels)
	value, err := strconv.ParseUint(string(suffix[1:1+suffix[0]]), 10, 8)
	if err != nil || strconv.FormatUint(value, 10) != string(suffix[1:1+suffix[0]]) {
		return -1
	}
	return int(value)
}

// zoneOfIPv6 is Zone for names below ip6.arpa. A label is four bits.
func zoneOfIPv6(n *domain.Name) (labels int) {
	nibbles := n.Labels() - 2
	below := func(digits string) bool { // digits are in the order of an address
		if nibbles < len(digits) {
			return false
		}
		for i := range digits {
			if s := n.Suffix(3 + i); s[0] != 1 || s[1] != digits[i] {
				return false
			}
		}
		return true
	}
	for _, prefix := range [...]string{"fc", "fd", "fe8", "fe9", "fea", "feb", "20010db8"} {
		if below(prefix) {
			return 2 + len(prefix)
		}
	}
	const zeros = "0000000000000000000000000000000"
	if below(zeros+"0") || below(zeros+"1") { // :: and ::1
		return 2 + 32
	}
	return 0
}

// Domains are names with all that is below them. The zero value has none.
type Domains struct {
	names   map[string]bool // by wire form without the final zero byte
	deepest int             // labels of the longest
}

// NewDomains returns the domains with these names.
func NewDomains(names ...string) (d Domains, err error) {
	d.names = make(map[string]bool, len(names))
	for _, text := range names {
		var n domain.Name
		canonical, err := domain.Canonical(text)
		if err == nil {
			err = n.SetText(canonical)
		}
		if err != nil {
			return Domains{}, fmt.Errorf("read domain %q: %w", text, err)
		}
		d.names[string(n.Suffix(n.Labels()))] = true
		d.deepest = max(d.deepest, n.Labels())
	}
	return d, nil
}

// Hold reports whether a name is one of the domains or below one.
func (d *Domains) Hold(n *domain.Name) bool {
	for k := min(n.Labels(), d.deepest); k > 0; k-- {
		if d.names[string(n.Suffix(k))] {
			return true
		}
	}
	return false
}
