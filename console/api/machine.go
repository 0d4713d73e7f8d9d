package api

import (
	"mime"
	"net/http"

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
		{pattern: "GET /api/v1/report", serve: showReport},
		{pattern: "GET /api/v1/nodes", serve: showNodes},
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
	p := problem(http.StatusForbidden, "not-allowed", textNotAllowed.With(string(right), unit))
	for _, h := range account.WhoMay(right, unit, tree) {
		p.WhoMay = append(p.WhoMay, Holder{string(h.Role), h.Unit})
	}
	return p
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
	if err := a.needs(c, account.View, query.Get("unit")); err != nil {
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
	return reply{body: Page[Feed]{Items: orEmpty(found)}}, err
}

func showHeld(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.Lists); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Held(c.Context(), c.PathValue("name"))
	return reply{body: found}, err
}

func showOrders(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.ReadOrders); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Orders(c.Context())
	return reply{body: found}, err
}

func showReport(a *API, c *call) (reply, error) {
	query, err := c.parameters("unit", "period", "document", "format")
	if err != nil {
		return reply{}, err
	}
	q := ReportQuestion{
		Unit: query.Get("unit"), Period: query.Get("period"), Document: query.Get("document"), Format: query.Get("format"),
	}
	unit := q.Unit
	if unit == "all" {
		unit = ""
	}
	if err := a.needs(c, account.ReadReports, unit); err != nil {
		return reply{}, err
	}
	f, err := a.Server.Report(c.Context(), q)
	return reply{file: &f}, err
}

func showNodes(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.View); err != nil {
		return reply{}, err
	}
	n := a.Server.Node(c.Context())
	n.Missing, n.Conditions = orEmpty(n.Missing), orEmpty(n.Conditions)
	return reply{body: Page[Node]{Items: []Node{n}}}, nil
}

func showVerify(a *API, c *call) (reply, error) {
	if err := a.needsSomewhere(c, account.Audit); err != nil {
		return reply{}, err
	}
	found, err := a.Server.Verify(c.Context())
	return reply{body: found}, err
}

func showPolicy(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.Structure, ""); err != nil {
		return reply{}, err
	}
	text, err := a.Server.Policy(c.Context())
	return reply{file: &File{"policy.yaml", "application/yaml", text}}, err
}

// write answers with the file.
func (f *File) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", f.MediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(f.Text) // the client is gone
}
