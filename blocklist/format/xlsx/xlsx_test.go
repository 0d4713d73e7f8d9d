package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/format/xlsx"
)

// pack makes a workbook of one sheet of its rows, of what comes after them, and
// of its shared texts.
func pack(t *testing.T, rows, after, shared string) *bytes.Reader {
	t.Helper()
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return packed(t, [][2]string{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="x" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="` + kind + `worksheet" Target="sheet.xml"/>` +
			`<Relationship Id="b" Type="` + kind + `sharedStrings" Target="shared.xml"/></Relationships>`},
		{"xl/sheet.xml", `<worksheet><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`},
		{"xl/shared.xml", `<sst>` + shared + `</sst>`},
	})
}

// packed makes a workbook of the names and texts of its parts.
func packed(t *testing.T, parts [][2]string) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range parts {
		out, err := w.Create(part[0])
		if err == nil {
			_, err = out.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// TestASheetWithoutAPartIsNone: it names an id that no relationship has, or none.
func TestASheetWithoutAPartIsNone(t *testing.T) {
	text := packed(t, [][2]string{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="no id"/><sheet name="x" r:id="a"/><sheet name="no part" r:id="b"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships Id="b" Target="y.xml"><Relationship Id="a" Type="worksheet" Target="sheet.xml"></Relationship></Relationships>`},
	})
	book, err := xlsx.Open(text, text.Size())
	if err != nil {
		t.Fatal(err)
	}
	if sheets := book.Sheets(); len(sheets) != 1 || sheets[0].Name != "x" {
		t.Errorf("sheets %+v", sheets)
	}
}

// each calls take for the rows of the first sheet.
func each(r *bytes.Reader, take func(number int, cells []string) error) error {
	book, err := xlsx.Open(r, r.Size())
	if err != nil {
		return err
	}
	return book.Rows(book.Sheets()[0], take)
}

// read reads the rows of the first sheet, each as "number: cell|cell".
func read(r *bytes.Reader) (rows []string, err error) {
	err = each(r, func(number int, cells []string) error {
		rows = append(rows, fmt.Sprintf("%d: %s", number, strings.Join(cells, "|")))
		return nil
	})
	return rows, err
}

