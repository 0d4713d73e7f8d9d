package chart

import (
	"math"
	"slices"
	"testing"
)

// A label is broken between words, into lines that are as long as they may be.
func TestLabelsAreBrokenWhereTheyMustBe(t *testing.T) {
	f := func(label string, most int, want ...string) {
		t.Helper()
		if got := wrap(label, most); !slices.Equal(got, want) {
			t.Errorf("%q in %d: %q, want %q", label, most, got, want)
		}
	}
	f("", 9, "")
	f("Cờ bạc", 6, "Cờ bạc")
	f("Cờ bạc", 5, "Cờ", "bạc")
	f("mạng xã hội", 7, "mạng xã", "hội")
	f("mạng xã hội", 11, "mạng xã hội")
	f("nghiêng", 3, "nghiêng") // a word is not broken
	f("nghiêng ngả", 3, "nghiêng", "ngả")
}

// The scale reaches what is drawn in five steps, and no smaller one would.
func TestTheScaleReachesWhatIsDrawn(t *testing.T) {
	f := func(most, want int64) {
		t.Helper()
		if got := niceStep(most); got != want {
			t.Errorf("%d: %d, want %d", most, got, want)
		}
	}
	f(0, 1)
	f(1, 1)
	f(5, 1)
	f(6, 2)
	f(10, 2)
	f(11, 5)
	f(25, 5)
	f(26, 10)
	f(1_000_000, 200_000)
	f(1_000_001, 500_000)
	if step := niceStep(math.MaxInt64); step <= 0 {
		t.Errorf("of the largest number: %d", step)
	}
}
