//go:build !race

package blocklist_test

import (
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// Under the race detector pools drop what they hold at random, so this claim
// is made without it.
func TestClassifyByExpressionDoesNotAllocate(t *testing.T) {
	l := compile(t, blocklist.Options{}, source("a", format.Rule{Regex: "^ads[0-9]+[.]"}))
	n := name(t, "ads7.shop.test")
	if allocs := testing.AllocsPerRun(100, func() { l.Classify(n, typeA, 0) }); allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}
