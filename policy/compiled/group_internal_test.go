package compiled

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// In whatever order entries come, they lie by name, then by owner, then by line, and
// those that are alike in all three as they came.
func TestOwnEntriesLieByNameOwnerAndLine(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	for round := range 200 {
		var b OwnBuilder
		for i := range rng.IntN(300) {
			e := NewOwnEntry(uint32(rng.IntN(20)), rng.IntN(4), rng.IntN(2) == 0)
			e.Note = uint32(i)
			b.Add(fmt.Sprintf("n%d.example", rng.IntN(1+rng.IntN(40))), e)
		}
		want := slices.Clone(b.entries)
		slices.SortStableFunc(want, func(a, b OwnEntry) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Line(), b.Line()))
		})
		got := b.Build()
		if len(want) > 0 && !reflect.DeepEqual(got.Entries, want) {
			t.Fatalf("round %d: %v, want %v", round, got.Entries, want)
		}
		for key := range got.Keys {
			for _, e := range of(got.Entries, Span{got.Keys[key].First, got.Keys[key].Count}) {
				if e.Key != uint32(key) {
					t.Fatalf("round %d: an entry of name %d is with name %d", round, e.Key, key)
				}
			}
		}
		if !got.sound() {
			t.Fatalf("round %d: it is not sound", round)
		}
	}
}
