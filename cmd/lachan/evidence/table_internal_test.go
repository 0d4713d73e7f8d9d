package evidence

import "testing"

// TestNoSpreadsheetTakesACellForAFormula: neither one that divides a line at commas nor one that
// does at semicolons or tabs.
func TestNoSpreadsheetTakesACellForAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"":                           "",
		"Trường Kim Đồng":            "Trường Kim Đồng",
		"=HYPERLINK(1)":              "'=HYPERLINK(1)",
		"@SUM(1)":                    "'@SUM(1)",
		"＝1+1":                       "'＝1+1",
		" =1+1":                      " '=1+1",
		"Trường A;=cmd|' /c calc'!A": "Trường A;'=cmd|' /c calc'!A",
		"a; -2":                      "a; '-2",
		"a\t+1":                      "a\t'+1",
		"a-b=c":                      "a-b=c",
		"–":                          "–",
	} {
		if is := harmless(cell); is != want {
			t.Errorf("%q becomes %q", cell, is)
		}
	}
}
