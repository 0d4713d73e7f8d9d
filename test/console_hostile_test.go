package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestNothingOfOthersRuns: whatever names of units and categories, reasons, lists, orders,
// cells of tables and refused rows want to run in the reader's browser, nothing does, and
// the policy of contents has nothing to stop. In the gate it is a few of the pages.
func TestNothingOfOthersRuns(t *testing.T) {
	t.Parallel()
	quoted := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	lists := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/good.txt" {
			fmt.Fprint(w, "game.example\n"+wares+"\n0.0.0.0 "+wares+".example\n")
			return
		}
		w.Header().Set("Content-Type", "text/html"+wares)
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, wares)
	}))
	t.Cleanup(lists.Close)
	p := newProcess(t, consoleConfig+`feeds:
  - {name: tot, url: "`+lists.URL+`/good.txt", format: domains, category: bay}
  - {name: xau, url: "`+lists.URL+`/bad.txt?`+url.QueryEscape(wares)+`", format: domains, category: bay}
  - {name: van-ban, url: order.txt, format: domains, category: authority-order, authority: {name: `+quoted("A05 "+wares)+`, document: `+quoted("15/A05 "+wares)+`, date: 2026-11-20}}
`, "categories: {bay: {vi: "+quoted("Bẫy "+wares)+", en: "+quoted("trap "+wares)+"}}\n"+hostile, startStandIn(t).addr)
	p.write("order.txt", "ordered.example\n"+wares+"\n")
	codes := p.invites("operator@", "school@th-kim-dong")
	p.asks("th-kim-dong", "game.example")
	p.start()
	u, teacher := p.comesIn("operator@", codes["operator@"]), p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	p.until("the order is in force", func() bool { return p.blocked("127.10.1.1", "ordered.example") })
	teacher.sends("/exceptions", "unit", "th-kim-dong", "name", "mo.example", "effect", "allow", "for", "30d", "why", wares)
	u.sends("/edit/unit", "new", "1", "id", "doc", "name", "Đơn vị "+wares, "kind", "school", "level", "primary", "parent", "sa-pa", "networks", "127.60.0.0/16", "seen", "0", "do", "save", "why", wares)
	u.sends("/lists", "address", lists.URL+"/good.txt", "category", "games")
	u.sends("/lists", "address", lists.URL+"/"+url.PathEscape(wares), "category", "games")
	p.until("the lists were tried", func() bool {
		_, page, _ := u.get("/lists")
		return !strings.Contains(page, `href="/lists#tried"`)
	})
	b := startBrowser(t)
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": `window.stopped = [];
		addEventListener("securitypolicyviolation", e => stopped.push(e.violatedDirective + " " + e.blockedURI))`}, &struct{}{})
	opened, shown := 0, 0
	looks := func(what string) {
		t.Helper()
		opened++
		if ran := b.ran(); ran != "" {
			t.Errorf("%s: %s", what, ran)
		}
		if strings.Contains(b.run("document.body.innerText"), "<script>window.ran=1") {
			shown++
		}
	}
	for who, of := range map[string]*person{"operator": u, "teacher": teacher} {
		b.is(of)
		paths := []string{
			"/lists", "/orders", "/units/doc", "/", "/requests", "/exceptions", "/units", "/units/th-kim-dong", "/edit/unit?id=doc", "/edit/rules?unit=doc",
			"/edit/profile?unit=" + url.QueryEscape(wares), "/calendar?unit=doc", "/ledger", "/nodes", "/figures?unit=doc", "/explain?unit=th-kim-dong&name=" + url.QueryEscape(wares),
			"/explain?unit=th-kim-dong&name=game.example", "/units?search=" + url.QueryEscape(wares), "/reports/write?unit=doc&period=th%C3%A1ng+n%C3%A0y",
		}
		for _, path := range paths[:sized(len(paths), 3)] {
			b.opens(of.at + strings.ReplaceAll(path, "+", "%20"))
			looks(who + " at " + path)
		}
	}
	// What is sent by a form comes back on its page.
	b.is(u)
	forms := []struct{ page, field, text, button string }{
		{"/edit/table", "#table", "id;name;parent;kind\n" + wares + ";" + wares + ";" + wares + ";" + wares + "\n", `button[value="preview"]`},
		{"/edit/table", "#table", "id;name;parent;kind\nmoi;" + strings.ReplaceAll(wares, `"`, "'") + ";sa-pa;school\n", `button[value="preview"]`},
		{"/exceptions", "#name", wares, `form[action="/exceptions"] button`},
		{"/edit/profile", "#profile-name", wares, `button[value="preview"]`},
		{"/calendar/hours", "#hours-name", wares, `button[value="preview"]`},
		{"/accounts", "#name", wares, `form[action="/accounts"] button`},
	}
	for _, form := range forms[:sized(len(forms), 1)] {
		b.opens(u.at + form.page)
		b.run(fmt.Sprintf(`document.querySelector(%q).value = %q; window.left = true; document.querySelector(%q).click(); ""`, form.field, form.text, form.button))
		for end := time.Now().Add(soon); b.run(`String(window.left === undefined && document.readyState === "complete")`) != "true"; {
			if time.Now().After(end) {
				t.Fatalf("%s: the form is not sent: %s", form.page, b.run("document.body.innerText"))
			}
		}
		looks("the form of " + form.page)
	}
	t.Logf("%d pages opened, %d of which say what others wrote", opened, shown)
	if shown < sized(30, 5) {
		t.Errorf("%d pages of %d say what others wrote", shown, opened)
	}
}
