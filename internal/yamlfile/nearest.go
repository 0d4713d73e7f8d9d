package yamlfile

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest is the known name that a person most likely meant by name: the one
// with the smallest Damerau-Levenshtein distance (letters added, left out,
// changed, or two neighbours swapped), letter case, "-" and "_" aside. A name
// further away than 2, or than a third of its length when that is more, is not
// near; then ok is false. Of equally near names the first is taken.
func Nearest(name string, known []string) (nearest string, ok bool) {
	near := AllNear(name, known)
	if len(near) == 0 {
		return "", false
	}
	return near[0], true
}

// AllNear are the known names that are near in the sense of Nearest, the nearest first.
func AllNear(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	asked := fold(name)
	limit := max(2, len(asked)/3)
	for _, k := range known {
		other := fold(k)
		if diff := len(other) - len(asked); diff > limit || -diff > limit {
			continue
		}
		if d := distance(asked, other); d <= limit && d < len(asked) && d < len(other) {
			near = append(near, candidate{k, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	names := make([]string, len(near))
	for i := range near {
		names[i] = near[i].name
	}
	return names
}

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

func fold(s string) []rune { return []rune(separators.Replace(strings.ToLower(s))) }

// distance is the restricted Damerau-Levenshtein distance (optimal string
// alignment), three rows of the table at a time.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
