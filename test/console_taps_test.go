package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/evidence/pack"
)

// A hand is somebody who taps and types in a browser that runs no scripts. Taps are
// counted: a press of the mouse, and Enter.
type hand struct {
	b    *browser
	taps int
}

// comes opens the first page as somebody, with scripts off and a phone in the hand.
func (b *browser) comes(u *person) *hand {
	b.t.Helper()
	b.looks(window{width: 360, height: 800, scale: 1}, "light")
	b.is(u)
	b.opens(u.at + "/")
	return &hand{b: b}
}

// middle is where an element is, once it is in sight.
func (h *hand) middle(selector string) (x, y float64) {
	h.b.t.Helper()
	said := h.b.run(fmt.Sprintf(`(() => { const e = [...document.querySelectorAll(%q)].find(e => e.checkVisibility()); if (!e) return "";
		e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return (r.x + r.width / 2) + " " + (r.y + r.height / 2); })()`, selector))
	if _, err := fmt.Sscan(said, &x, &y); err != nil {
		h.b.t.Fatalf("there is no %s on the page:\n%s", selector, h.b.run("document.body.innerText"))
	}
	return x, y
}

// tap presses an element and waits until the page shows what comes of it.
func (h *hand) tap(selector, want string) {
	h.b.t.Helper()
	x, y := h.middle(selector)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		h.b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, &struct{}{})
	}
	h.taps++
	h.b.shows(want)
}

// fills types into a field; the tap that goes there is that of the keyboard that opens.
func (h *hand) fills(selector, text string) {
	h.b.t.Helper()
	h.b.run(fmt.Sprintf(`document.querySelector(%q).focus()`, selector))
	h.b.call("Input.insertText", map[string]any{"text": text}, &struct{}{})
}

// enter presses Enter and waits until the page shows what comes of it.
func (h *hand) enter(want string) {
	h.b.t.Helper()
	h.b.presses("Enter", "\r", 13)
	h.taps++
	h.b.shows(want)
}

// presses presses a key.
func (b *browser) presses(key, text string, code int) {
	b.t.Helper()
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "code": key, "text": text, "windowsVirtualKeyCode": code}, &struct{}{})
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, &struct{}{})
}

// tabsTo presses Tab until an element has the focus.
func (h *hand) tabsTo(selector string) {
	h.b.t.Helper()
	for range 80 {
		h.b.presses("Tab", "", 9)
		if h.b.run(fmt.Sprintf(`document.activeElement.matches(%q) ? "there" : ""`, selector)) != "" {
			return
		}
	}
	h.b.t.Fatalf("Tab does not come to %s", selector)
}

// within says whether a task took at most so many taps.
func (h *hand) within(task string, most int) {
	h.b.t.Helper()
	if h.taps > most {
		h.b.t.Errorf("%s takes %d taps, more than %d", task, h.taps, most)
	}
	h.b.t.Logf("%s: %d taps of %d", task, h.taps, most)
}

// TestTheWeeksTasksTakeFewTaps: what people come for most is done from their first page
// in a few taps, on a phone, in a browser that runs no scripts, and it is in force.
func TestTheWeeksTasksTakeFewTaps(t *testing.T) {
	t.Parallel()
	p, people := peopled(t)
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	began := time.Now()

	h := b.comes(people["school@th-kim-dong"])
	h.tap(`form[action^="/requests/"] button[value="30d"]`, "Đã ghi")
	h.within("a school answers a request", 1)
	h = b.comes(people["school@th-kim-dong"])
	h.fills("#name", "tiktok.com")
	h.enter("Bị chặn")
	h.tap(`form[action="/exceptions"] button[value="30d"]`, "Đã ghi")
	h.within("a school asks why, and opens", 2)
	if p.blocked("127.10.1.1", "tiktok.com") {
		t.Error("what was opened is blocked")
	}
	h.tap(`.said form[action$="/undo"] button`, "Đã ghi")
	p.until("what was undone is blocked", func() bool { return p.blocked("127.10.1.1", "tiktok.com") })

	h = b.comes(people["viewer@sa-pa"])
	h.tap(`nav.pages a[href="/units"]`, "đơn vị")
	h.tap(`a[href="/units/th-kim-dong"]`, "Đang chặn")
	h.within("an inspector looks up a unit", 2)
	h = b.comes(people["viewer@sa-pa"])
	h.tap(`form[action="/ledger/verify"] button`, "Sổ nguyên vẹn")
	h.within("an inspector verifies the ledger", 1)
	h = b.comes(people["viewer@sa-pa"])
	h.tap(`nav.pages a[href="/reports"]`, "Hồ sơ chứng minh")
	month := time.Now().UTC().Add(7 * time.Hour).Format("2006-01") // here
	link := b.run(`document.querySelector('a[href*="period=` + month + `&"][href*="format=zip"]').getAttribute("href")`)
	h.taps++
	text := people["viewer@sa-pa"].fetched(link)
	h.within("an inspector has an evidence pack", 2)
	if v := evidence.Verify(text, ""); !v.OK || v.Unit != "sa-pa" || v.Records == 0 {
		t.Errorf("the pack of an inspector: %+v", v)
	}
	if in, err := pack.Read(text); err == nil {
		for member, want := range map[string]string{"lists.csv": ",van-ban,", "orders.csv": "15/A05,A05,van-ban", "exceptions.csv": "tiktok.com"} {
			if table, _ := in.Text(member); !strings.Contains(string(table), want) {
				t.Errorf("%s does not say %q:\n%s", member, want, table)
			}
		}
		if lists, _ := in.Text("lists.csv"); strings.Count(string(lists), "không ký") == 0 {
			t.Errorf("no version is recorded:\n%s", lists)
		}
	}
	if status, _, _ := people["viewer@sa-pa"].get("/reports/file?unit=lao-cai&period=2026&format=zip"); status != 403 {
		t.Errorf("an inspector of a commune asks for the pack of a province: %d", status)
	}

	// The same by the keys alone.
	h = b.comes(people["school@th-kim-dong"])
	h.tabsTo(`form[action^="/requests/"] button[value="45m"]`)
	h.enter("Đã ghi")
	b.opens(people["school@th-kim-dong"].at + "/")
	h.tabsTo("#name")
	b.call("Input.insertText", map[string]any{"text": "youtube.com"}, &struct{}{})
	h.enter("Giải thích")
	h.tabsTo(`form[action="/exceptions"] button[value="30d"]`)
	h.enter("Đã ghi")
	h = b.comes(people["viewer@sa-pa"])
	h.tabsTo(`nav.pages a[href="/units"]`)
	h.enter("đơn vị")
	h.tabsTo(`a[href="/units/th-kim-dong"]`)
	h.enter("Đang chặn")
	b.opens(people["viewer@sa-pa"].at + "/")
	h.tabsTo(`form[action="/ledger/verify"] button`)
	h.enter("Sổ nguyên vẹn")
	t.Logf("all of it in %s", time.Since(began).Round(time.Millisecond))
}

