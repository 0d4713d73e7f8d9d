package format_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/format"
)

// A page is a sheet of a workbook: what stands in its sheetData, and behind it.
type page struct{ name, state, data, behind string }

// workbook is a workbook as spreadsheets write them, with two styles: 1 is a
// built-in date, 2 one of its own.
func workbook(properties string, pages ...page) string {
	return workbookSharing(`<si><t>Tên miền</t></si><si><r><t>nhà-</t></r><r><t>cái.example</t></r><rPh><t>x</t></rPh></si>`, properties, pages...)
}

// workbookSharing is one whose cells share these texts.
func workbookSharing(texts, properties string, pages ...page) string {
	parts := map[string]string{
		"xl/sharedStrings.xml": `<sst>` + texts + `</sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/><numFmt numFmtId="165" formatCode="[Red]0.0&quot;d&quot;"/></numFmts>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const kind = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	sheets, relations := "", `<Relationship Id="a" Type="`+kind+`sharedStrings" Target="sharedStrings.xml"/><Relationship Id="b" Type="`+kind+`styles" Target="/xl/styles.xml"/>`
	for i, p := range pages {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>`, p.name, 9-i, p.state, i+1)
		relations += fmt.Sprintf(`<Relationship Id="rId%d" Type="%sworksheet" Target="%s"/>`, i+1, kind, part)
		parts["xl/"+part] = `<worksheet ` + ns + `><sheetData>` + p.data + `</sheetData>` + p.behind + `</worksheet>`
	}
	parts["xl/workbook.xml"] = `<?xml version="1.0" encoding="UTF-8"?><workbook ` + ns + `>` + properties + `<sheets>` + sheets + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = `<Relationships>` + relations + `</Relationships>`
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"} {
		pack(w, name, parts[name])
		delete(parts, name)
	}
	for name, text := range parts {
		pack(w, name, text)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func pack(w *zip.Writer, name, text string) {
	part, err := w.Create(name)
	if err == nil {
		_, err = part.Write([]byte(text))
	}
	if err != nil {
		panic(err)
	}
}

// row writes a row of texts.
func row(number int, cells ...string) string {
	s := fmt.Sprintf(`<row r="%d">`, number)
	for i, c := range cells {
		if c != "" {
			s += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, number, c)
		}
	}
	return s + "</row>"
}

func TestAWorkbookIsReadAsTheTableOfCSV(t *testing.T) {
	f := func(data, behind string, want ...string) {
		t.Helper()
		text := workbook("", page{name: "Danh sách", data: data, behind: behind})
		if got := read(t, format.Auto, format.Options{}, text); !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q", data, got, want)
		}
	}
	head := row(1, "Tên miền", "Nhóm", "Số văn bản", "Hiệu lực từ", "Hiệu lực đến")
	f(head+row(2, "a.example", "co-bac", "15/CV-A05", "01/09/2026")+row(4, "https://facebook.com/x"),
		"", "tree a.example category co-bac document 15/CV-A05 from 2026-09-01T00:00:00+07:00", "- 4 path_on_shared_host: facebook.com")
	// Texts that cells share, a number that is a document's, dates by style, a date without.
	f(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="str"><v>so_van_ban</v></c><c r="D1" t="inlineStr"><is><r><t>hieu_luc</t></r><r><t>_tu</t></r></is></c></row>`+
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2"><v>1.5E1</v></c><c r="D2" s="2"><v>46266</v></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="C3" t="n" s="3"><v>15</v></c><c r="D3" s="1"><v>46266.5</v></c></row>`+
		`<row r="4"><c r="A4" t="s"><v>1</v></c><c r="C4" t="s"><v>99</v></c><c r="D4"><v>46266</v></c></row>`,
		"",
		"tree xn--nh-ci-sqaj.example document 15 from 2026-09-01T00:00:00+07:00",
		"tree xn--nh-ci-sqaj.example document 15 from 2026-09-01T12:00:00+07:00",
		"tree xn--nh-ci-sqaj.example from 2026-09-01T00:00:00+07:00")
	// A title, a header of two rows, a document for several names, a signature.
	f(row(1, "DANH SÁCH TÊN MIỀN")+row(3, "TT", "Tên miền", "Hiệu lực", "", "Số văn bản")+row(4, "", "", "từ", "đến")+
		row(5, "1", "a.example", "01/09/2026", "02/09/2026", "7")+row(6, "2", "b.example")+row(7, "3", "c.example")+row(9, "", "Nơi nhận:"),
		`<mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="A3:A4"/><mergeCell ref="B3:B4"/><mergeCell ref="C3:D3"/><mergeCell ref="E3:E4"/><mergeCell ref="E5:E6"/></mergeCells>`,
		"tree a.example document 7 from 2026-09-01T00:00:00+07:00 until 2026-09-03T00:00:00+07:00", "tree b.example document 7", "tree c.example",
		"- 9 no_name: Nơi nhận:")
	f("", "")
}

