package frame

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// What is around every page, and how a page is answered.

//go:embed *.html
var own embed.FS

//go:embed style.css
var style []byte

//go:embed passkey.js
var script []byte

const stylePath, scriptPath = "/style.css", "/passkey.js"

// serveOwn serves what pages are drawn and asked with; ok is false if a path is none of
// that.
func serveOwn(w http.ResponseWriter, path string) (ok bool) {
	mediaType, text := "text/css; charset=utf-8", style
	switch path {
	case stylePath:
	case scriptPath:
		mediaType, text = "text/javascript; charset=utf-8", script
	default:
		return false
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(text) // the browser is gone
	return true
}

// Parse reads the templates of pages, once for each language, and those around them.
func Parse(zone *time.Location, pages ...fs.FS) (map[wording.Language]*template.Template, error) {
	sets := map[wording.Language]*template.Template{}
	for _, l := range []wording.Language{wording.Both, wording.Vietnamese, wording.English} {
		t := template.New("console").Funcs(speaker{l, zone}.functions())
		for _, files := range append([]fs.FS{own}, pages...) {
			if _, err := t.ParseFS(files, "*.html"); err != nil {
				return nil, fmt.Errorf("parse pages: %w", err)
			}
		}
		sets[l] = t
	}
	return sets, nil
}

// A Frame is what every page has around its own.
type Frame struct {
	Title   wording.Text
	Account string // "" before the login
	Scope   string // whose page it is
	Rank    string // of that unit: all, province, commune, school
	Pages   []Tab  // that the visitor is there for, and where he is
	Others  []Tab  // all others
	Wrong   []Wrong
	Done    *Done
	Now     time.Time
	Tapped  *admin.Period            // in which a collector is told of questions and answers; nil: none is
	named   func(unit string) string // nil: units have no name but their id
}

// Unit is what people call a unit.
func (f Frame) Unit(id string) string {
	if f.named == nil {
		return id
	}
	return f.named(id)
}

// A Tab leads to a page.
type Tab struct {
	Path string
	Name wording.Text
	For  Roles // whose week is on it: it stands first for them
	Here bool
}

// Roles are some of those that accounts have.
type Roles []account.Role

// A Wrong is what is wrong with a form: at a field, or at all of it.
type Wrong struct {
	Field string
	Text  wording.Text
}

// A Done is what came of a decision.
type Done struct {
	Text wording.Text
	Undo uint64 // number of the record that can be undone; 0 if it cannot
}

// Frame is what is around a page that a visit leads to.
func (v *Visit) Frame(title wording.Text) Frame {
	f := Frame{Title: title, Rank: "all", Wrong: v.Wrong, Now: v.Now}
	if !v.Known {
		return f
	}
	f.named = v.UnitName
	f.Account, f.Scope, f.Rank = v.Who.Actor.Name, v.Who.Place.Name, v.Who.Rank
	for _, t := range v.Site.plan.Tabs {
		t.Here = t.Path == v.URL.Path || t.Path != "/" && strings.HasPrefix(v.URL.Path, t.Path+"/")
		if t.Here || v.Who.daily(t) {
			f.Pages = append(f.Pages, t)
		} else {
			f.Others = append(f.Others, t)
		}
	}
	f.Done, f.Tapped = v.done(), v.tapped()
	return f
}

// tapped is why a collector is told of questions and answers now; nil if none is.
func (v *Visit) tapped() *admin.Period {
	if v.Site.Tapped == nil {
		return nil
	}
	list := v.Site.Tapped()
	for i := range list {
		if list[i].End.After(v.Now) {
			return &list[i]
		}
	}
	return nil
}

// daily reports whether a page is one that a visitor is there for: those without a role get
// none but the first.
func (w *Visitor) daily(t Tab) bool {
	theirs := func(g account.Grant) bool { return slices.Contains(t.For, g.Role) }
	return t.Path == "/" || slices.ContainsFunc(w.Actor.Grants, theirs)
}

// done is what a page says of the decision that has just been made.
func (v *Visit) done() *Done {
	q := v.URL.Query()
	seq, err := strconv.ParseUint(q.Get("said"), 10, 64)
	switch {
	case q.Get("said") == "":
		return nil
	case err != nil || seq == 0:
		return nil
	case q.Get("waiting") != "":
		return &Done{Text: textWaiting.With(speaker{in: v.Who.Language}.number(seq))}
	}
	return &Done{textSaved.With(speaker{in: v.Who.Language}.number(seq)), seq}
}

// SaidAt is the address of a page that says what came of a decision.
func SaidAt(to string, out admin.Outcome) string {
	u, err := url.Parse(to)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Set("said", strconv.FormatUint(out.Seq, 10))
	if out.Waiting {
		q.Set("waiting", "1")
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// A Message is a page that says one thing.
type Message struct {
	Frame Frame
	Lines []wording.Text
	Back  string
}

// fail answers with a page that says why not.
func (s *Site) fail(w http.ResponseWriter, v *Visit, status int, why wording.Text) {
	title := textNotDone
	if status == http.StatusNotFound {
		title = textNotFound
	}
	m := Message{Frame: v.Frame(title), Lines: []wording.Text{why}, Back: "/"}
	s.write(w, v, Reply{Page: "message", Status: status, Data: m})
}

// refuse answers with a page that says what the desk says of it.
func (s *Site) refuse(w http.ResponseWriter, v *Visit, err error) {
	var r *admin.Refusal
	if !errors.As(err, &r) {
		s.log.Error("answer in the console", "path", v.URL.Path, "error", err)
		s.fail(w, v, http.StatusInternalServerError, wording.Of(err))
		return
	}
	lines := []wording.Text{r.Text}
	if r.Place != "" {
		lines = append(lines, textPlace.With(r.Place))
	}
	for _, h := range r.WhoMay {
		lines = append(lines, textWhoMay.With(h.Role.Text(), v.placeText(h.Unit)))
	}
	title := textNotDone
	if r.Kind == admin.NotFound {
		title = textNotFound
	}
	m := Message{Frame: v.Frame(title), Lines: lines, Back: "/"}
	if back, err := url.Parse(v.Referer()); err == nil && back.Host == v.Host {
		m.Back = back.RequestURI()
	}
	s.write(w, v, Reply{Page: "message", Status: statusOf(r.Kind), Data: m})
}

// statusOf is the status of a refusal.
func statusOf(kind admin.RefusalKind) int {
	switch kind {
	case admin.NotAllowed, admin.SamePerson, admin.Locked:
		return http.StatusForbidden
	case admin.NotFound:
		return http.StatusNotFound
	case admin.Conflict, admin.Standing, admin.FileHome:
		return http.StatusConflict
	case admin.Trouble:
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

func (f *File) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(f.Text)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": printable.Line(f.Name, 120)}))
	_, _ = w.Write(f.Text) // the browser is gone
}
