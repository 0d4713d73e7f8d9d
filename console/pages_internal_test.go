package console

import (
	"bytes"
	"html/template"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/account/session"
	"lachan/internal/wording"
)

// hostile is what others may have named something.
const hostile = `<script>alert(1)</script>"'&` + "\u202ex"

func fullFrame() frame {
	return frame{
		Title: wording.Text{VI: "Tựa", EN: "Title"}, Account: hostile, Scope: hostile, Rank: "school", Pages: tabs[:],
		Wrong: []wrong{{"name", wording.Text{VI: hostile, EN: "wrong"}}}, Done: &done{textSaved.With("7"), 7}, Now: time.Date(2026, 11, 28, 9, 40, 11, 0, time.UTC),
	}
}

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both := fullFrame(), wording.Text{VI: "vi " + hostile, EN: "en " + hostile}
	units := []Named{{"truong-a", hostile}}
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	return map[string][]any{
		"message": {message{}, message{f, []wording.Text{both}, "/units"}},
		"login":   {loginPage{}, loginPage{f, "/units", hostile, hostile, ""}},
		"school":  {schoolPage{}, schoolPage{f, hostile, "primary", []Level{{"primary", both}}, hostile}},
		"filter":  {filterPage{}, filterPage{f, hostile, []blockedLabel{{both, true}}, []blockedLabel{{both, false}}, true}},
		"devices": {devicesPage{}, devicesPage{f, hostile, []string{hostile}, true}},
		"second":  {loginPage{}, loginPage{Frame: f, Next: hostile}},
		"invited": {loginPage{}, loginPage{f, "", hostile, "", hostile}},
		"account": {accountPage{}, accountPage{
			Frame: f, Name: hostile, Roles: []roleRow{{both, hostile, "28/11/2026"}}, MustEnroll: []wording.Text{both}, TOTP: true, Codes: 8,
			Recovery: []string{hostile}, Password: true, Sessions: []session.Session{{ID: hostile, Begun: at}}, Current: hostile,
		}, accountPage{Frame: f, Made: &account.NewTOTP{Secret: hostile, URL: hostile}}},
		"start": {loginPage{}, loginPage{f, "", hostile, "", hostile}},
		"explain": {explainPage{}, explainPage{f, hostile, hostile, hostile, units, &explainAnswer{
			hostile, true, both, []explainStep{{both, both, true}, {both, both, false}}, true, both,
		}}, explainPage{f, "x.example", "", "", nil, &explainAnswer{Name: "x.example", WhoMay: both}}},
		"exceptions": {exceptionsPage{}, exceptionsPage{f, true, hostile, "block", hostile, hostile, units, []exceptionRow{
			{admin.Exception{Unit: hostile, Object: hostile, Name: hostile, Why: hostile, Until: at, Ended: true, Seq: 12345}, true, true}, {},
		}, 2, "/exceptions?after=x"}},
		"requests": {requestsPage{}, requestsPage{f, []requestKind{{"/requests", both, 1234, true}}, []requestRow{
			{hostile, hostile, both, both, both, both, both, []string{hostile}, true, true, true, true, true}, {Answer: both},
		}, "/requests?after=x"}},
		"ledger": {ledgerPage{}, ledgerPage{f, &stateLine{"bad", "✘", both}, 12, hostile, []ledgerRow{
			{7, at, hostile, hostile, hostile, hostile, both, hostile, hostile, hostile, true}, {},
		}, "/ledger?after=x"}},
		"home": {homePage{}, homePage{f, []task{{both, []wording.Text{both}, hostile, "", both}, {Title: both, Path: "/ledger", Act: both}}, []stateLine{{"warn", "!", both}}, &week{
			12, 3, []Day{{at, 12, 3, true}, {Day: at}}, bars([]Day{{at, 12, 3, true}, {Day: at}}), both,
		}}},
		"units":   {unitsPage{}, unitsPage{f, hostile, hostile, units, []unitRow{{hostile, hostile, both, 12, both, "warn"}, {}}, 2, "/units?after=x", true}},
		"unit":    {unitPage{}, unitPage{f, hostile, hostile, hostile, hostile, both, both, both, units, units, []blockedLabel{{both, true}}, []blockedLabel{{both, false}, {both, true}}, []string{"10.0.0.0/8"}, 3, hostile}},
		"lists":   {listsPage{}, listsPage{f, []listRow{{Feed{hostile, hostile, both, 12345, at, at, both, true, ""}, both, true}, {Feed: Feed{Error: hostile}}}, []PublicFeed{{hostile, hostile, hostile, both, both, 12345, hostile}, {}}}},
		"orders":  {ordersPage{}, ordersPage{f, []orderRow{{Order{hostile, hostile, hostile, at, at, at, true, 1234}, both, "bad"}}}},
		"reports": {reportsPage{}, reportsPage{f, hostile, hostile, "pdf", units}},
	}
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) {
	pages, err := parsePages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	drawn := everyPage()
	for _, named := range pages[wording.Both].Templates() {
		if _, known := drawn[named.Name()]; !known && !strings.Contains(named.Name(), ".") && !isPart(named.Name()) {
			t.Errorf("page %q is not drawn here", named.Name())
		}
	}
	for name, all := range drawn {
		for i, data := range all {
			for language, set := range pages {
				text := draw(t, set, name, data)
				for _, bad := range []string{"<script", "ZgotmplZ", "<no value>", "onclick", "javascript:", " style="} {
					if strings.Contains(text, bad) {
						t.Errorf("%s %d in %d has %s", name, i, language, bad)
					}
				}
				wellFormed(t, name, text, language)
			}
		}
	}
}

