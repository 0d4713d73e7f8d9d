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
	if page, _ := u.sends("/calendar", append(form, "do", "preview")...); !strings.Contains(page, "chưa ghi gì") || !strings.Contains(page, "ngày học") {
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
