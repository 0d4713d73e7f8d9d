package main

import (
	"maps"
	"slices"

	"lachan/internal/yamlfile"
	"lachan/resolver/upstream"
)

// openUpstreams makes the groups of servers; those that old has are taken over.
func openUpstreams(cfg *Config, old *upstream.Zones) (*upstream.Zones, *yamlfile.Problem) {
	var members []*upstream.Member
	if old != nil {
		members = old.Members()
	}
	bootstrap, problem := bootstrapServers(cfg)
	if problem != nil {
		return nil, problem
	}
	group := func(key string, list []Upstream) (*upstream.Group, *yamlfile.Problem) {
		servers, err := expand(cfg, list)
		if err != nil {
			return nil, cfg.problem(key, err)
		}
		opened := bootstrap.Open(servers, members...)
		members = append(members, opened...)
		return upstream.NewGroup(cfg.Upstream.Strategy.Strategy, cfg.Upstream.Timeout, opened...), nil
	}
	general, problem := group("upstream.servers", cfg.Upstream.Servers)
	if problem != nil {
		return nil, problem
	}
	zones := map[string]*upstream.Group{}
	for zone, list := range cfg.Upstream.Zones {
		if zones[zone], problem = group("upstream.zones", list); problem != nil {
			return nil, problem
		}
	}
	z, err := upstream.NewZones(general, zones)
	if err != nil {
		return nil, cfg.problem("upstream.zones", err)
	}
	return z, nil
}

// expand is a list of servers with those of the system in place of `system`.
func expand(cfg *Config, list []Upstream) ([]upstream.Server, error) {
	servers := make([]upstream.Server, len(list))
	for i, s := range list {
		servers[i] = s.Server
	}
	return upstream.ExpandSystem(servers, upstream.ResolvConf, cfg.Server.Listen)
}

// bootstrapServers are who tells the addresses of servers that are named; none
// where no server is.
func bootstrapServers(cfg *Config) (upstream.Bootstrap, *yamlfile.Problem) {
	all := slices.Concat(cfg.Upstream.Servers, slices.Concat(slices.Collect(maps.Values(cfg.Upstream.Zones))...))
	if !slices.ContainsFunc(all, func(u Upstream) bool { return u.Named() }) {
		return nil, nil
	}
	list, key := cfg.Upstream.Bootstrap, "upstream.bootstrap"
	if len(list) == 0 {
		list, key = cfg.Upstream.Servers, "upstream.servers"
	}
	if !slices.ContainsFunc(list, func(u Upstream) bool { return u.Addr.IsValid() || u.Transport == upstream.System }) {
		list = []Upstream{{upstream.Server{Transport: upstream.System}}}
	}
	servers, err := expand(cfg, list)
	if err != nil {
		return nil, cfg.problem(key, err)
	}
	return servers, nil
}