func TestDatesOfAWorkbookThatCountsFrom1904(t *testing.T) {
	f := func(properties, days string) {
		t.Helper()
		text := workbook(properties, page{name: "x", data: row(1, "ten_mien", "hieu_luc_tu") +
			`<row r="2"><c r="A2" t="inlineStr"><is><t>a.example</t></is></c><c r="B2" s="1"><v>` + days + `</v></c></row>`})
		claims(t, format.XLSX, format.Options{})(text, "tree a.example from 2026-09-01T00:00:00+07:00")
	}
	f(`<workbookPr date1904="1"/>`, "44804")
	f(`<workbookPr date1904="true"/>`, "44804")
	f(`<workbookPr date1904="0"/>`, "46266")
	f(`<x date1904="1"/>`, "46266")
}

// TestARejectOfAWorkbookCarriesItsRow as a line of csv.
func TestARejectOfAWorkbookCarriesItsRow(t *testing.T) {
	f := func(want string, cells ...string) {
		t.Helper()
		var got format.Reject
		text := workbook("", page{name: "x", data: row(1, "ten_mien", "so_van_ban", "ghi_chu") + row(3, cells...)})
		_, err := format.Parse(strings.NewReader(text), format.XLSX, format.Options{}, accept, func(r format.Reject) { got = r })
		if err != nil || got.Line != 3 || got.Text != want {
			t.Errorf("%q: %+v, %v; want text %q", cells, got, err, want)
		}
	}
	f("a$.example, 7, x", "a$.example", "7", "x")
	f("a$.example, 7", "a$.example", "7")
	f("7, x", "", "7", "x")
	f("a$.example, , x", "a$.example", "", "x")
	long := strings.Repeat("$", format.MaxRejectText-3)
	f(long+", 7", long, "7", "x")
	f(strings.Repeat("$", format.MaxRejectText), long+"$$$$", "7", "x")
}

func TestSheetsThatAreNotReadAreTold(t *testing.T) {
	text := workbook("",
		page{name: "nháp", state: "hidden", data: row(1, "x.example")},
		page{name: "Tháng 9", data: row(1, "ten_mien") + row(2, "a.example")},
		page{name: "Trang trống", data: `<row r="1"><c r="A1" s="1"/></row>`},
		page{name: "Tháng 10", data: row(1, "ten_mien") + row(2, "b.example")})
	claims(t, format.XLSX, format.Options{})(text, "tree a.example", "- 2 other_sheet: Tháng 10")
}

func TestAWorkbookIsReadFromAFileOrAStream(t *testing.T) {
	text := workbook("", page{name: "x", data: row(1, "a.example") + row(2, "b.example")})
	name := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for what, sum := range map[string]func() (format.Summary, error){
		"file": func() (format.Summary, error) { return format.Parse(file, format.Auto, format.Options{}, accept, nil) },
		"stream": func() (format.Summary, error) {
			return format.Parse(bytes.NewBufferString(text), format.Auto, format.Options{}, accept, nil)
		},
	} {
		if s, err := sum(); err != nil || s.Rules != 2 || s.Lines != 2 || s.Format != format.XLSX {
			t.Errorf("from a %s: %+v, %v", what, s, err)
		}
	}
}

