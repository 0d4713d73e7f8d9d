package yamlfile_test

import (
	"bytes"
	"testing"

	"lachan/internal/yamlfile"
)

// FuzzDecode: any bytes end in values or in problems, never in a panic, and
// every problem has a line of the file and text in both languages.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"name: a\nlisten: [a, b]\ntimeout: 5s\nprefix: 10.0.0.0/8\n",
		"cache: {entries: 5, max: 64MiB}\nzones: {a: [b]}\nfeeds: [{name: a, shrink: 30%}]",
		"allow: [olm.vn, {name: a, until: 2026-12-31}]\nhistory: 400d",
		"a: &x [*x]", "a:\n\tb", "'", "[", "{", "%", "<<: {a: b}", "---\n---\n", "\xff\xfe", "? a\n: b",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s settings
		problems := yamlfile.Decode("x.yaml", data, &s)
		// Besides LF, YAML ends lines at CR, NEL, LS and PS.
		most := 2
		for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			most += bytes.Count(data, []byte(end))
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > most || p.Text.VI == "" || p.Text.EN == "" {
				t.Errorf("of %d lines: %+v", most, p)
			}
		}
	})
}
