package test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chooses puts a file into a field as the reader's system does; that is a tap.
func (h *hand) chooses(selector, path string) {
	h.b.t.Helper()
	var found struct{ Result struct{ ObjectID string } }
	h.b.call("Runtime.evaluate", map[string]any{"expression": "document.querySelector('" + selector + "')"}, &found)
	h.b.call("DOM.setFileInputFiles", map[string]any{"files": []string{path}, "objectId": found.Result.ObjectID}, &struct{}{})
	h.taps++
}

// offices is a server with an order in force, some requests, and somebody of each office.
func offices(t *testing.T) (*process, map[string]*person) {
	t.Helper()
	p := newProcess(t, besideRealFeeds(t, consoleConfig+`feeds:
  - {name: van-ban, url: order.txt, format: domains, category: authority-order, locked_by: lao-cai, authority: {name: A05, document: 15/A05, date: 2026-11-20}}
`), country, startStandIn(t).addr)
	p.write("order.txt", "ordered.example\n")
	p.write("ban-giao.csv", "ten_mien,van_ban\nmoi.example,16/A05\nkhong phai ten,16/A05\n")
	everyone := []string{"school@th-kim-dong", "commune@sa-pa", "province@lao-cai", "operator@", "authority@a05", "viewer@sa-pa"}
	codes := p.invites(everyone...)
	p.asks("th-kim-dong", "chung.example", "th-sa-pa", "chung.example", "th-kim-dong", "len.example", "th-kim-dong", "phim.example", "th-kim-dong", "ordered.example")
	p.start()
	people := map[string]*person{}
	for who, code := range codes {
		role, _, _ := strings.Cut(who, "@")
		people[role] = p.comesIn(who, code)
	}
	p.until("the order is in force", func() bool { return p.blocked("127.10.1.1", "ordered.example") })
	return p, people
}

