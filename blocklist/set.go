// Package blocklist compiles the lists of feeds into one snapshot and says which
// categories a name or an address is in. It never says what a client may do;
// package policy does.
package blocklist

import "math/bits"

// SetSize is the number of tags a Set can hold.
const SetSize = 256

// A Set is a set of tags: categories, services and single feeds, each a bit
// from 0 to SetSize-1. Package policy gives the bits their meaning. The zero Set is
// empty; sets are values and compare with ==.
type Set [SetSize / 64]uint64

// Of returns the set of the given bits.
func Of(tags ...int) (s Set) {
	for _, t := range tags {
		s[t>>6] |= 1 << (t & 63)
	}
	return s
}

// Has reports whether bit t is in s.
func (s Set) Has(t int) bool { return s[t>>6]>>(t&63)&1 != 0 }

// Or returns the union.
func (s Set) Or(o Set) Set { return Set{s[0] | o[0], s[1] | o[1], s[2] | o[2], s[3] | o[3]} }

// And returns the intersection.
func (s Set) And(o Set) Set { return Set{s[0] & o[0], s[1] & o[1], s[2] & o[2], s[3] & o[3]} }

// Without returns the bits of s that are not in o.
func (s Set) Without(o Set) Set {
	return Set{s[0] &^ o[0], s[1] &^ o[1], s[2] &^ o[2], s[3] &^ o[3]}
}

// Meets reports whether the sets share a bit.
func (s Set) Meets(o Set) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// Empty reports whether no bit is set.
func (s Set) Empty() bool { return s == Set{} }

// First returns the lowest bit of s, -1 for the empty set.
func (s Set) First() int {
	for i, w := range s {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// Each yields the bits of s from the lowest up.
func (s Set) Each(yield func(tag int) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(i<<6 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}
