package domain

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"strings"
)

// Public suffixes of names in wire form, by the hashes that a name has anyway: the rules of
// golang.org/x/net/publicsuffix without its text, which costs some hundred times as much to ask.

// suffixTable has 2^14 places of 8 bytes, little-endian: the hash of a suffix that is one of the
// rules or ends one, and in its lowest bits what it is. It is in the first place from where the
// highest bits of its hash point that was free. Made by blocklist/domain/suffixes.
//
//go:embed suffixes.table
var suffixTable string

const (
	suffixPlaces = 1 << 14
	suffixShift  = 64 - 14

	suffixFlags = 1<<5 - 1
)

// What a suffix is; a place of 0 is free.
const (
	suffixThere     = 1 << iota // in the table
	suffixRule                  // a rule by itself
	suffixException             // the rule is that it is none
	suffixWildcard              // whatever label stands in front of it is part of the suffix
	suffixPublic                // of a registry, not of somebody who gives names below his own
)

// PublicSuffix is how many labels the public suffix of a name has, at least 1 unless n is the
// root, and whether a registry has it. It allocates nothing.
func PublicSuffix(n *Name) (labels int, registry bool) {
	labels = min(1, n.labels)
	wildcard, public := false, false
	for k := 1; k <= n.labels; k++ {
		if wildcard {
			labels, registry = k, public
		}
		flags := suffixAt(n.hash[k])
		if flags == 0 {
			break
		}
		public = flags&suffixPublic != 0
		if flags&suffixException != 0 {
			return k - 1, registry
		}
		if flags&suffixRule != 0 {
			labels = k
		}
		if wildcard = flags&suffixWildcard != 0; !wildcard {
			registry = public
		}
	}
	return labels, registry
}

// Registered is how many labels the registered domain of a name has: one more than its public
// suffix. It is 0 if the name is a suffix itself.
func Registered(n *Name) (labels int) {
	if labels, _ = PublicSuffix(n); labels == n.labels {
		return 0
	}
	return labels + 1
}

// suffixAt is what a suffix is by its hash, 0 if the rules do not have it.
func suffixAt(hash uint64) uint64 {
	for at := hash >> suffixShift; ; at = (at + 1) % suffixPlaces {
		var place [8]byte
		copy(place[:], suffixTable[at*8:])
		switch found := binary.LittleEndian.Uint64(place[:]); {
		case found == 0:
			return 0
		case found&^suffixFlags == hash&^suffixFlags:
			return found & suffixFlags
		}
	}
}

// AppendSuffixTable appends the table of rules, of which the first are of registries.
func AppendSuffixTable(dst []byte, rules []string, ofRegistries int) ([]byte, error) {
	var places [suffixPlaces]uint64
	for i, rule := range rules {
		kind := uint64(suffixRule)
		if text, is := strings.CutPrefix(rule, "!"); is {
			rule, kind = text, suffixException
		} else if text, is := strings.CutPrefix(rule, "*."); is {
			rule, kind = text, suffixWildcard
		}
		var n Name
		if err := n.SetText(rule); err != nil {
			return nil, fmt.Errorf("%q: %w", rule, err)
		}
		for k := 1; k <= n.labels; k++ {
			at := n.hash[k] >> suffixShift
			for places[at] != 0 && places[at]&^suffixFlags != n.hash[k]&^suffixFlags {
				at = (at + 1) % suffixPlaces
			}
			if places[at] == 0 {
				places[at] = n.hash[k]&^suffixFlags | suffixThere | suffixPublic
			}
			if k < n.labels {
				continue
			}
			places[at] |= kind
			if i >= ofRegistries {
				places[at] &^= suffixPublic
			}
		}
	}
	for _, place := range places {
		dst = binary.LittleEndian.AppendUint64(dst, place)
	}
	return dst, nil
}