func TestRowsHaveTheirNumbersAndMergedCellsTheirValue(t *testing.T) {
	got, err := read(pack(t, `<row r="2"><c r="B2"><v>7</v></c></row><row r="3"/><row r="4"><c r="C4" t="s"><v>0</v></c></row>`,
		`<mergeCells><mergeCell ref="B2:C4"/></mergeCells>`, `<si><t>x</t></si>`))
	if want := []string{"2: |7|7", "4: |7|x"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestNumbersAreReadAsTheyAreShown: with the zeros before them that codes of offices have.
func TestNumbersAreReadAsTheyAreShown(t *testing.T) {
	cells := ""
	for style := range 5 {
		cells += fmt.Sprintf(`<c s="%d"><v>46267</v></c>`, style)
	}
	book := packed(t, [][2]string{
		{"xl/workbook.xml", `<workbook><sheets><sheet name="x" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="worksheet" Target="sheet.xml"/><Relationship Id="b" Type="styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0000000"/><numFmt numFmtId="165" formatCode="0.0"/><numFmt numFmtId="166" formatCode="dd/mm/yyyy"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="166"/></cellStyleXfs><cellXfs><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="0"/></cellXfs></styleSheet>`},
		{"xl/sheet.xml", `<worksheet><sheetData><row>` + cells + `<c t="inlineStr"><is><t>&#7871;x</t></is></c></row></sheetData></worksheet>`},
	})
	got, err := read(book)
	if want := []string{"1: 0046267|46267|2026-09-02|46267|46267|ếx"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestABlockWhoseFirstCellIsEmptyGivesNoValue: its row is missing, or ends before it.
func TestABlockWhoseFirstCellIsEmptyGivesNoValue(t *testing.T) {
	got, err := read(pack(t, `<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>`,
		`<mergeCells><mergeCell ref="C1:D3"/><mergeCell ref="A2:B3"/></mergeCells>`, ""))
	if want := []string{"1: 1", "3: 3"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestHiddenRowsAreThoseOfTheSheetReadLast reads a sheet twice.
func TestHiddenRowsAreThoseOfTheSheetReadLast(t *testing.T) {
	text := pack(t, `<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="true"><c r="A2"><v>2</v></c></row><row r="3" hidden="1"><c r="A3"><v>3</v></c></row>`, "", "")
	book, err := xlsx.Open(text, text.Size())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := book.Rows(book.Sheets()[0], func(int, []string) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got, want := book.HiddenRows(), (xlsx.Hidden{First: 2, Count: 2}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// TestATextOfManyRunsTakesLinearTime in the file of shared texts and in a cell:
// 80,000 runs fit into some 3 KB.
func TestATextOfManyRunsTakesLinearTime(t *testing.T) {
	const runs = 80_000
	text := strings.Repeat(`<r><t>x</t></r>`, runs)
	for what, book := range map[string]*bytes.Reader{
		"shared":  pack(t, `<row><c t="s"><v>0</v></c></row>`, "", `<si>`+text+`</si>`),
		"in cell": pack(t, `<row><c t="inlineStr"><is>`+text+`</is></c></row>`, "", ""),
	} {
		took := time.Hour
		for range 3 { // the quickest, for the noise of a machine
			start := time.Now()
			got, err := read(book)
			if err != nil || len(got) != 1 || strings.Count(got[0], "x") != runs {
				t.Errorf("%s: %d rows, %v, want one with all %d runs", what, len(got), err, runs)
			}
			took = min(took, time.Since(start))
		}
		if took > time.Second {
			t.Errorf("%s: %v for %d runs of a text, want at most a second", what, took, runs)
		}
	}
}

// TestTextsAreBounded one by one, in the memory of those that are shared, and
// in what all cells say together.
func TestTextsAreBounded(t *testing.T) {
	f := func(what, rows, after, shared string, refused bool) {
		t.Helper()
		book := pack(t, rows, after, shared)
		before := allocated()
		err := each(book, func(int, []string) error { return nil })
		if errors.Is(err, xlsx.ErrDamaged) != refused || !refused && err != nil {
			t.Errorf("%s: %v, want refused %v", what, err, refused)
		}
		if used := allocated() - before; used > 512<<20 {
			t.Errorf("%s: %d MiB allocated", what, used>>20)
		}
	}
	long := strings.Repeat("ế", 32_767) // as long as Excel allows
	cell := `<c t="inlineStr"><is><t>%s</t></is></c>`
	f("the longest text", "<row>"+fmt.Sprintf(cell, long)+"</row>", "", "", false)
	f("the longest text in references", "<row>"+fmt.Sprintf(cell, strings.Repeat("&#7871;", 32_767))+"</row>", "", "", false)
	f("a longer text", "<row>"+fmt.Sprintf(cell, long+"x")+"</row>", "", "", true)
	f("a longer text in runs", "<row>"+fmt.Sprintf(cell, strings.Repeat("x</t><t>", 99_000))+"</row>", "", "", true)
	f("a longer shared text", "", "", "<si>"+strings.Repeat("<t>"+long[:30_000]+"</t>", 4)+"</si>", true)
	most := strings.Repeat("<si><t>"+strings.Repeat("x", 32<<10-16)+"</t></si>", 1<<10) // each takes 16 bytes to be found
	f("shared texts of 32 MiB", "", "", most, false)
	f("one more", "", "", most+"<si/>", true)
	f("3 million empty shared texts", "", "", strings.Repeat("<si/>", 3<<20), true)
	// 90 KiB in each of 256 columns: 47 rows say 1 GiB.
	rows := strings.Repeat("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 256)+"</row>", 60)
	f("a shared text in every cell", rows, "", "<si><t>"+long[:90<<10]+"</t></si>", true)
	// 64 KiB in each of 4096 cells are 256 MiB.
	shared := "<si><t>" + strings.Repeat("x", 64<<10) + "</t></si><si><t>x</t></si>"
	cells := strings.Repeat("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 256)+"</row>", 16)
	f("cells of 256 MiB", cells, "", shared, false)
	f("one more byte", cells+`<row><c t="s"><v>1</v></c></row>`, "", shared, true)
}

// TestTheLastRowAndColumn are those that spreadsheets have, and those of old ones.
func TestTheLastRowAndColumn(t *testing.T) {
	f := func(at, want string) {
		t.Helper()
		row := strings.TrimLeft(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		rows, err := read(pack(t, `<row r="`+row+`"><c r="`+at+`"><v>7</v></c></row>`, "", ""))
		got := strings.Join(rows, "")
		if err != nil {
			got = "refused"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	f("A1", "1: 7")
	f("A1048576", "1048576: 7")
	f("A1048577", "refused")
	f("IV1", "1: "+strings.Repeat("|", 255)+"7")
	f("IW1", "")
}

// allocated returns how much was ever allocated, in bytes.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestErrorsOfTheCallerEndTheRows(t *testing.T) {
	full := errors.New("disk full")
	calls := 0
	err := each(pack(t, "<row><c><v>1</v></c></row><row><c><v>2</v></c></row>", "", ""),
		func(int, []string) error { calls++; return full })
	if !errors.Is(err, full) || errors.Is(err, xlsx.ErrDamaged) || calls != 1 {
		t.Errorf("%v after %d rows, want the caller's error after one", err, calls)
	}
}

// TestMoreEndTagsThanStartTagsAreRefused: what closes more than was opened is no
// workbook.
func TestMoreEndTagsThanStartTagsAreRefused(t *testing.T) {
	const row = `<row r="1"><c r="A1"><v>1</v></c></row>`
	f := func(rows, after string, good bool) {
		t.Helper()
		got, err := read(pack(t, rows, after, ""))
		if (err == nil) != good {
			t.Errorf("%s%s: %q, %v", rows, after, got, err)
		}
	}
	f(row, "", true)
	f(row+"</row>", "", false)
	f("</row></row></sheetData></worksheet></x>"+row, "", false)
}
