package nodes

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"lachan/admin/request"
	"lachan/blocklist/domain"
)

// mostInMessage bounds how many requests one message tells of: their answers fit into one.
const mostInMessage = 50

// requests takes what people have asked at a node, and tells it what was answered.
func (h *Hub) requests(node string, text []byte) ([]byte, error) {
	var told request.Told
	if err := json.Unmarshal(text, &told); err != nil {
		return nil, fmt.Errorf("read what is told of requests: %w", err)
	}
	if len(told.Requests)+len(told.Known) > mostInMessage {
		return nil, fmt.Errorf("more than %d requests in a message", mostInMessage)
	}
	member, ok := h.nodes()[node]
	if !ok {
		return nil, fmt.Errorf("%s is no node", node)
	}
	heard := request.Heard{Answers: map[string]request.Answer{}}
	for _, r := range told.Requests {
		if !h.serves(member.Area, r.Unit) {
			h.src.Log.Warn("a node tells of a unit that is not in its area", "node", node, "unit", r.Unit)
			continue
		}
		is, err := h.take(node, r)
		if err != nil {
			h.src.Log.Warn("take a request of a node", "node", node, "id", r.ID, "error", err)
			continue
		}
		hear(&heard, &is)
	}
	for _, id := range told.Known {
		is, err := h.src.Requests.Get(id)
		if err != nil || !h.serves(member.Area, is.Unit) {
			heard.Unknown = append(heard.Unknown, id)
			continue
		}
		hear(&heard, &is)
	}
	return json.Marshal(heard)
}

func (h *Hub) take(node string, r request.Request) (request.Request, error) {
	if name, err := domain.Canonical(r.Name); err != nil || name != r.Name {
		return r, request.ErrStrange
	}
	return h.src.Requests.Take(node, r, time.Now())
}

// hear adds how a request stands. Who answered it stays at the hub.
func hear(heard *request.Heard, r *request.Request) {
	if r.Answer == nil {
		heard.Open = append(heard.Open, r.ID)
		return
	}
	a := *r.Answer
	a.By = ""
	heard.Answers[r.ID] = a
}

// serves reports whether a node of an area serves a unit: one of the area, or of none that
// has nodes of its own.
func (h *Hub) serves(area, unit string) bool {
	cfg, _ := h.src.InForce()
	tree := h.src.Desk.Tree()
	for u, ok := unit, true; ok && u != ""; u, ok = tree.Parent(u) {
		if slices.Contains(cfg.Fleet.Areas, u) {
			return u == area
		}
	}
	return true
}
