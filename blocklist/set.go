// Package blocklist says what a name is: it fetches lists from feeds, compiles
// them into one snapshot and tells which categories a name or an address is
// in. It never says what a client may do; that is policy's.
package blocklist

import "math/bits"

// SetSize is the number of tags a Set can hold.
const SetSize = 256

// A Set is a set of tags: categories, services and single feeds, each a bit
// from 0 to SetSize-1. Which bit means what is policy's to say. The zero Set is
// empty; sets are values and compare with ==.
type Set [SetSize / 64]uint64

// Of is the set of the given bits.
func Of(tags ...int) (s Set) {
	for _, t := range tags {
		s[t>>6] |= 1 << (t & 63)
	}
	return s
}

// Has reports whether bit t is in s.
func (s Set) Has(t int) bool { return s[t>>6]>>(t&63)&1 != 0 }

// Or is the union.
func (s Set) Or(o Set) Set { return Set{s[0] | o[0], s[1] | o[1], s[2] | o[2], s[3] | o[3]} }

// And is the intersection.
func (s Set) And(o Set) Set { return Set{s[0] & o[0], s[1] & o[1], s[2] & o[2], s[3] & o[3]} }

// Without is s less what o holds.
func (s Set) Without(o Set) Set {
	return Set{s[0] &^ o[0], s[1] &^ o[1], s[2] &^ o[2], s[3] &^ o[3]}
}

// Meets reports whether the sets share a bit.
func (s Set) Meets(o Set) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// Empty reports whether no bit is set.
func (s Set) Empty() bool { return s == Set{} }

// First is the lowest bit of s, or -1 of the empty set.
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
