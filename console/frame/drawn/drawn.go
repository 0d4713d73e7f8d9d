// Package drawn checks the pages of a room of the console in its tests: each is drawn with
// nothing on it and with all that can be on it, and has what a reader of screens needs.
package drawn

import (
	"bytes"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// Hostile is what others may have named something.
const Hostile = `<script>alert(1)</script>"'&` + "\u202ex"

// Both is a sentence of somebody hostile.
func Both() wording.Text { return wording.Text{VI: "vi " + Hostile, EN: "en " + Hostile} }

// At is a time for a page to show.
func At() time.Time { return time.Date(2026, 11, 28, 9, 40, 11, 0, time.UTC) }

// Full is a frame with all that can be around a page.
func Full() frame.Frame {
	return frame.Frame{
		Title: wording.Text{VI: "Tựa", EN: "Title"}, Account: Hostile, Scope: Hostile, Rank: "school",
		Pages:  []frame.Tab{{Path: "/units", Name: Both(), Here: true}, {Path: "/", Name: Both()}},
		Others: []frame.Tab{{Path: "/ledger", Name: Both()}},
		Wrong:  []frame.Wrong{{Field: "name", Text: wording.Text{VI: Hostile, EN: "wrong"}}},
		Done:   &frame.Done{Text: Both(), Undo: 7}, Now: At(),
		Tapped: &admin.Period{End: At().Add(time.Hour), First: Hostile, Second: Hostile, Why: Hostile, Seq: 12},
	}
}

// Check draws pages, given by name, each with what it is filled in with, in every language.
// All that files has are given.
func Check(t *testing.T, files fs.FS, pages map[string][]any) {
	t.Helper()
	saysNothing(t, files)
	sets, err := frame.Parse(time.UTC, files)
	if err != nil {
		t.Fatal(err)
	}
	around, err := frame.Parse(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range sets[wording.Both].Templates() {
		_, known := pages[named.Name()]
		if !known && !strings.Contains(named.Name(), ".") && around[wording.Both].Lookup(named.Name()) == nil {
			t.Errorf("page %q is not drawn here", named.Name())
		}
	}
	for name, all := range pages {
		for i, data := range all {
			for language, set := range sets {
				// The one script is this site's own.
				text := strings.Replace(Draw(t, set, name, data), `<script src="/passkey.js" defer></script>`, "", 1)
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

// Draw is a page as it is sent.
func Draw(t *testing.T, set *template.Template, name string, data any) string {
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
			if want := langOf(l); attribute(n, "lang") != want {
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

// langOf is the language of a page for an account that chose l.
func langOf(l wording.Language) string {
	if l == wording.English {
		return "en"
	}
	return "vi"
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// saysNothing checks that templates have no sentence of their own: what is between the
// tags is said by the functions that know both languages, but for what is typed as it is.
func saysNothing(t *testing.T, pages fs.FS) {
	t.Helper()
	files, err := fs.Glob(pages, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	action, tag := regexp.MustCompile(`(?s)\{\{.*?\}\}`), regexp.MustCompile(`(?s)<code>[^<]*</code>|<[^>]*>`)
	word := regexp.MustCompile(`\pL{2,}`)
	for _, f := range files {
		text, err := fs.ReadFile(pages, f)
		if err != nil {
			t.Fatal(err)
		}
		bare := tag.ReplaceAllString(action.ReplaceAllString(string(text), ""), " ")
		for _, w := range word.FindAllString(bare, -1) {
			switch w {
			case "Lá", "Chắn", "DOCX", "PDF", "XLSX", "HTML":
			default:
				t.Errorf("%s says %q", f, w)
			}
		}
		for _, forbidden := range []string{"hx-on", "js:", "onclick", "style=\"", "<style", "<script>"} {
			if strings.Contains(string(text), forbidden) {
				t.Errorf("%s has %s", f, forbidden)
			}
		}
	}
}
