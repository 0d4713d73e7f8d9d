package history

import (
	"slices"
	"testing"
	"time"
)

// Of each step the last sample is kept, and a sample at a multiple of the step is the
// last of the step that it ends.
func TestTheLastSampleOfEachStepIsKept(t *testing.T) {
	f := func(at, want []int64) {
		t.Helper()
		var s samples
		for _, ms := range at {
			s = append(s, sample{ms, float64(ms)})
		}
		var got []int64
		for _, kept := range s.thin(time.Second) {
			got = append(got, kept.at)
			if kept.value != float64(kept.at) {
				t.Errorf("%v: the value at %d is %v", at, kept.at, kept.value)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
	f(nil, nil)
	f([]int64{1}, []int64{1})
	f([]int64{1, 500, 1000}, []int64{1000})
	f([]int64{999, 1000, 1001}, []int64{1000, 1001})
	f([]int64{1000, 2000, 2001, 3000}, []int64{1000, 2000, 3000})
	f([]int64{3000, 1, 2, 2, 1500}, []int64{2, 1500, 3000}) // as where blocks overlap
}

func TestNoTickIsNewestBeforeTheFirst(t *testing.T) {
	var r Recorder
	if at := r.Newest(); !at.IsZero() {
		t.Errorf("%s", at)
	}
	for _, ms := range []int64{1, 1_800_000_000_000} {
		r.ticked.Store(ms)
		if at := r.Newest(); at.UnixMilli() != ms {
			t.Errorf("%d: %s", ms, at)
		}
	}
}
