package source_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/source"
)

// TestUnitsAreReadHoweverAnOfficeSavesThem: as lists are.
func TestUnitsAreReadHoweverAnOfficeSavesThem(t *testing.T) {
	const table = "id;name;kind\nth-a;Trường Tiểu học Nguyễn Văn Đức;school\n"
	var utf16LE []byte
	for _, unit := range utf16.Encode([]rune(table)) {
		utf16LE = binary.LittleEndian.AppendUint16(utf16LE, unit)
	}
	f := func(what string, data []byte) {
		t.Helper()
		read := source.ReadTable("units.csv", data)
		if wrong := slices.Concat(read.Whole, read.Mistakes, read.Remarks); len(wrong) > 0 || len(read.Rows) != 1 ||
			read.Rows[0].ID != "th-a" || read.Rows[0].Name != "Trường Tiểu học Nguyễn Văn Đức" {
			t.Errorf("%s: %+v %v", what, read.Rows, wrong)
		}
	}
	f("UTF-8", []byte(table))
	f("UTF-8 with a mark", []byte("\ufeff"+table))
	f("UTF-16", utf16LE)
	f("TCVN3", []byte("id;name;kind\nth-a;Tr\xad\xeang Ti\xd3u h\xe4c Nguy\xd4n V\xa8n \xa7\xf8c;school\n"))
	f("Windows-1258", []byte("id;name;kind\nth-a;Tr\xfd\xf5\xccng Ti\xea\xd2u ho\xf2c Nguy\xea\xden V\xe3n \xd0\xfd\xecc;school\n"))
}

// TestTablesOfSchoolsAsSpreadsheetsLeaveThem: what is empty means nothing, a title may
// stand above, headings are those of offices.
func TestTablesOfSchoolsAsSpreadsheetsLeaveThem(t *testing.T) {
	f := func(what, text string) {
		t.Helper()
		read := source.ReadTable("u.csv", []byte(text))
		want := source.Row{ID: "th-a", Parent: "xa", Name: "Trường A", Level: "primary", Networks: []string{"10.1.0.0/16"}}
		if wrong := slices.Concat(read.Whole, read.Mistakes, read.Remarks); len(wrong) > 0 || len(read.Rows) != 1 || read.Rows[0].Text() != want.Text() {
			t.Errorf("%s: %+v %v", what, read.Rows, wrong)
		}
	}
	const head, row = "id;parent;name;level;networks;profile\r\n", "th-a;xa;Trường A;primary;10.1.0.0/16;\r\n"
	f("as it is", head+row)
	f("emptied rows", head+";;;;;\r\n"+row+";;;;;\r\n;;;;;\r\n\r\n")
	f("emptied columns at the end", strings.ReplaceAll(head+row, "\r\n", ";;\r\n"))
	f("an emptied column in the middle", "id;;parent;name;level;networks\nth-a;;xa;Trường A;primary;10.1.0.0/16\n")
	f("an emptied column before all", ";id;parent;name;level;networks\n;th-a;xa;Trường A;primary;10.1.0.0/16\n")
	f("sep=", "sep=;\r\n"+head+row)
	f("sep= with a mark", "\ufeffsep=;\r\n"+head+row)
	f("short rows", head+"th-a;xa;Trường A;primary;10.1.0.0/16\r\n")
	f("a title", "DANH SÁCH TRƯỜNG, NĂM HỌC 2026-2027;;;;;\n;;;;;\n"+head+row)
	f("a comment", "# of the office\n"+head+row)
	f("tabs", strings.ReplaceAll(head+row, ";", "\t"))
	f("commas", strings.ReplaceAll(head+row, ";", ","))
	f("quotes", "\"id\";\"parent\";\"name\";\"level\";\"networks\"\n\"th-a\";\"xa\";\"Trường A\";\"primary\";\"10.1.0.0/16\"\n")
	f("ends of lines of an old Mac", strings.ReplaceAll(head+row, "\r\n", "\r"))
	f("Vietnamese headings", "STT,Mã đơn vị,Tên trường,Trực thuộc,Cấp học,Dải mạng,Ghi chú\n1,th-a,Trường A,xa,primary,10.1.0.0/16,x\n")
	f("other Vietnamese headings", "TT,Mã trường (CSDL),Tên đơn vị,Đơn vị cấp trên,Bậc học,Địa chỉ IP\n1,th-a,Trường A,xa,primary,10.1.0.0/16\n")
}

