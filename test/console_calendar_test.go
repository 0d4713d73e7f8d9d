package test

import (
	"net/http"
	"strings"
	"testing"
)

// A teacher sees a week hour by hour and writes days into the calendar of the school: a
// preview writes nothing, a faster person's days are not lost, what is inherited stays,
// and the days that were written are on the page of their week.
func TestACalendarIsWrittenFromTheConsole(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, "calendar: {holidays: [{name: Quốc khánh, from: 2027-09-02}]}\nunits: []\n", startStandIn(t).addr)
	p.start()
	u := p.first()
	_, page, _ := u.get("/calendar?week=2027-08-30")
	if !strings.Contains(page, "gio-hoc") || !strings.Contains(page, "07:00–<wbr>17:00") || !strings.Contains(page, "02/09/2027") || !strings.Contains(page, ">nghỉ<") {
		t.Fatalf("the week of a holiday:\n%s", page)
	}
	before := seen(t, page)
	form := []string{"unit", "th-kim-dong", "seen", before, "kind", "holidays", "name", "Ngày truyền thống", "from", "2027-11-19", "to", "2027-11-20"}
	if page, _ := u.sends("/calendar", append(form, "do", "preview")...); !strings.Contains(page, "chưa ghi gì") || !strings.Contains(page, "ngày học") || !strings.Contains(page, "sớm nhất lúc 07:00 19/11/2027") {
		t.Errorf("the preview:\n%s", page)
	}
	if _, page, _ := u.get("/calendar"); seen(t, page) != before || strings.Contains(page, "Ngày truyền thống") {
		t.Error("a preview has written")
	}
	page, _ = u.sends("/calendar", append(form, "do", "save")...)
	if !strings.Contains(page, "Ngày truyền thống") || !strings.Contains(page, "02/09/2027") || !strings.Contains(page, ">nghỉ<") {
		t.Errorf("the holiday, beside the one that all have:\n%s", page)
	}
	late := []string{"unit", "th-kim-dong", "seen", before, "kind", "exams", "name", "Thi chậm", "from", "2027-12-20", "do", "save"}
	status, page, _ := u.do("POST", "/calendar", values(late...))
	if status != http.StatusConflict || !strings.Contains(page, "Ngày truyền thống") || !strings.Contains(page, "Thi chậm") {
		t.Fatalf("saved from an old page: %d\n%s", status, page)
	}
	late[3] = seen(t, page)
	if page, _ := u.sends("/calendar", late...); !strings.Contains(page, "Thi chậm") || !strings.Contains(page, "Ngày truyền thống") {
		t.Errorf("both:\n%s", page)
	}
	_, page, _ = u.get("/calendar")
	remove := []string{"unit", "th-kim-dong", "seen", seen(t, page), "kind", "holidays", "name", "Ngày truyền thống", "from", "2027-11-19", "do", "remove"}
	if page, _ := u.sends("/calendar", remove...); strings.Contains(page, "Ngày truyền thống") || !strings.Contains(page, "02/09/2027") {
		t.Errorf("what was taken out:\n%s", page)
	}
	for _, from := range []string{"", "31/02/2027"} {
		bad := values(append(form, "do", "save", "from", from)...)
		if status, page, _ := u.do("POST", "/calendar", bad); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="from-wrong"`) {
			t.Errorf("from %q: %d", from, status)
		}
	}
	if status, _, _ := u.do("POST", "/calendar", values("unit", "", "seen", "0", "kind", "terms", "from", "2027-09-06", "do", "save")); status != http.StatusNotFound {
		t.Errorf("a teacher writes the calendar of all: %d", status)
	}
	if p.read("policy.yaml") != "calendar: {holidays: [{name: Quốc khánh, from: 2027-09-02}]}\nunits: []\n" {
		t.Error("a file that people write was written")
	}
}

// Many units come by a table that is pasted or chosen: each mistake is told with its line
// and cell, a preview writes nothing, and all of it is one group in the ledger, or none.
func TestManyUnitsComeByATable(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, "units: [{id: o-tep, kind: commune}]\n", startStandIn(t).addr)
	p.start()
	u := p.first()
	table := "Mã đơn vị;Tên trường;Trực thuộc;Loại đơn vị;Cấp học;Mạng;Hồ sơ lọc\nsa-pa;Phường Sa Pa;;xã;;\nth-mot;TH Một;sa-pa;trường;Tiểu học;127.31.0.0/16\n" +
		"giao-vien;Giáo viên;th-mot;nhóm;;127.31.8.0/24;giao-vien\nth-kim-dong;TH Kim Đồng mới;;;;\n"
	send := func(table, do string) (int, string) {
		status, page, _ := u.do("POST", "/edit/table", values("table", table, "do", do))
		return status, page
	}
	if status, _ := send(table, "save"); status != http.StatusForbidden {
		t.Errorf("a teacher adds units by a table: %d", status)
	}
	u.strengthens()
	for _, c := range []struct{ table, want string }{
		{"id;name;parent\n", "không có hàng nào"},
		{strings.Replace(table, "127.31.0.0/16", "127.31.0.0/99", 1), "Dòng 3: ô mạng"},
		{strings.Replace(table, "Tiểu học", "Cấp bốn", 1), "Dòng 3: ô cấp học"},
		{strings.Replace(table, "th-mot;TH Một;sa-pa", "th-mot;TH Một;khong-co", 1), "khong-co"},
		{table + "o-tep;Tên khác;;xã;;\n", "Dòng 6: đơn vị &#34;o-tep&#34;"},
		{table + "sa-pa;Lần hai;;xã;;\n", "sa-pa"},
		{"", "hãy dán bảng"},
		{bookOfRuns(1), ""},
	} {
		status, page := send(c.table, "save")
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) || !strings.Contains(page, "<title>Lỗi: ") {
			t.Errorf("%.60q: %d, no %q\n%s", c.table, status, c.want, page)
		}
	}
	status, page := send(table, "preview")
	if status != http.StatusOK || !strings.Contains(page, "2 đơn vị mới, 1 thay đổi, 0 như cũ") || !strings.Contains(page, "<li>th-mot</li>") {
		t.Fatalf("the preview: %d\n%s", status, page)
	}
	if status, _, _ := u.get("/units/th-mot"); status != http.StatusNotFound {
		t.Error("a preview or a mistake has written")
	}
	again := unescaped(page[strings.Index(page, "<textarea id=\"table\"")+len("<textarea id=\"table\""):])
	again = again[strings.Index(again, ">")+1 : strings.Index(again, "</textarea>")]
	if status, page := send(again, "save"); status != http.StatusOK || !strings.Contains(page, "TH Một") {
		t.Fatalf("the table as the preview sends it again: %d\n%s", status, page)
	}
	p.until("the new school is filtered", func() bool { return blocked(p.from("127.31.1.1", "tiktok.com")) })
	if blocked(p.from("127.31.8.1", "tiktok.com")) {
		t.Error("its teachers are filtered as pupils")
	}
	if !blocked(p.from("127.10.1.1", "tiktok.com")) {
		t.Error("a unit of the table lost what the table does not say of it")
	}
	if _, page := send(table, "preview"); !strings.Contains(page, "0 đơn vị mới, 0 thay đổi, 3 như cũ") {
		t.Errorf("the same table once more:\n%s", page)
	}
}
