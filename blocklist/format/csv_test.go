package format_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"lachan/blocklist/format"
)

const csvHead = "ten_mien,nhom,so_van_ban,ngay_van_ban,co_quan,hieu_luc_tu,hieu_luc_den,muc_khan,ghi_chu\n"

func TestCSVOfAnAuthority(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f(csvHead+"a.example,co-bac,15/CV-A05,01/09/2026,A05,02/09/2026,31/12/2026,cao,\"ghi chú, có phẩy\"",
		"tree a.example category co-bac document 15/CV-A05 from 2026-09-02T00:00:00+07:00 until 2027-01-01T00:00:00+07:00")
	f(csvHead+"a.example,,,,,2026-09-02,-,,\nb.example", "tree a.example from 2026-09-02T00:00:00+07:00", "tree b.example")
	f(csvHead+"a.example,,,,,,2026-09-02T17:00:00Z,,", "tree a.example until 2026-09-02T17:00:00Z")
	f(csvHead+"a.example,,,,,32/01/2026,,,\nb.example,,,,,02/09/2026,01/09/2026,,\nc.example,,,,,02/09/2026,02/09/2026,,",
		"- 2 bad_date: 32/01/2026", "- 3 bad_date: 01/09/2026",
		"tree c.example from 2026-09-02T00:00:00+07:00 until 2026-09-03T00:00:00+07:00")
}

// TestWhatATableSaysOfItsDocuments: the date, whose it is, how urgent, and what is noted. A
// date that cannot be read takes nothing else with it.
func TestWhatATableSaysOfItsDocuments(t *testing.T) {
	f := func(row string, want *format.Order) {
		t.Helper()
		for _, head := range []string{csvHead, "host,category,document,issued,authority,from,until,urgent,comment\n", "ten_mien,phan_loai,so_hieu,ngay_ky,co_quan_yeu_cau,tu_ngay,den_ngay,do_khan,note\n"} {
			var got []format.Rule
			_, err := format.Parse(strings.NewReader(head+row+"\n"), format.CSV, format.Options{}, func(r format.Rule) error { got = append(got, r); return nil }, nil)
			if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0].Order, want) {
				t.Errorf("%s%s: %+v, %v, want %+v", head, row, got, err, want)
			}
		}
	}
	date := time.Date(2026, 9, 1, 0, 0, 0, 0, time.FixedZone("UTC+7", 7*60*60))
	f("a.example,co-bac,15/CV-A05,01/09/2026,A05,,,hỏa tốc,x", &format.Order{Date: date, Authority: "A05", Urgency: "hỏa tốc", Note: "x"})
	f("a.example,co-bac,15/CV-A05,01/09/2026,,,,,", &format.Order{Date: date})
	f("a.example,co-bac,15/CV-A05,32/09/2026,A05,,,,", &format.Order{Authority: "A05"})
	f("a.example,co-bac,15/CV-A05,,,,,cao,", &format.Order{Urgency: "cao"})
	f("a.example,co-bac,15/CV-A05,,,,,,", nil)
}

func TestCSVColumnsInAnyOrderAndLanguage(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f("STT;Nhóm;Tên miền;Số văn bản\n1;co-bac;a.example;7\n2;;b.example;", "tree a.example category co-bac document 7", "tree b.example")
	f("Category\tDomain\tDocument\nads\ta.example\t9\n\tb.example\t", "tree a.example category ads document 9", "tree b.example")
	f("sep=;\nDANH SÁCH TÊN MIỀN;;\n;;\nTên miền;Hiệu lực từ;Hiệu lực đến\na.example;1/9/2026;",
		"tree a.example from 2026-09-01T00:00:00+07:00")
	f("a.example,whatever\nb.example\n# c\n,,\n", "tree a.example", "tree b.example") // no header: the first column
	f(csvHead+",co-bac,,,,,,,", "- 2 no_name")
}

