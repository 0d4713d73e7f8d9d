package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/internal/wording"
)

// What can be looked at, as JSON has it.

// An Exception is a name that a unit has opened or blocked by a decision.
type Exception struct {
	Unit     string     `json:"unit"`
	Object   string     `json:"object"` // "allow/NAME" or "block/NAME"
	Name     string     `json:"name"`
	Block    bool       `json:"block"`
	From     time.Time  `json:"from"`
	Until    *time.Time `json:"until,omitempty"` // absent: it has no end
	Ended    bool       `json:"ended"`
	Who      string     `json:"who"`
	Why      string     `json:"why"`
	Document string     `json:"document,omitempty"`
	Seq      uint64     `json:"seq"`
	VoidBy   string     `json:"void_by,omitempty"`
	Orphan   bool       `json:"orphan,omitempty"`
}

func exceptionOf(e *admin.Exception) Exception {
	return Exception{
		e.Unit, e.Object, e.Name, e.Block, e.From, moment(e.Until), e.Ended, e.Who, e.Why, e.Document, e.Seq,
		e.VoidBy, e.Orphan,
	}
}

// moment is a time, or nil if there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// A Request is the requests for one name that wait for the same people.
type Request struct {
	Name     string    `json:"name"`
	Category string    `json:"category"`
	IDs      []string  `json:"ids"`
	Units    []string  `json:"units"` // one for each id
	Reasons  []string  `json:"reasons"`
	Times    int       `json:"times"`
	First    time.Time `json:"first"`
	// Spent and Target are seconds of school hours.
	Spent    int        `json:"spent_seconds"`
	Target   int        `json:"target_seconds"`
	Late     bool       `json:"late"`
	At       string     `json:"at"` // the unit that it waits at
	LockedBy string     `json:"locked_by,omitempty"`
	Document string     `json:"document,omitempty"`
	Outcome  string     `json:"outcome,omitempty"` // absent while it is open
	Text     string     `json:"text,omitempty"`
	By       string     `json:"by,omitempty"`
	Answered *time.Time `json:"answered,omitempty"`
	Seq      uint64     `json:"seq,omitempty"`
	// Follows are requests that were answered before it was asked again.
	Follows []string `json:"follows,omitempty"`
}

// Words is what people call what came of a request.
func (r *Request) Words() wording.Text { return admin.Outcomes(r.Outcome).Words() }

