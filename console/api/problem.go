package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// A Problem is why a request is not answered, as RFC 9457 has it: what is wrong and what
// to do, in both languages, and the field at fault.
type Problem struct {
	Type   string `json:"type"` // "urn:lachan:problem:" and the kind
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"` // both languages
	VI     string `json:"vi"`
	EN     string `json:"en"`
	Field  string `json:"field,omitempty"` // of the body, the parameter or the header
	Place  string `json:"place,omitempty"` // file:line that is in the way
	Seq    uint64 `json:"seq,omitempty"`   // record that came between
	// Now is what the object is, Wanted what the decision would make it, of a conflict.
	Now    json.RawMessage `json:"now,omitempty"`
	Wanted json.RawMessage `json:"wanted,omitempty"`
	// WhoMay are those who could do it, where a right is missing.
	WhoMay []Holder `json:"who_may,omitempty"`

	retry time.Duration // after which the client may ask again
}

// A Holder is a role over a unit; "" is all units.
type Holder struct {
	Role string `json:"role"`
	Unit string `json:"unit"`
}

// Error is what is wrong.
func (p *Problem) Error() string { return p.Detail }

// Wording is what is wrong in both languages.
func (p *Problem) Wording() wording.Text { return wording.Text{VI: p.VI, EN: p.EN} }

// NewProblem is a problem of a kind, for those who fill what the API answers from.
func NewProblem(status int, kind string, text wording.Text) *Problem {
	return problem(status, kind, text)
}

// say replaces what a problem says.
func (p *Problem) say(text wording.Text) { p.Detail, p.VI, p.EN = text.String(), text.VI, text.EN }

// problem is a problem of a kind.
func problem(status int, kind string, text wording.Text) *Problem {
	return &Problem{
		Type: "urn:lachan:problem:" + kind, Title: http.StatusText(status), Status: status,
		Detail: text.String(), VI: text.VI, EN: text.EN,
	}
}

// invalid is a field that cannot be as it is.
func invalid(field string, text wording.Text) *Problem {
	p := problem(http.StatusUnprocessableEntity, "invalid", text)
	p.Field = field
	return p
}

func notFound(text wording.Text) *Problem { return problem(http.StatusNotFound, "not-found", text) }

// mostSaid bounds what a problem quotes of an error.
const mostSaid = 2000

// write answers with the problem.
func (p *Problem) write(w http.ResponseWriter) {
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="lachan"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	said := *p
	said.Detail = printable.Line(said.Detail, mostSaid)
	said.VI, said.EN = printable.Line(said.VI, mostSaid), printable.Line(said.EN, mostSaid)
	w.WriteHeader(p.Status)
	text, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings and a number
	}
	_, _ = w.Write(append(text, '\n')) // the client is gone
}

// problemOf is any error as a problem. What the program itself has done wrong is not told
// to clients beyond that it was.
func (a *API) problemOf(r *http.Request, err error) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	if refused := (*admin.Refusal)(nil); errors.As(err, &refused) {
		return refusal(r, refused)
	}
	if p := refusalOfDoor(err); p != nil {
		return p
	}
	a.log.Error("answer the api", "method", r.Method, "path", r.URL.Path, "error", err)
	return problem(http.StatusInternalServerError, "internal", textInternal)
}

// refusal is what the desk refuses, as a problem.
func refusal(r *http.Request, refused *admin.Refusal) *Problem {
	status := http.StatusConflict
	switch refused.Kind {
	case admin.NotAllowed, admin.SamePerson:
		status = http.StatusForbidden
	case admin.NotFound:
		status = http.StatusNotFound
	case admin.Invalid:
		status = http.StatusUnprocessableEntity
	case admin.Trouble:
		status = http.StatusServiceUnavailable
	case admin.Conflict:
		if r.Header.Get("If-Match") != "" || r.Header.Get("If-None-Match") != "" {
			status = http.StatusPreconditionFailed
		}
	}
	p := problem(status, string(refused.Kind), refused.Text)
	p.Field, p.Place, p.Seq = refused.Field, refused.Place, refused.Seq
	if refused.Kind == admin.Conflict && (refused.Now != nil || refused.Wanted != nil) {
		p.Now, p.Wanted = orNull(refused.Now), orNull(refused.Wanted)
	}
	for _, h := range refused.WhoMay {
		p.WhoMay = append(p.WhoMay, Holder{string(h.Role), h.Unit})
	}
	return p
}
