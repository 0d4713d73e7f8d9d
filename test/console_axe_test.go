package test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// axeScript is axe-core, which `make tools` fetches.
const axeScript = "../bin/axe.min.js"

// wcag are the rules of axe that stand for WCAG 2.0 to 2.2, A and AA.
const wcag = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa"]`

// promised is what an expression comes to once it is there.
func (b *browser) promised(expression string) string {
	b.t.Helper()
	var out struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%.80s: %s", expression, out.ExceptionDetails.Text)
	}
	return out.Result.Value
}

// opens opens a page and waits until it is there.
func (b *browser) opens(address string) {
	b.t.Helper()
	b.visit(address)
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	for end := time.Now().Add(soon); time.Now().Before(end); {
		if b.run("document.readyState + ' ' + location.pathname") == "complete "+u.Path {
			return
		}
	}
	b.t.Fatalf("%s is at %q", address, b.run("document.readyState + ' ' + location.href"))
}

// A window is what a page is looked at in: CSS pixels, and those of the screen for each.
type window struct {
	name                 string
	width, height, scale int
}

// windows are those that the pages are looked at in.
func windows() []window {
	return []window{{"1280 px", 1280, 800, 1}, {"360 px", 360, 800, 1}, {"1280 px by 1024 at 400 %", 320, 256, 4}}
}

// looks sets what the reader of a page looks at it with.
func (b *browser) looks(at window, theme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": at.width, "height": at.height, "deviceScaleFactor": at.scale, "mobile": false}, &struct{}{})
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": theme}}}, &struct{}{})
}

// is has the browser come as somebody who is logged in.
func (b *browser) is(u *person) {
	b.t.Helper()
	b.call("Network.clearBrowserCookies", map[string]any{}, &struct{}{})
	at, err := url.Parse(u.at)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range u.http.Jar.Cookies(at) {
		b.call("Network.setCookie", map[string]any{"url": u.at + "/", "name": c.Name, "value": c.Value, "httpOnly": true}, &struct{}{})
	}
}

// faults are what axe finds in the page: the rule, the places, the reason.
func (b *browser) faults(axe string) (list []string) {
	b.t.Helper()
	b.run(axe + "; ''")
	text := b.promised(`axe.run(document, {runOnly: {type: "tag", values: ` + wcag + `}, resultTypes: ["violations"]}).then(r => JSON.stringify(
		(r.passes.length ? [] : ["axe has looked at nothing"]).concat(r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + (n.failureSummary || "").slice(0, 200)).join(" | ")))))`)
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		b.t.Fatalf("%v: %q", err, text)
	}
	return list
}

// sideways are the elements that stand out of a page to the side.
func (b *browser) sideways() string {
	b.t.Helper()
	return b.run(`(() => { const w = document.documentElement.clientWidth;
		return document.documentElement.scrollWidth <= w ? "" : [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > w + 1)
			.slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join(" | ") || "something"; })()`)
}

// unreached are the things to press and to fill in that Tab does not come to, does not
// show, or comes to in another order than they are read in.
func (b *browser) unreached() string {
	b.t.Helper()
	const able = `a[href], button, input:not([type=hidden]), select, textarea, summary`
	want := b.run(`document.activeElement.blur(); window.able = [...document.querySelectorAll("` + able + `")].filter(e => e.checkVisibility() && !e.disabled); String(able.length)`)
	var count int
	if _, err := fmt.Sscan(want, &count); err != nil {
		b.t.Fatal(err)
	}
	const mostParts = 4
	parts := 0
	for i := 0; i < min(count, 60); i++ {
		for _, kind := range []string{"keyDown", "keyUp"} {
			b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}, &struct{}{})
		}
		// A day and a time have a stop for each of their parts.
		if b.run(`String(["date", "time"].includes(document.activeElement.type) && document.activeElement === window.stop)`) == "true" && parts < mostParts {
			i, parts = i-1, parts+1
			continue
		}
		b.run("window.stop = document.activeElement; ''")
		parts = 0
		said := b.run(fmt.Sprintf(`(() => { const e = document.activeElement, w = able[%d], r = e.getBoundingClientRect(), s = getComputedStyle(e);
			if (e !== w) return "not " + w.outerHTML.slice(0, 120) + " but " + e.outerHTML.slice(0, 120);
			if (r.bottom <= 0 || r.top >= innerHeight) return "out of sight: " + e.outerHTML.slice(0, 120);
			const x = Math.max(r.left, 0), y = Math.max(r.top, 0), on = document.elementFromPoint(x + (Math.min(r.right, innerWidth) - x) / 2, y + (Math.min(r.bottom, innerHeight) - y) / 2);
			if (on && on !== e && !e.contains(on) && !on.contains(e) && !(e.labels && [...e.labels].some(l => l.contains(on)))) return on.outerHTML.slice(0, 120) + " lies over " + e.outerHTML.slice(0, 120);
			if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "no outline: " + e.outerHTML.slice(0, 120);
			return ""; })()`, i))
		if said != "" {
			return said
		}
	}
	return ""
}

// ran is what of others ran in the page, what the policy of contents stopped in it, and
// what should not be in any.
func (b *browser) ran() string {
	b.t.Helper()
	return b.run(`(() => { const on = [...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on")));
		return (window.ran ? "a script of others ran; " : "") + (window.stopped || []).join(" ") + on.map(e => e.outerHTML.slice(0, 120)).join(" ") +
			[...document.querySelectorAll("script:not([src]), iframe, object, embed, [style]")].map(e => e.outerHTML.slice(0, 120)).join(" "); })()`)
}