func isPart(name string) bool {
	return name == "top" || name == "bottom" || name == "said" || name == "wrongat" || name == "console"
}

func draw(t *testing.T, set *template.Template, name string, data any) string {
	t.Helper()
	var page bytes.Buffer
	if err := set.ExecuteTemplate(&page, name, data); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return page.String()
}

// wellFormed checks what a reader of screens needs: one h1, a label for each field, no id
// twice, and English marked as such where both languages are shown.
func wellFormed(t *testing.T, name, text string, l wording.Language) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels, headings := map[string]int{}, map[string]bool{}, 0
	var fields []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		id := attribute(n, "id")
		if ids[id]++; id != "" && ids[id] > 1 {
			t.Errorf("%s has id %q twice", name, id)
		}
		switch n.Data {
		case "h1":
			headings++
		case "label":
			labels[attribute(n, "for")] = true
		case "select", "textarea", "input":
			if attribute(n, "type") != "hidden" {
				fields = append(fields, id)
			}
		case "form":
			if method := attribute(n, "method"); method != "get" && method != "post" {
				t.Errorf("%s has a form by %q", name, method)
			}
		case "html":
			if want := (speaker{in: l}).lang(); attribute(n, "lang") != want {
				t.Errorf("%s is in %q", name, attribute(n, "lang"))
			}
		}
		if attribute(n, "lang") == "en" && n.Data != "html" && l != wording.Both {
			t.Errorf("%s has English beside it in %d", name, l)
		}
	}
	if headings != 1 {
		t.Errorf("%s has %d headings", name, headings)
	}
	for _, id := range fields {
		if !labels[id] {
			t.Errorf("%s has no label for %q", name, id)
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestPagesHaveNoSentenceOfTheirOwn: what is between the tags of a template is said by the
// functions that know both languages.
func TestPagesHaveNoSentenceOfTheirOwn(t *testing.T) {
	files, err := pageFiles.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	action, tag, word := regexp.MustCompile(`(?s)\{\{.*?\}\}`), regexp.MustCompile(`(?s)<[^>]*>`), regexp.MustCompile(`\pL{2,}`)
	for _, f := range files {
		text, err := pageFiles.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		bare := tag.ReplaceAllString(action.ReplaceAllString(string(text), ""), " ")
		for _, w := range word.FindAllString(bare, -1) {
			switch w {
			case "Lá", "Chắn", "DOCX", "PDF", "XLSX", "HTML":
			default:
				t.Errorf("%s says %q", f.Name(), w)
			}
		}
		for _, forbidden := range []string{"hx-on", "js:", "onclick", "style=\"", "<style", "<script>"} {
			if strings.Contains(string(text), forbidden) {
				t.Errorf("%s has %s", f.Name(), forbidden)
			}
		}
	}
}

func TestNumbersAndDaysAreOfTheLanguage(t *testing.T) {
	vi, en := speaker{in: wording.Vietnamese}, speaker{in: wording.English}
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(vi.number(1204), "1.204")
	f(en.number(1204), "1,204")
	f(vi.number(-999), "-999")
	f(vi.number(uint64(84310555)), "84.310.555")
	f(vi.share(34, 1000), "3,4%")
	f(en.share(34, 1000), "3.4%")
	f(vi.share(0, 0), "–")
	f(vi.day(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), "28/11/2026")
	f(string(speaker{}.t("a<b", "c")), `a&lt;b <span lang="en">c</span>`)
	f(string(vi.t("a %d", "b %d", 3)), "a 3")
	f(string(en.t("a %d", "b %d", 3)), "b 3")
}

func TestOnlyOwnPathsAreGoneBackTo(t *testing.T) {
	f := func(given, want string) {
		t.Helper()
		if got := local(given); got != want {
			t.Errorf("%q leads to %q", given, got)
		}
	}
	f("/units?search=a", "/units?search=a")
	f("", "/")
	f("//evil.example/", "/")
	f("https://evil.example/", "/")
	f(`/\evil.example`, "/")
	f("javascript:alert(1)", "/")
	f("units", "/")
}