// TestOfficesDoTheirWeekInFewTaps: what a commune, a province, an operator and an authority
// come for most is done from their first page in the taps that it may take, on a phone, in a
// browser that runs no scripts. In the gate it is an operator and an authority.
func TestOfficesDoTheirWeekInFewTaps(t *testing.T) {
	t.Parallel()
	p, people := offices(t)
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("DOM.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	began := time.Now()
	file := filepath.Join(p.dir, "ban-giao.csv")
	document := func() string { return b.run("document.body.innerText") }
	has := func(role, selector string) {
		t.Helper()
		if b.run(`String(document.querySelectorAll('`+selector+`').length)`) == "0" {
			t.Errorf("%s has no %s:\n%s", role, selector, document())
		}
	}
	report := func(role string) {
		t.Helper()
		h := b.comes(people[role])
		h.tap(`nav.pages a[href="/reports"]`, "DOCX")
		has(role, `a[href*="format=docx"]`)
		link := b.run(`document.querySelector('a[href*="format=docx"]').getAttribute("href")`)
		h.taps++
		if text := people[role].fetched(link); !strings.HasPrefix(string(text), "PK") {
			t.Errorf("%s: the report is %.20q", role, text)
		}
		h.within("a report of "+role, 2)
	}

	if proving() {
		h := b.comes(people["commune"])
		h.tap(`form[action^="/requests/"] button[value="30d"]`, "Đã ghi")
		h.within("a commune answers a request", 1)
		b.comes(people["commune"])
		has("a commune, with no tap: silent schools", `a[href^="/figures?unit=sa-pa"]`)
		h = b.comes(people["commune"])
		h.tap(`main a[href^="/figures?unit=sa-pa"]`, "Độ phủ")
		h.within("silent schools of a commune", 1)
		report("commune")
		report("viewer") // the evidence of a period

		report("province")
		h = b.comes(people["province"])
		h.tap(`main a[href^="/figures?unit=lao-cai"]`, "Độ phủ")
		h.within("silent schools by commune", 1)
		h = b.comes(people["province"])
		h.tap(`nav.pages a[href="/requests"]`, "phim.example")
		h.tap(`form[action^="/requests/"] button[value="30d"]`, "Đã ghi")
		h.within("a province opens a name", 2)
	}

	b.comes(people["operator"])
	if text := document(); !strings.Contains(text, "Documents: 1, all in force in time") {
		t.Errorf("an operator does not see at once whether orders are in time:\n%s", text)
	}
	h := b.comes(people["operator"])
	h.tap(`main a[href="/edit/table"]`, "Table")
	h.fills("#table", "id;name;parent;kind;level;networks\nth-moi;TH Mới;sa-pa;school;primary;127.77.0.0/16\n")
	h.tap(`button[value="preview"]`, "nothing is saved yet")
	h.tap(`button[value="save"]`, "Saved")
	h.within("an operator adds schools", 3)
	p.until("the new school is filtered", func() bool { return p.blocked("127.77.1.1", "tiktok.com") })

	h = b.comes(people["authority"])
	h.tap(`main a[href="/requests"]`, "cho là chặn nhầm")
	if text := document(); !strings.Contains(text, "ordered.example") || strings.Contains(text, "phim.example") {
		t.Errorf("an authority sees other requests than those about its documents:\n%s", text)
	}
	h.within("an authority reads who says that its document blocks by mistake", 1)
	h = b.comes(people["authority"])
	h.tap(`nav.pages a[href="/orders"]`, "Chứng minh thực thi")
	h.taps++
	link := b.run(`document.querySelector('a[href*="document=15"]').getAttribute("href")`)
	if text := people["authority"].fetched(link); !strings.HasPrefix(string(text), "%PDF") {
		t.Errorf("the proof of a document is %.200q", text)
	}
	if status, _, _ := people["school"].get(link); status != http.StatusNotFound {
		t.Errorf("a school has the proof of a document: %d", status)
	}
	h.within("an authority has the proof that its document is enforced", 2)

	if _, page, _ := people["authority"].get("/reports"); strings.Contains(page, "format=docx") || !strings.Contains(page, `class="scope">A05<`) {
		t.Errorf("an authority is offered reports of others, or does not see whose page it is:\n%s", page)
	}
	h = b.comes(people["authority"])
	if text := document(); !strings.Contains(text, "1 văn bản") {
		t.Errorf("an authority does not see its documents:\n%s", text)
	}
	b.opens(people["authority"].at + "/orders")
	h.fills("#document", "16/A05")
	h.chooses("#file", file)
	h.tap(`button[value="preview"]`, "khong phai ten")
	h.tap(`button[value="send"]`, "Đã ghi")
	h.within("an authority hands a table over", 3)
	p.until("what was ordered is blocked", func() bool { return p.blocked("127.10.1.1", "moi.example") })
	if _, page, _ := people["commune"].get("/orders"); strings.Contains(page, "16/A05") && strings.Contains(page, `id="hand-over"`) {
		t.Error("a commune is offered to hand tables over")
	}

	t.Logf("all of it in %s", time.Since(began).Round(time.Millisecond))
}

// TestAReleaseIsDecidedOnThePageOfServers: an operator has the newest files of the policy go
// on, holds them and goes back, each in two taps, of which the second names the ring; a
// school sees neither and is refused.
func TestAReleaseIsDecidedOnThePageOfServers(t *testing.T) {
	t.Parallel()
	f := foundFleet(t, "canary: 1h, early: 1h", consoleConfig)
	codes := f.hub.invites("operator@", "school@th-kim-dong")
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	operator, school := f.hub.comesIn("operator@", codes["operator@"]), f.hub.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	canary := f.node("lao-cai-1", "lao-cai", "--ring", "canary")
	f.hub.write("policy.yaml", twoProvinces+"- {id: th-moi, name: TH mới, level: th, parent: lao-cai, networks: [127.12.0.0/16]}\n")
	f.hub.reload()
	f.knows(canary, "th-moi")
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, &struct{}{})
	decides := func(do, names string) {
		t.Helper()
		h := b.comes(operator)
		h.tap(`nav.pages a[href="/nodes"]`, names)
		h.tap(`form[action="/nodes"] button[value="`+do+`"]`, "Saved")
		h.within(do+" by an operator", 2)
	}
	h := b.comes(operator) // by the keys alone
	h.goes(`nav.pages a[href="/nodes"]`, "Hold in the ring: canary")
	h.goes(`form[action="/nodes"] button[value="hold"]`, "Saved")
	if out := f.says(f.hub, "HELD", "fleet", "status"); !strings.Contains(out, "anh-tuan") {
		t.Errorf("who holds it is not told: %s", out)
	}
	decides("advance", "Go on to the ring: early")
	decides("advance", "Go on to the ring: all")
	decides("roll-back", "Roll back to the one before")
	if status, page, _ := school.do("POST", "/nodes", values("do", "advance")); status != 403 && status != 404 {
		t.Errorf("a school decides on a release: %d\n%s", status, page)
	}
	if _, page, _ := school.get("/nodes"); strings.Contains(page, `action="/nodes"`) {
		t.Error("a school is offered to decide on a release")
	}
	if status, _, _ := operator.do("POST", "/nodes", values("do", "x")); status != 422 {
		t.Errorf("what is no decision: %d", status)
	}
}

// TestAnOrderThatIsHeldBackIsOnItsClock: a version of an authority's list that waits for a
// word is an order that is not in force. The page says how long is left, and the overview
// that it waits.
func TestAnOrderThatIsHeldBackIsOnItsClock(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig+`feeds:
  - {name: van-ban, url: order.txt, format: domains, category: authority-order, authority: {name: A05, document: 15/A05, urgent: true}}
`, country, startStandIn(t).addr)
	p.write("order.txt", "a.example\nb.example\nc.example\nd.example\ne.example\n")
	codes := p.invites("viewer@", "operator@", "authority@a05")
	p.start()
	people := map[string]*person{}
	for who, code := range codes {
		people[who] = p.comesIn(who, code)
	}
	p.until("the order is in force", func() bool { return p.blocked("127.10.1.1", "a.example") })
	p.write("order.txt", "f.example\n")
	_, _ = p.command(os.Getuid(), "lists", "update", "van-ban") // it is held back, which is an error
	for who, want := range map[string]string{"operator@": " left", "authority@a05": "còn ", "viewer@": "còn "} {
		_, page, _ := people[who].get("/orders")
		if !strings.Contains(unescaped(page), want) || strings.Count(page, ">15/A05") != 1 || !strings.Contains(page, "<details>") {
			t.Errorf("%s sees no %q:\n%s", who, want, page)
		}
	}
	if _, page, _ := people["operator@"].get("/"); !strings.Contains(page, "A new version of the list van-ban is held back") {
		t.Errorf("what is held back is no task:\n%s", page)
	}
	if _, page, _ := people["operator@"].get("/"); !strings.Contains(page, "Documents: 1, all in force in time; still waited for: 1") {
		t.Errorf("the overview does not say that one waits:\n%s", page)
	}
}
