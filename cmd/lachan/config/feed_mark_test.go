package config

import (
	"strings"
	"testing"
)

// A feed has a category that authorities lock, or that reports name as an order, only
// if somebody answers for it.
func TestACategoryOfAuthoritiesNeedsAMark(t *testing.T) {
	f := func(keys string, refused bool) {
		t.Helper()
		_, problems := Load(writeConfig(t, "feeds:\n- name: a\n  url: a.txt\n  "+keys+"\n"), nil)
		if !refused {
			if len(problems) > 0 {
				t.Errorf("%s: %v", keys, problems)
			}
			return
		}
		if len(problems) != 1 || problems[0].Line != 4 || !strings.Contains(problems[0].Text.EN, "authority (who ordered it, and the document), locked_by, verify.minisign or trusted: true") {
			t.Errorf("%s: %v", keys, problems)
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
