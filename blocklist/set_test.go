package blocklist_test

import (
	"slices"
	"testing"

	"lachan/blocklist"
)

// TestASetIsASetOfNumbers compares every operation with one on plain lists, with tags in
// each of the words of a set, and at their ends.
func TestASetIsASetOfNumbers(t *testing.T) {
	ends := []int{0, 1, 63, 64, 65, 127, 128, 191, 192, 254, 255}
	lists := [][]int{nil, ends, {3, 70, 140, 210}, {0, 70, 191}, {63, 255}}
	for _, tag := range ends {
		lists = append(lists, []int{tag})
	}
	for _, a := range lists {
		s := blocklist.Of(a...)
		first := -1
		if len(a) > 0 {
			first = a[0]
		}
		if s.First() != first || s.Empty() != (len(a) == 0) {
			t.Errorf("%v: first %d, empty %v", a, s.First(), s.Empty())
		}
		if got := slices.Collect(s.Each); !slices.Equal(got, a) {
			t.Errorf("%v: each %v", a, got)
		}
		for most := range len(a) {
			var got []int
			s.Each(func(tag int) bool { got = append(got, tag); return len(got) <= most })
			if !slices.Equal(got, a[:most+1]) {
				t.Errorf("%v: the first %d are %v", a, most+1, got)
			}
		}
		for tag := range blocklist.SetSize {
			if s.Has(tag) != slices.Contains(a, tag) {
				t.Errorf("%v has %d: %v", a, tag, s.Has(tag))
			}
		}
		for _, b := range lists {
			o := blocklist.Of(b...)
			var both, only []int
			for _, tag := range a {
				if slices.Contains(b, tag) {
					both = append(both, tag)
				} else {
					only = append(only, tag)
				}
			}
			if s.And(o) != blocklist.Of(both...) || s.Meets(o) != (len(both) > 0) {
				t.Errorf("%v and %v: %v, meet: %v", a, b, s.And(o), s.Meets(o))
			}
			if s.Without(o) != blocklist.Of(only...) {
				t.Errorf("%v without %v: %v", a, b, s.Without(o))
			}
			if s.Or(o) != blocklist.Of(append(slices.Clone(a), b...)...) {
				t.Errorf("%v or %v: %v", a, b, s.Or(o))
			}
		}
	}
}
