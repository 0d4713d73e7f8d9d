package catalogue

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestSectionsAreReadLineByLine(t *testing.T) {
	got, err := parseSections("# c\n\n[zalo]\nlabel: Z | A\n# c\na.example\n=b.example\n[x]\r\n", []string{"label"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].id != "zalo" || got[0].line != 3 || got[1].id != "x" || got[1].line != 8 {
		t.Fatalf("%+v", got)
	}
	if l := got[0].label(); l.VI != "Z" || l.EN != "A" {
		t.Errorf("label %+v", l)
	}
	if want := []string{"a.example", "=b.example"}; !slices.Equal(got[0].names, want) {
		t.Errorf("names %q, want %q", got[0].names, want)
	}
}

func TestLabelOfAProperNounIsOneForBothLanguages(t *testing.T) {
	s := section{settings: map[string]string{"label": "Zalo"}}
	if l := s.label(); l.VI != "Zalo" || l.EN != "Zalo" {
		t.Errorf("label %+v", l)
	}
}

func TestDamagedSectionIsRefusedWithItsLine(t *testing.T) {
	f := func(text, line string) {
		t.Helper()
		if _, err := parseSections(text, []string{"label"}); err == nil || !strings.HasPrefix(err.Error(), line+": ") {
			t.Errorf("%q: %v, want an error of line %s", text, err, line)
		}
	}
	f("a.example\n[x]\n", "1")
	f("[x]\nlable: y\n", "2")
	f("[x]\n\na.example b.example\n", "3")
	f("[x]\n[y\n", "2")
}

func TestDataIsSorted(t *testing.T) {
	all := append([]string{"label", "categories", "needs", "answer", "cname", "a", "aaaa"}, feedFacts...)
	err := fs.WalkDir(data, "data", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".txt") {
			return err
		}
		sections, err := readSections(strings.TrimPrefix(file, "data/"), all...)
		if err != nil {
			return err
		}
		if strings.Contains(file, "/services/") && !slices.IsSortedFunc(sections, func(a, b section) int { return strings.Compare(a.id, b.id) }) {
			t.Errorf("%s: the sections are not sorted", file)
		}
		for _, s := range sections {
			if !slices.IsSortedFunc(s.names, func(a, b string) int {
				return strings.Compare(strings.TrimLeft(a, "=+"), strings.TrimLeft(b, "=+"))
			}) {
				t.Errorf("%s:%d: [%s] is not sorted", file, s.line, s.id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzParseSections: whatever the text, the parser returns an error that begins
// with a line of it, or sections whose names hold no space and whose settings
// are known.
func FuzzParseSections(f *testing.F) {
	f.Add("[zalo]\nlabel: Zalo\nzalo.example\n")
	f.Add("[x\n]\n")
	f.Add("=\n[]\n: \n")
	f.Fuzz(func(t *testing.T, text string) {
		sections, err := parseSections(text, []string{"label"})
		if err != nil {
			if n := err.Error()[0]; n < '1' || n > '9' {
				t.Fatalf("no line in %q", err)
			}
			return
		}
		for _, s := range sections {
			if s.line < 1 || s.line > strings.Count(text, "\n")+1 {
				t.Fatalf("line %d", s.line)
			}
			for key := range s.settings {
				if key != "label" {
					t.Fatalf("setting %q", key)
				}
			}
			for _, name := range s.names {
				if name == "" || strings.ContainsAny(name, " \t[]:") {
					t.Fatalf("name %q", name)
				}
			}
		}
	})
}
