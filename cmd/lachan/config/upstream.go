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
	// TrustAD has the servers whose AD bit is passed on: validating resolvers on this
	// machine, or over TLS. true stands for all of Servers. Default none.
	TrustAD Trusted `yaml:"trust_ad"`
	// DNSSEC says what becomes of answers that were not validated. Default pass.
	DNSSEC DNSSEC `yaml:"dnssec"`
}

func (u *Upstreams) check(k *checker) {
	if len(u.Servers) == 0 {
		k.wrong("upstream.servers", textNoServer)
	}
	between(k, "upstream.timeout", u.Timeout, 100*time.Millisecond, 10*time.Second)
	k.otherServers("upstream.servers", u.Servers)
	k.otherServers("upstream.bootstrap", u.Bootstrap)
	u.checkTrust(k)
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
	trusted := c.Upstream.trusted()
	group := func(list []Upstream) *upstream.Group {
		servers := upstream.Expand(plainServers(list), system)
		opened := bootstrap.Open(loops, servers, members...)
		for i, m := range opened {
			m.Doubt(!slices.Contains(trusted, servers[i]))
		}
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

// DNSSEC says what becomes of answers that were not validated.
type DNSSEC string

// What becomes of answers that were not validated.
const (
	PassDNSSEC    DNSSEC = "pass"    // they serve
	RequireDNSSEC DNSSEC = "require" // SERVFAIL, but for those of upstream.zones
)

// UnmarshalText reads what becomes of them.
func (d *DNSSEC) UnmarshalText(text []byte) error { return oneOf(d, text, PassDNSSEC, RequireDNSSEC) }

// Trusted are servers whose AD bit is passed on.
type Trusted []TrustedUpstream

// SetShort reads true or false.
func (t *Trusted) SetShort(text string) error {
	var all bool
	switch text {
	case "true":
		all = true
	case "false":
	default:
		var one TrustedUpstream
		if err := one.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		*t = Trusted{one}
		return nil
	}
	if *t = nil; all {
		*t = Trusted{{All: true}}
	}
	return nil
}

// A TrustedUpstream is a server whose AD bit is passed on, or stands for all.
type TrustedUpstream struct {
	upstream.Server
	All bool
}

// UnmarshalText reads a server, or true for all of them.
func (u *TrustedUpstream) UnmarshalText(text []byte) (err error) {
	if u.All = string(text) == "true"; u.All {
		return nil
	}
	u.Server, err = upstream.ParseServer(string(text))
	return err
}

// MarshalText writes it as UnmarshalText reads it.
func (u TrustedUpstream) MarshalText() ([]byte, error) {
	if u.All {
		return []byte("true"), nil
	}
	return []byte(u.String()), nil
}

// trusted are the servers whose AD bit is passed on.
func (u *Upstreams) trusted() (servers []upstream.Server) {
	for _, t := range u.TrustAD {
		if t.All {
			servers = append(servers, plainServers(u.Servers)...)
			continue
		}
		servers = append(servers, t.Server)
	}
	return servers
}

// checkTrust reports servers that may not be trusted, as anybody on the way can write
// what they say, and those that are not asked.
func (u *Upstreams) checkTrust(k *checker) {
	const path = "upstream.trust_ad"
	asked := plainServers(u.Servers)
	for _, list := range u.Zones {
		asked = append(asked, plainServers(list)...)
	}
	for _, s := range u.trusted() {
		switch {
		case !s.Authenticated():
			k.wrong(path, textTrustPath.With(s))
		case !slices.Contains(asked, s):
			k.wrong(path, textTrustUnasked.With(s))
		}
	}
	if u.DNSSEC == RequireDNSSEC && !slices.ContainsFunc(plainServers(u.Servers), func(s upstream.Server) bool {
		return slices.Contains(u.trusted(), s)
	}) {
		k.wrong("upstream.dnssec", textRequireTrust)
	}
}
