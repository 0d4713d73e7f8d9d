package api

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"lachan/admin/account"
)

// What the machine tells: explanations, lists, orders, reports, itself.

// machineRoutes are the routes that show what is in force and what the machine does.
func machineRoutes() []route {
	return []route{
		{pattern: "GET /api/v1/explain", serve: showExplain},
		{pattern: "GET /api/v1/feeds", serve: showFeeds},
		{pattern: "GET /api/v1/feeds/{name}/held", serve: showHeld},
		{pattern: "GET /api/v1/orders", serve: showOrders},
		{pattern: "POST /api/v1/reports", serve: makeReport},
		{pattern: "GET /api/v1/reports", serve: showReports},
		{pattern: "GET /api/v1/reports/{id}", serve: showReport},
		{pattern: "GET /api/v1/reports/{id}/file", serve: downloadReport},
		{pattern: "GET /api/v1/units/{id}/now", serve: showHolding},
		{pattern: "GET /api/v1/units/{id}/calendar", serve: showDays},
		{pattern: "GET /api/v1/calendar", serve: showObject("calendar")},
		{pattern: "GET /api/v1/profiles", serve: showObjects("profile")},
		{pattern: "GET /api/v1/profiles/{name}", serve: showObject("profile")},
		{pattern: "GET /api/v1/timetables", serve: showObjects("timetable")},
		{pattern: "GET /api/v1/timetables/{name}", serve: showObject("timetable")},
		{pattern: "GET /api/v1/ledger/head", serve: showHead},
		{pattern: "GET /api/v1/ledger/export", serve: showExport},
		{pattern: "GET /api/v1/nodes", serve: showNodes},
		{pattern: "GET /api/v1/self-test", serve: showSelfTest},
		{pattern: "POST /api/v1/self-test", serve: startSelfTest},
		{pattern: "GET /api/v1/ledger/verify", serve: showVerify},
		{pattern: "GET /api/v1/policy", serve: showPolicy},
	}
}

// needs refuses an actor that has not a right over a unit.
func (a *API) needs(c *call, right account.Right, unit string) error {
	tree := a.Tree()
	if c.actor.May(right, unit, tree, c.now) {
		return nil
	}
	p := problem(http.StatusForbidden, "not-allowed", textNotAllowed.With(right.Text(), unit))
	for _, h := range account.WhoMay(right, unit, tree) {
		p.WhoMay = append(p.WhoMay, Holder{string(h.Role), h.Unit})
	}
	return p
}

// needsOf is needs for a unit that the client has named, which may be none.
func (a *API) needsOf(c *call, right account.Right, unit string) error {
	if _, there := a.Tree().Parent(unit); !there {
		if err := a.Desk.Known(c.Context(), c.actor, unit); err != nil {
			return err
		}
	}
	return a.needs(c, right, unit)
}

// needsSomewhere refuses an actor that has a right over no unit at all.
func (a *API) needsSomewhere(c *call, right account.Right) error {
	units := []string{""}
	for _, g := range c.actor.Grants {
		units = append(units, g.Unit)
	}
	if within := c.actor.Within; within != "" {
		units = append(units, within)
	}
	tree := a.Tree()
	for _, unit := range units {
		if c.actor.May(right, unit, tree, c.now) {
			return nil
		}
	}
	return a.needs(c, right, "")
}

// needsUnits is needsSomewhere for what is of units: an authority sees its documents alone.
func (a *API) needsUnits(c *call, right account.Right) error {
	if err := a.needsSomewhere(c, right); err != nil || a.seesUnits(c, right) {
		return err
	}
	return a.needs(c, right, "")
}

// seesUnits reports whether an actor has a right over a unit that is no authority.
func (a *API) seesUnits(c *call, right account.Right) bool {
	tree := a.Tree()
	units := []string{"", c.actor.Within}
	for _, g := range c.actor.Grants {
		units = append(units, g.Unit)
	}
	return slices.ContainsFunc(units, func(unit string) bool {
		isUnit := unit == "" || tree.Kind(unit) != account.KindAuthority
		return isUnit && c.actor.May(right, unit, tree, c.now)
	})
}

func showExplain(a *API, c *call) (reply, error) {
	query, err := c.parameters("name", "unit", "type", "at")
	if err != nil {
		return reply{}, err
	}
	for _, name := range []string{"name", "unit"} {
		if query.Get(name) == "" {
			return reply{}, invalid(name, textNeeded)
		}
	}
	if err := a.needsOf(c, account.View, query.Get("unit")); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Explain(c.Context(), Question{
		Name: query.Get("name"), Unit: query.Get("unit"), Type: query.Get("type"), At: query.Get("at"),
	})
	return reply{body: found}, err
}

func showFeeds(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.View); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Feeds(c.Context())
	if !a.seesUnits(c, account.View) { // an authority
		found = slices.DeleteFunc(found, func(f Feed) bool { return !a.may(c, account.View, f.Unit) })
	}
	return reply{body: Page[Feed]{Items: orEmpty(found)}}, err
}

func (a *API) may(c *call, right account.Right, unit string) bool {
	return c.actor.May(right, unit, a.Tree(), c.now)
}

