package lachan_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const vietnameseFile = "docs/vi/reference.yaml"

// Vietnamese are the words of the pages of reference in docs/vi. What a reader of them
// would miss, or be told although the code no longer says so, is a problem.
type vietnamese struct {
	Words    map[string]*translated            // of values and defaults, by the English
	Keys     map[string]map[string]*translated // what is said of each key, by the file that has it
	problems []string
}

// A translated is the Vietnamese of an English that was there when it was written.
type translated struct {
	EN, VI string
	line   int
	used   bool
}

// UnmarshalYAML reads words, which are the Vietnamese alone, or both languages of a key.
func (v *translated) UnmarshalYAML(n *yaml.Node) error {
	v.line = n.Line
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&v.VI)
	}
	var both struct{ EN, VI string }
	err := n.Decode(&both)
	v.EN, v.VI = both.EN, both.VI
	return err
}

func readVietnamese(t *testing.T) *vietnamese {
	t.Helper()
	v := &vietnamese{}
	if err := yaml.Unmarshal([]byte(read(t, vietnameseFile)), v); err != nil {
		t.Fatalf("%s: %v", vietnameseFile, err)
	}
	return v
}

func (v *vietnamese) problem(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// page is a page of reference in Vietnamese.
func (v *vietnamese) page(ref reference, tables []table) string {
	text := &strings.Builder{}
	fmt.Fprintf(text, "# Tham chiếu: %s\n\n*English: [../%[2]s](../%[2]s)*\n\n%s\n\nTrang này được làm từ mã nguồn và từ `%s`:\n`go test . -run TestReferencesAre -update`. Trong danh sách, `[]` là từng phần tử; ở chỗ ghi\ntheo tên, `NAME` là từng tên.\n", ref.titleVI, ref.page, ref.aboutVI, vietnameseFile)
	for _, t := range tables {
		if t.section != "" {
			fmt.Fprintf(text, "\n## %s\n", t.section)
		}
		text.WriteString("\n| mục | giá trị | mặc định | |\n|---|---|---|---|\n")
		for _, w := range t.rows {
			value := v.value(w, w.value)
			if w.as != "" {
				value += ", như `" + w.as + "`"
			}
			said := strings.ReplaceAll(v.sentence(ref.of, w), "|", "\\|")
			fmt.Fprintf(text, "| `%s` | %s | %s | %s |\n", w.key, value, v.word(w, w.said, "default"), said)
		}
	}
	return text.String()
}

// sentence is what is said of a key, if anything is.
func (v *vietnamese) sentence(file string, w row) string {
	known := v.Keys[file][w.key]
	switch {
	case w.text == "":
		return ""
	case known == nil || known.VI == "":
		v.problem("%s: the key %s of %s has no Vietnamese; %s would have, below it:\n  %s:\n    en: %q\n    vi:", w.at, w.key, file, vietnameseFile, w.key, w.text)
		return ""
	case known.EN != w.text:
		v.problem("%s:%d: the English of %s (%s) is now %q: make the Vietnamese say so, and put this beside it", vietnameseFile, known.line, w.key, w.at, w.text)
	}
	known.used = true
	return known.VI
}

// itself are values that are the same in every language.
var itself = regexp.MustCompile("^(–|true|false|\\d[\\d:]*[a-zA-Z%]*|`[^`]+`)(, `[^`]+`)*$")

// value is what stands at a key.
func (v *vietnamese) value(w row, value string) string {
	for _, of := range []string{"list: ", "map: "} {
		if rest, is := strings.CutPrefix(value, of); is {
			return v.word(w, strings.TrimSuffix(of, ": "), "kind of value") + ": " + v.value(w, rest)
		}
	}
	return v.word(w, value, "kind of value")
}

// word is a value or a default.
func (v *vietnamese) word(w row, english, what string) string {
	if itself.MatchString(english) {
		return english
	}
	known := v.Words[english]
	if known == nil || known.VI == "" {
		v.problem("%s: the %s of %s, %q, has no Vietnamese in the words of %s", w.at, what, w.key, english, vietnameseFile)
		return ""
	}
	known.used = true
	return known.VI
}

// gone names what is translated and is not said any more.
func (v *vietnamese) gone() (problems []string) {
	for english, w := range v.Words {
		if !w.used {
			problems = append(problems, fmt.Sprintf("%s:%d: no key has the words %q", vietnameseFile, w.line, english))
		}
	}
	for file, keys := range v.Keys {
		for key, w := range keys {
			if !w.used {
				problems = append(problems, fmt.Sprintf("%s:%d: nothing is said of a key %s of %s", vietnameseFile, w.line, key, file))
			}
		}
	}
	slices.Sort(problems)
	return problems
}

// TestWhatIsNotTranslatedIsNamed: whoever changes a comment learns which line of Vietnamese
// is to be changed with it.
func TestWhatIsNotTranslatedIsNamed(t *testing.T) {
	v := &vietnamese{}
	if err := yaml.Unmarshal([]byte(`words: {text: chữ, list: danh sách, colour: màu}
keys:
  lachan.yaml:
    same: {en: "the same.", vi: "như cũ."}
    changed: {en: "what it was.", vi: "như trước."}
    gone: {en: "was here.", vi: "đã có."}
`), v); err != nil {
		t.Fatal(err)
	}
	page := v.page(reference{of: "lachan.yaml"}, []table{{"", []row{
		{key: "same", value: "list: text", said: "`a`, `b`", text: "the same.", at: "a.go:1"},
		{key: "changed", value: "`x`, `y`", said: "10s", text: "what it is.", at: "a.go:2"},
		{key: "new", value: "text", said: "soon", text: "new.", at: "a.go:3"},
		{key: "silent", value: "number", as: "same", said: "–", at: "a.go:4"},
	}}})
	if want := "| `same` | danh sách: chữ | `a`, `b` | như cũ. |\n"; !strings.Contains(page, want) {
		t.Errorf("want %q in\n%s", want, page)
	}
	problems := append(v.problems, v.gone()...)
	for _, want := range []string{
		`docs/vi/reference.yaml:5: the English of changed (a.go:2) is now "what it is."`,
		`a.go:3: the default of new, "soon", has no Vietnamese`,
		`a.go:3: the key new of lachan.yaml has no Vietnamese`,
		`a.go:4: the kind of value of silent, "number", has no Vietnamese`,
		`docs/vi/reference.yaml:1: no key has the words "colour"`,
		`docs/vi/reference.yaml:6: nothing is said of a key gone of lachan.yaml`,
	} {
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, want) }) {
			t.Errorf("want %q in %q", want, problems)
		}
	}
	if len(problems) != 6 {
		t.Errorf("got %q", problems)
	}
}

