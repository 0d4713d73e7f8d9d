// Package console is the pages by which people run the program in a browser. A page asks
// the desk what there is and shows it; a form is one decision, the same as the API's. No
// page writes when it is read, and none needs a script.
//
// Each page is two files, page_NAME.go and NAME.html: what it shows, and how.
package console

import (
	"bytes"
	_ "embed"
	"html/template"
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
	log    *slog.Logger
	guard  guard
	pages  map[wording.Language]*template.Template
	routes []route
	mux    *http.ServeMux
	now    func() time.Time
}

// New is the console of what there is, for the names that it may be asked as.
func New(s Sources, names []string, log *slog.Logger) (*Site, error) {
	site := &Site{
		Sources: s, log: log, guard: newGuard(names), routes: routes(), mux: http.NewServeMux(), now: time.Now,
	}
	var err error
	if site.pages, err = parsePages(s.Zone()); err != nil {
		return nil, err
	}
	for i := range site.routes {
		rt := &site.routes[i]
		site.mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { site.serve(rt, w, r) })
	}
	return site, nil
}

// ServeHTTP answers a request, or says why not.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	v := &visit{Request: r, site: s, now: s.now().In(s.Zone())}
	if wrong, status := s.guard.refuses(r); status != 0 {
		s.fail(w, v, status, wrong)
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == stylePath {
		serveStyle(w)
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		v.who, v.known = s.identify(v)
		s.fail(w, v, http.StatusNotFound, textNoPage)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// A route is a path with a method, and what is done there.
type route struct {
	pattern string // as http.ServeMux has it
	open    bool   // for everybody: an account is what they have not yet
	serve   func(*Site, *visit) (reply, error)
}

// A visit is a request, and what was found out about it.
type visit struct {
	*http.Request
	site  *Site
	who   Visitor
	known bool
	now   time.Time
	wrong []wrong // what was wrong with the form that was sent
}

// A reply is what is answered: a page, a way to another page, or a file.
type reply struct {
	page    string // name of the template
	data    any    // what it is filled in with
	status  int    // 0 is 200
	to      string // where the browser is sent
	cookies []*http.Cookie
	file    *File
}

// A File is a document to keep.
type File struct {
	Name, MediaType string
	Text            []byte
}

// mostForm bounds a form, in bytes; mostTable one with a table of an order.
const (
	mostForm  = 256 << 10
	mostTable = 32 << 20
)

// serve answers a request of a route.
func (s *Site) serve(rt *route, w http.ResponseWriter, r *http.Request) {
	v := &visit{Request: r, site: s, now: s.now().In(s.Zone())}
	if v.who, v.known = s.identify(v); !v.known && !rt.open {
		s.toLogin(w, v)
		return
	}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		if err := r.ParseForm(); err != nil {
			s.fail(w, v, http.StatusBadRequest, textForm)
			return
		}
	}
	rep, err := rt.serve(s, v)
	if err != nil {
		s.refuse(w, v, err)
		return
	}
	s.answer(w, v, rep)
}

// toLogin sends somebody who is not known to where they can say who they are.
func (s *Site) toLogin(w http.ResponseWriter, v *visit) {
	to := "/login"
	if s.FirstStart() {
		to = "/start"
	} else if v.Method == http.MethodGet && v.URL.Path != "/" {
		to += "?next=" + template.URLQueryEscaper(v.URL.RequestURI())
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
}

func (s *Site) answer(w http.ResponseWriter, v *visit, rep reply) {
	for _, c := range rep.cookies {
		http.SetCookie(w, c)
	}
	switch {
	case rep.to != "":
		http.Redirect(w, v.Request, rep.to, http.StatusSeeOther)
	case rep.file != nil:
		rep.file.write(w)
	default:
		s.write(w, v, rep)
	}
}

// write sends a page.
func (s *Site) write(w http.ResponseWriter, v *visit, rep reply) {
	var page bytes.Buffer
	if err := s.pages[v.who.Language].ExecuteTemplate(&page, rep.page, rep.data); err != nil {
		s.log.Error("make a page", "page", rep.page, "error", err)
		http.Error(w, textBroken.String(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(max(rep.status, http.StatusOK))
	_, _ = w.Write(page.Bytes()) // the browser is gone
}

// decide has the desk decide. what is sent by a form: the browser is sent to where it
// shows what came of it, with the record that can be undone.
func (s *Site) decide(v *visit, what admin.Decision, how admin.How, to string) (reply, error) {
	if how.Why == "" {
		how.Why = v.PostForm.Get("why")
	}
	out, err := s.Desk.Decide(v.Context(), v.who.Actor, what, how)
	if err != nil {
		return reply{}, err
	}
	return reply{to: saidAt(to, out)}, nil
}
