package table_test

import (
	"fmt"
	"strings"
	"testing"

	"lachan/blocklist/format/table"
)

// TestAQuoteThatIsNotClosedIsNoRow, wherever the text ends; those below it are read.
func TestAQuoteThatIsNotClosedIsNoRow(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\nc,d":                  "1 [a b] 2 [c d]",
		"a,b\n\"c\nd\",e\nf,g\n":    "1 [a b] 2 [c\nd e] 4 [f g]",
		"a,b\n\"c,d":                "1 [a b] unclosed 2",
		"a,b\n\"c,d\n":              "1 [a b] unclosed 2",
		"a,b\n\"c,d\ne,f\ng,h\n":    "1 [a b] unclosed 2 3 [e f] 4 [g h]",
		"\"a,b":                     "unclosed 1",
		"a,b\r\n\r\n# c\r\nd,e\r\n": "1 [a b] 4 [d e]",
		"a,b\rc,d":                  "1 [a b] 2 [c d]",
	} {
		var said []string
		table.Rows(text, func([]string) bool { return false },
			func(number int, cells []string) { said = append(said, fmt.Sprint(number, cells)) },
			func(number int) { said = append(said, fmt.Sprint("unclosed ", number)) })
		if got := strings.Join(said, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