// TestWhoReadsVietnameseStaysInIt: every page of docs is there in Vietnamese, and pages in
// Vietnamese lead to those.
func TestWhoReadsVietnameseStaysInIt(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+\.md)`)
	for _, document := range documents(t) {
		dir, name := path.Split(document)
		if dir == "docs/" {
			if _, err := os.Stat("docs/vi/" + name); err != nil {
				t.Errorf("%s is not there in Vietnamese: %v", document, err)
			}
			continue
		}
		if dir != "docs/vi/" && document != "README.vi.md" {
			continue
		}
		for _, line := range strings.Split(read(t, document), "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				to := path.Join(dir, m[1])
				if (path.Dir(to) == "docs" || to == "PRIVACY.md") && !strings.HasPrefix(line, "*English") {
					t.Errorf("%s leads to %s, which is there in Vietnamese", document, to)
				}
			}
		}
	}
}

// TestTablesNameTheSame: what is typed or shown, such as a key, a condition or a path, has its
// row in either language.
func TestTablesNameTheSame(t *testing.T) {
	pages, err := filepath.Glob("docs/vi/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range pages {
		english := filepath.Join("docs", filepath.Base(page))
		a, b := namedInTables(read(t, english)), namedInTables(read(t, page))
		if found += len(a); slices.Equal(a, b) {
			continue
		}
		for i := range max(len(a), len(b)) {
			if i >= len(a) || i >= len(b) || a[i] != b[i] {
				t.Errorf("%s and %s have other rows of tables from here on: %q, %q", english, page, a[min(i, len(a)):], b[min(i, len(b)):])
				break
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d rows: are they still found?", found)
	}
}

// namedInTables are the first columns that have code, as far as it is that.
func namedInTables(text string) (rows []string) {
	code := regexp.MustCompile("`[^`]+`")
	for _, line := range strings.Split(text, "\n") {
		cell, is := strings.CutPrefix(line, "|")
		cell, _, _ = strings.Cut(cell, "|")
		if words := code.FindAllString(cell, -1); is && words != nil {
			rows = append(rows, strings.Join(words, " "))
		}
	}
	return rows
}