func accept(format.Rule) error { return nil }

// TestATableBehindACoverIsRead: the first sheet with its headings, and the cover is told.
func TestATableBehindACoverIsRead(t *testing.T) {
	text := workbook("", page{name: "Bìa", data: row(1, "CỤC A05") + row(2, "Danh sách tên miền vi phạm")},
		page{name: "Tháng 11", data: row(1, "STT", "Tên miền") + row(2, "1", "a.example") + row(3, "#REF!", "b.example") + row(4, "#", "c.example")})
	claims(t, format.XLSX, format.Options{})(text, "tree a.example", "tree b.example", "- 4 other_sheet: Bìa")
}

func TestAWorkbookThatIsNoneIsRefusedWhole(t *testing.T) {
	good := workbook("", page{name: "x", data: row(1, "a.example")})
	f := func(what, text string) {
		t.Helper()
		if _, err := format.Parse(strings.NewReader(text), format.XLSX, format.Options{}, accept, nil); !errors.Is(err, format.ErrXLSX) {
			t.Errorf("%s: %v, want ErrXLSX", what, err)
		}
	}
	f("nothing", "")
	f("a list", "a.example\n")
	f("half of it", good[:len(good)/2])
	f("without a sheet", workbook(""))
	f("hidden", workbook("", page{state: "veryHidden"}))
	f("rows out of order", workbook("", page{data: row(2, "a.example") + row(1, "b.example")}))
	f("a row that ends and has not begun", workbook("", page{data: "<c><v>1</v></c></row>"}))
	f("a row that ends twice", workbook("", page{data: row(1, "a.example") + "</row>"}))
	f("a row beyond all", workbook("", page{data: row(9_999_999, "a.example")}))
	f("not XML", workbook("", page{data: "<row><c>"}))
	f("not closed", workbook("", page{data: "<row><c><v>1</v>"}))
	f("with CDATA", workbook("", page{data: "<![CDATA[<row>]]>"}))
	f("a text without end", workbook("", page{data: "<v>" + strings.Repeat("x", 2<<20) + "</v>"}))
	f("a tag without end", workbook("", page{data: "<c " + strings.Repeat(`a="" `, 1<<20) + "/>"}))
}

// TestABombGoesOff in little memory and in seconds: most of a bomb is never
// kept, and what is unpacked is counted.
func TestABombGoesOff(t *testing.T) {
	f := func(what, text string, want error) {
		t.Helper()
		before := allocated()
		_, err := format.Parse(strings.NewReader(text), format.XLSX, format.Options{}, accept, nil)
		if used := allocated() - before; !errors.Is(err, want) || used > 64<<20 {
			t.Errorf("%s: %v in %d MiB, want %v", what, err, used>>20, want)
		}
	}
	deep := strings.Repeat("<c>", 4<<20)
	f("nested", workbook("", page{data: deep}), format.ErrXLSX)
	text := row(1, "a.example")
	for i := range 1000 {
		text += row(2*i+2, "b.example")
	}
	f("merged over each other", workbook("", page{data: text,
		behind: "<mergeCells>" + strings.Repeat(`<mergeCell ref="A1:IV1048576"/>`, 20_000) + "</mergeCells>"}), nil)
	var many []page
	for range 300 {
		many = append(many, page{name: "x", data: strings.Repeat("<row/>", 1<<10)})
	}
	f("of many sheets", workbook("", many...), nil)
	// What stands in many cells and is kept once is looked at by its beginning where a
	// heading may be, and not more often than all cells of a list could say.
	shared := strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 250)+`</row>`, 100)
	for what, text := range map[string]string{"letters": strings.Repeat("ề", 30_000), "words": strings.Repeat("từ ngày ", 9000)} {
		f("of cells that share long "+what, workbookSharing(`<si><t>`+text+`</t></si>`, "", page{data: shared}), format.ErrXLSX)
	}
}

