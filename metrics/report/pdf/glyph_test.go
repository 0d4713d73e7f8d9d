package pdf_test

import (
	"strings"
	"testing"

	"lachan/metrics/report"
)

// What the fonts do not have is a box in the document, and no crash.
func TestCharactersThatTheFontsLackAreBoxes(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		m := model(t, "school-month")
		m.Subject += " " + name
		m.Sections = append([]report.Section{{Title: name, Blocks: []report.Block{{Kind: report.Paragraph, Text: strings.Repeat(name, 60)}}}}, m.Sections...)
		if text := strings.Join(pages(t, write(t, m)), ""); !strings.Contains(text, want) {
			t.Errorf("%q: no %q in %s", name, want, text)
		}
	}
	f("Trường \U0001F3EB vui", "Trường □ vui")
	f("Trường \U00010000 vui", "Trường □ vui")
	f("Trường \xff vui", "Trường □ vui")
	f("Trường vui \xe1", "Trường vui □")
	f("Trường 学校 \uffff vui", "Trường")
	f(strings.Repeat("\U0001F3EB", 50), "□□□□")
}
