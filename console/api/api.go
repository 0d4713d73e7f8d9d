// Package api is /api/v1: everything that somebody may see or do, for programs and for
// the commands. It reads a request, asks the desk, and writes what came of it; it permits
// nothing and keeps nothing of what was decided. openapi.yaml says what each path takes
// and answers.
package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lachan/admin/account"
)

// Prefix is what the paths of all routes begin with.
const Prefix = "/api/v1/"

// An API answers requests below Prefix. Its methods may be called by any number of
// goroutines.
type API struct {
	Sources
	log    *slog.Logger
	routes []route
	mux    *http.ServeMux
	cross  *http.CrossOriginProtection
	repeat *repeats
	made   *reports
	now    func() time.Time
}

// New is the API of what there is. It keeps in a folder what it answered to requests that
// may be repeated.
func New(s Sources, folder string, log *slog.Logger) (*API, error) {
	a := &API{
		Sources: s, log: log, routes: routes(), mux: http.NewServeMux(),
		cross: http.NewCrossOriginProtection(), now: time.Now, made: &reports{},
	}
	var err error
	if a.repeat, err = openRepeats(folder, log); err != nil {
		return nil, err
	}
	for i := range a.routes {
		rt := &a.routes[i]
		a.mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { a.serve(rt, w, r) })
	}
	return a, nil
}

// A route is a path with a method, and what is done there.
type route struct {
	pattern string // as http.ServeMux has it
	open    bool   // for everybody: an account is what they have not yet
	most    int64  // bytes of the body; 0 is mostBody
	serve   func(*API, *call) (reply, error)
}

// A call is a request, and what was found out about it.
type call struct {
	*http.Request
	actor account.Actor
	text  []byte // the body
	named func(name string) (id string)
	now   time.Time
}

// A reply is what is answered.
type reply struct {
	status   int // 0 is 200, or 204 without a body
	body     any // as JSON
	tag      uint64
	location string // of what was made
	cookies  []*http.Cookie
	secret   bool // it is shown once, and kept nowhere
	file     *File
}

// A File is a document to keep.
type File struct {
	Name, MediaType string
	Text            []byte
	Write           func(w io.Writer) error // in place of Text, for what is long
}

// mostTime bounds how long a request is worked on. Reports have jobs of their own.
const mostTime = 50 * time.Second

// ServeHTTP answers a request, or says why not.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.astray(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// astray answers a request for a path that is not there, or not with that method.
func (a *API) astray(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := a.mux.Handler(&other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		notFound(textNoPath).write(w)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	problem(http.StatusMethodNotAllowed, "method", textMethod.With(r.Method, strings.Join(allowed, ", "))).write(w)
}

// serve answers a request of a route.
func (a *API) serve(rt *route, w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), mostTime)
	defer cancel()
	c := &call{Request: r.WithContext(ctx), now: a.now(), named: a.People.ID}
	if err := a.cross.Check(r); err != nil {
		problem(http.StatusForbidden, "cross-site", textCrossSite).write(w)
		return
	}
	actor, known := a.identify(r)
	if c.actor = actor; !known && !rt.open {
		problem(http.StatusUnauthorized, "unknown", textUnknown).write(w)
		return
	}
	if !reads(r) {
		var err error
		if c.text, err = a.readBody(r, max(rt.most, mostBody)); err != nil {
			w.Header().Set("Connection", "close") // what is left of the body is not read
			a.problemOf(r, err).write(w)
			return
		}
	}
	a.once(rt, c, w)
}

