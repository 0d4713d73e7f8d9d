package xlsx

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestNumberFormatsThatShowDates(t *testing.T) {
	dates := map[int]bool{}
	for _, span := range [][2]int{{14, 22}, {27, 36}, {45, 47}, {50, 58}} { // ECMA-376 part 1, 18.8.30
		for id := span[0]; id <= span[1]; id++ {
			dates[id] = true
		}
	}
	for id := range 100 {
		if got := isDateFormat(id); got != dates[id] {
			t.Errorf("format %d: %v", id, got)
		}
	}
	f := func(code string, want bool) {
		t.Helper()
		if got := isDateCode(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
	f("", false)
	f("0.00", false)
	f("dd/mm/yyyy", true)
	f("h:mm", true)
	f("0d", true)
	f(`"day" 0`, false)
	f(`"đ" dd`, true)
	f(`0 \d`, false)
	f(`0 \dd`, true)
	f(`0_d`, false)
	f(`0*y`, false)
	f("[Red]0", false)
	f("[h]:mm", false)
	f("[Red]d", true)
	f("[Red", false)
}

func TestReferencesOfCells(t *testing.T) {
	f := func(text string, column, row int, ok bool) {
		t.Helper()
		c, r, good := reference(text)
		if good != ok || ok && (c != column || r != row) {
			t.Errorf("%q: %d, %d, %v", text, c, r, good)
		}
	}
	f("A1", 0, 1, true)
	f("Z26", 25, 26, true)
	f("AA1", 26, 1, true)
	f("XFD1048576", 16383, 1048576, true)
	f("AAAA1", 0, 0, false)
	f("ABCDE1", 0, 0, false)
	f("A0", 0, 0, false)
	f("A-1", 0, 0, false)
	f("1", 0, 0, false)
	f("A", 0, 0, false)
	f("a1", 0, 0, false)
	f("[1", 0, 0, false)
	f("@1", 0, 0, false)
	f("", 0, 0, false)
}

func TestWhatACellSays(t *testing.T) {
	b := &Book{shared: []string{"first", "second"}, dates: []bool{false, true}}
	f := func(kind string, style int, written, want string) {
		t.Helper()
		c := cell{kind: kind, style: style, richText: richText{bytes: []byte(written)}}
		if got := b.text(&c); got != want {
			t.Errorf("%q of kind %q and style %d: %q, want %q", written, kind, style, got, want)
		}
	}
	f("s", 0, "0", "first")
	f("s", 0, "1", "second")
	f("s", 0, "2", "")
	f("s", 0, "-1", "")
	f("s", 0, "x", "")
	f("str", 1, "46267", "46267")
	f("", 0, "46267.0", "46267")
	f("n", 0, "46267", "46267")
	f("", 0, "x", "x")
	f("", 0, "1e15", "1e15")
	f("", 0, "-1e15", "-1e15")
	f("", 0, "1e14", "100000000000000")
	f("", 1, "0", "1899-12-30")
	f("", 1, "46267", "2026-09-02")
	f("", 1, "46267.5", "2026-09-02 12:00:00")
	f("", 1, "46267.9999999", "2026-09-03 00:00:00")
	f("", 1, "-1", "-1")
	f("", 1, "1e7", "29279-01-24")
	f("", 1, "10000001", "10000001")
	f("", 2, "46267", "46267")
	f("", -1, "46267", "46267")
	b.epoch = epoch1904
	f("", 1, "44805", "2026-09-02")
}

// TestTextsUpToABoundAreRead reads up to a bound and one byte over it.
func TestTextsUpToABoundAreRead(t *testing.T) {
	const bound = 4096 // more than the reader holds at a time
	f := func(size int, good bool) {
		t.Helper()
		m := markup{in: bufio.NewReaderSize(strings.NewReader(strings.Repeat("x", size)+">"), 16)}
		got, err := m.until('>', nil, bound)
		if (err == nil) != good || good && len(got) != size {
			t.Errorf("%d bytes of %d: %d, %v", size, bound, len(got), err)
		}
	}
	f(0, true)
	f(1, true)
	f(bound, true)
	f(bound+1, false)
	left := int64(10)
	if n, err := io.Copy(io.Discard, &budgetReader{strings.NewReader("0123456789"), &left}); n != 10 || err != nil {
		t.Errorf("what is allowed: %d, %v", n, err)
	}
	left = 9
	if _, err := io.Copy(io.Discard, &budgetReader{strings.NewReader("0123456789"), &left}); err != errUnpacks {
		t.Errorf("one byte more: %v", err)
	}
}

// TestAllThatIsUnpackedIsTakenOffOneBudget of 1 GiB.
func TestAllThatIsUnpackedIsTakenOffOneBudget(t *testing.T) {
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	unpacked := 0
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="x" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="worksheet" Target="sheet.xml"/></Relationships>`},
		{"xl/sheet.xml", `<worksheet><sheetData>` + strings.Repeat(`<row><c><v>1</v></c></row>`, 1000) + `</sheetData></worksheet>`},
	} {
		out, err := w.Create(part[0])
		if err == nil {
			_, err = io.WriteString(out, part[1])
		}
		if err != nil {
			t.Fatal(err)
		}
		unpacked += len(part[1])
		if part[0] == "xl/sheet.xml" { // once for its merged cells, once for its rows
			unpacked += len(part[1])
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Rows(b.Sheets()[0], func(int, []string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if spent := 1<<30 - b.left; spent != int64(unpacked) {
		t.Errorf("of 1 GiB %d bytes are spent, want %d", spent, unpacked)
	}
	b.left = int64(unpacked) // less than its own sheet unpacks to twice more
	for range 2 {
		err = b.Rows(b.Sheets()[0], func(int, []string) error { return nil })
	}
	if !errors.Is(err, errUnpacks) || !errors.Is(err, ErrDamaged) {
		t.Errorf("beyond the budget: %v", err)
	}
}

// TestStylesAndMergedCellsAreBounded: those beyond are as if there were none.
func TestStylesAndMergedCellsAreBounded(t *testing.T) {
	part := func(text string) (*Book, Sheet) {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		out, err := w.Create("x")
		if err == nil {
			_, err = io.WriteString(out, text)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		return &Book{zip: z, left: 1 << 30}, Sheet{part: "x"}
	}
	for written, want := range map[int]int{65_536: 65_536, 65_537: 65_536} {
		b, _ := part(`<styleSheet><cellXfs>` + strings.Repeat(`<xf numFmtId="14"/>`, written) + `</cellXfs></styleSheet>`)
		if err := b.readStyles("x"); err != nil || len(b.dates) != want {
			t.Errorf("%d of %d styles are read, %v", len(b.dates), written, err)
		}
	}
	for written, want := range map[int]int{100_000: 100_000, 100_001: 100_000} {
		b, s := part(`<worksheet>` + strings.Repeat(`<mergeCell ref="A1:B2"/>`, written) + `</worksheet>`)
		if m, err := b.merges(s); err != nil || len(m.coming) != want {
			t.Errorf("%d of %d merged cells are read, %v", len(m.coming), written, err)
		}
	}
}

func TestARichTextLeavesOutHowItIsPronounced(t *testing.T) {
	var r richText
	for _, x := range []tag{
		{name: "t", end: true, text: []byte("a")}, {name: "rPh", start: true}, {name: "t", end: true, text: []byte("no")},
		{name: "rPh", end: true}, {name: "v", end: true, text: []byte("b")}, {name: "t", start: true, text: []byte("no")},
		{name: "rPh", start: true, end: true}, {name: "x", end: true, text: []byte("no")}, {name: "t", end: true, text: []byte("c")},
	} {
		if err := r.add(&x); err != nil {
			t.Fatal(err)
		}
	}
	if string(r.bytes) != "abc" {
		t.Errorf("%q", r.bytes)
	}
	r.bytes = make([]byte, maxText-1)
	if err := r.add(&tag{name: "t", end: true, text: []byte("x")}); err != nil {
		t.Errorf("as long as a text may be: %v", err)
	}
	if err := r.add(&tag{name: "t", end: true, text: []byte("x")}); err != errLongText {
		t.Errorf("longer: %v", err)
	}
}
