package nodes

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/console/api"
	"lachan/fleet"
	"lachan/fleet/hub"
)

// List is how the nodes stand, by name.
func (h *Hub) List(ctx context.Context) (list []api.FleetNode, _ error) {
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	cfg, _ := h.src.InForce()
	for name, node := range h.nodes() {
		shown := api.FleetNode{Name: name, Area: node.Area, Joined: moment(node.Joined)}
		if node.Code != "" {
			shown.Invited = moment(node.Until)
		}
		if running != nil && node.Nkey != "" {
			addStatus(ctx, running, int(h.generation.Load()), &shown)
		}
		if own, err := readOwn(ownDir(cfg, node.Nkey)); err == nil && own.Taken+own.Left > 0 {
			shown.Own = &api.FleetOwn{Taken: own.Taken, Left: own.Left, Why: own.Why, Late: int(own.Late / time.Second)}
		}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b api.FleetNode) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Release is how far the newest release has come.
func (h *Hub) Release(ctx context.Context) (api.FleetRelease, error) {
	r := admin.RolloutOf(h.src.Ledger.State())
	shown := api.FleetRelease{Release: r.Release.N, SHA256: r.Release.SHA256, Ring: r.Ring, Held: r.Held}
	if r.Ring != "" {
		shown.Since = &r.Since
	}
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	if running != nil && r.Ring != "" {
		s := standOf(ctx, h, running, r.Nodes, r.Release.N)
		shown.Linked, shown.Confirmed, shown.Trial, shown.Refused = s.linked, s.confirmed, s.trial, s.refused
	}
	return shown, nil
}

// Orders are the lists of authorities that are on their way to nodes, that were held, or that not
// all nodes have yet which speak.
func (h *Hub) Orders(ctx context.Context) (list []api.FleetOrder, _ error) {
	h.mu.Lock()
	running := h.running
	h.mu.Unlock()
	if running == nil {
		return nil, nil
	}
	orders := admin.Orders(h.src.Ledger.State())
	for _, name := range slices.Sorted(maps.Keys(orders)) {
		o := orders[name]
		s := standOfOrder(ctx, h, running, name, &o.Order)
		if o.Ring == fleet.All && o.Held == "" && s.confirmed >= s.linked {
			continue
		}
		list = append(list, api.FleetOrder{
			Name: name, SHA256: o.SHA256, Ring: o.Ring, Since: o.Since, Held: o.Held,
			Linked: s.linked, Confirmed: s.confirmed, Trial: s.trial, Refused: s.refused,
		})
	}
	return list, nil
}

// addStatus adds what a node said of itself last. It reports whether the node has records
// that this hub has not.
func addStatus(ctx context.Context, running *hub.Hub, generation int, shown *api.FleetNode) (ahead bool) {
	text, at, ok := running.Status(ctx, shown.Name)
	var status fleet.Status
	if !ok || json.Unmarshal(text, &status) != nil {
		return false
	}
	shown.Seen, shown.Version, shown.Units = &at, status.Version, status.Units
	shown.Seq, shown.Refused, shown.Conditions = status.Seq, status.Refused, status.Conditions
	if is := max(1, status.Generation); is != generation {
		shown.Behind = true
		return is > generation
	}
	for area, seq := range running.Ends() {
		has, follows := status.Seq[area]
		shown.Behind = shown.Behind || follows && has < seq
		ahead = ahead || follows && has > seq
	}
	return ahead
}

// count counts how the nodes stand, and returns those that have records which this hub has
// not.
func (h *Hub) count(ctx context.Context, running *hub.Hub) (ahead []string) {
	stand := map[string]int{"joined": 0, "linked": 0, "behind": 0, "refusing": 0}
	for name, node := range h.nodes() {
		if node.Nkey == "" {
			continue
		}
		stand["joined"]++
		shown := api.FleetNode{Name: name}
		if addStatus(ctx, running, int(h.generation.Load()), &shown) {
			ahead = append(ahead, name)
		}
		if shown.Seen == nil {
			continue
		}
		stand["linked"]++
		if shown.Behind {
			stand["behind"]++
		}
		if shown.Refused != "" {
			stand["refusing"]++
		}
	}
	h.stand.Store(&stand)
	slices.Sort(ahead)
	return ahead
}

// Stand is how many nodes stand how; nil if this serves none.
func (h *Hub) Stand() map[string]int {
	if stand := h.stand.Load(); stand != nil {
		return *stand
	}
	return nil
}

// moment is a time of a record; nil if there is none.
func moment(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return &at
}
