package console

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// What is around every page, and how a page is answered.

//go:embed *.html
var pageFiles embed.FS

//go:embed style.css
var style []byte

const stylePath = "/style.css"

func serveStyle(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(style) // the browser is gone
}

// parsePages reads the templates, once for each language.
func parsePages(zone *time.Location) (map[wording.Language]*template.Template, error) {
	pages := map[wording.Language]*template.Template{}
	for _, l := range []wording.Language{wording.Both, wording.Vietnamese, wording.English} {
		t, err := template.New("console").Funcs(speaker{l, zone}.functions()).ParseFS(pageFiles, "*.html")
		if err != nil {
			return nil, fmt.Errorf("parse pages: %w", err)
		}
		pages[l] = t
	}
	return pages, nil
}

// A frame is what every page has around its own.
type frame struct {
	Title   wording.Text
	Account string // "" before the login
	Scope   string // whose page it is
	Rank    string // of that unit: all, province, commune, school
	Pages   []tab
	Wrong   []wrong
	Done    *done
	Now     time.Time
}

// A tab leads to a page.
type tab struct {
	Path string
	Name wording.Text
	Here bool
}

// A wrong is what is wrong with a form: at a field, or at all of it.
type wrong struct {
	Field string
	Text  wording.Text
}

// A done is what came of a decision.
type done struct {
	Text wording.Text
	Undo uint64 // number of the record that can be undone; 0 if it cannot
}

// frame is what is around a page that a visit leads to.
func (v *visit) frame(title wording.Text) frame {
	f := frame{Title: title, Rank: "all", Wrong: v.wrong, Now: v.now}
	if !v.known {
		return f
	}
	f.Account, f.Scope, f.Rank = v.who.Actor.Name, v.who.Place.Name, v.who.Rank
	for _, t := range tabs {
		t.Here = t.Path == v.URL.Path || t.Path != "/" && strings.HasPrefix(v.URL.Path, t.Path+"/")
		f.Pages = append(f.Pages, t)
	}
	f.Done = v.done()
	return f
}

// done is what a page says of the decision that has just been made.
func (v *visit) done() *done {
	q := v.URL.Query()
	seq, err := strconv.ParseUint(q.Get("said"), 10, 64)
	switch {
	case q.Get("said") == "":
		return nil
	case err != nil || seq == 0:
		return nil
	case q.Get("waiting") != "":
		return &done{Text: textWaiting.With(speaker{in: v.who.Language}.number(seq))}
	}
	return &done{textSaved.With(speaker{in: v.who.Language}.number(seq)), seq}
}

// saidAt is the address of a page that says what came of a decision.
func saidAt(to string, out admin.Outcome) string {
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

// A message is a page that says one thing.
type message struct {
	Frame frame
	Lines []wording.Text
	Back  string
}

// fail answers with a page that says why not.
func (s *Site) fail(w http.ResponseWriter, v *visit, status int, why wording.Text) {
	title := textNotDone
	if status == http.StatusNotFound {
		title = textNotFound
	}
	m := message{Frame: v.frame(title), Lines: []wording.Text{why}, Back: "/"}
	s.write(w, v, reply{page: "message", status: status, data: m})
}

// refuse answers with a page that says what the desk says of it.
func (s *Site) refuse(w http.ResponseWriter, v *visit, err error) {
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
		lines = append(lines, textWhoMay.With(h.Role.Text(), h.Unit))
	}
	title := textNotDone
	if r.Kind == admin.NotFound {
		title = textNotFound
	}
	m := message{Frame: v.frame(title), Lines: lines, Back: "/"}
	if back, err := url.Parse(v.Referer()); err == nil && back.Host == v.Host {
		m.Back = back.RequestURI()
	}
	s.write(w, v, reply{page: "message", status: statusOf(r.Kind), data: m})
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
