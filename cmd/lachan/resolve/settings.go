package resolve

import (
	"net/netip"
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/blocklist/transfer"
	"lachan/cmd/lachan/config"
	"lachan/resolver"
	"lachan/resolver/cache"
	"lachan/resolver/ddr"
)

// settings are those of the resolver, as the configuration has them.
func (p *process) settings() *resolver.Settings {
	cfg := p.state.cfg
	s := &resolver.Settings{
		Closed:            p.state.use.Closed,
		RefuseUnknown:     cfg.Server.UnknownClient == config.RefuseUnknown,
		TrustedForwarders: cfg.Server.TrustedForwarders,
		ProxyProtocol:     cfg.Server.ProxyProtocol,
		Cookies:           p.secrets.cookies,
		StructuredErrors:  cfg.Server.StructuredErrors,
		CookiesExempt:     cfg.Server.Cookies.Exempt,
		ClientRate:        cfg.Server.RateLimit.PerClient,
		UnitRate:          cfg.Server.RateLimit.PerUnit,
		RebindProtection:  cfg.Server.RebindProtection,
		Version:           cfg.Server.Identity.Version,
		ID:                cfg.Server.Identity.ID,
		BlockTTL:          cfg.Server.BlockTTL,
		PageV4:            cfg.Server.Page.A,
		PageV6:            cfg.Server.Page.AAAA,
		CheckName:         cfg.CheckName(),
		TrustAD:           cfg.Upstream.TrustAD,
		Timeout:           cfg.Upstream.Timeout,
		CacheEntries:      cfg.Cache.Entries,
		Lifetimes: cache.Lifetimes{
			MinTTL: cfg.Cache.MinTTL, MaxTTL: cfg.Cache.MaxTTL,
			NegativeTTL: cfg.Cache.NegativeTTL, StaleFor: cfg.Cache.StaleFor,
		},
		Prefetch:       cfg.Cache.Prefetch,
		TCPConnections: cfg.Server.TCP.Connections,
		TCPPerClient:   cfg.Server.TCP.PerClient,
		TCPIdle:        cfg.Server.TCP.IdleTimeout,
		TCPLifetime:    cfg.Server.TCP.Lifetime,
		TCPMaxBytes:    int64(cfg.Server.TCP.MaxBytes),
		TLS:            p.secrets.tls(cfg),
		TLSName:        cfg.ServerName(),
		DoHPath:        cfg.Server.DoHPath,
		UnitIDs:        cfg.Server.TLS.UnitIDs,
		Linked:         p.linked,
		Discovery: ddr.Discovery{
			Name: p.state.use.Name, Addresses: cfg.Server.Discovery.Addresses, InfoURL: cfg.Server.Discovery.InfoURL,
		},
		Notify: p.notify(cfg),
	}
	return s
}

// A watched zone is one that a feed is transferred from.
type watched struct {
	feed    string
	zone    domain.Name
	primary netip.Addr // invalid when the feed names it by host name
}

// notify tells manage that the primary of a zone says that it changed, and
// reports whether that word is to be heeded (RFC 1996).
func (p *process) notify(cfg *config.Config) func(zone *domain.Name, from netip.Addr) bool {
	zones := watchedZones(cfg)
	return func(zone *domain.Name, from netip.Addr) bool {
		from = from.Unmap()
		trusted := slices.ContainsFunc(cfg.Server.Notify, func(n netip.Prefix) bool { return n.Contains(from) })
		heeded := false
		for i := range zones {
			w := &zones[i]
			if !sameName(&w.zone, zone) || !trusted && w.primary != from {
				continue
			}
			heeded = true
			select {
			case p.notified <- w.feed:
			default: // many are on their way: the sender will repeat itself
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