func TestCSVNamesAsPeopleWriteThem(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f(csvHead+"hxxps://evil[.]example/login,,\nWWW.A.example.,,\n*.b.example,,\nnhà-cái.example,,",
		"tree evil.example", "tree www.a.example", "tree b.example", "tree xn--nh-ci-sqaj.example")
	f(csvHead+"https://facebook.com/groups/1,,\n192.0.2.1,,\nedu.vn,,", "- 2 path_on_shared_host: facebook.com",
		"- 3 address_among_names: 192.0.2.1", "- 4 public_suffix: edu.vn")
	f(csvHead+"\"a.example, b.example\nc.example\",co-bac", "tree a.example category co-bac", "tree b.example category co-bac", "tree c.example category co-bac")
}

func TestCSVQuotes(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f("domain,note\na.example,\"two\nlines, b.example\nand \"\"quotes\"\"\"\nc.example,5\" disk\n", "tree a.example", "tree c.example")
	f("domain,note\na.example,\"open\nb.example,", "- 2 bad_quotes", "- 3 bad_quotes")
	f("domain,note\na.example,\"in\ntwo\"\nb$.example,x", "tree a.example", "- 4 bad_name: b$.example") // lines are counted
	got := read(t, format.CSV, format.Options{}, "domain,note\na.example,\"open\n"+strings.Repeat("b.example,\n", 30))
	if rules := len(slices.DeleteFunc(got, func(s string) bool { return s[0] == '-' })); rules != 11 {
		t.Errorf("%d rules behind a quote that is never closed, want 11", rules)
	}
}

func TestDaysBeginInTheZoneOfTheOptions(t *testing.T) {
	f := claims(t, format.CSV, format.Options{Zone: time.UTC})
	f(csvHead+"a.example,,,,,02/09/2026,,,", "tree a.example from 2026-09-02T00:00:00Z")
}

func TestHeadingsAsOfficesSpellThem(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	const want = "tree a.example category co-bac document 7 from 2026-09-01T00:00:00+07:00 until 2026-10-01T00:00:00+07:00"
	f("TT;TÊN MIỀN (*);Nhóm nội dung;Số, ký hiệu văn bản;Hiệu lực (từ);Hiệu lực (đến)\n1;a.example;co-bac;7;1/9/26;30.9.2026\n", want)
	f("Tên miền/URL,Phân loại,Số hiệu,Ngày có hiệu lực,Ngày hết hiệu lực\na.example,co-bac,7,ngày 1 tháng 9 năm 2026,Ngày 30 tháng 9 năm 2026\n", want)
	f("Website,Thời hạn\na.example,30/9/2026\nb.example,\n", "- 1 unknown_column: Thời hạn", "tree a.example", "tree b.example")
	f(csvHead+"a.example,,,,,1/1/0001,,,\n", "- 2 bad_date: 1/1/0001")
}

func TestTablesThatWereNotSavedAsUTF8(t *testing.T) {
	// "Tên miền" in windows-1258: marks follow their letters.
	claims(t, format.Auto, format.Options{})("T\xEAn mi\xEA\xCCn;S\xF4\xEC v\xE3n b\xE0n\na.example;7\nnh\xE0-c\xE1i.example;8\n",
		"tree a.example document 7", "tree xn--nh-ci-sqaj.example document 8")
	// A program that knows no Vietnamese has saved it.
	claims(t, format.CSV, format.Options{})("?,??,name\n1,2,a.example\n", "tree a.example") // nothing but question marks
	claims(t, format.CSV, format.Options{})("STT,T\xEAn mi?n,Ghi ch\xFA\n1,a.example,\n",
		"- 1 lost_letters: Tên mi?n", "- 2 no_name_column")
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("Tên miền\tSố văn bản\r\na.example\t7\r\n")
	if err != nil {
		t.Fatal(err)
	}
	claims(t, format.Auto, format.Options{})(text, "tree a.example document 7")
}

// A row that names a category which its list may not fill is rejected with its
// line.
func TestRowsNameOnlyCategoriesThatTheirListMayFill(t *testing.T) {
	var taken, refused []string
	o := format.Options{MayName: func(category string) bool { return category == "" || category == "games" }}
	_, err := format.Parse(strings.NewReader("name,category\na.example,games\nmoet.example,csam\nb.example,\n"), format.CSV, o,
		func(r format.Rule) error { taken = append(taken, r.Name); return nil },
		func(r format.Reject) { refused = append(refused, fmt.Sprint(r.Line, " ", r.Reason, " ", r.Detail)) })
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(taken, " "); got != "a.example b.example" {
		t.Errorf("taken: %s", got)
	}
	if got := strings.Join(refused, "; "); got != "3 other_category csam" {
		t.Errorf("refused: %s", got)
	}
}

