package lookalike

// This file reads the tables that are built in, and how names are found in them.

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
)

//go:embed data
var data embed.FS

// A Table is whom names may imitate, and by what. It is immutable.
type Table struct {
	brands    []*Brand
	byText    map[string]*Brand
	byFold    map[string]*Brand
	own       map[string]*Brand   // by domain of the owner
	deepest   int                 // how many labels those have at most
	innocents map[uint64]struct{} // by hash
	begins    beginnings          // of brands
	starts    pairs[[]*Brand]     // by the first two letters, the longest first
	folded    beginnings          // of what those fold to that are long enough, see single
	editable  edits               // long enough for one edit to be no chance
	cheap     map[uint64]bool     // suffixes, by hash
	hosts     map[uint64]bool     // of sites for everybody, by hash
	bait      map[string]bool
	baited    pairs[uint32]   // by the first two letters of words of bait: a bit for each length
	usual     map[string]bool // labels that are near a brand and mean something else
	looks     map[rune]string
}

// maxBrands bounds the steps for a name: the brands that it is compared with.
const maxBrands = 500

// Load reads the tables that are built in. An error names file and line.
func Load() (*Table, error) {
	t := &Table{
		byText: map[string]*Brand{}, byFold: map[string]*Brand{}, own: map[string]*Brand{},
		innocents: map[uint64]struct{}{}, cheap: map[uint64]bool{}, hosts: map[uint64]bool{},
		bait: map[string]bool{}, usual: map[string]bool{}, looks: map[rune]string{},
	}
	for _, file := range []struct {
		name string
		read func(section, line string) error
	}{
		{"brands.txt", t.readBrand}, {"words.txt", t.readWords},
		{"carriers.txt", t.readCarrier}, {"confusables.txt", t.readLook},
	} {
		if err := eachLine(file.name, file.read); err != nil {
			return nil, err
		}
	}
	t.index()
	if len(t.brands) > maxBrands {
		return nil, fmt.Errorf("brands.txt: %d brands, at most %d", len(t.brands), maxBrands)
	}
	return t, nil
}

// eachLine reads the lines of a file, each with the section that it is in: [section].
func eachLine(file string, read func(section, line string) error) error {
	text, err := data.ReadFile("data/" + file)
	if err != nil {
		return err
	}
	section, number := "", 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if inner, ok := strings.CutPrefix(line, "["); ok && strings.HasSuffix(inner, "]") {
			section, line = strings.TrimSuffix(inner, "]"), ""
		}
		if err := read(section, line); err != nil {
			return fmt.Errorf("%s:%d: %w", file, number, err)
		}
	}
	return nil
}

// readBrand reads a line of a brand; "" begins one.
func (t *Table) readBrand(section, line string) error {
	if line == "" {
		return t.add(&Brand{text: section})
	}
	if len(t.brands) == 0 {
		return fmt.Errorf("%q stands before the first brand", line)
	}
	b := t.byText[section]
	key, value, isSetting := strings.Cut(line, ": ")
	switch {
	case !isSetting:
		name, err := domain.Canonical(line)
		if err != nil || name != line {
			return fmt.Errorf("%q is no domain: %w", line, err)
		}
		b.Domains = append(b.Domains, line)
	case key == "label":
		vi, en, both := strings.Cut(value, " | ")
		if b.Label = (wording.Text{VI: vi, EN: en}); !both {
			b.Label.EN = vi
		}
	case key == "also":
		for text := range strings.FieldsSeq(value) {
			if err := t.add(&Brand{text: text, Domains: []string{section}}); err != nil {
				return err
			}
		}
	case line == "kind: word":
		b.word = true
	case line == "tails: any":
		b.tails = true
	default:
		return fmt.Errorf("%q is not known", line)
	}
	return nil
}

func (t *Table) add(b *Brand) error {
	if t.byText[b.text] != nil || len(b.text) < 3 || pair(b.text[0], b.text[1]) < 0 {
		return fmt.Errorf("%q is there twice, or too short", b.text)
	}
	t.byText[b.text] = b
	t.brands = append(t.brands, b)
	return nil
}

func (t *Table) readWords(section, line string) error {
	for word := range strings.FieldsSeq(line) {
		switch section {
		case "bait":
			if len(word) < 2 || len(word) >= 32 || pair(word[0], word[1]) < 0 {
				return fmt.Errorf("%q is no word of bait", word)
			}
			t.bait[word] = true
			*t.baited.of(word) |= 1 << len(word)
		case "tails":
			t.cheap[hash(word)] = true
		case "hosts":
			t.hosts[hash(word)] = true
		case "usual":
			t.usual[word] = true
		default:
			return fmt.Errorf("section %q is not known", section)
		}
	}
	return nil
}

func (t *Table) readCarrier(_, line string) error {
	t.innocents[hash(line)] = struct{}{}
	return nil
}

func (t *Table) readLook(_, line string) error {
	from, to, ok := strings.Cut(line, " ")
	if c := []rune(from); ok && len(c) == 1 {
		t.looks[c[0]] = to
		return nil
	}
	return fmt.Errorf("%q is not a character and what it looks like", line)
}

// index fills the tables by which brands are found.
func (t *Table) index() {
	for _, b := range t.brands {
		if len(b.Domains) == 1 && t.byText[b.Domains[0]] != nil { // another text of that brand
			of := t.byText[b.Domains[0]]
			b.Label, b.Domains, b.tails = of.Label, of.Domains, of.tails
		}
		for _, name := range b.Domains {
			t.innocents[hash(name)] = struct{}{}
			t.deepest = max(t.deepest, 1+strings.Count(name, "."))
			if t.own[name] == nil {
				t.own[name] = b
			}
		}
		t.innocents[hash(b.text)] = struct{}{} // a top-level domain of its own
		b.fold = string(appendFolded(nil, []byte(b.text)))
		t.byFold[b.fold] = b
		t.begins.add(three(b.text[0], b.text[1], b.text[2]))
		*t.starts.of(b.text) = append(*t.starts.of(b.text), b)
		if len(b.text) >= leastFolded {
			t.folded.addFolded("", b.fold)
		}
		if len(b.text) >= leastEdit && !b.word {
			t.editable.add(b)
		}
	}
	for i := range t.starts {
		slices.SortStableFunc(t.starts[i], func(a, b *Brand) int { return len(b.text) - len(a.text) })
	}
	for _, suffix := range []string{"gov.vn", "edu.vn", "gov", "edu", "mil", "arpa"} {
		t.innocents[hash(suffix)] = struct{}{}
	}
}

// hash is that of a name of the tables: those of names that are asked for are known already.
func hash(text string) uint64 {
	var n domain.Name
	_ = n.SetText(text) // reading the tables has seen to it
	return n.Hash(n.Labels())
}

// Brands yields all brands.
func (t *Table) Brands(yield func(*Brand) bool) {
	for _, b := range t.brands {
		if !yield(b) {
			return
		}
	}
}
