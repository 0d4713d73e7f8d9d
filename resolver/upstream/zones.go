package upstream

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"lachan/blocklist/domain"
)

// Zones chooses the Group to ask for a name: the group of the longest configured
// zone that the name is in, otherwise the general one. It is immutable.
type Zones struct {
	general *Group
	groups  map[string]*Group // by wire form without the final zero byte
	deepest int               // labels of the longest zone
}

// NewZones returns the choice between general and the groups of zones, whose
// keys are names as people write them. Its error is a *ConfigError.
func NewZones(general *Group, zones map[string]*Group) (*Zones, error) {
	z := &Zones{general: general, groups: make(map[string]*Group, len(zones))}
	for _, text := range slices.Sorted(maps.Keys(zones)) {
		var name domain.Name
		canonical, err := domain.Canonical(strings.TrimSpace(text))
		if err == nil {
			err = name.SetText(canonical)
		}
		if err != nil {
			return nil, &ConfigError{textNotAZone.With(text)}
		}
		key := string(name.Suffix(name.Labels()))
		if z.groups[key] != nil {
			return nil, &ConfigError{textZoneTwice.With(text)}
		}
		z.groups[key] = zones[text]
		z.deepest = max(z.deepest, name.Labels())
	}
	return z, nil
}

// For returns the Group to ask for name, and whether it is the group of a zone.
// It does not allocate.
func (z *Zones) For(name *domain.Name) (g *Group, own bool) {
	for k := min(name.Labels(), z.deepest); k > 0; k-- {
		if g := z.groups[string(name.Suffix(k))]; g != nil {
			return g, true
		}
	}
	return z.general, false
}

// Has reports whether a name is in a zone that has a group of its own.
func (z *Zones) Has(name *domain.Name) bool {
	_, own := z.For(name)
	return own
}

// Run runs all groups, with log for what they notice, and returns when ctx is
// done.
func (z *Zones) Run(ctx context.Context, log *slog.Logger) {
	var wg sync.WaitGroup
	wg.Go(func() { z.general.Run(ctx, log) })
	for _, g := range z.groups {
		wg.Go(func() { g.Run(ctx, log) })
	}
	wg.Wait()
}

// General is the Group for names outside of all zones.
func (z *Zones) General() *Group { return z.general }

// Members are the members of all groups, each once: those of the general group
// first, then those of the zones by name. A reload gives them to Bootstrap.Open.
func (z *Zones) Members() []*Member {
	members := slices.Clone(z.general.members)
	for _, zone := range slices.Sorted(maps.Keys(z.groups)) {
		for _, m := range z.groups[zone].members {
			if !slices.Contains(members, m) {
				members = append(members, m)
			}
		}
	}
	return members
}

// Stats reads the figures of Members.
func (z *Zones) Stats() []Stat {
	members := z.Members()
	stats := make([]Stat, 0, len(members))
	for _, m := range members {
		stats = append(stats, m.Stat())
	}
	return stats
}
