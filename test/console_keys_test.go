package test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// goes comes to a link or a button by Tab, presses Enter and waits for what comes of it.
func (h *hand) goes(selector, want string) {
	h.b.t.Helper()
	h.tabsTo(selector)
	h.enter(want)
}

// leads comes to a link to a file by Tab, and is where it leads.
func (h *hand) leads(selector string) string {
	h.b.t.Helper()
	h.tabsTo(selector)
	return h.b.run(`document.activeElement.getAttribute("href")`)
}

// types presses the keys of a text.
func (h *hand) types(text string) {
	h.b.t.Helper()
	for _, key := range text {
		code := 0 // what a key types says enough
		if key >= '0' && key <= '9' {
			code = int(key)
		}
		h.b.presses(string(key), string(key), code)
	}
}

// days types a day into a field that has the focus, in the order that this browser has.
func (h *hand) days(selector string, day time.Time) {
	h.b.t.Helper()
	h.tabsTo(selector)
	h.types(day.Format("01022006"))
	if is := h.b.run(`document.querySelector("` + selector + `").value`); is != day.Format(time.DateOnly) {
		h.b.t.Fatalf("the keys of %s make %q of %s", day.Format("01/02/2006"), is, selector)
	}
}

// TestEveryRoleDoesItsWeekByTheKeysAlone: the first three tasks of each role are done by
// Tab, Enter and letters, from the first page on, in a browser that runs no scripts. In the
// gate it is an authority. (What a file is chosen by is the reader's system.)
func TestEveryRoleDoesItsWeekByTheKeysAlone(t *testing.T) {
	t.Parallel()
	p, people := offices(t)
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("DOM.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	began := time.Now()
	file := func(who *person, link, begins string) {
		t.Helper()
		if text := string(who.fetched(link)); !strings.HasPrefix(text, begins) {
			t.Errorf("%s is %.40q", link, text)
		}
	}

	who := people["authority"]
	h := b.comes(who)
	h.goes(`main a[href="/orders#hand-over"]`, "Giao bảng của một văn bản")
	h.tabsTo("#document")
	h.types("16/A05")
	h.tabsTo("#file")
	h.chooses("#file", filepath.Join(p.dir, "ban-giao.csv"))
	h.goes(`button[value="preview"]`, "khong phai ten")
	h.goes(`button[value="send"]`, "Đã ghi")
	p.until("what was ordered is blocked", func() bool { return p.blocked("127.10.1.1", "moi.example") })
	h = b.comes(who)
	h.goes(`nav.pages a[href="/orders"]`, "Chứng minh thực thi")
	file(who, h.leads(`a[href*="document=15"]`), "%PDF")
	h = b.comes(who)
	h.goes(`main a[href="/requests"]`, "cho là chặn nhầm")

	if proving() {
		who = people["commune"]
		h = b.comes(who)
		h.goes(`form[action^="/requests/"] button[value="30d"]`, "Đã ghi")
		h = b.comes(who)
		h.goes(`main a[href^="/figures?unit=sa-pa"]`, "Độ phủ")
		h = b.comes(who)
		h.goes(`nav.pages a[href="/reports"]`, "DOCX")
		file(who, h.leads(`a[href*="format=docx"]`), "PK")

		who = people["viewer"]
		h = b.comes(who)
		h.goes(`nav.pages a[href="/reports"]`, "DOCX")
		file(who, h.leads(`a[href*="format=docx"]`), "PK")

		who = people["province"]
		h = b.comes(who)
		h.goes(`nav.pages a[href="/reports"]`, "DOCX")
		file(who, h.leads(`a[href*="format=docx"]`), "PK")
		h = b.comes(who)
		h.goes(`main a[href^="/figures?unit=lao-cai"]`, "Độ phủ")
		h = b.comes(who)
		h.goes(`nav.pages a[href="/requests"]`, "phim.example")
		h.goes(`form[action^="/requests/"] button[value="30d"]`, "Đã ghi")

		who = people["operator"]
		b.comes(who)
		b.shows("Documents: ") // whether orders are in time takes no key; a release is decided in the test of servers
		h = b.comes(who)
		h.goes(`main a[href="/edit/table"]`, "Table")
		h.tabsTo("#table")
		for i, line := range []string{"id;name;parent;kind;level;networks", "th-phim;TH Phim;sa-pa;school;primary;127.78.0.0/16"} {
			if i > 0 {
				b.presses("Enter", "\r", 13)
			}
			h.types(line)
		}
		h.goes(`button[value="preview"]`, "nothing is saved yet")
		h.goes(`button[value="save"]`, "Saved")
		p.until("the new school is filtered", func() bool { return p.blocked("127.78.1.1", "tiktok.com") })

		// All pages of a role, those behind one tap too.
		h = b.comes(people["commune"])
		h.goes(`nav.pages summary`, "Giải thích")
		h.goes(`nav.pages a[href="/ledger"]`, "Sổ quyết định")
	}
	t.Logf("all of it in %s", time.Since(began).Round(time.Millisecond))
}