// reads reports whether a request only looks.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// once does what a request asks for. If it has a key by which it may be repeated, and was
// answered already, it is answered the same again and nothing is done.
func (a *API) once(rt *route, c *call, w http.ResponseWriter) {
	for _, name := range []string{"Idempotency-Key", "If-Match", "If-None-Match"} {
		if len(c.Header.Values(name)) > 1 {
			withField(problem(http.StatusBadRequest, "header", textTwice.With(name)), name).write(w)
			return
		}
	}
	key := c.Header.Get("Idempotency-Key")
	if reads(c.Request) || len(c.Header.Values("Idempotency-Key")) == 0 || rt.open {
		rep, err := rt.serve(a, c)
		a.answer(w, c, rep, err)
		return
	}
	ticket, kept, err := a.repeat.begin(holder(&c.actor), key, fingerprint(c), c.now)
	switch {
	case err != nil:
		a.problemOf(c.Request, err).write(w)
		return
	case kept != nil:
		w.Header().Set("Idempotency-Replayed", "true")
		kept.write(w)
		return
	}
	rep, err := rt.serve(a, c)
	if err == nil {
		out := outcomeOf(rep)
		a.repeat.done(ticket, out, rep.secret)
		for _, ck := range rep.cookies {
			http.SetCookie(w, ck)
		}
		out.write(w)
		return
	}
	p := a.problemOf(c.Request, err)
	if p.Status < http.StatusInternalServerError {
		a.repeat.forget(ticket) // nothing was done
	} else {
		a.repeat.unknown(ticket)
	}
	p.write(w)
}

// holder is whose keys are whose: what a token may not see is not told to it because its
// owner has asked with the same key.
func holder(a *account.Actor) string {
	if a.Scopes == nil {
		return a.ID
	}
	return fmt.Sprint(a.ID, a.Scopes, a.Within)
}

// fingerprint is of all that a request asks for.
func fingerprint(c *call) [sha256.Size]byte {
	h := sha256.New()
	for _, part := range []string{c.Method, c.URL.RequestURI(), c.Header.Get("If-Match"), c.Header.Get("If-None-Match"), string(c.text)} {
		var length [8]byte
		for i := range length {
			length[i] = byte(len(part) >> (8 * i))
		}
		h.Write(length[:])
		h.Write([]byte(part))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func (a *API) answer(w http.ResponseWriter, c *call, rep reply, err error) {
	if err != nil {
		a.problemOf(c.Request, err).write(w)
		return
	}
	for _, ck := range rep.cookies {
		http.SetCookie(w, ck)
	}
	if f := rep.file; f != nil {
		f.write(w)
		return
	}
	outcomeOf(rep).write(w)
}

// expected is the number of the record that the client saw, as If-Match has it; given is
// false if it says nothing of it.
func (c *call) expected() (seq uint64, given bool, err error) {
	if len(c.Header.Values("If-Match")) == 0 {
		return 0, false, nil
	}
	tag := c.Header.Get("If-Match")
	inner, ok := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	seq, wrong := strconv.ParseUint(inner, 10, 64)
	if !ok || !closed || wrong != nil {
		p := problem(http.StatusBadRequest, "if-match", textIfMatch)
		p.Field = "If-Match"
		return 0, false, p
	}
	return seq, true, nil
}

// An outcome is a reply as bytes.
type outcome struct {
	Status   int             `json:"status"`
	Tag      uint64          `json:"tag,omitempty"`
	Location string          `json:"location,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
}

func outcomeOf(rep reply) *outcome {
	o := &outcome{Status: rep.status, Tag: rep.tag, Location: rep.location}
	if rep.body != nil {
		text, err := json.Marshal(rep.body)
		if err != nil {
			panic(err) // the types of replies are ours
		}
		o.Body = text
	}
	switch {
	case o.Status != 0:
	case o.Body == nil:
		o.Status = http.StatusNoContent
	default:
		o.Status = http.StatusOK
	}
	return o
}

func (o *outcome) write(w http.ResponseWriter) {
	if o.Tag != 0 {
		w.Header().Set("ETag", `"`+strconv.FormatUint(o.Tag, 10)+`"`)
	}
	if o.Location != "" {
		w.Header().Set("Location", o.Location)
	}
	if o.Body == nil {
		w.WriteHeader(o.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(o.Status)
	_, _ = w.Write(append(o.Body, '\n')) // the client is gone
}
