//go:build linux

package main

import "testing"

func TestRatiosAreTakenPairByPair(t *testing.T) {
	for _, test := range []struct {
		ours, other []float64
		want        string
	}{
		{[]float64{11, 20, 27}, []float64{10, 20, 30}, "1.000 (0.900 to 1.100)"},
		{[]float64{10, 30}, []float64{20, 20, 5}, "1.000 (0.500 to 1.500)"},
		{[]float64{10, 30}, []float64{0, 20}, "1.500 (1.500 to 1.500)"},
		{nil, []float64{1}, "not measured"},
	} {
		if got := ratio(test.ours, test.other); got != test.want {
			t.Errorf("%v to %v is %q, want %q", test.ours, test.other, got, test.want)
		}
	}
}
