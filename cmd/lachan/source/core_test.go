package source_test

import (
	"testing"

	"lachan/blocklist/domain"
	"lachan/cmd/lachan/source"
	"lachan/policy/catalogue"
)

// An entry is against the never-block list when it names something on it, or
// covers it with all that is below a name.
func TestWhatHoldsANeverBlockedName(t *testing.T) {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	core := source.Core(facts)
	f := func(name string, below, want bool) {
		t.Helper()
		var n domain.Name
		if err := n.SetText(name); err != nil {
			t.Fatal(err)
		}
		if core(&n, below) != want {
			t.Errorf("%s, with all below: %v: %v, want %v", name, below, !want, want)
		}
	}
	f("time.apple.com", false, true)
	f("www.time.apple.com", false, true)
	f("google.com", true, true)
	f("google.com", false, false)
	f("bet.example", true, false)
	own := *facts
	own.Core = []catalogue.CoreEntry{{Name: "lan"}, {Name: "only.example", Exact: true}}
	core = source.Core(&own)
	f("lan", false, true)
	f("printer.lan", false, true)
	f("only.example", false, true)
	f("x.only.example", false, false)
}
