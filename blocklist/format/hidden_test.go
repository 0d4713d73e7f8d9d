package format_test

import (
	"fmt"
	"strings"
	"testing"

	"lachan/blocklist/format"
)

// TestWhatDeceivesItsReaderIsRefused: an officer approves what he reads.
func TestWhatDeceivesItsReaderIsRefused(t *testing.T) {
	f := func(as format.Format, text string, rules int, want ...string) {
		t.Helper()
		var got []string
		n := 0
		_, err := format.Parse(strings.NewReader(text), as, format.Options{}, func(r format.Rule) error {
			n++
			return nil
		}, func(r format.Reject) {
			got = append(got, fmt.Sprintf("%d %s %s", r.Line, r.Reason, r.Detail))
		})
		if err != nil || n != rules || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q as %s: %d rules, %q, %v; want %d, %q", text, as, n, got, err, rules, want)
		}
	}
	f(format.Regex, "^ok$\n^z[0-9]+q\x1b[1A]\x1b[2K]y\n^a\u200bb$\n^c\u202ed$\n", 1,
		"2 hidden_character U+001B", "3 hidden_character U+200B", "4 hidden_character U+202E")
	head := "tên miền,văn bản,cơ quan,ghi chú\n"
	f(format.CSV, head+"a.example,12/QĐ\x1b[1A,Sở,x\n", 0, "2 hidden_character U+001B")
	f(format.CSV, head+"a.example,12/QĐ,Sở\u202e,x\n", 0, "2 hidden_character U+202E")
	f(format.CSV, head+"a.example,12/QĐ,Sở,\u009b2J\n", 0, "2 hidden_character U+009B")
	f(format.CSV, head+"a.example,12/QĐ,Sở,\"hai\ndòng\"\n", 1)                // as spreadsheets have them
	f(format.CSV, head+"a.example,12\u200b/QĐ,S\u00adở,dán từ\u00a0Word\n", 1) // as Word has them
}

// TestWhatIsNotSeenIsNotKept in what is told of an entry.
func TestWhatIsNotSeenIsNotKept(t *testing.T) {
	text := "tên miền,văn bản,cơ quan\na.example,12\u200b/QĐ,S\u00adở  A\n"
	_, err := format.Parse(strings.NewReader(text), format.CSV, format.Options{}, func(r format.Rule) error {
		if r.Document != "12/QĐ" || r.Order == nil || r.Order.Authority != "Sở A" {
			t.Errorf("document %q, order %+v", r.Document, r.Order)
		}
		return nil
	}, nil)
	if err != nil {
		t.Error(err)
	}
}