func requestOf(r *admin.Request) Request {
	return Request{
		r.Name, r.Category, orEmpty(r.IDs), orEmpty(r.Units), orEmpty(r.Reasons), r.Times, r.First,
		int(r.Spent / time.Second), int(r.Target / time.Second), r.Late, r.At, r.LockedBy, r.Document,
		string(r.Outcome), r.Text, r.By, moment(r.Answered), r.Seq, r.Follows,
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// A Unit is a unit as it is in force.
type Unit struct {
	ID     string          `json:"id"`
	Parent string          `json:"parent,omitempty"`
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	Home   string          `json:"home"` // "console", or file:line
	Unit   json.RawMessage `json:"unit"` // as policy.yaml writes it
	Seq    uint64          `json:"seq,omitempty"`
}

func unitOf(u *admin.Unit) Unit {
	return Unit{u.ID, u.Parent, u.Name, u.Kind, u.Home, orNull(u.Value), u.Seq}
}

// A Proposal is what waits for a second person.
type Proposal struct {
	Seq        uint64          `json:"seq"`
	Unit       string          `json:"unit"`
	What       string          `json:"what"`
	Object     string          `json:"object"`
	By         string          `json:"by"`
	At         time.Time       `json:"at"`
	Until      time.Time       `json:"until"`
	Old        json.RawMessage `json:"old"`
	New        json.RawMessage `json:"new"`
	Why        string          `json:"why"`
	MayConfirm bool            `json:"may_confirm"`
}

func proposalOf(p *admin.Proposal) Proposal {
	return Proposal{
		p.Seq, p.Unit, p.What, p.Object, p.By, p.At, p.Until, orNull(p.Old), orNull(p.New), p.Why, p.MayConfirm,
	}
}

// A Line is a record of the ledger as people read it.
type Line struct {
	Seq     uint64          `json:"seq"`
	At      time.Time       `json:"at"`
	Unit    string          `json:"unit"`
	By      string          `json:"by"`
	Role    string          `json:"role"`
	Via     string          `json:"via"`
	What    string          `json:"what"`
	Object  string          `json:"object"`
	Request string          `json:"request,omitempty"`
	Old     json.RawMessage `json:"old"`
	New     json.RawMessage `json:"new"`
	Why     string          `json:"why"`
	Of      uint64          `json:"of,omitempty"`
}

func lineOf(l *admin.Line) Line {
	return Line{
		l.Seq, l.At, l.Unit, l.By, l.Role, l.Via, l.What, l.Object, l.Request,
		orNull(l.Old), orNull(l.New), l.Why, l.Of,
	}
}

// lookRoutes are the routes that show what the desk knows.
func lookRoutes() []route {
	return []route{
		{pattern: "GET /api/v1/exceptions", serve: showExceptions},
		{pattern: "GET /api/v1/units/{id}/exceptions", serve: showExceptions},
		{pattern: "GET /api/v1/requests", serve: showRequests},
		{pattern: "GET /api/v1/units", serve: showUnits},
		{pattern: "GET /api/v1/units/{id}", serve: showUnit},
		{pattern: "GET /api/v1/proposals", serve: showProposals},
		{pattern: "GET /api/v1/proposals/{seq}", serve: showProposal},
		{pattern: "GET /api/v1/ledger", serve: showLedger},
		{pattern: "GET /api/v1/ledger/{seq}", serve: showRecord},
	}
}

// rows reads a page of what the desk lists, one row further than asked for.
func rows[F, T any](
	c *call, convert func(*F) T, key func(*F) string, read func(admin.Filter, admin.Page) ([]F, error),
) (reply, error) {
	query, err := c.parameters("unit", "name", "ended", "after", "limit")
	if err != nil {
		return reply{}, err
	}
	w, err := windowOf(c.Pattern, query)
	if err != nil {
		return reply{}, err
	}
	f := admin.Filter{Unit: query.Get("unit"), Name: query.Get("name")}
	if f.Ended, err = c.flag("ended"); err != nil {
		return reply{}, err
	}
	if id := c.PathValue("id"); id != "" {
		f.Unit = id
	}
	found, err := read(f, admin.Page{After: w.after, Limit: w.limit + 1})
	if err != nil {
		return reply{}, err
	}
	p := pageOf(w, found, func(row F) string { return key(&row) })
	out := Page[T]{Items: make([]T, len(p.Items)), Next: p.Next}
	for i := range p.Items {
		out.Items[i] = convert(&p.Items[i])
	}
	return reply{body: out}, nil
}

func showExceptions(a *API, c *call) (reply, error) {
	read := func(f admin.Filter, p admin.Page) ([]admin.Exception, error) {
		return a.Desk.Exceptions(c.Context(), c.actor, f, p)
	}
	return rows(c, exceptionOf, func(e *admin.Exception) string { return e.Key }, read)
}

func showRequests(a *API, c *call) (reply, error) {
	read := func(f admin.Filter, p admin.Page) ([]admin.Request, error) {
		return a.Desk.Requests(c.Context(), c.actor, f, p)
	}
	return rows(c, requestOf, func(r *admin.Request) string { return r.Key }, read)
}

func showUnits(a *API, c *call) (reply, error) {
	if text := c.URL.Query().Get("address"); text != "" {
		return unitAt(a, c, text)
	}
	read := func(f admin.Filter, p admin.Page) ([]admin.Unit, error) {
		return a.Desk.Units(c.Context(), c.actor, f, p)
	}
	return rows(c, unitOf, func(u *admin.Unit) string { return u.ID }, read)
}

// unitAt is the unit that an address belongs to, if the actor sees it.
func unitAt(a *API, c *call, text string) (reply, error) {
	if _, err := c.parameters("address"); err != nil {
		return reply{}, err
	}
	client, err := netip.ParseAddr(text)
	if err != nil {
		return reply{}, invalid("address", textAddress)
	}
	p := Page[Unit]{Items: []Unit{}}
	if id, known := a.Server.At(client.Unmap()); known {
		u, err := a.Desk.Unit(c.Context(), c.actor, id)
		if refused := (*admin.Refusal)(nil); err != nil && !errors.As(err, &refused) {
			return reply{}, err
		} else if err == nil {
			p.Items = append(p.Items, unitOf(&u))
		}
	}
	return reply{body: p}, nil
}

func showUnit(a *API, c *call) (reply, error) {
	u, err := a.Desk.Unit(c.Context(), c.actor, c.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: unitOf(&u), tag: u.Seq}, nil
}

func showProposals(a *API, c *call) (reply, error) {
	found, err := a.Desk.Proposals(c.Context(), c.actor)
	if err != nil {
		return reply{}, err
	}
	p := Page[Proposal]{Items: []Proposal{}}
	for i := range found {
		p.Items = append(p.Items, proposalOf(&found[i]))
	}
	return reply{body: p}, nil
}

func showProposal(a *API, c *call) (reply, error) {
	seq, err := c.seq()
	if err != nil {
		return reply{}, err
	}
	found, err := a.Desk.Proposals(c.Context(), c.actor)
	if err != nil {
		return reply{}, err
	}
	for i := range found {
		if found[i].Seq == seq {
			return reply{body: proposalOf(&found[i]), tag: seq}, nil
		}
	}
	return reply{}, notFound(textNoProposal.With(seq))
}

func showLedger(a *API, c *call) (reply, error) {
	query, err := c.parameters("unit", "name", "after", "limit")
	if err != nil {
		return reply{}, err
	}
	w, err := windowOf(c.Pattern, query)
	if err != nil {
		return reply{}, err
	}
	after, err := w.number()
	if err != nil {
		return reply{}, err
	}
	f := admin.Filter{Unit: query.Get("unit"), Name: query.Get("name")}
	lines, next, err := a.Desk.Ledger(c.Context(), c.actor, f, after, w.limit)
	if err != nil {
		return reply{}, err
	}
	p := Page[Line]{Items: []Line{}}
	for i := range lines {
		p.Items = append(p.Items, lineOf(&lines[i]))
	}
	if next != 0 {
		p.Next = w.key(strconv.FormatUint(next, 10))
	}
	return reply{body: p}, nil
}

// record is one record of the ledger.
func showRecord(a *API, c *call) (reply, error) {
	seq, err := c.seq()
	if err != nil {
		return reply{}, err
	}
	lines, _, err := a.Desk.Ledger(c.Context(), c.actor, admin.Filter{}, seq-1, 1)
	if err != nil {
		return reply{}, err
	}
	if len(lines) == 0 || lines[0].Seq != seq {
		return reply{}, notFound(textNoRecord.With(seq))
	}
	return reply{body: lineOf(&lines[0]), tag: seq}, nil
}

// seq is the number of a record in the path.
func (c *call) seq() (uint64, error) {
	seq, err := strconv.ParseUint(c.PathValue("seq"), 10, 64)
	if err != nil || seq == 0 {
		return 0, withField(problem(http.StatusBadRequest, "path", textSeq), "seq")
	}
	return seq, nil
}
