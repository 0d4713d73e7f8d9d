package blocklist_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/expression"
	"lachan/blocklist/format"
)

// expressions is a source of numbered expressions, each for its own name.
func expressions(name string, from, to int) blocklist.Source {
	var rules []format.Rule
	for i := from; i < to; i++ {
		rules = append(rules, format.Rule{Regex: fmt.Sprintf(`^%s-number%d\.example$`, name, i)})
	}
	return source(name, rules...)
}

// All lists together have a bound of expressions. Those of sources that come first
// are taken in first, then the others in their order; what is left out is told.
func TestAllListsTogetherHaveABoundOfExpressions(t *testing.T) {
	locked := expressions("c", 0, 500)
	locked.First = true
	sources := []blocklist.Source{
		expressions("a", 0, 500), expressions("b", 0, 500), locked, expressions("d", 0, 500), expressions("e", 0, 500),
	}
	store := blocklist.NewStore(t.TempDir())
	lists, report, err := store.Update(t.Context(), nil, sources, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []blocklist.Refusal{{Feed: "e", Expressions: 500, Example: `^e-number0\.example$`}}
	if report.Regexes != expression.MostInAll || !slices.Equal(report.Refused, want) || !slices.Equal(lists.Refused(), want) {
		t.Errorf("%d expressions, refused %v and %v", report.Regexes, report.Refused, lists.Refused())
	}
	f := func(lists *blocklist.Lists, entry string, want bool) {
		t.Helper()
		if got := !lists.Bind(tags, nil).Classify(name(t, entry), 1, 0).Empty(); got != want {
			t.Errorf("%s: blocked %t", entry, got)
		}
	}
	f(lists, "c-number499.example", true)
	f(lists, "d-number499.example", true)
	f(lists, "e-number0.example", false)

	// A server that starts again knows what was left out, and so does it when a list
	// has lost some: there is room for others then.
	opened, damaged := store.OpenLatest()
	if len(damaged) > 0 || !slices.Equal(opened.Refused(), want) {
		t.Errorf("opened again: refused %v, %v", opened.Refused(), damaged)
	}
	sources[1] = expressions("b", 0, 400)
	sources[1].Digest += " less"
	lists, report, err = store.Update(t.Context(), opened, sources, blocklist.Options{})
	if err != nil || len(report.Refused) != 1 || report.Refused[0].Expressions != 400 {
		t.Errorf("after a list has lost 100: refused %v, %v", report.Refused, err)
	}
	f(lists, "b-number400.example", false)
	f(lists, "e-number99.example", true)
	f(lists, "e-number100.example", false)
	t.Logf("%d expressions of all lists together, %d left out", report.Regexes, report.Refused[0].Expressions)
}

// A small change has no room beyond the bound either.
func TestAChangeBringsNoExpressionsBeyondTheBound(t *testing.T) {
	sources := []blocklist.Source{
		expressions("a", 0, 500), expressions("b", 0, 500), expressions("c", 0, 500), expressions("d", 0, 499),
	}
	store := blocklist.NewStore(t.TempDir())
	lists, _, err := store.Update(t.Context(), nil, sources, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := func(to, refused int) {
		t.Helper()
		sources[3] = expressions("d", 0, to)
		sources[3].Digest += fmt.Sprint(to)
		next, _, err := store.Update(t.Context(), lists, sources, blocklist.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, r := range next.Refused() {
			got += r.Expressions
		}
		if got != refused {
			t.Errorf("%d of the last list: %d left out, want %d", to, got, refused)
		}
	}
	f(500, 0)
	f(501, 1)
	f(520, 20)
}

// Of expressions such as most names have to be tried against there are fewer.
func TestCommonExpressionsHaveABoundOfTheirOwn(t *testing.T) {
	var rules []format.Rule
	for i := range expression.MostCommon + 7 {
		rules = append(rules, format.Rule{Regex: fmt.Sprintf(`^[a-z]{%d}\d`, i+1)})
	}
	rules = append(rules, format.Rule{Regex: `^rarelyseen`})
	_, report, err := blocklist.NewStore(t.TempDir()).Update(
		t.Context(), nil, []blocklist.Source{source("a", rules...)}, blocklist.Options{})
	if err != nil || report.Regexes != expression.MostCommon+1 || len(report.Refused) != 1 || report.Refused[0].Expressions != 7 {
		t.Errorf("%d expressions, refused %v, %v", report.Regexes, report.Refused, err)
	}
}

// The program compiles lists again that another version of it wrote, and does not take
// them for damaged.
func TestListsOfAnotherVersionAreCompiledAnew(t *testing.T) {
	dir := t.TempDir()
	store := blocklist.NewStore(dir)
	sources := []blocklist.Source{source("a", format.Rule{Name: "a.example"})}
	if _, _, err := store.Update(t.Context(), nil, sources, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "00000001.snap")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(text[8:], 1)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	lists, damaged := store.OpenLatest()
	if lists != nil || len(damaged) > 0 {
		t.Errorf("opened %v, damaged %v", lists, damaged)
	}
	if lists, _, err = store.Update(t.Context(), nil, sources, blocklist.Options{}); err != nil || lists.Serial() != 2 {
		t.Errorf("compiled anew: %v, %v", lists, err)
	}
	if lists, damaged = store.OpenLatest(); lists == nil || lists.Serial() != 2 || len(damaged) > 0 {
		t.Errorf("opened %v, damaged %v", lists, damaged)
	}
}
