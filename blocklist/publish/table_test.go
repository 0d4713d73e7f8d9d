package publish_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/format"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
)

var vietnam = time.FixedZone("UTC+7", 7*60*60)

func table(t *testing.T, text string) publish.Table {
	t.Helper()
	got, err := publish.ReadTable(strings.NewReader(text), vietnam, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestATableOfAnOfficeIsCleaned(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		got := table(t, text).Rows
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
	}
	head := release.Header + "\n"
	f(head+"b.example,,,,,,,,\na.example,,,,,,,,\nb.example,,,,,,,,\n", "a.example,,,,,,,,", "b.example,,,,,,,,")
	f(head+"hxxps://Nhà-Cái[.]example/vn,co-bac,15/CV-A05,01/09/2026,Cục A05,02/09/2026,31/12/2026,khẩn,\"ghi chú,\ncó phẩy\"\n",
		`xn--nh-ci-sqaj.example,co-bac,15/CV-A05,2026-09-01T00:00:00+07:00,Cục A05,2026-09-02T00:00:00+07:00,2027-01-01T00:00:00+07:00,khẩn,"ghi chú, có phẩy"`)
	f("STT;Tên miền;Số văn bản\n1;*.bet-*.example;#7\n", "*.bet-*.example,,#7,,,,,,")
	f(head+"a.example,,,,,,,,"+strings.Repeat("ư", 600), "a.example,,,,,,,,"+strings.Repeat("ư", 500)) // a note is cut
}

func TestRowsThatCannotBeUsedAreToldByTheirNumber(t *testing.T) {
	got := table(t, "DANH SÁCH;;\n;;\nTên miền;Nhóm;Hiệu lực đến\na.example;co-bac;\nfacebook.com/nhom-kin;co-bac;\nb.example;co-bac;31/02/2026\nedu.vn;;\n")
	var refused []string
	for _, r := range got.Refused {
		refused = append(refused, fmt.Sprint(r.Line, " ", r.Reason))
	}
	want := []string{"5 path_on_shared_host", "6 bad_date"} // an authority may name a public suffix
	if len(got.Rows) != 2 || !slices.Equal(refused, want) {
		t.Errorf("rows %q, refused %q, want %q", got.Rows, refused, want)
	}
}

func TestATableWithoutAnEntryIsNotPublished(t *testing.T) {
	f := func(text string, want error) {
		t.Helper()
		if _, err := publish.ReadTable(strings.NewReader(text), vietnam, nil); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	f("", publish.ErrNoEntries)
	f("Tên miền\n", publish.ErrNoEntries)
	f("Tên miền\n192.0.2.1\n", publish.ErrNoEntries)
	f("<!DOCTYPE html><html>", format.ErrHTML)
	f("PK\x03\x04", format.ErrXLSX)
}

func TestTheReportIsForTheOfficeThatMadeTheTable(t *testing.T) {
	got := table(t, "Tên miền,Ghi chú\na.example,\na.example,\n\"=HYPERLINK(\"\"x\"\")\",\nfacebook.com/a,\"có; dấu\"\n")
	var b bytes.Buffer
	report := got.Report("tháng 9.csv")
	if err := report.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"\uFEFFTệp danh sách,tháng 9.csv",
		"Số mục được nhận,1",
		"Số mục trùng lặp,1",
		"Số mục bị từ chối,2",
		"",
		"Dòng,Nội dung của dòng,Phần không dùng được,Lý do",
		`4,"""=HYPERLINK(""""x"""")"",","'=HYPERLINK(""x"")",` + format.BadName.Text().VI, // text, never a formula
		`5,"facebook.com/a,""có; dấu""",facebook.com,"` + format.PathOnSharedHost.Text().VI + `"`,
		"",
	}
	if lines := strings.Split(b.String(), "\r\n"); !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}

// FuzzTable: whatever csv an office writes, what is published of it are rows in
// order, each once, that nodes read as the same rules and refuse none of; made
// a list once more they are the same rows.
func FuzzTable(f *testing.F) {
	f.Add(release.Header + "\na.example,co-bac,15/CV-A05,01/09/2026,A05,02/09/2026,31/12/2026,khẩn,\"x, \"\"y\"\"\"\n")
	f.Add("Tên miền;Hiệu lực từ\n*.a-*.example;2026-09-01 7:30\nhxxp://b[.]example/x;\n")
	f.Add("a.example,#x\n\"# a.example\",sep=\n")
	f.Fuzz(func(t *testing.T, csv string) {
		if strings.HasPrefix(csv, "PK") {
			return // a workbook, for which package format has a target
		}
		first, err := publish.ReadTable(strings.NewReader(csv), vietnam, nil)
		if err != nil {
			return
		}
		if !slices.IsSorted(first.Rows) || len(slices.Compact(slices.Clone(first.Rows))) != len(first.Rows) {
			t.Fatalf("rows %q", first.Rows)
		}
		again, err := publish.ReadTable(strings.NewReader(text(first.Rows)), time.UTC, nil)
		if err != nil || len(again.Refused) > 0 || again.Summary.Rules != len(first.Rows) {
			t.Fatalf("%q of %q: %v, refused %+v, %d rules", first.Rows, csv, err, again.Refused, again.Summary.Rules)
		}
		back, err := publish.ReadTable(strings.NewReader(text(again.Rows)), vietnam, nil)
		if err != nil || !slices.Equal(back.Rows, first.Rows) {
			t.Fatalf("%q come back as %q: %v", first.Rows, back.Rows, err)
		}
	})
}

// What blocks more than the row says is told to the office.
func TestAPageThatBlocksTheSiteIsInTheReport(t *testing.T) {
	got := table(t, "Tên miền;Nhóm\nhttps://bao.example/bai-xau.html;co-bac\na.example;co-bac\n")
	if len(got.Rows) != 2 || len(got.Widened) != 1 || got.Widened[0].Host != "bao.example" || got.Widened[0].Line != 2 {
		t.Errorf("%+v", got)
	}
	var text strings.Builder
	report := got.Report("t.csv")
	if err := report.Write(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), ",bao.example,đã nhận, nhưng DNS chỉ chặn được cả trang web") &&
		!strings.Contains(text.String(), `,bao.example,"đã nhận, nhưng DNS chỉ chặn được cả trang web`) {
		t.Errorf("report\n%s", text.String())
	}
}
