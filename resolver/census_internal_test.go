package resolver

import "testing"

// As many ages give way as it takes, the longest first; where fewer wait than are
// wanted, all do.
func TestFromWhichAgeOnQueriesGiveWay(t *testing.T) {
	for _, c := range []struct {
		ages         map[int]uint16 // queries by class
		wanted, want int
	}{
		{nil, 1, 0},
		{map[int]uint16{5: 2}, 1, 5},
		{map[int]uint16{5: 2}, 2, 5},
		{map[int]uint16{5: 2}, 3, 0},
		{map[int]uint16{5: 2, 9: 1}, 1, 9},
		{map[int]uint16{5: 2, 9: 1}, 2, 5},
		{map[int]uint16{0: 4, 9: 1}, 9, 0},
		{map[int]uint16{ageClasses - 1: 1, 3: 1}, 1, ageClasses - 1},
	} {
		var census census
		for class, n := range c.ages {
			census.ages[class] += n
		}
		if got := census.longest(c.wanted); got != c.want {
			t.Errorf("%d of %v: from %d on, want %d", c.wanted, c.ages, got, c.want)
		}
	}
}
