package format_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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
	got := read(t, format.CSV, format.Options{}, "domain,note\na.example,\"open\n"+strings.Repeat("b.example,\n", 30))
	if rules := len(slices.DeleteFunc(got, func(s string) bool { return s[0] == '-' })); rules != 11 {
		t.Errorf("%d rules behind a quote that is never closed, want 11", rules)
	}
}

func TestDaysBeginInTheZoneOfTheOptions(t *testing.T) {
	f := claims(t, format.CSV, format.Options{Zone: time.UTC})
	f(csvHead+"a.example,,,,,02/09/2026,,,", "tree a.example from 2026-09-02T00:00:00Z")
}
