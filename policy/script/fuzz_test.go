package script_test

import (
	"testing"

	"lachan/policy"
	"lachan/policy/script"
)

// FuzzParse: whatever a file holds, it is read without a panic; every problem
// names the file, a line that is there and a sentence in both languages; what
// was read runs; and a file without a question is never taken for one that
// passed.
func FuzzParse(f *testing.F) {
	f.Add([]byte("# c\nat Mon 2026-09-07 10:15\nhs asks a.example A -> nxdomain gambling by lock unit hs\n"))
	f.Add([]byte("\xef\xbb\xbfat 2026-09-07 10:15\r\n10.0.0.1 asks a.example -> rewrite b.example by safe-search\r\n"))
	f.Add([]byte("at t2 2026-02-30 10:15\nhs asks -> by unit\nat asks at -> pass by\n::1 asks . ANY -> local # x"))
	p, problems := policy.Load("", nil, hanoi, policy.Unknown{})
	if p == nil {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, problems := script.Parse("x.script", text)
		lines := 1
		for _, c := range text {
			if c == '\n' {
				lines++
			}
		}
		for _, problem := range append(problems, s.Run(p, nil)...) {
			if problem.File != "x.script" || problem.Line < 0 || problem.Line > lines || problem.Text.VI == "" || problem.Text.EN == "" {
				t.Errorf("of %d lines: %+v", lines, problem)
			}
		}
		if s.Asks() == 0 && len(problems) == 0 {
			t.Error("asks nothing and says nothing")
		}
	})
}
