package main

import (
	"net/netip"
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/blocklist/transfer"
	"lachan/cmd/lachan/config"
)

// A watched zone is one that a feed is transferred from.
type watched struct {
	feed    string
	zone    domain.Name
	primary netip.Addr // invalid when the feed names it by host name
}

// notify has a zone looked at as soon as its primary says that it changed, and
// tells whether that word is to be heeded.
func (n *node) notify(cfg *config.Config) func(zone *domain.Name, from netip.Addr) bool {
	zones := watchedZones(cfg)
	return func(zone *domain.Name, from netip.Addr) bool {
		from = from.Unmap()
		trusted := slices.ContainsFunc(cfg.Server.Notify, func(p netip.Prefix) bool { return p.Contains(from) })
		heeded := false
		for i := range zones {
			w := &zones[i]
			if !sameName(&w.zone, zone) || !trusted && w.primary != from {
				continue
			}
			heeded = true
			if updater := n.updater.Load(); updater != nil {
				updater.Trigger(w.feed)
			}
		}
		return heeded
	}
}

func watchedZones(cfg *config.Config) (zones []watched) {
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		z, err := transfer.Parse(f.URL)
		if err != nil {
			continue // a feed of another kind
		}
		w := watched{feed: f.Name}
		w.primary, _ = z.Addr()
		if w.zone.SetText(strings.TrimSuffix(z.Name, ".")) == nil {
			zones = append(zones, w)
		}
	}
	return zones
}

func sameName(a, b *domain.Name) bool {
	return string(a.Suffix(a.Labels())) == string(b.Suffix(b.Labels()))
}
