package format_test

import (
	"strings"
	"testing"

	"lachan/blocklist/format"
)

func TestExceptionsThatLiftNothingAreCounted(t *testing.T) {
	f := func(list string, want int) {
		t.Helper()
		var e format.Exceptions
		for _, take := range []func(r *format.Rule){e.Add, e.Meet} {
			_, err := format.Parse(strings.NewReader(list), format.Adblock, format.Options{Subdomains: true},
				func(r format.Rule) error { take(&r); return nil }, func(format.Reject) {})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := e.Idle(); got != want {
			t.Errorf("%q: %d without effect, want %d", list, got, want)
		}
	}
	f("||a.example^\n", 0)
	f("||a.example^\n@@||a.example^\n", 0)
	f("||a.example^\n@@||www.a.example^\n", 0)
	f("||www.a.example^\n@@||a.example^\n", 0)
	f("||a.example^\n@@||b.example^\n@@||c.example^\n@@||c.example^$important\n", 2)
	f("@@||b.example^\n", 1)
	f("@@||b.example^\n/ads[0-9]+/\n", 0) // an expression may be of any name
}
