// Package frame is what all pages of the console have in common: how a request becomes a
// visit, what is around a page, what comes of a form, and what pages may ask for.
package frame

import (
	"bytes"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/internal/wording"
)

// A Site is the console. It is an http.Handler whose methods may be called by any number
// of goroutines.
type Site struct {
	Sources
	log   *slog.Logger
	guard guard
	plan  Plan
	pages map[wording.Language]*template.Template
	mux   *http.ServeMux
	now   func() time.Time
}

// A Plan is which pages there are, and where.
type Plan struct {
	Routes    []Route
	Tabs      []Tab
	Templates []fs.FS // the *.html of each are pages
}

// New is the console of what there is, for the names that it may be asked as.
func New(s Sources, plan Plan, names []string, log *slog.Logger) (*Site, error) {
	site := &Site{Sources: s, log: log, guard: newGuard(names), plan: plan, mux: http.NewServeMux(), now: time.Now}
	var err error
	if site.pages, err = Parse(s.Zone(), plan.Templates...); err != nil {
		return nil, err
	}
	for i := range plan.Routes {
		rt := &plan.Routes[i]
		site.mux.HandleFunc(rt.Pattern, func(w http.ResponseWriter, r *http.Request) { site.serve(rt, w, r) })
	}
	return site, nil
}

// ServeHTTP answers a request, or says why not.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	v := &Visit{Request: r, Site: s, Now: s.now().In(s.Zone())}
	if wrong, status := s.guard.refuses(r); status != 0 {
		s.fail(w, v, status, wrong)
		return
	}
	if r.Method == http.MethodGet && serveOwn(w, r.URL.Path) {
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		v.Who, v.Known = s.identify(v)
		s.fail(w, v, http.StatusNotFound, TextNoPage)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// A Route is a path with a method, and what is done there.
type Route struct {
	Pattern string // as http.ServeMux has it
	Open    bool   // for everybody: an account is what they have not yet
	Table   bool   // its form has a file
	Serve   func(*Site, *Visit) (Reply, error)
}

// A Visit is a request, and what was found out about it.
type Visit struct {
	*http.Request
	Site  *Site
	Who   Visitor
	Known bool
	Now   time.Time
	Wrong []Wrong // what was wrong with the form that was sent

	// Names found so far: of units, of those above the visitor's, of requests.
	units, aboveNames, asked map[string]string
}

// A Reply is what is answered: a page, a way to another page, or a file.
type Reply struct {
	Page    string // name of the template
	Data    any    // what it is filled in with
	Status  int    // 0 is 200
	To      string // where the browser is sent
	Cookies []*http.Cookie
	File    *File
}

// A File is a document to keep.
type File struct {
	Name, MediaType string
	Text            []byte
}

// mostForm bounds a form, in bytes; mostTable one with a table.
const (
	mostForm  = 256 << 10
	mostTable = 4 << 20
)

// serve answers a request of a route.
func (s *Site) serve(rt *Route, w http.ResponseWriter, r *http.Request) {
	v := &Visit{Request: r, Site: s, Now: s.now().In(s.Zone())}
	if v.Who, v.Known = s.identify(v); !v.Known && !rt.Open {
		s.toLogin(w, v)
		return
	}
	if r.Method == http.MethodPost {
		if err := rt.parse(w, r); err != nil {
			s.fail(w, v, http.StatusBadRequest, TextForm)
			return
		}
	}
	rep, err := rt.Serve(s, v)
	if err != nil {
		s.refuse(w, v, err)
		return
	}
	s.answer(w, v, rep)
}

// parse reads the form of a request.
func (rt *Route) parse(w http.ResponseWriter, r *http.Request) error {
	if !rt.Table {
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		return r.ParseForm()
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostTable)
	err := r.ParseMultipartForm(mostTable) // all of it in memory
	if errors.Is(err, http.ErrNotMultipart) {
		return nil // the form was read, and has no file
	}
	return err
}

// toLogin sends somebody who is not known to where they can say who they are.
func (s *Site) toLogin(w http.ResponseWriter, v *Visit) {
	to := "/login"
	if s.FirstStart() {
		to = "/start"
	} else if v.Method == http.MethodGet && v.URL.Path != "/" {
		to += "?next=" + template.URLQueryEscaper(v.URL.RequestURI())
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
}

func (s *Site) answer(w http.ResponseWriter, v *Visit, rep Reply) {
	for _, c := range rep.Cookies {
		http.SetCookie(w, c)
	}
	switch {
	case rep.To != "":
		http.Redirect(w, v.Request, rep.To, http.StatusSeeOther)
	case rep.File != nil:
		rep.File.write(w)
	default:
		s.write(w, v, rep)
	}
}

// write sends a page.
func (s *Site) write(w http.ResponseWriter, v *Visit, rep Reply) {
	var page bytes.Buffer
	if err := s.pages[v.Who.Language].ExecuteTemplate(&page, rep.Page, rep.Data); err != nil {
		s.log.Error("make a page", "page", rep.Page, "error", err)
		http.Error(w, textBroken.String(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(max(rep.Status, http.StatusOK))
	_, _ = w.Write(page.Bytes()) // the browser is gone
}

// Decide has the desk decide. what is sent by a form: the browser is sent to where it
// shows what came of it, with the record that can be undone.
func (s *Site) Decide(v *Visit, what admin.Decision, how admin.How, to string) (Reply, error) {
	if how.Why == "" {
		how.Why = v.PostForm.Get("why")
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	if err != nil {
		return Reply{}, err
	}
	return Reply{To: SaidAt(to, out)}, nil
}
