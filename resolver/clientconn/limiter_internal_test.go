package clientconn

import "testing"

// An eighth of all connections may be without a place for a moment, and always one.
func TestHowManyConnectionsMayBeWithoutAPlace(t *testing.T) {
	for all, want := range map[int]int{0: 1, 1: 1, 8: 1, 15: 1, 16: 2, 1000: 125} {
		if got := (&Limits{Connections: all}).few(); got != want {
			t.Errorf("of %d: %d, want %d", all, got, want)
		}
	}
}
