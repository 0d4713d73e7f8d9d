package source_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lachan/internal/yamlfile"
	"lachan/policy/source"
)

// TestWhatOfficesWriteAroundTheRowsOfSchools: headings in two rows, the numbers of the
// columns, headings of parts, totals and signatures are no schools, and each row that is
// left out is told.
func TestWhatOfficesWriteAroundTheRowsOfSchools(t *testing.T) {
	const head, row = "STT,Mã trường,Tên trường,Xã,Cấp học,Dải mạng\n", "1,th-a,Trường A,xa,TH,10.1.0.0/16\n"
	f := func(what, text, remark string) {
		t.Helper()
		read := source.ReadTable("u.csv", []byte(text))
		want := source.Row{ID: "th-a", Parent: "xa", Name: "Trường A", Level: "TH", Networks: []string{"10.1.0.0/16"}}
		if wrong := slices.Concat(read.Whole, read.Mistakes); len(wrong) > 0 || len(read.Rows) != 1 || read.Rows[0].Text() != want.Text() {
			t.Errorf("%s: %+v %v", what, read.Rows, wrong)
		}
		if got := said(read.Remarks); remark == "" && got != "" || !strings.Contains(got, remark) {
			t.Errorf("%s: it says %q, want %q", what, got, remark)
		}
	}
	f("two rows of headings", "STT,Mã trường,Thông tin trường,,,Mạng\n,,Tên trường,Xã,Cấp học,\n"+row, "")
	f("the same with merged cells", "STT,Mã trường,Thông tin,Thông tin,Thông tin,Mạng\nSTT,Mã trường,Tên trường,Xã,Cấp học,Mạng\n"+row, "")
	f("numbers of columns", head+"(1),(2),(3),(4),(5),(6)\n"+row, "")
	f("both", "STT,Mã trường,Trường,,,Mạng\n,,Tên trường,Xã,Cấp học,\n1,2,3,4,5,6\n"+row, "")
	f("headings of parts", head+"I,Phường Sa Pa,,,,\n"+row+"II,Xã Bắc Hà,Xã Bắc Hà,Xã Bắc Hà,Xã Bắc Hà,Xã Bắc Hà\n", "rows that are left out as they are of no unit (headings of a part, totals, signatures): 2, at 2, 4")
	f("a total", head+row+",Tổng cộng,1,,,\nTổng số:,,2,,,\n", ": 2, at 3, 4")
	f("signatures", head+row+"Người lập biểu,,,,Hiệu trưởng,\n", ": 1, at 3")

	// What may be a school is never left out so.
	g := func(what, text string, mistakes int) {
		t.Helper()
		read := source.ReadTable("u.csv", []byte(head+text))
		if len(read.Mistakes) != mistakes || len(read.Remarks) > 0 {
			t.Errorf("%s: %v %v", what, read.Mistakes, read.Remarks)
		}
	}
	g("a school without its id", "1,,Trường A,xa,TH,10.1.0.0/16\n", 1)
	g("a school that is nothing but its name", "1,,Trường A,,,\n", 1)
	g("a network of nobody", "1,,,,,10.1.0.0/16\n", 1)
	g("remarks below the headings", "Ghi chú,,Ghi chú,,,\n"+row, 1)
	g("an id alone", "1,th-a,,,,\n", 0)
	g("formulas that fail", "1,#N/A,Trường A,xa,TH,10.1.0.0/16\n2,th-b,Trường B,#REF!,TH,#VALUE!\n", 3)
	g("a formula that fails in the first column", "#REF!,,Trường A,xa,TH,10.1.0.0/16\n", 1)
}

// TestAWorkbookOfAnOffice: codes keep the zeros that they are shown with, a cover is no
// table, hidden sheets are not read, merged cells count for all of their rows.
func TestAWorkbookOfAnOffice(t *testing.T) {
	book := excelize.NewFile()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(book.SetSheetName("Sheet1", "Bìa"))
	must(book.SetSheetRow("Bìa", "A1", &[]any{"SỞ GIÁO DỤC VÀ ĐÀO TẠO"}))
	_, err := book.NewSheet("Danh mục")
	must(err)
	must(book.SetSheetRow("Danh mục", "A1", &[]any{"id", "Cấp học"}))
	must(book.SetSheetVisible("Danh mục", false))
	_, err = book.NewSheet("Trường")
	must(err)
	for i, row := range [][]any{
		{"STT", "Mã trường", "Tên trường", "Xã/phường", "Cấp học", "Dải mạng", "Số học sinh"},
		{1, 1001501, "Trường A", "Phường Sa Pa", "TH", "10.1.0.0/16", 420.0},
		{2, 1001502, "Trường B", nil, "THCS", "10.2.0.0/16\n10.3.0.0/16", nil},
	} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		must(err)
		must(book.SetSheetRow("Trường", cell, &row))
	}
	must(book.MergeCell("Trường", "D2", "D3"))
	zeros := "00000000"
	style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	must(err)
	must(book.SetCellStyle("Trường", "B2", "B3", style))
	var data bytes.Buffer
	must(book.Write(&data))
	read := source.ReadTable("u.xlsx", data.Bytes())
	if len(read.Whole)+len(read.Mistakes) > 0 || len(read.Rows) != 2 {
		t.Fatalf("%+v %v %v", read.Rows, read.Whole, read.Mistakes)
	}
	a, b := read.Rows[0], read.Rows[1]
	if a.ID != "01001501" || a.Students != 420 || b.ID != "01001502" || b.Parent != "Phường Sa Pa" || len(b.Networks) != 2 {
		t.Errorf("%+v", read.Rows)
	}
	if got := said(read.Remarks); got != "only the sheet \"Trường\" is read, \"Bìa\" is not\n" {
		t.Errorf("it says %q", got)
	}
}

func said(problems yamlfile.Problems) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.Text.EN + "\n")
	}
	return b.String()
}
