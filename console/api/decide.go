package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lachan/admin"
)

// Whatever changes something is one decision of the desk. A route says how to make it of
// a request; the rest is the same for all.

// A Decided is what came of a decision.
type Decided struct {
	Seq     uint64          `json:"seq,omitempty"` // of the record; absent of a preview
	At      *time.Time      `json:"at,omitempty"`
	Unit    string          `json:"unit"`
	Object  string          `json:"object"`
	Old     json.RawMessage `json:"old"`
	New     json.RawMessage `json:"new"`
	Impact  Impact          `json:"impact"`
	Names   int             `json:"names,omitempty"` // of a decision on many
	Preview bool            `json:"preview,omitempty"`
	// VoidBy is what leaves the decision without effect; "" if nothing does.
	VoidBy  string `json:"void_by,omitempty"`
	Waiting bool   `json:"waiting,omitempty"` // for a second person
	Secret  string `json:"secret,omitempty"`  // of a token, shown once
	Text    string `json:"text,omitempty"`    // of what was adopted: the lines to delete
	Table   *Table `json:"table,omitempty"`   // of an order: what became of its rows
}

// A Table is what became of the rows of the table of an order.
type Table struct {
	Entries  int          `json:"entries"`
	Twice    int          `json:"twice"`
	Refused  int          `json:"refused"`
	Rows     []RefusedRow `json:"rows,omitempty"`     // the first of those refused
	Doubtful []string     `json:"doubtful,omitempty"` // they wait until somebody lets them through
	InForce  bool         `json:"in_force"`
}

// A RefusedRow is a row that cannot be used, and why.
type RefusedRow struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// tableOf is what became of the rows of a table; nil if there is none.
func tableOf(of *admin.TableReport) *Table {
	if of == nil {
		return nil
	}
	t := &Table{Entries: of.Entries, Twice: of.Twice, Refused: of.Refused, Doubtful: of.Doubtful, InForce: of.InForce}
	for _, r := range of.Rows {
		t.Rows = append(t.Rows, RefusedRow{r.Line, r.Text, r.Why.VI, r.Why.EN})
	}
	return t
}

// An Impact is who has something newly opened or blocked.
type Impact struct {
	Units   int    `json:"units"`
	Now     Change `json:"now"`
	Lessons Change `json:"lessons"`
	// What follows is of changes of units, rules, hours, days and profiles.
	Ahead   *Change    `json:"ahead,omitempty"` // at any time of the coming year
	First   *time.Time `json:"first,omitempty"` // when that begins
	Opened  []Reach    `json:"opened,omitempty"`
	Blocked []Reach    `json:"blocked,omitempty"`
	Who     []string   `json:"who,omitempty"` // units, the first 50
}

// A Reach is for how many units a category, a service, a name of a rule or all others ("*")
// is newly opened or blocked.
type Reach struct {
	Code  string `json:"code"`
	Units int    `json:"units"`
}

// A Change is for how many units something is newly opened and blocked.
type Change struct {
	Opened  int `json:"opened"`
	Blocked int `json:"blocked"`
}

// A reason goes with any decision.
type reason struct {
	Why string `json:"why,omitempty"`
}

func (r reason) why() string { return r.Why }

// deciding is what a route does whose body is a B, of which make makes the decision.
func deciding[B interface{ why() string }](
	make func(c *call, b B) (admin.Decision, error),
) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (rep reply, err error) {
		b, err := decode[B](c.text)
		if err != nil {
			return rep, err
		}
		d, err := make(c, b)
		if err != nil {
			return rep, err
		}
		return a.decide(c, d, b.why())
	}
}

// simply is what a route does whose decision follows from its path; the body may have a
// reason, or be absent.
func simply(make func(c *call) admin.Decision) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (rep reply, err error) {
		var r reason
		if len(bytes.TrimSpace(c.text)) > 0 {
			if r, err = decode[reason](c.text); err != nil {
				return rep, err
			}
		}
		return a.decide(c, make(c), r.Why)
	}
}

// decide has the desk decide.
func (a *API) decide(c *call, d admin.Decision, why string) (rep reply, err error) {
	how := admin.How{Why: why}
	if how.Expect, err = c.expect(); err != nil {
		return rep, err
	}
	if how.Preview, err = c.flag("preview"); err != nil {
		return rep, err
	}
	o, err := a.Desk.Decide(c.Context(), c.actor, d, how)
	if err != nil {
		return rep, err
	}
	rep = reply{body: decided(&o, how.Preview), tag: o.Seq, secret: o.Secret != ""}
	switch {
	case how.Preview:
	case o.Waiting:
		rep.status = http.StatusAccepted
		rep.location = Prefix + "proposals/" + strconv.FormatUint(o.Seq, 10)
	default:
		rep.location = Prefix + "ledger/" + strconv.FormatUint(o.Seq, 10)
	}
	return rep, nil
}

func decided(o *admin.Outcome, preview bool) *Decided {
	d := &Decided{
		Seq: o.Seq, Unit: o.Unit, Object: o.Object, Old: orNull(o.Old), New: orNull(o.New), Impact: impactOf(&o.Impact),
		Preview: preview, VoidBy: o.VoidBy, Waiting: o.Waiting, Secret: o.Secret, Text: o.Text,
		Table: tableOf(o.Table), Names: o.Names,
	}
	if !o.At.IsZero() {
		d.At = &o.At
	}
	return d
}

func impactOf(of *admin.Impact) Impact {
	i := Impact{Units: of.Units, Now: Change(of.Now), Lessons: Change(of.Lessons), Who: of.Who}
	if of.Ahead != (admin.Change{}) {
		ahead := Change(of.Ahead)
		i.Ahead, i.First = &ahead, &of.First
	}
	for _, r := range of.Opened {
		i.Opened = append(i.Opened, Reach(r))
	}
	for _, r := range of.Blocked {
		i.Blocked = append(i.Blocked, Reach(r))
	}
	return i
}

// orNull is JSON, or null if there is none.
func orNull(text json.RawMessage) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage("null")
	}
	return text
}

// expect is the number that the object has to have still: of If-Match, or 0 of
// If-None-Match: *. Nil: whatever it has. What replaces an object whole has to say it,
// so that nobody overwrites what another has written meanwhile.
func (c *call) expect() (*uint64, error) {
	seq, given, err := c.expected()
	switch {
	case err != nil:
		return nil, err
	case given:
		return &seq, nil
	case c.Header.Get("If-None-Match") == "*":
		return new(uint64), nil
	case c.Header.Get("If-None-Match") != "":
		return nil, withField(problem(http.StatusBadRequest, "if-none-match", textIfNoneMatch), "If-None-Match")
	case c.Method == http.MethodPut:
		p := problem(http.StatusPreconditionRequired, "if-match", textIfMatchNeeded)
		p.Field = "If-Match"
		return nil, p
	}
	return nil, nil
}

// flag is a parameter that is true or false, and false if it is absent.
func (c *call) flag(name string) (bool, error) {
	switch c.URL.Query().Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, invalid(name, textFlag)
}

// parameters are those of the query, which have to be among names, each once.
func (c *call) parameters(names ...string) (url.Values, error) {
	query, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, problem(http.StatusBadRequest, "query", textQuery)
	}
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for name, values := range query {
		if !known[name] {
			return nil, withField(problem(http.StatusBadRequest, "query", textNoParameter.With(name)), name)
		}
		if len(values) > 1 {
			return nil, withField(problem(http.StatusBadRequest, "query", textTwice.With(name)), name)
		}
	}
	return query, nil
}

func withField(p *Problem, name string) *Problem {
	p.Field = name
	return p
}