// TestAFirstStartIsAFewFields counts what a person fills in and presses on an empty
// machine before the first page is blocked by the school's own choice: at most 12 fields,
// of which the browser or the machine has filled in those that it knows.
func TestAFirstStartIsAFewFields(t *testing.T) {
	t.Parallel()
	p := newProcess(t, besideRealFeeds(t, consoleConfig), "units: []\n", startStandIn(t).addr)
	p.start()
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	b.looks(window{width: 360, height: 800, scale: 1}, "light")
	u := p.person()
	b.visit(u.at + "/")
	b.shows("Mã dùng một lần")
	h, fields, filled := &hand{b: b}, 0, 0
	count := func() {
		said := b.run(`(() => { const f = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(e => e.checkVisibility());
			return f.length + " " + f.filter(e => e.value).length; })()`)
		var all, full int
		if _, err := fmt.Sscan(said, &all, &full); err != nil {
			t.Fatal(err)
		}
		fields, filled = fields+all, filled+full
	}
	began := time.Now()
	count()
	h.fills("#code", p.logged(`code=([a-z0-9-]+)`))
	h.fills("#name", "co-lan")
	h.fills("#password", "bon con meo ngu")
	h.tap(`form[action="/start"] button`, "Bước 2 trên 4")
	count()
	if b.run(`document.querySelector("#networks").value`) == "" {
		t.Log("this machine has no network to propose")
	}
	h.fills("#name", "TH Kim Đồng")
	b.run(`document.querySelector("#networks").value = ""`)
	h.fills("#networks", "127.10.0.0/16")
	h.tap(`form[action="/start/school"] button`, "Bước 3 trên 4")
	p.until("the school is filtered", func() bool { return p.blocked("127.10.1.1", "tiktok.com") })
	h.tap(`a[href^="/start/devices"]`, "Bước 4 trên 4")
	h.tap(`main a[href="/"]`, "Việc cần làm")
	t.Logf("%d fields, of which %d were filled in, and %d taps in %s", fields, filled, h.taps, time.Since(began).Round(time.Millisecond))
	if fields > 12 || h.taps > 6 {
		t.Errorf("%d fields and %d taps", fields, h.taps)
	}
	if text := b.run("document.body.innerText"); strings.Contains(text, "Lỗi") {
		t.Error(text)
	}
	// A week without games, for examinations.
	b.opens(u.at + "/")
	h = &hand{b: b}
	h.tap(`nav.pages a[href="/calendar"]`, "Từ ngày")
	b.run(`document.querySelector("#from").value = "2026-12-21"; document.querySelector("#to").value = "2026-12-24"`)
	h.tap(`button[value="save"]`, "Đã ghi")
	h.within("a school has an examination week", 3)
	if text := b.run("document.body.innerText"); !strings.Contains(text, "21/12/2026") {
		t.Errorf("the week is not in the calendar:\n%s", text)
	}
	// The next one by the keys alone.
	b.opens(u.at + "/")
	h.goes(`nav.pages a[href="/calendar"]`, "Từ ngày")
	h.days("#from", time.Date(2027, 5, 10, 0, 0, 0, 0, time.UTC))
	h.days("#to", time.Date(2027, 5, 14, 0, 0, 0, 0, time.UTC))
	h.goes(`button[value="save"]`, "Đã ghi")
	if text := b.run("document.body.innerText"); !strings.Contains(text, "14/05/2027") {
		t.Errorf("the week of the keys is not in the calendar:\n%s", text)
	}
}
