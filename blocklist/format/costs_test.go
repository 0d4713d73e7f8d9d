package format_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/format"
)

// counted reads a list and returns what it counts.
func counted(t *testing.T, text string, f format.Format, o format.Options) format.Summary {
	t.Helper()
	s, err := format.Parse(strings.NewReader(text), f, o, func(format.Rule) error { return nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// times writes n lines.
func times(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i) + "\n")
	}
	return b.String()
}

// What a list may cost is bounded, and each entry beyond a bound is rejected with
// its reason.
func TestWhatAListMayCostIsBounded(t *testing.T) {
	f := func(what, text string, as format.Format, why format.Reason, most int) {
		t.Helper()
		s := counted(t, text, as, format.Options{})
		if s.Rules != most || s.ByReason[why] != s.Rejected || s.Rejected == 0 {
			t.Errorf("%s: %d rules, rejected %v, want %d and the others as %s", what, s.Rules, s.ByReason, most, why)
		}
		t.Logf("%s: of a list of %d bytes %d entries are taken, %d rejected as %s", what, len(text), s.Rules, s.Rejected, why)
	}
	f("regex_count", times(2000, func(i int) string { return fmt.Sprintf(`^(ads|track)%d-[a-z]+xyz%d\.example$`, i, i) }),
		format.Regex, format.TooManyExpressions, 500)
	f("expressions that every name is matched against", times(2000, func(i int) string { return fmt.Sprintf(`^[a-z]{%d}[0-9]+$`, 1+i%90) }),
		format.Regex, format.TooManyCommon, 50)
	f("patterns", times(2000, func(i int) string { return fmt.Sprintf("bet%04d*.example", i) }),
		format.Domains, format.TooManyExpressions, 500)
	f("spec_count", "name,so_van_ban\n"+times(25_000, func(i int) string { return fmt.Sprintf("n%d.example,%d/QD", i, i) }),
		format.CSV, format.TooManyKinds, 20_000)
	f("rules on a name", "name,so_van_ban\n"+times(100, func(i int) string { return fmt.Sprintf("bad.example,%d/QD", i) }),
		format.CSV, format.TooManyRulesOfName, 32)
	but := func(names int) string {
		list := times(names, func(i int) string { return fmt.Sprintf("n%d.bet.example", i) })
		return "||bet.example^$denyallow=" + strings.TrimSuffix(strings.ReplaceAll(list, "\n", "|"), "|") + "\n"
	}
	f("rules on an address", zoneHead+times(100, func(i int) string { return fmt.Sprintf("32.1.2.0.192.rpz-ip TXT %d", i) }),
		format.RPZ, format.TooManyRulesOfName, 32)
	addresses := times(100, func(i int) string { return fmt.Sprintf("32.%d.2.0.192.rpz-ip TXT x", i) })
	if s := counted(t, zoneHead+addresses, format.RPZ, format.Options{}); s.Rules != 100 {
		t.Errorf("of 100 addresses with a rule each %d have one: %v", s.Rules, s.ByReason)
	}
	f("denyallow", "||ok.example^\n"+but(64)+but(65), format.Adblock, format.TooManyExcepted, 2)
}

// TestAnExpressionMayHaveFiveHundredInstructions: a class of letters is one, and so is a
// letter; what is within the bound is taken though it is long.
func TestAnExpressionMayHaveFiveHundredInstructions(t *testing.T) {
	for classes, want := range map[int]int{300: 1, 470: 1, 600: 0} {
		s := counted(t, fmt.Sprintf(`^[ab]{%d}\.bet\.example$`, classes)+"\n", format.Regex, format.Options{})
		if s.Rules != want || s.ByReason[format.CostlyRegex] != 1-want {
			t.Errorf("%d classes: %d rules, %v", classes, s.Rules, s.ByReason)
		}
	}
}

// Lists that are one feed share its bounds.
func TestListsOfOneFeedShareItsBounds(t *testing.T) {
	o := format.Options{Costs: new(format.Costs)}
	text := times(400, func(i int) string { return fmt.Sprintf(`^bet%04d[0-9]\.example$`, i) })
	if first, second := counted(t, text, format.Regex, o), counted(t, text, format.Regex, o); first.Rules != 400 || second.Rules != 100 {
		t.Errorf("%d, then %d rules, want 400 and 100", first.Rules, second.Rules)
	}
}

// TestACellOfNamesInManyRowsIsCheap has one cell of 400 names in 10,000 rows: a few KB that
// come to four million entries. What is beyond the bound costs nothing more than its row.
func TestACellOfNamesInManyRowsIsCheap(t *testing.T) {
	long := strings.Repeat("x", 50)
	cell := strings.TrimSpace(times(400, func(i int) string { return fmt.Sprintf("%s%05d.tv", long, i) }))
	const rows = 10_000
	book := workbookSharing(`<si><t>`+strings.ReplaceAll(cell, "\n", " ")+`</t></si>`, "",
		page{name: "a", data: strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, rows)})
	began := time.Now()
	s := counted(t, book, format.XLSX, format.Options{})
	taken := 8 << 20 / len(cell)
	if s.Rules != 400*taken || s.ByReason[format.TooManyNamesInCells] != rows-taken {
		t.Errorf("%d entries, rejected %v; want those of %d rows", s.Rules, s.ByReason, taken)
	}
	t.Logf("%d bytes, %d rows: %d entries in %v", len(book), rows, s.Rules, time.Since(began))
}
