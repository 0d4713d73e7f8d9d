package source

import (
	"strings"
	"testing"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// TestAMessageThatStandsManyTimesIsSaidOnce, with five further lines; three times it is said.
func TestAMessageThatStandsManyTimesIsSaidOnce(t *testing.T) {
	f := func(times, said int, lines string) {
		t.Helper()
		problems := yamlfile.Problems{{File: "u.csv", Line: 1, Text: wording.Text{VI: "khác", EN: "another"}}}
		for i := range times {
			problems = append(problems, yamlfile.Problem{File: "u.csv", Line: 2 + i, Text: wording.Text{VI: "sai", EN: "wrong"}})
		}
		got := Condense(problems)
		if len(got) != 1+said || got[0].Text.EN != "another" || got[1].Line != 2 {
			t.Fatalf("%d times: said %v", times, got)
		}
		if _, also, _ := strings.Cut(got[1].Text.EN, "wrong"); lines != "" && !strings.Contains(also, lines) || lines == "" && also != "" {
			t.Errorf("%d times: said %q, want lines %s", times, got[1].Text.EN, lines)
		}
	}
	f(1, 1, "")
	f(3, 3, "")
	f(4, 1, "3, 4, 5")
	f(6, 1, "3, 4, 5, 6, 7")
	f(7, 1, "3, 4, 5, 6, 7, …")
	f(300, 1, "3, 4, 5, 6, 7, …")

	for lines, want := range map[int]string{0: "", 1: "1", 5: "1, 2, 3, 4, 5", 6: "1, 2, 3, 4, 5, …", 9: "1, 2, 3, 4, 5, …"} {
		var all []int
		for i := range lines {
			all = append(all, i+1)
		}
		if got := numbers(all); got != want {
			t.Errorf("of %d lines %q are named, want %q", lines, got, want)
		}
	}
}

// TestColumnsAreNumberedFromAnyNumber that the table of an office begins with, one by one.
func TestColumnsAreNumberedFromAnyNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"(1) (2) (3)": true, "[1] [2] [3] [4]": true, "1 2 3": true, "(4) (5) (6)": true, "0 1 2": true, "(1) - (2) (3)": false,
		"(1) (2)": false, "(1) (3) (4)": false, "1 2 3 3": false, "1 2 a": false, "3 2 1": false,
	} {
		cells := append(strings.Fields(text), "")
		if got := areNumbers(append([]string{""}, cells...)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
