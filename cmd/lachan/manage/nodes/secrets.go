package nodes

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/durable"
)

// What the nodes of an area share is made here, and again after a while, or when one that has
// it is a node no more. Nothing but a node's own request has it leave this machine.

// secretsFile has it.
const secretsFile = "secrets.json"

// secrets are by area those of its nodes. One goroutine uses them at a time.
type secrets struct {
	mu sync.Mutex
	of map[string]given // mu; nil until it was read
}

// given are the secrets of an area.
type given struct {
	Secrets fleet.Secrets `json:"secrets"`
	Nodes   []string      `json:"nodes"` // nkeys of those that have had them
}

// secretsOf are those of the area of the node that has an nkey.
func secretsOf(h *Hub, nkey string) (fleet.Secrets, error) {
	h.member(nkey) // reads who is a node
	h.members.mu.Lock()
	nodes := h.members.byNkey // which is never written to again
	h.members.mu.Unlock()
	is, ok := nodes[nkey]
	if !ok {
		return nil, hub.ErrNoNode
	}
	isNode := func(nkey string) bool {
		of, ok := nodes[nkey]
		return ok && of.area == is.area
	}
	h.secrets.mu.Lock()
	defer h.secrets.mu.Unlock()
	cfg, _ := h.src.InForce()
	return h.secrets.give(config.FleetDir(cfg), is.area, nkey, isNode, time.Now(), cfg.Fleet.RenewSecrets)
}

// give gives a node the secrets of its area, which are on disk before that. They are made
// anew when it is time to, and all at once if one that has had them is a node no more.
func (s *secrets) give(
	dir, area, nkey string, isNode func(nkey string) bool, now time.Time, every time.Duration,
) (fleet.Secrets, error) {
	if s.of == nil {
		s.of = readSecrets(dir)
	}
	is := s.of[area]
	if slices.ContainsFunc(is.Nodes, func(n string) bool { return !isNode(n) }) {
		is = given{}
	}
	var renewed bool
	is.Secrets, renewed = is.Secrets.Renewed(now, every)
	known := slices.Contains(is.Nodes, nkey)
	if !renewed && known {
		return is.Secrets, nil
	}
	if !known {
		is.Nodes = append(slices.Clip(is.Nodes), nkey)
	}
	all := map[string]given{area: is}
	for other, of := range s.of {
		if other != area {
			all[other] = of
		}
	}
	text, err := json.Marshal(all)
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, secretsFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("keep what nodes share: %w", err)
	}
	s.of = all
	return is.Secrets, nil
}

// readSecrets reads what was given; what cannot be read is made anew.
func readSecrets(dir string) map[string]given {
	of := map[string]given{}
	text, err := os.ReadFile(filepath.Join(dir, secretsFile))
	if err != nil || json.Unmarshal(text, &of) != nil {
		return map[string]given{}
	}
	for area, is := range of {
		if is.Secrets.Check() != nil {
			delete(of, area)
		}
	}
	return of
}
