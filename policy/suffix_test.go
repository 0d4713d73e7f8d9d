package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"lachan/policy"
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

// What people decide takes the words that policy.yaml takes, and the same covers the same.
func TestDecisionsNameASuffixByTheSameWord(t *testing.T) {
	const units = "profiles: {open: {block: []}, deny: {default: deny}}\ndefault_profile: open\nunits:\n" +
		"- {id: hs, kind: school, profile: open%s}\n- {id: thi, kind: school, profile: deny%s}\n"
	written := newWorld(t, fmt.Sprintf(units, ", block: [name:zip, category:games, name:lien.example]", ", allow: [name:com.vn]"))
	decided := newWorld(t, fmt.Sprintf(units, "", ""))
	overlay, err := decided.policy.NewOverlay([]policy.OverlayEntry{
		{Unit: "hs", Name: "name:zip"}, {Unit: "hs", Name: "name:lien.example"}, {Unit: "thi", Name: "name:com.vn", Allow: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if decided.policy, err = decided.policy.With(overlay); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*world{written, decided} {
		w.wants("hs", "evil.zip", "block own local nxdomain 15")
		w.wants("hs", "lien.example", "block own local nxdomain 15")
		w.wants("hs", "com.example", "pass default")
		w.wants("thi", "shop.com.vn", "pass own excepted default-deny")
	}
	_, err = decided.policy.NewOverlay([]policy.OverlayEntry{{Unit: "hs", Name: "zip"}})
	if err == nil || !strings.Contains(err.Error(), "name:zip") {
		t.Errorf("a suffix as a plain name: %v, want the word for it", err)
	}
}
