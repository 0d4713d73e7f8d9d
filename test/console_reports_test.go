package test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"
)

// fetched is a report that somebody downloads; it is waited for as its page says.
func (u *person) fetched(path string) []byte {
	u.t.Helper()
	for end := time.Now().Add(soon); time.Now().Before(end); {
		status, text, at := u.get(path)
		if at == "/reports/file" && status == 200 {
			return []byte(text)
		}
		if at != "/reports" || status != 200 || !strings.Contains(text, "Xem lại") {
			u.t.Fatalf("%s: %d at %s\n%s", path, status, at, text)
		}
	}
	u.t.Fatalf("%s is not made", path)
	return nil
}

// TestAnOfficerReportsOnAYear: somebody new at the office sees which schools are silent,
// finds the report that is due, writes in two of its sections, reads it in the page and
// takes it home, in a browser that runs no scripts. What was typed is in each file, and
// what somebody else has typed meanwhile is not lost.
func TestAnOfficerReportsOnAYear(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, country, startStandIn(t).addr)
	codes := p.invites("commune@sa-pa", "province@lao-cai", "school@th-kim-dong", "viewer@sa-pa")
	p.start()
	u := p.comesIn("province@lao-cai", codes["province@lao-cai"])
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	h := b.comes(u)
	p.until("the figures are added up", func() bool {
		b.opens(u.at + "/")
		return strings.Contains(b.run("document.body.innerText"), "trường không có số liệu")
	})
	year := "bc-" + time.Now().Format("2006")
	h.tap(`nav.pages a[href="/reports"]`, "năm báo cáo")
	b.shows("30/11/" + time.Now().Format("2006"))
	write := `a.button[href$="period=` + year + `"]`
	h.tap(write, "Bản xem trước")
	for end := time.Now().Add(soon); b.run(`String(document.querySelectorAll(".paper details").length)`) == "0"; {
		if time.Now().After(end) {
			t.Fatalf("there is no preview:\n%s", b.run("document.body.innerText"))
		}
		b.opens(u.at + "/reports/write?unit=lao-cai&period=" + year)
	}
	const first, second = "Hai trường mất điện ba ngày.", "Tập huấn cán bộ các trường."
	h.fills("#shortcomings", first)
	h.fills("#plans", second)
	h.fills("#date", "5/11/2026")
	h.tap(`form[action="/reports/words"] button`, "Đã ghi")
	if h.taps > 3 {
		t.Errorf("%d taps", h.taps)
	}
	t.Logf("from the first page to what was written: %d taps", h.taps)
	file := "/reports/file?unit=lao-cai&period=" + year + "&format="
	if text := string(u.fetched(file + "html")); !strings.Contains(text, first) || !strings.Contains(text, second) || !strings.Contains(text, "ngày 05 tháng 11 năm 2026") {
		t.Errorf("what was typed is not in the report:\n%s", text)
	}
	for format, magic := range map[string]string{"docx": "PK\x03\x04", "pdf": "%PDF-", "xlsx": "PK\x03\x04"} {
		if text := u.fetched(file + format); !bytes.HasPrefix(text, []byte(magic)) {
			t.Errorf("no %s but %.40q", format, text)
		}
	}
	if _, page, _ := u.get("/reports"); !strings.Contains(page, "đã xong lúc") || !strings.Contains(page, "/reports/file?id=") {
		t.Errorf("the reports are not found again:\n%s", page)
	}
	p.refusesWords(u, year, codes)
}

// refusesWords sends what cannot be kept, and what may not be.
func (p *process) refusesWords(u *person, year string, codes map[string]string) {
	t := p.t
	t.Helper()
	typed := url.Values{"unit": {"lao-cai"}, "period": {year}, "plans": {"Bản của người chậm."}, "seen-plans": {"1"}, "checks": {"Mười bốn lần thử."}, "seen-checks": {"0"}}
	status, page, _ := u.do("POST", "/reports/words", typed)
	page = unescaped(page)
	if status != 409 || !strings.Contains(page, "Bản của người chậm.") || !strings.Contains(page, "Tập huấn cán bộ các trường.") || !strings.Contains(page, "<title>Lỗi: ") {
		t.Errorf("written from an old form: %d\n%s", status, page)
	}
	typed = url.Values{"unit": {"lao-cai"}, "period": {year}, "requests": {strings.Repeat("dài ", 9000)}, "seen-requests": {"0"}}
	if status, page, _ := u.do("POST", "/reports/words", typed); status != 422 || !strings.Contains(page, "dài dài") {
		t.Errorf("more than can be kept: %d", status)
	}
	for _, text := range []string{"hôm kia tuần", "2098"} {
		status, page, _ := u.get("/reports/file?unit=lao-cai&format=pdf&period=" + url.QueryEscape(text))
		if status != 422 || !strings.Contains(page, `id="period-wrong"`) || !strings.Contains(unescaped(page), map[string]string{"2098": "chưa bắt đầu"}[text]) {
			t.Errorf("the period %q: %d\n%s", text, status, page)
		}
	}
	typed = url.Values{"unit": {"lao-cai"}, "period": {year}, "date": {"31/2/2026"}, "seen-date": {"1"}, "checks": {"Chưa được ghi."}, "seen-checks": {"0"}}
	status, page, _ = u.do("POST", "/reports/words", typed)
	if page = unescaped(page); status != 422 || !strings.Contains(page, `"31/2/2026" không phải là một ngày`) || !strings.Contains(page, "Chưa được ghi.") {
		t.Errorf("a day that is none: %d\n%s", status, page)
	}
	viewer := p.comesIn("viewer@sa-pa", codes["viewer@sa-pa"])
	if _, page, _ := viewer.get("/reports/write?unit=sa-pa&period=" + year); !strings.Contains(page, `disabled aria-describedby="may-not"`) {
		t.Errorf("an inspector is offered to write:\n%s", page)
	}
	if status, _, _ := viewer.do("POST", "/reports/words", url.Values{"unit": {"sa-pa"}, "period": {year}, "plans": {"x"}, "seen-plans": {"0"}}); status != 403 {
		t.Errorf("an inspector writes: %d", status)
	}
	if status, _, _ := viewer.get("/reports/write?unit=yen-bai&period=" + year); status != 403 {
		t.Errorf("an inspector reads of another province: %d", status)
	}
	c := p.comesIn("commune@sa-pa", codes["commune@sa-pa"])
	h := startBrowser(t).comes(c)
	h.tap(`nav.pages a[href="/reports"]`, "Báo cáo")
	h.middle(`a[href*="format=docx"]`)
	t.Log("the month of a commune as DOCX: 2 taps")
}
