package policy_test

import (
	"strings"
	"testing"
)

// A public suffix is shut or opened by word, and only by word: {name: SUFFIX}.
func TestAPublicSuffixIsShutByWord(t *testing.T) {
	w := newWorld(t, `
profiles: {open: {block: []}, thi: {default: deny, allow: [{name: zip}]}}
default_profile: open
units:
- {id: hs, kind: school, profile: open, block: [{name: zip}, {name: com.vn}], allow: [{name: good.zip}]}
- {id: phong-thi, kind: school, profile: thi}
`)
	w.wants("hs", "evil.zip", "block own local nxdomain 15")
	w.wants("hs", "zip", "block own local nxdomain 15")
	w.wants("hs", "shop.com.vn", "block own local nxdomain 15")
	w.wants("hs", "www.good.zip", "pass own explicit")
	w.wants("hs", "evil.mov", "pass default")
	w.wants("phong-thi", "bai-thi.zip", "pass profile explicit")

	f := func(entry, says string) {
		t.Helper()
		_, problems := loadText(t, "units:\n- {id: hs, kind: school, block: ["+entry+"]}\n")
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), says) {
			t.Errorf("%s: %v, want one that says %q", entry, problems, says)
		}
	}
	f("zip", "{name: zip}")
	f("com.vn", "{name: com.vn}")
}
