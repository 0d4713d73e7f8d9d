package domain_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"lachan/blocklist/domain"
)

// agrees asks both for the public suffix of a name.
func agrees(t *testing.T, text string) {
	t.Helper()
	n := set(t, text)
	labels, registry := domain.PublicSuffix(n)
	want, wantRegistry := publicsuffix.PublicSuffix(text)
	if got := domain.Text(n.Suffix(labels)); got != want || registry != wantRegistry {
		t.Errorf("%s: %s, of a registry %v; want %s, %v", text, got, registry, want, wantRegistry)
	}
	plusOne, err := publicsuffix.EffectiveTLDPlusOne(text)
	if got := domain.Text(n.Suffix(domain.Registered(n))); got != plusOne && err == nil {
		t.Errorf("%s is below %s, want %s", text, got, plusOne)
	}
}

// TestPublicSuffixesAreThoseOfTheList: for each of its rules, what is above and below, and
// popular names. If it fails after golang.org/x/net has changed, the table is to be made again:
// go run ./blocklist/domain/suffixes.
func TestPublicSuffixesAreThoseOfTheList(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(folder)), "publicsuffix", "table_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for line := range strings.Lines(string(text)) {
		rule, is := strings.CutPrefix(line, "\t\"")
		if rule = strings.TrimSpace(strings.TrimSuffix(rule, "\",\n")); !is || strings.ContainsAny(rule, " {\"") {
			continue
		}
		rules++
		rule = strings.TrimLeft(rule, "!*.")
		for _, front := range []string{"", "a.", "b.a.", "c.b.a.", "www.", "city."} {
			agrees(t, front+rule)
		}
		if _, above, has := strings.Cut(rule, "."); has {
			agrees(t, above)
		}
	}
	if rules < 9000 {
		t.Errorf("%d rules", rules)
	}
	for _, text := range []string{"lan", "school.lan", "a.b.c.d.e.f.g.h", "www.ck", "x.www.ck", "xn--vit-nam-zv4c.vn"} {
		agrees(t, text)
	}
	var root domain.Name
	if labels, _ := domain.PublicSuffix(&root); labels != 0 || domain.Registered(&root) != 0 {
		t.Errorf("the root has a suffix of %d labels", labels)
	}
	popular, err := os.Open("../../../shared/data/top-domains.txt")
	if err != nil {
		return // the real lists are not here
	}
	defer popular.Close()
	for lines := bufio.NewScanner(popular); lines.Scan(); {
		if canonical, err := domain.Canonical(lines.Text()); err == nil {
			agrees(t, canonical)
			agrees(t, strings.ReplaceAll(canonical, ".", ".www."))
		}
	}
}

func TestPublicSuffixesAllocateNothing(t *testing.T) {
	n := set(t, "a.b.c.example.co.uk")
	if per := testing.AllocsPerRun(100, func() { domain.Registered(n) }); per != 0 {
		t.Errorf("%v allocations", per)
	}
}