// allocated is how much was ever allocated, in bytes.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestFilesThatAreNoWorkbookAreToldApart(t *testing.T) {
	f := func(text string, want error, says string) {
		t.Helper()
		for _, as := range []format.Format{format.Auto, format.CSV, format.XLSX} {
			_, err := format.Parse(strings.NewReader(text), as, format.Options{}, accept, nil)
			if !errors.Is(err, want) || !strings.Contains(format.Explain(err).VI, says) {
				t.Errorf("as %s: %v (%s), want %v", as, err, format.Explain(err), want)
			}
		}
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	pack(w, "mimetype", "application/vnd.oasis.opendocument.spreadsheet")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f(b.String(), format.ErrNoBook, "không phải bảng tính Excel")
	f("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00", format.ErrOldBook, "kiểu .xlsx")
	f("PK\x03\x04 and no more", format.ErrXLSX, "bị hỏng")
	f("<!DOCTYPE html>", format.ErrHTML, "trang web")
}

func TestTextsAreReadAsTheyAreShown(t *testing.T) {
	claims(t, format.XLSX, format.Options{})(
		workbook("", page{data: `<!-- by hand --><row r="1"><c t="inlineStr"><is><t xml:space="preserve">T&#234;n mi&#x1EC1;n</t></is></c></row>` +
			`<row r="2"><c t="inlineStr"><is><t>a.example_x000D_&#10;b.example</t></is></c></row><x:row xmlns:x="y" r='3'><x:c t="str"><x:v>c.example</x:v></x:c></x:row>`}),
		"tree a.example", "tree b.example", "tree c.example")
}

// TestHiddenRowsAreReadAndTold: a filter hides rows that may not be meant.
func TestHiddenRowsAreReadAndTold(t *testing.T) {
	hide := func(number int, cells ...string) string {
		return strings.Replace(row(number, cells...), "<row ", `<row hidden="1" `, 1)
	}
	claims(t, format.XLSX, format.Options{})(
		workbook("", page{data: row(1, "Tên miền") + row(2, "a.example") + hide(3, "b.example") + hide(4, "c.example")}),
		"tree a.example", "tree b.example", "tree c.example", "- 3 hidden_rows: 2")
}

func TestErrorsOfWhoTakesRulesEndAWorkbook(t *testing.T) {
	full := errors.New("disk full")
	text := workbook("", page{data: row(1, "ten_mien") + row(2, "a.example") + row(3, "b.example")})
	sum, err := format.Parse(strings.NewReader(text), format.XLSX, format.Options{}, func(format.Rule) error { return full }, nil)
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "line 2") || sum.Lines != 2 {
		t.Errorf("%v, %+v", err, sum)
	}
}

// FuzzXLSX has the contract of parses for the sheet of a workbook: whatever
// stands there, it is ErrXLSX or every row is accounted for.
func FuzzXLSX(f *testing.F) {
	f.Add(row(1, "ten_mien", "nhom")+row(2, "a.example"), `<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Add(`<row><c t="s"><v>1</v></c><c s="1"><v>1e9</v></c></row><row r="7"><c r="ZZ7"><v>x</v></c></row>`, "")
	f.Fuzz(func(t *testing.T, data, behind string) {
		parses(t, format.XLSX, workbook("", page{name: "x", data: data, behind: behind}))
	})
}

// FuzzWorkbook has the same contract for all of a file.
func FuzzWorkbook(f *testing.F) {
	f.Add(workbook("", page{name: "x", data: row(1, "ten_mien") + row(2, "a.example")}))
	f.Fuzz(func(t *testing.T, text string) { parses(t, format.XLSX, text) })
}
