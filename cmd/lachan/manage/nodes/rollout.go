package nodes

import (
	"context"
	"encoding/json"
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
func (h *Hub) standOf(ctx context.Context, running *hub.Hub, nodes []string, n uint64) (s stand) {
	if nodes == nil {
		for name, node := range h.nodes() {
			if node.Nkey != "" {
				nodes = append(nodes, name)
			}
		}
	}
	for _, name := range nodes {
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
	s := h.standOf(ctx, running, r.Nodes, r.Release.N)
	var what admin.Decision
	switch {
	case s.refused > len(r.Nodes)/100:
		what = admin.Hold{Cause: s.why}
	case now.Sub(r.Since) >= wait && (s.confirmed-s.trial)*100 >= s.linked*confirmedShare:
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
