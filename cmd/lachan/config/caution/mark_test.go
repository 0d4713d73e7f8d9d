package caution_test

import (
	"strings"
	"testing"
)

// TestACategoryOfAuthoritiesNeedsAMark: check warns of a feed whose category authorities
// lock, or reports name as an order, if nobody answers for it.
func TestACategoryOfAuthoritiesNeedsAMark(t *testing.T) {
	f := func(keys string, warned bool) {
		t.Helper()
		said := strings.Join(notes(t, "policy: \"\"\nfeeds:\n- name: a\n  url: a.txt\n  "+keys+"\n", 0o600), "\n")
		if strings.Contains(said, "authority (who ordered it, and the document), locked_by, verify.minisign or trusted: true") != warned {
			t.Errorf("%s: %s", keys, said)
		}
	}
	for _, category := range []string{"csam", "authority-order"} {
		f("category: "+category, true)
		f("category: "+category+"\n  unit: th-a", true)
		f("category: "+category+"\n  categories: [gambling]", true)
		f("category: "+category+"\n  trusted: true", false)
		f("category: "+category+"\n  locked_by: lao-cai", false)
		f("category: "+category+"\n  authority: {name: A05, document: 1/A05}", false)
		f("category: "+category+"\n  action: allow", false)
	}
	f("category: gambling", false)
}
