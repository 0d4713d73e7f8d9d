package lachan_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"lachan/admin/account"
	"lachan/policy/catalogue"
)

// TestCodesInSentencesAreQuoted: what has to be typed stands in quotes, as a part of what
// is typed around it (`block: []`), or as code, in both languages. A sentence is of the
// words that people use; a code in it that looks like one of them is read as one.
func TestCodesInSentencesAreQuoted(t *testing.T) {
	codes := typedCodes(t)
	for _, f := range sources(t) {
		if f.isTest {
			continue
		}
		for _, s := range f.sentences() {
			for _, code := range bare(s.vi) {
				if codes[code] {
					t.Errorf("%s: %s is a code: %q", s.at, code, s.vi)
				}
			}
			for _, m := range quoted.FindAllStringSubmatch(s.vi, -1) {
				if codes[m[1]] && s.en != m[1] && !slices.ContainsFunc(quoted.FindAllStringSubmatch(s.en, -1), func(en []string) bool { return en[1] == m[1] }) {
					t.Errorf("%s: %s is a code in Vietnamese alone: %q", s.at, m[1], s.en)
				}
			}
		}
	}
}

// typedCodes are values that people type. Those that are names of keys too (default,
// authority) and those that Vietnamese has as words (video) are not among them.
func typedCodes(t *testing.T) map[string]bool {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, code := range strings.Fields("group study exam holiday off any moderate strict deny nxdomain nodata refused null page " +
		"lesson term never open refuse up close both vi en gio-hoc") {
		codes[code] = true
	}
	for i := range facts.Categories {
		codes[facts.Categories[i].Code] = true
	}
	for _, p := range facts.Profiles {
		codes[p.Code] = true
	}
	for _, role := range account.Roles() {
		codes[string(role)] = true // kinds of units too
	}
	for _, key := range []string{string(account.Authority), "default", "video"} {
		delete(codes, key)
	}
	return codes
}

var (
	quoted = regexp.MustCompile(`"([a-z-]+)"`)
	// typed is what is no sentence: code, quotes, values of a list or an object, a flag, a
	// path, a key with its value.
	typed = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|'[^']*'|\\[[^]]*\\]|\\{[^}]*\\}|[^ ,;()]*[-/._@=%<>][^ ,;()]*[a-z]|" +
		`(^|[^\pL])[a-z_]+: +"?[a-z-]+`)
	letters = regexp.MustCompile(`[\pL\pN-]+`)
)

// bare are the words of a sentence that do not stand in quotes or the like.
func bare(text string) []string { return letters.FindAllString(typed.ReplaceAllString(text, " "), -1) }

func TestBareWordsAreThoseOfTheSentence(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := strings.Join(bare(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	f(`hãy ghi "exam" (ngày thi) hoặc any`, "hãy ghi ngày thi hoặc any")
	f("viết block: [games] hay `extends: thcs`", "viết block hay")
	f("default: deny, --open, lachan.yaml", "")
	f("Vai trò: school, viewer", "Vai trò school viewer")
}
