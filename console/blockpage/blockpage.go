// Package blockpage is the page that people see in place of a blocked one, where
// a profile replies with its address. It says why in words that a child
// understands, whom to ask, and takes a request to open the name.
//
// What is said comes from the name that was asked for (the Host header) and from
// the visitor's address, by the same decision as the answer to the question; no
// part of the URL counts. Who was not sent here learns nothing. Nothing is
// stored of a visitor, and nothing logged: no cookie, no script, no referrer.
package blockpage

import (
	"net/http"
	"net/netip"
	"time"

	"lachan/internal/wording"
)

// A Finding is what the filter says of a name to a visitor.
type Finding struct {
	Kind     Kind
	Name     string       // that was asked for, canonical; of Blocked
	Category string       // code of the category that the block counts in; of Blocked
	Label    wording.Text // what people call it
	Reason   wording.Text
	Document string // of the authority that ordered the block; "" when none did
	Unit     string // id of the visitor's unit; "" if it is not known
	School   string // its name
	Contact  []string
	Asked    bool   // it was asked that the name be opened, and nothing is answered yet
	Answered string // the day of an answer that holds, dd/mm/yyyy; "" if there is none
	Answer   string // what was answered; may be "" although there is an answer
	At       string // when it was opened, 09:40 dd/mm/yyyy; of Opened
}

// A Kind is what there is to tell.
type Kind uint8

// The kinds of findings.
const (
	Nothing Kind = iota // the visitor was not sent here
	Blocked             // the name is blocked, and the reply to its question leads here
	Check               // the name by which people see whether the filter is in use
	Opened              // somebody has opened the name, and the device remembers that it was blocked
)

// A Site is the block page of a filter. It is an http.Handler.
type Site struct {
	// Find says what the filter tells a visitor about the host of a request, as
	// the Host header has it. It is called by any number of goroutines.
	Find func(host string, visitor netip.Addr) Finding
	// Ask notes that the name of a finding be opened.
	Ask func(f Finding, reason string) error

	askers askers
	csrf   *http.CrossOriginProtection
	style  style
}

// New makes a site; see the fields of Site for what it is given.
func New(find func(host string, visitor netip.Addr) Finding, ask func(f Finding, reason string) error) *Site {
	return &Site{Find: find, Ask: ask, csrf: http.NewCrossOriginProtection(), style: newStyle()}
}

// NewServer makes a server for the site whose clients cannot hold a connection
// for long. A connection serves one request: the next one is for a host that
// may be elsewhere by then.
func NewServer(handler http.Handler) *http.Server {
	s := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		MaxHeaderBytes:    16 << 10, // browsers send what cookies the blocked site has set
		ErrorLog:          silent(), // it would name clients
	}
	s.SetKeepAlivesEnabled(false)
	return s
}

// askPath is where requests are posted to, at any host.
const askPath = "/lachan-request"

// ServeHTTP answers every path alike, as the site in whose place this one stands
// may have had any.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	visitor := visitorOf(r)
	f := s.Find(r.Host, visitor)
	if f.Kind == Blocked && r.Method == http.MethodPost && r.URL.Path == askPath {
		s.take(w, r, f, visitor)
		return
	}
	switch f.Kind {
	case Blocked:
		s.write(w, http.StatusForbidden, s.blocked(f))
	case Check:
		s.write(w, http.StatusOK, s.check(f))
	case Opened:
		w.Header().Set("Retry-After", "60")
		s.write(w, http.StatusServiceUnavailable, s.opened(f))
	default:
		s.write(w, http.StatusNotFound, s.nothing())
	}
}

// take notes a request for what stands at the host of r.
func (s *Site) take(w http.ResponseWriter, r *http.Request, f Finding, visitor netip.Addr) {
	const mostOctets = 8 << 10
	r.Body = http.MaxBytesReader(w, r.Body, mostOctets)
	switch {
	case s.csrf.Check(r) != nil || urgent(f):
		s.write(w, http.StatusForbidden, s.blocked(f))
	case r.ParseForm() != nil:
		s.write(w, http.StatusBadRequest, s.blocked(f))
	case !s.askers.take(visitor, time.Now()) || s.Ask(f, r.PostForm.Get("reason")) != nil:
		s.write(w, http.StatusTooManyRequests, s.busy(f))
	default:
		s.write(w, http.StatusOK, s.sent(f))
	}
}

// visitorOf is the address of a request's client.
func visitorOf(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr) // the zero address is nobody's
	return a.Addr().Unmap()
}