// TestHeadingsOfAuthoritiesTables: each is read, or the headings are told; a running
// number is never a name.
func TestHeadingsOfAuthoritiesTables(t *testing.T) {
	f := func(heading string, want ...string) {
		t.Helper()
		for _, as := range []format.Format{format.CSV, format.Auto} {
			claims(t, as, format.Options{Name: "bang.csv"})("STT,\""+heading+"\",Ghi chú\n1,co-bac.example,x\n2,lua-dao.example,y\n", want...)
		}
	}
	for _, heading := range []string{
		"Website vi phạm", "URL vi phạm", "Trang thông tin điện tử", "Trang thông tin điện tử vi phạm", "Tên miền lừa đảo", "Website lừa đảo",
		"Đường link", "Tên miền, đường dẫn", "Tên miền/Website", "Tên miền hoặc đường dẫn vi phạm", "DomainAddress", "FQDN", "Hostname", "Địa chỉ URL",
		"Tên miền (website) đề nghị chặn", "TÊN MIỀN CẦN NGĂN CHẶN", "Link website", "Domain name", "Trang web cờ bạc", "Đường dẫn (URL)",
	} {
		f(heading, "tree co-bac.example", "tree lua-dao.example")
	}
	for _, heading := range []string{"Chủ thể", "Chủ thể tên miền", "Đối tượng", "Nội dung", "Website chính thức bị giả mạo", "Nhà đăng ký tên miền", "Xyz"} {
		f(heading, "- 1 no_name_column: STT, "+heading+", Ghi chú", "- 2 no_name_column", "- 3 no_name_column")
	}
	claims(t, format.CSV, format.Options{})("RegisterPositionId\tDomainAddress\tInsertDate\tDeleteDate\n5\ta.example\t2026-09-01T10:00:00\t\n",
		"tree a.example from 2026-09-01T10:00:00+07:00")
	claims(t, format.CSV, format.Options{})("Tên miền,Nhóm (mã),Số văn bản [nếu có],Hiệu lực đến/hết hạn\na.example,co-bac,7,31/12/2026\n",
		"tree a.example category co-bac document 7 until 2027-01-01T00:00:00+07:00")
	claims(t, format.CSV, format.Options{})("Tên miền,Website\na.example,b.example\n", "tree a.example") // the first of two
	claims(t, format.CSV, format.Options{})("Tên miền,Số văn bản\na.example,7\u202e8\n", "- 2 hidden_character: U+202E")
	long := "Ten mi?n " + strings.Repeat("x", 30) // 39 bytes; one more is no heading
	claims(t, format.CSV, format.Options{})(long+"\na.example\n", "- 1 lost_letters: "+long, "tree a.example")
	claims(t, format.CSV, format.Options{})(long+"x,y\na.example\n", "- 1 no_name: "+long+"x", "tree a.example")
	many := "STT,Chủ thể,Ghi chú\n" + strings.Repeat("1,co-bac.example,x\n", 25) // longer than a header may be looked for
	got := read(t, format.CSV, format.Options{}, many)
	if len(got) != 26 || got[0] != "- 1 no_name_column: STT, Chủ thể, Ghi chú" || got[25] != "- 26 no_name_column" {
		t.Errorf("%q", got)
	}
	claims(t, format.CSV, format.Options{})("?,Ghi chú\nb.example,x\n", "- 1 no_name", "tree b.example") // no letter is before it
	claims(t, format.CSV, format.Options{})("1,2\n3,4\n", "- 1 local_name: 1", "- 2 local_name: 3")      // nothing in it is a name
}