// pagesOf are the pages that somebody of a role is shown, with something on them.
func pagesOf(role string) []string {
	unit := map[string]string{"school": "th-kim-dong", "commune": "sa-pa", "province": "lao-cai", "operator": "sa-pa", "authority": "A05", "viewer": "sa-pa"}[role]
	return []string{
		"/", "/requests", "/requests?answered=1", "/explain", "/explain?name=game.example&unit=" + unit, "/explain?name=%2F&unit=" + unit,
		"/exceptions", "/units", "/units?below=" + unit, "/units/" + unit, "/units/khong-co", "/calendar?unit=" + unit, "/calendar/hours", "/edit/table", "/edit/rules?unit=" + unit, "/edit/profile?base=thcs&unit=" + unit, "/lists", "/orders", "/nodes", "/reports", "/ledger", "/account",
		"/figures", "/figures?days=0&unit=" + unit, "/reports/write?period=tháng+này&unit=" + unit, "/reports/file?period=2098&unit=" + unit,
		"/accounts", "/proposals", "/edit/unit", "/edit/unit?id=" + unit,
		"/start/school", "/start/filter?unit=" + unit, "/start/devices?unit=" + unit, "/khong-co",
	}
}

// TestThePagesAreForEverybody opens pages in a real browser: by each role, each page, in
// both themes and each window, in the language of the account. axe finds nothing, nothing
// stands out to the side, Tab comes to everything in its order and shows it, no script
// of others runs and nothing asks for what the policy of contents forbids. In the gate
// each page is opened by a role or two, in one theme and one window; with TEST_PROOF=1
// it is everything with everything.
func TestThePagesAreForEverybody(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(axeScript)
	if err != nil {
		t.Skip("axe-core is not installed: run `make tools`")
	}
	_, people := peopled(t)
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": `window.stopped = [];
		addEventListener("securitypolicyviolation", e => stopped.push(e.violatedDirective + " " + e.blockedURI))`}, &struct{}{})
	themes := []string{"light", "dark"}
	whole := os.Getenv("TEST_PROOF") != ""
	opened, words := 0, newEnglish()
	for i, who := range everyRole() {
		role, _, _ := strings.Cut(who, "@")
		languages := []string{languageOf[role]}
		if whole {
			languages = []string{"both", "vi", "en"}
		}
		b.is(people[who])
		for _, language := range languages {
			if whole {
				people[who].sends("/account", "do", "told", "language", language, "notify", "never")
			}
			for j, path := range pagesOf(role) {
				for k, theme := range themes {
					for l, size := range windows() {
						if !whole && ((i+j)%5 != 0 || k != i%2 || l != (i+j)%len(windows())) {
							continue
						}
						b.looks(size, theme)
						b.opens(people[who].at + path)
						opened++
						name := fmt.Sprintf("%s by %s, %q, %s, %s", path, role, language, theme, size.name)
						b.isForEverybody(name, string(axe), k == 0 && language == languages[0])
						words.look(t, b, name, language)
					}
				}
			}
		}
	}
	t.Logf("%d pages opened", opened)
}

// isForEverybody looks at a page: by the rules of WCAG, whether it stands out to the side,
// whether something of others ran, and, by the keyboard, whether all of it can be reached.
func (b *browser) isForEverybody(name, axe string, byKeyboard bool) {
	b.t.Helper()
	for _, fault := range b.faults(axe) {
		b.t.Errorf("%s: %s", name, fault)
	}
	if out := b.sideways(); out != "" {
		b.t.Errorf("%s stands out to the side: %s", name, out)
	}
	if byKeyboard {
		if missed := b.unreached(); missed != "" {
			b.t.Errorf("%s, by Tab: %s", name, missed)
		}
	}
	if ran := b.ran(); ran != "" {
		b.t.Errorf("%s: %s", name, ran)
	}
}

// english finds English where it is not marked as such, and forms of numbers and days that
// are not Vietnamese.
type english struct {
	word      *regexp.Regexp
	loanwords map[string]bool
}

func newEnglish() english {
	return english{loanwords: loanwords(), word: regexp.MustCompile(`(?i)\b(the|and|of|is|are|with|from|not|this|that|for|by|was|your|open|opened|block|blocked|save|until|why|games?|school|refused?|done|seen|error|list|unit)\b`)}
}

var otherDay = regexp.MustCompile(`\b(20\d\d-\d\d-\d\d|\d\d?/\d\d?/\d\d|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d)\b`)

// look reads what a page says in Vietnamese: all that is not marked as English, as the
// text of others, or as something to be copied.
func (e english) look(t *testing.T, b *browser, name, language string) {
	t.Helper()
	lang := b.run("document.documentElement.lang")
	if want := map[string]string{"en": "en"}[language]; want != "" && lang != want {
		t.Errorf("%s is in %q", name, lang)
	}
	if lang != "vi" {
		return
	}
	text := b.run(`(() => { const c = document.body.cloneNode(true); c.querySelectorAll("[lang=en], [translate=no], .code, pre, option, textarea, code").forEach(e => e.remove());
		const s = []; const w = document.createTreeWalker(c, NodeFilter.SHOW_TEXT); while (w.nextNode()) s.push(w.currentNode.data.trim()); 
		return s.filter(x => x).join("\n"); })()`)
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "window.ran") || strings.Contains(line, ".example") || strings.Contains(line, "Block List Project") {
			continue // what others wrote, and a name
		}
		if word := e.word.FindString(line); word != "" {
			t.Errorf("%s has English that is not marked: %q in %q", name, word, line)
		}
		if day := otherDay.FindString(line); day != "" {
			t.Errorf("%s has a day that is not written as here: %q", name, line)
		}
	}
	if language == "vi" && b.run(`String(document.querySelectorAll("[lang=en]").length)`) != "0" {
		t.Errorf("%s has English, and its reader has chosen Vietnamese alone", name)
	}
}
