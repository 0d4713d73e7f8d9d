package links_test

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"lachan/resolver/links"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// TestAnAddressInUseIsNotTakenOver: not before its router has been silent for two
// hours; then it may be another school's, as addresses go around.
func TestAnAddressInUseIsNotTakenOver(t *testing.T) {
	table := links.New(nil, func([]links.Link) error { return nil })
	a := netip.MustParseAddr("192.0.2.1")
	link := func(unit string, after time.Duration, want int) {
		t.Helper()
		if got, _ := table.Link(a, unit, noon.Add(after)); got != want {
			t.Errorf("%s after %s: %d, want %d", unit, after, got, want)
		}
	}
	link("b", 0, http.StatusNoContent)
	link("c", time.Second, http.StatusConflict)
	link("b", time.Hour, http.StatusNoContent)
	link("c", 3*time.Hour-time.Second, http.StatusConflict)
	if unit, _ := table.UnitOf(a, noon.Add(3*time.Hour)); unit != "b" {
		t.Errorf("it is %s's", unit)
	}
	link("c", 3*time.Hour, http.StatusNoContent)
	link("b", 3*time.Hour+time.Minute, http.StatusConflict)
	t.Logf("an address is held for %s after its router was heard", links.Held)
}

// TestWhatIsSaidAgainCostsNoWrite: routers say it every few minutes.
func TestWhatIsSaidAgainCostsNoWrite(t *testing.T) {
	writes := 0
	table := links.New(nil, func([]links.Link) error { writes++; return nil })
	a := netip.MustParseAddr("192.0.2.1")
	for second := range 3600 {
		if status, _ := table.Link(a, "b", noon.Add(time.Duration(second)*time.Second)); status != http.StatusNoContent {
			t.Fatal(status)
		}
	}
	t.Logf("3,600 posts in an hour: %d write", writes)
	if writes != 1 {
		t.Errorf("%d writes", writes)
	}
	if table.Link(a, "b", noon.Add(2*time.Hour)); writes != 2 {
		t.Errorf("%d writes after two hours", writes)
	}
	if unit, ok := table.UnitOf(a, noon.Add(2*time.Hour+links.Life-time.Minute)); !ok || unit != "b" {
		t.Error("what was said again counts from the first time")
	}
}
