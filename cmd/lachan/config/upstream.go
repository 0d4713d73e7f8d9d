package config

import (
	"maps"
	"slices"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/eventloop"
	"lachan/internal/yamlfile"
	"lachan/resolver/upstream"
)

// An Upstreams says where queries go on to.
type Upstreams struct {
	// Servers are the resolvers. Default system: those of /etc/resolv.conf.
	Servers []Upstream `yaml:"servers"`
	// Bootstrap has the resolvers that tell the addresses of servers that are
	// named. Default none: those of Servers that have an address, or the system's.
	Bootstrap []Upstream `yaml:"bootstrap"`
	// Strategy says which of them is asked. Default fastest.
	Strategy Strategy `yaml:"strategy"`
	// Timeout bounds one exchange, retries included. Default 2s; 100ms to 10s.
	Timeout time.Duration `yaml:"timeout"`
	// Zones have resolvers of their own. Default none.
	Zones map[string][]Upstream `yaml:"zones"`
	// TrustAD passes on the AD bit of the upstreams: only for validating
	// resolvers on a path that no one else can write to. Default false.
	TrustAD bool `yaml:"trust_ad"`
}

func (u *Upstreams) check(k *checker) {
	if len(u.Servers) == 0 {
		k.wrong("upstream.servers", textNoServer)
	}
	between(k, "upstream.timeout", u.Timeout, 100*time.Millisecond, 10*time.Second)
	k.otherServers("upstream.servers", u.Servers)
	k.otherServers("upstream.bootstrap", u.Bootstrap)
	for i, s := range u.Bootstrap {
		if s.Secure.Host != "" {
			k.wrong(Item("upstream.bootstrap", i), textBootstrap.With(s))
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(u.Zones)) {
		path, servers := "upstream.zones."+zone, u.Zones[zone]
		if _, err := domain.Canonical(zone); err != nil {
			k.wrong(path, textZoneName.With(zone))
		}
		if len(servers) == 0 {
			k.wrong(path, textNoServer)
		}
		k.otherServers(path, servers)
	}
}

// otherServers reports upstreams that are this server itself.
func (k *checker) otherServers(path string, servers []Upstream) {
	for i, s := range servers {
		if !s.Addr.IsValid() {
			continue
		}
		listen := k.cfg.Server.Listen
		switch s.Transport {
		case upstream.OverTLS:
			listen = k.cfg.Server.DoT
		case upstream.OverHTTPS:
			listen = k.cfg.Server.DoH
		case upstream.OverQUIC:
			listen = k.cfg.Server.DoQ
		}
		// When the host does not tell its addresses, the mistake shows later.
		if own, err := upstream.IsOwn(s.Addr, listen); own && err == nil {
			k.wrong(Item(path, i), textOwnServer.With(s.Addr))
		}
	}
}

// OpenUpstreams makes the groups of servers; those that old has are taken over.
// loops wait for their sockets; system are the servers of the system, see
// SystemUpstreams.
func (c *Config) OpenUpstreams(
	loops *eventloop.Loops, system []upstream.Server, old *upstream.Zones,
) (*upstream.Zones, *yamlfile.Problem) {
	var members []*upstream.Member
	if old != nil {
		members = old.Members()
	}
	bootstrap := upstream.Bootstrap(upstream.Expand(plainServers(bootstrapServers(c)), system))
	group := func(list []Upstream) *upstream.Group {
		opened := bootstrap.Open(loops, upstream.Expand(plainServers(list), system), members...)
		members = append(members, opened...)
		return upstream.NewGroup(c.Upstream.Strategy.Strategy, c.Upstream.Timeout, opened...)
	}
	general := group(c.Upstream.Servers)
	zones := map[string]*upstream.Group{}
	for zone, list := range c.Upstream.Zones {
		zones[zone] = group(list)
	}
	z, err := upstream.NewZones(general, zones)
	if err != nil {
		return nil, c.Problem("upstream.zones", err)
	}
	return z, nil
}

// SystemUpstreams are the servers of the system as they are now, if the
// configuration asks any of them. The error says why there is none.
func SystemUpstreams(c *Config) ([]upstream.Server, error) {
	lists := slices.Collect(maps.Values(c.Upstream.Zones))
	all := slices.Concat(append(lists, c.Upstream.Servers, bootstrapServers(c))...)
	if !slices.ContainsFunc(all, func(u Upstream) bool { return u.Transport == upstream.System }) {
		return nil, nil
	}
	return upstream.SystemServers(upstream.ResolvConf, upstream.ResolvedConf, c.Server.Listen)
}

// plainServers are the servers of a list.
func plainServers(list []Upstream) []upstream.Server {
	servers := make([]upstream.Server, len(list))
	for i, s := range list {
		servers[i] = s.Server
	}
	return servers
}

// bootstrapServers are the servers that tell the addresses of servers that are
// named; none if no server is.
func bootstrapServers(c *Config) []Upstream {
	all := slices.Concat(c.Upstream.Servers, slices.Concat(slices.Collect(maps.Values(c.Upstream.Zones))...))
	if !slices.ContainsFunc(all, func(u Upstream) bool { return u.Named() }) {
		return nil
	}
	list := c.Upstream.Bootstrap
	if len(list) == 0 {
		list = c.Upstream.Servers
	}
	if !slices.ContainsFunc(list, func(u Upstream) bool { return u.Addr.IsValid() || u.Transport == upstream.System }) {
		list = []Upstream{{upstream.Server{Transport: upstream.System}}}
	}
	return list
}
