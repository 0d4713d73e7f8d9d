package compiled_test

import (
	"testing"

	"lachan/policy/compiled"
)

// An entry that counts for some time counts from its first second on, and not in the
// second that it ends with.
func TestAnEntryCountsFromItsFirstSecondToItsLast(t *testing.T) {
	code := compiled.CodeEntry{From: 10, Until: 20}
	timed := compiled.TimedCode{From: 10, Until: 20}
	for now, want := range map[int64]bool{9: false, 10: true, 19: true, 20: false} {
		if code.Counts(now) != want || timed.Counts(now) != want {
			t.Errorf("in second %d: %v, %v", now, code.Counts(now), timed.Counts(now))
		}
	}
}