func showHeld(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.Lists); err != nil {
		return reply{}, err
	}
	feeds, err := a.Server.Feeds(c.Context())
	if err != nil {
		return reply{}, err
	}
	for i := range feeds {
		if feeds[i].Name == c.PathValue("name") {
			if err := a.needs(c, account.Lists, feeds[i].Unit); err != nil {
				return reply{}, err
			}
		}
	}
	found, err := a.Server.Held(c.Context(), c.PathValue("name"))
	return reply{body: found}, err
}

func showOrders(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.ReadOrders); err != nil {
		return reply{}, err
	}
	all := a.may(c, account.ReadOrders, "")
	found, err := a.Server.Orders(c.Context(), func(authority string) bool {
		return all || a.may(c, account.ReadOrders, authority)
	})
	return reply{body: found}, err
}

func showNodes(a *API, c *call) (reply, error) {
	if err := a.needsUnits(c, account.View); err != nil {
		return reply{}, err
	}
	n := a.Server.Node(c.Context())
	n.Missing, n.Conditions = orEmpty(n.Missing), orEmpty(n.Conditions)
	return reply{body: Page[Node]{Items: []Node{n}}}, nil
}

// showSelfTest is for those who see all units: what failed is said of any of them.
func showSelfTest(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.View, ""); err != nil {
		return reply{}, err
	}
	return reply{body: a.Server.SelfTest()}, nil
}

// startSelfTest is for those who may set up the server: a test takes a while, and its word
// stands until the next one.
func startSelfTest(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.Structure, ""); err != nil {
		return reply{}, err
	}
	if err := a.Server.StartSelfTest(); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusAccepted, body: a.Server.SelfTest()}, nil
}

func showVerify(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.Audit); err != nil {
		return reply{}, err
	}
	query, err := c.parameters("since")
	if err != nil {
		return reply{}, err
	}
	since, err := ParseSince(query.Get("since"))
	if err != nil {
		return reply{}, err
	}
	found, err := a.Server.Verify(c.Context(), since)
	return reply{body: found}, err
}

func showPolicy(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.Structure, ""); err != nil {
		return reply{}, err
	}
	text, err := a.Server.Policy(c.Context())
	return reply{file: &File{Name: "policy.yaml", MediaType: "application/yaml", Text: text}}, err
}

// write answers with the file.
func (f *File) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", f.MediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.WriteHeader(http.StatusOK)
	if f.Write != nil {
		_ = f.Write(w) // the client is gone, or finds that it is cut off
		return
	}
	_, _ = w.Write(f.Text) // the client is gone
}

func showHead(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.Audit); err != nil {
		return reply{}, err
	}
	return reply{body: a.Server.Head()}, nil
}

// showExport is for those who may read all of the ledger: a chain has no parts.
func showExport(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.Audit, ""); err != nil {
		return reply{}, err
	}
	query, err := c.parameters("form")
	if err != nil {
		return reply{}, err
	}
	f := &File{Name: "ledger.jsonl", MediaType: "application/jsonl"}
	f.Write = func(w io.Writer) error { return a.Server.Export(w, false) }
	switch query.Get("form") {
	case "", "lines":
	case "tar":
		f.Name, f.MediaType = "ledger.tar", "application/x-tar"
		f.Write = func(w io.Writer) error { return a.Server.Export(w, true) }
	default:
		return reply{}, invalid("form", textForm)
	}
	return reply{file: f}, nil
}

func showHolding(a *API, c *call) (reply, error) {
	unit := c.PathValue("id")
	if err := a.needsOf(c, account.View, unit); err != nil {
		return reply{}, err
	}
	h, known := a.Server.Holding(unit)
	if !known {
		return reply{}, notFound(textNoUnit.With(unit))
	}
	h.Now.Codes, h.In.Codes = orEmpty(h.Now.Codes), orEmpty(h.In.Codes)
	return reply{body: h}, nil
}

// Bounds of a calendar that is asked for.
const (
	usualDays = 31
	mostDays  = 400
)

func showDays(a *API, c *call) (reply, error) {
	query, err := c.parameters("from", "days")
	if err != nil {
		return reply{}, err
	}
	unit, from, days := c.PathValue("id"), c.now, usualDays
	if text := query.Get("from"); text != "" {
		if from, err = time.Parse(time.DateOnly, text); err != nil {
			return reply{}, invalid("from", textDay)
		}
	}
	if text := query.Get("days"); text != "" {
		if days, err = strconv.Atoi(text); err != nil || days < 1 || days > mostDays {
			return reply{}, invalid("days", textLimit.With(mostDays))
		}
	}
	if err := a.needsOf(c, account.View, unit); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Days(unit, from, days)
	return reply{body: Page[Day]{Items: orEmpty(found)}}, err
}

// showObjects is what a route does that lists objects of a kind.
func showObjects(kind string) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (reply, error) {
		if err := a.needsUnits(c, account.View); err != nil {
			return reply{}, err
		}
		found, err := a.Server.Objects(kind, "")
		if err != nil {
			return reply{}, err
		}
		return reply{body: Page[Object]{Items: orEmpty(found)}}, nil
	}
}

// showObject is what a route does that shows one of them.
func showObject(kind string) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (reply, error) {
		if err := a.needsUnits(c, account.View); err != nil {
			return reply{}, err
		}
		name := c.PathValue("name")
		found, err := a.Server.Objects(kind, name)
		if err != nil {
			return reply{}, err
		}
		for _, o := range found {
			if o.Name == name {
				return reply{body: o, tag: o.Seq}, nil
			}
		}
		return reply{}, notFound(textNoObject.With(kind, name))
	}
}
