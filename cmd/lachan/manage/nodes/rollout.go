package nodes

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"lachan/admin"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/wording"
)

// A stand is how a ring stands to a release: how many of its nodes are linked, have it in
// force, watch it still, and refuse it or went back from it.
type stand struct {
	linked, confirmed, trial, refused int
	why                               string // of one that refuses
}

// standOf asks the nodes of a ring; none are all that have joined.
func standOf(ctx context.Context, h *Hub, running *hub.Hub, nodes []string, n uint64) (s stand) {
	for _, name := range orJoined(h, nodes) {
		text, _, ok := running.Status(ctx, name)
		var is fleet.Status
		if !ok || json.Unmarshal(text, &is) != nil {
			continue // it goes to what its ring has when it returns
		}
		s.linked++
		switch {
		case is.Refuses == n:
			s.refused++
			s.why = name + ": " + is.Refused
		case is.Release >= n:
			s.confirmed++
			if is.Trial == n {
				s.trial++
			}
		}
	}
	return s
}

// standOfOrder asks the nodes of a ring how they stand to a list of an authority. Older ones have
// it when all do.
func standOfOrder(ctx context.Context, h *Hub, running *hub.Hub, name string, o *fleet.Order) (s stand) {
	for _, node := range orJoined(h, o.Nodes) {
		text, _, ok := running.Status(ctx, node)
		var status fleet.Status
		if !ok || json.Unmarshal(text, &status) != nil || status.Orders == nil {
			continue
		}
		s.linked++
		is, ok := status.Orders[name]
		switch {
		case !ok || is.SHA256 != o.SHA256:
		case is.Refused != "":
			s.refused++
			s.why = node + ": " + is.Refused
		case is.InForce:
			s.confirmed++
			if is.Trial {
				s.trial++
			}
		}
	}
	return s
}

// orJoined are nodes, or if there are none all that have joined.
func orJoined(h *Hub, nodes []string) []string {
	if nodes != nil {
		return nodes
	}
	for name, node := range h.nodes() {
		if node.Nkey != "" {
			nodes = append(nodes, name)
		}
	}
	return nodes
}

// goesOn reports whether what is in a ring goes on to the next.
func (s *stand) goesOn(since, now time.Time, wait time.Duration) bool {
	return now.Sub(since) >= wait && (s.confirmed-s.trial)*100 >= s.linked*confirmedShare
}

// tooMany reports whether more of a ring's nodes refuse than may.
func (s *stand) tooMany(nodes []string) bool { return s.refused > len(nodes)/100 }

// rollOutOrders is rollOut of the lists of authorities.
func rollOutOrders(ctx context.Context, h *Hub, running *hub.Hub, now time.Time) {
	cfg, _ := h.src.InForce()
	var held []wording.Text
	orders := admin.Orders(h.src.Ledger.State())
	for _, name := range slices.Sorted(maps.Keys(orders)) {
		o := orders[name]
		if o.Held != "" {
			held = append(held, textOrderHeld.With(name, o.Ring, o.Held))
		}
		if o.Ring == fleet.All || o.Held != "" {
			continue
		}
		wait := cfg.Fleet.Orders.Canary
		if o.Ring == fleet.Early {
			wait = cfg.Fleet.Orders.Early
		}
		s := standOfOrder(ctx, h, running, name, &o.Order)
		var what admin.Decision
		switch {
		case s.tooMany(o.Nodes):
			what = admin.HoldOrder{Name: name, Cause: s.why}
			held = append(held, textOrderHeld.With(name, o.Ring, s.why))
		case s.goesOn(o.Since, now, wait):
			what = admin.AdvanceOrder{Name: name}
		default:
			continue
		}
		if _, err := h.src.Desk.Decide(ctx, hubActor(), what, admin.How{}); err != nil {
			h.src.Log.Error("go on with an order", "feed", name, "error", wording.ErrorIn(err, wording.English))
		}
	}
	tellHeldOrders(&h.src, held)
}

// tellHeldOrders tells of orders that do not reach all nodes.
func tellHeldOrders(src *Sources, held []wording.Text) {
	if len(held) == 0 {
		src.Conditions.Clear("fleet-orders")
		return
	}
	text := wording.Text{}
	for i, t := range held[:min(len(held), mostTold)] {
		if i > 0 {
			text = wording.Text{VI: text.VI + "; ", EN: text.EN + "; "}
		}
		text = wording.Text{VI: text.VI + t.VI, EN: text.EN + t.EN}
	}
	if src.Conditions.Set("fleet-orders", text.String()) {
		src.Log.Error("an order is held and does not reach all nodes", "cause", text.EN)
	}
}

// confirmedShare is how much of the linked nodes of a ring, in percent, has to have a
// release before it goes on.
const confirmedShare = 95

// rollOut has a release go on to the next ring when it has been in force in one for long
// enough, and holds it where nodes refuse it.
func (h *Hub) rollOut(ctx context.Context, running *hub.Hub, now time.Time) {
	cfg, _ := h.src.InForce()
	r := admin.RolloutOf(h.src.Ledger.State())
	if r.Ring == "" || r.Ring == fleet.All || r.Held != "" {
		h.tellHeld(r)
		return
	}
	wait := cfg.Fleet.Rings.Canary
	if r.Ring == fleet.Early {
		wait = cfg.Fleet.Rings.Early
	}
	s := standOf(ctx, h, running, r.Nodes, r.Release.N)
	var what admin.Decision
	switch {
	case s.tooMany(r.Nodes):
		what = admin.Hold{Cause: s.why}
	case s.goesOn(r.Since, now, wait):
		what = admin.Advance{}
	default:
		return
	}
	if _, err := h.src.Desk.Decide(ctx, hubActor(), what, admin.How{}); err != nil {
		h.src.Log.Error("go on with a release", "release", r.Release.N, "error", wording.ErrorIn(err, wording.English))
		return
	}
	h.tellHeld(admin.RolloutOf(h.src.Ledger.State()))
}

// tellHeld tells of a release that goes no further.
func (h *Hub) tellHeld(r admin.Rollout) {
	if r.Held == "" {
		h.src.Conditions.Clear("fleet-release")
		return
	}
	text := textHeld.With(r.Release.N, r.Ring, r.Held)
	if h.src.Conditions.Set("fleet-release", text.String()) {
		h.src.Log.Error("a release is held", "release", r.Release.N, "ring", r.Ring, "cause", r.Held)
	}
}

var textHeld = wording.Text{
	VI: "bản chính sách số %d dừng ở vòng %q: %v; hãy sửa tệp chính sách, hoặc lachan fleet advance, hoặc lachan fleet rollback",
	EN: "release %d of the policy is held in the ring %q: %v; mend the files, or lachan fleet advance, or lachan fleet rollback",
}

var textOrderHeld = wording.Text{
	VI: "lệnh của danh sách %q dừng ở vòng %q và không tới mọi nút: %v; hãy sửa danh sách, hoặc lachan fleet advance --order, hoặc lachan fleet rollback --order",
	EN: "the order of the list %q is held in the ring %q and does not reach all nodes: %v; mend the list, or lachan fleet advance --order, or lachan fleet rollback --order",
}