// TestTheParentIsReadUnderAnyNaturalHeading: with and without marks, as offices call it.
func TestTheParentIsReadUnderAnyNaturalHeading(t *testing.T) {
	f := func(head, row, parent string) {
		t.Helper()
		read := source.ReadTable("u.csv", []byte(head+"\n"+row+"\n"))
		if len(read.Whole) > 0 || len(read.Mistakes) > 0 || len(read.Rows) != 1 || read.Rows[0].Parent != parent {
			t.Errorf("%s: %+v %v %v %v", head, read.Rows, read.Whole, read.Mistakes, read.Remarks)
		}
	}
	headings := []string{
		"Trực thuộc", "Thuộc", "Thuộc xã", "Thuộc xã/phường", "Thuộc xã, phường", "Thuộc phường", "Thuộc đơn vị", "Thuộc UBND xã", "Xã", "Phường",
		"Xã/phường", "Phường/xã", "Xã, phường", "Xã (phường)", "Xã/phường/đặc khu", "Tên xã", "Tên xã/phường", "Tên phường, xã", "Mã xã", "Mã xã/phường",
		"Đặc khu", "Thị trấn", "UBND xã", "UBND xã/phường", "Ủy ban nhân dân xã", "Địa bàn xã", "Xã hoặc phường", "Đơn vị quản lý", "Đơn vị quản lí",
		"ĐV quản lý", "Tên đơn vị quản lý", "Mã đơn vị quản lý", "Cơ quan quản lý", "Cơ quan quản lý trực tiếp", "Cơ quan chủ quản", "CQ chủ quản",
		"Đơn vị chủ quản", "Cấp trên", "Cấp trên trực tiếp", "Mã cấp trên", "Đơn vị cấp trên", "Tên đơn vị cấp trên", "Trực thuộc xã/phường",
		"Trực thuộc phòng GD&ĐT", "Trực thuộc (mã đơn vị)", "Cấp quản lý", "Parent", "Parent unit", "parent_id", "Commune", "Ward", "Commune/ward", "Managed by", "Belongs to",
	}
	for _, heading := range headings {
		heading = `"` + heading + `"`
		for _, written := range []string{heading, strings.ToUpper(heading), wording.Plain(heading, ' '), wording.Plain(heading, '_')} {
			f("id,name,"+written, "th-a,Trường A,sa-pa", "sa-pa")
		}
	}
	f("Mã đơn vị,Tên trường,Xã,Mã xã", "th-a,Trường A,Sa Pa,sa-pa", "sa-pa")
	f("Mã đơn vị,Tên trường,Đơn vị quản lý,Mã đơn vị quản lý", "th-a,Trường A,UBND xã Sa Pa,sa-pa", "sa-pa")
	f("Mã đơn vị,Tên trường,Xã/phường,Trực thuộc", "th-a,Trường A,Sa Pa,sa-pa", "sa-pa")
	// What is none of it.
	for _, heading := range []string{"Cơ quan", "Quận/huyện", "Quản lý", "Người quản lý", "Xã cũ", "Thuộc tính", "Địa chỉ", "Số điện thoại", "Khu vực", "Vùng"} {
		f("id,name,"+heading, "th-a,Trường A,x", "")
	}
	t.Logf("%d headings, four ways each", len(headings))
}

func TestColumnsThatAreNotKnownAreTold(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		read := source.ReadTable("u.csv", []byte(text))
		if got := slices.Concat(read.Whole, read.Remarks); len(got) != 1 || !strings.Contains(got[0].Text.EN, want) {
			t.Errorf("%q: %v, want %q", text, got, want)
		}
	}
	f("id,netwoks\na,10.0.0.0/8\n", `no column "netwoks"`)
	f("id,name,Hiệu trưởng\na,A,Lan\n", `the column "Hiệu trưởng" is not read`)
	f("STT,Trường,Mạng\n1,A,10.0.0.0/8\n", "the headings of the table: STT, Trường, Mạng")
	f("id,id\na,b\n", "is there twice")
	f("", "the table is empty")
	f("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xlsx")
	f("PK\x03\x04 and no more", "cannot read the workbook")
}

func TestMistakesOfRowsAreThoseOfRows(t *testing.T) {
	read := source.ReadTable("u.csv", []byte("id,name,students,kind\na,A,x,\nb,B,420,\nc,C,1.234,trường\n,D,,\ne,\"E\nf,F,,\ng,G,,Nhóm x\n,,,\nh,H,5,,,x\n"))
	var got []string
	for _, p := range read.Mistakes {
		got = append(got, p.Error())
	}
	for i, want := range []string{"u.csv:2: ", "u.csv:5: ", "u.csv:6: ", "u.csv:8: ", "u.csv:10: "} {
		if len(got) != 5 || !strings.HasPrefix(got[i], want) {
			t.Fatalf("%q", got)
		}
	}
	students := map[string]int{}
	for _, row := range read.Rows {
		if !row.Mistake {
			students[row.ID] = row.Students
		}
	}
	if len(students) != 3 || students["b"] != 420 || students["c"] != 1234 {
		t.Errorf("%v", students)
	}
}

func TestTheSameMessageIsSaidOnce(t *testing.T) {
	var problems yamlfile.Problems
	for line := range 300 {
		problems.Add("u.csv", line+2, wording.Text{VI: "sai", EN: "wrong"})
	}
	got := source.Condense(problems)
	if len(got) != 1 || got[0].Error() != "u.csv:2: sai (thêm 299 dòng như vậy: 3, 4, 5, 6, 7, …) | wrong (299 more lines like this: 3, 4, 5, 6, 7, …)" {
		t.Errorf("%v", got)
	}
}

// TestADateIsNoDayOfTheWeek: whoever writes the morning of an examination under days is
// told where its date belongs.
func TestADateIsNoDayOfTheWeek(t *testing.T) {
	var days source.Weekdays
	for text, want := range map[string]string{"03/12/2026": "exams: [{name: Thi, from: 03/12/2026}]", "2026-12-03": "under calendar, exams", "funday": "mon-sat"} {
		if err := days.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
