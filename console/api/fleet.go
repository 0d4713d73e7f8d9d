package api

import (
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// The nodes of a fleet, of which this machine is the hub.

// fleetRoutes are the routes of a hub.
func fleetRoutes() []route {
	return []route{
		{pattern: "GET /api/v1/fleet/nodes", serve: showFleet},
		{pattern: "POST /api/v1/fleet/nodes", serve: deciding(invite)},
		{pattern: "DELETE /api/v1/fleet/nodes/{name}", serve: simply(func(c *call) admin.Decision {
			return admin.RemoveNode{Name: c.PathValue("name")}
		})},
		{pattern: "GET /api/v1/fleet/release", serve: showRelease},
		{pattern: "POST /api/v1/fleet/release/advance", serve: simply(func(*call) admin.Decision { return admin.Advance{} })},
		{pattern: "POST /api/v1/fleet/release/hold", serve: simply(func(*call) admin.Decision { return admin.Hold{} })},
		{pattern: "POST /api/v1/fleet/release/roll-back", serve: simply(func(*call) admin.Decision { return admin.RollBack{} })},
		{pattern: "GET /api/v1/fleet/orders", serve: showFleetOrders},
		{pattern: "POST /api/v1/fleet/orders/{name}/advance", serve: simply(func(c *call) admin.Decision {
			return admin.AdvanceOrder{Name: c.PathValue("name")}
		})},
		{pattern: "POST /api/v1/fleet/orders/{name}/hold", serve: simply(func(c *call) admin.Decision {
			return admin.HoldOrder{Name: c.PathValue("name")}
		})},
		{pattern: "POST /api/v1/fleet/orders/{name}/roll-back", serve: simply(func(c *call) admin.Decision {
			return admin.RollBackOrder{Name: c.PathValue("name")}
		})},
	}
}

// tapRoutes are those on what a collector is told.
func tapRoutes() []route {
	return []route{
		{pattern: "GET /api/v1/dnstap", serve: showTap},
		{pattern: "POST /api/v1/dnstap", serve: deciding(tap)},
		{pattern: "DELETE /api/v1/dnstap", serve: simply(func(*call) admin.Decision { return admin.Untap{} })},
	}
}

// A Tap is a time in which a collector is told of questions and answers, or was.
type Tap struct {
	Begin  time.Time `json:"begin"`
	End    time.Time `json:"end"`
	First  string    `json:"first"`  // the account that proposed it
	Second string    `json:"second"` // the one that confirmed it
	Why    string    `json:"why"`
	Seq    uint64    `json:"seq"`
}

// showTap shows them to those who see everything.
func showTap(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.View, ""); err != nil {
		return reply{}, err
	}
	list := []Tap{}
	for _, p := range a.Server.Tapped() {
		list = append(list, Tap{p.Begin, p.End, p.First, p.Second, p.Why, p.Seq})
	}
	return reply{body: Page[Tap]{Items: list}}, nil
}

type tapBody struct {
	reason
	Until string `json:"until,omitempty"`
}

func tap(_ *call, b tapBody) (admin.Decision, error) {
	return admin.Tap{Until: b.Until, Why: b.Why}, nil
}

// A FleetNode is a machine that has joined, or was invited to.
type FleetNode struct {
	Name    string     `json:"name"`
	Area    string     `json:"area"`              // "" is that of all
	Invited *time.Time `json:"invited,omitempty"` // until when a code is good
	Joined  *time.Time `json:"joined,omitempty"`
	// What it said of itself last, within ten minutes.
	Seen       *time.Time        `json:"seen,omitempty"`
	Version    string            `json:"version,omitempty"`
	Units      int               `json:"units"`
	Seq        map[string]uint64 `json:"seq,omitempty"` // of each area the last record of its chain that is in force there
	Behind     bool              `json:"behind"`        // the hub has decided something since that is not in force there
	Refused    string            `json:"refused,omitempty"`
	Conditions []string          `json:"conditions"`
	Own        *FleetOwn         `json:"own,omitempty"`
}

// A FleetOwn is what was decided at a node, and has come to its hub.
type FleetOwn struct {
	Taken int    `json:"taken"`         // so many are decided at the hub too
	Left  int    `json:"left"`          // so many are not, and hold there alone
	Why   string `json:"why,omitempty"` // the last of those is not
	Late  int    `json:"late"`          // how old the oldest was when it came, in seconds
}

// showFleet shows the nodes to those who see everything.
func showFleet(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.View, ""); err != nil {
		return reply{}, err
	}
	nodes, err := a.Server.Fleet(c.Context())
	if err != nil {
		return reply{}, err
	}
	for i := range nodes {
		nodes[i].Conditions = orEmpty(nodes[i].Conditions)
	}
	return reply{body: Page[FleetNode]{Items: orEmpty(nodes)}}, nil
}

// A FleetRelease is how far a release of the policy's files has come.
type FleetRelease struct {
	Release   uint64     `json:"release"` // 0: there is none
	SHA256    string     `json:"sha256"`
	Ring      string     `json:"ring"` // the last that has it: canary, early, all
	Since     *time.Time `json:"since,omitempty"`
	Held      string     `json:"held,omitempty"` // why it goes no further
	Linked    int        `json:"linked"`         // nodes of the ring that speak
	Confirmed int        `json:"confirmed"`      // of them those where it is in force
	Trial     int        `json:"trial"`          // of those, where it is still watched
	Refused   int        `json:"refused"`
}

// showRelease shows it to those who see everything.
func showRelease(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.View, ""); err != nil {
		return reply{}, err
	}
	r, err := a.Server.Release(c.Context())
	return reply{body: r}, err
}

// A FleetOrder is how far a list of an authority has come that is on its way to the nodes.
type FleetOrder struct {
	Name      string    `json:"name"` // of the feed
	SHA256    string    `json:"sha256"`
	Ring      string    `json:"ring"` // the last that has it: canary, early, all
	Since     time.Time `json:"since"`
	Held      string    `json:"held,omitempty"` // why it goes no further
	Linked    int       `json:"linked"`         // nodes of the ring that speak
	Confirmed int       `json:"confirmed"`      // of them those where it is in force
	Trial     int       `json:"trial"`          // of those, where it is still watched
	Refused   int       `json:"refused"`
}

// showFleetOrders shows them to those who see everything.
func showFleetOrders(a *API, c *call) (reply, error) {
	if err := a.needs(c, account.View, ""); err != nil {
		return reply{}, err
	}
	orders, err := a.Server.FleetOrders(c.Context())
	return reply{body: Page[FleetOrder]{Items: orEmpty(orders)}}, err
}

type inviteBody struct {
	reason
	Name string `json:"name"`
	Area string `json:"area"`
	Ring string `json:"ring"`
}

func invite(_ *call, b inviteBody) (admin.Decision, error) {
	return admin.InviteNode{Name: b.Name, Area: b.Area, Ring: b.Ring}, nil
}