// TestTheHeaderIsAmongTheFirstRows, of which it is the last one that may be.
func TestTheHeaderIsAmongTheFirstRows(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	title := func(rows int) string { return strings.Repeat("\n,,\n# chú thích\nDanh sách, phần; một\n", rows) }
	const rows = "STT;Tên miền;Số văn bản\n1;a.example;7\n"
	for _, above := range []int{0, 1, 19} {
		f(title(above)+rows, "tree a.example document 7")
	}
	for _, got := range read(t, format.CSV, format.Options{}, title(20)+rows) {
		if !strings.HasPrefix(got, "- ") {
			t.Errorf("of a table whose header is in row 21: %s", got)
		}
	}
}

// TestATitleDoesNotSettleTheSeparator, whatever it has between its words.
func TestATitleDoesNotSettleTheSeparator(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f("Danh sách; số 1, 2, 3\nTên miền,Số văn bản\na.example,7\n", "tree a.example document 7")
	f("Danh sách, số 1; 2; 3\nTên miền;Số văn bản\na.example;7\n", "tree a.example document 7")
	f("Danh sách, số 1; 2; 3\nTên miền,Số văn bản\na.example,7\n", "tree a.example document 7")
	f("Danh sách, số 1; 2\nTên miền\tSố văn bản\na.example\t7\n", "tree a.example document 7")
	f("Danh sách; \"số 1, 2, 3\"\nTên miền;Số văn bản\na.example;7\n", "tree a.example document 7")
}

func TestTablesAsSpreadsheetsLeaveThem(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	const want = "tree a.example category co-bac until 2027-01-01T00:00:00+07:00"
	f("Tên miền;Nhóm;Hiệu lực đến\na.example;co-bac;31/12/2026\n;;\n;;\n", want)
	f("Tên miền;;Nhóm;Hiệu lực đến;;\na.example;;co-bac;31/12/2026;;\n", want)
	f("sep=;\nTên miền;Nhóm;Hiệu lực đến\na.example;co-bac;31/12/2026\n", want)
	f("\"sep=;\"\nTên miền;Nhóm;Hiệu lực đến\na.example;co-bac;31/12/2026\n", want)
	f("sep=|\nTên miền|Nhóm|Hiệu lực đến\na.example|co-bac|31/12/2026\n", want)
	f("Danh sách, kèm theo công văn\nTên miền;Nhóm;Hiệu lực đến\na.example;co-bac;31/12/2026\n", want)
	f("Tên miền;Nhóm;Hiệu lực đến;Ghi chú;x\na.example;co-bac;31/12/2026\n", want)
}

func TestDatesOfAVietnameseExcel(t *testing.T) {
	f := func(cell, until string) {
		t.Helper()
		claims(t, format.CSV, format.Options{})("Tên miền,Hiệu lực đến\na.example,\""+cell+"\"\n", "tree a.example"+until)
	}
	const endOfYear = " until 2027-01-01T00:00:00+07:00"
	f("31/12/2026 12:00:00 SA", endOfYear)
	f("31/12/2026 11:59:00 CH", " until 2026-12-31T23:59:00+07:00")
	f("46387", endOfYear)
	f("46387.5", " until 2026-12-31T12:00:00+07:00")
	f("46387,5", " until 2026-12-31T12:00:00+07:00")
	f("31-Dec-26", endOfYear)
	f("31-Thg12-26", endOfYear)
	f("Thứ Năm, 31/12/2026", endOfYear)
	f("ngày 31 tháng 12 năm 2026", endOfYear)
	for _, cell := range []string{"không thời hạn", "Không xác định thời hạn", "vô thời hạn", "—", "Đến khi có văn bản thay thế"} {
		f(cell, "")
	}
	claims(t, format.CSV, format.Options{})("Tên miền,Hiệu lực đến\na.example,12/31/2026\n", "- 2 bad_date: 12/31/2026")
}

// A space within a name makes another name of the rest: the row is refused.
func TestASpaceWithinANameRefusesTheRow(t *testing.T) {
	f := claims(t, format.CSV, format.Options{})
	f("ten_mien\nphim xau.example\n\"phim , xau.example\"\na.example b.example\n\"c.example, https://d.example/\"\n",
		"- 2 space_in_name: phim xau.example", "- 3 space_in_name: phim , xau.example",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")
}
