package resolve

import (
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/descriptors"
	"lachan/resolver"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/ddr"
	"lachan/resolver/inside"
)

// settings are those of the resolver, as the configuration has them.
func (p *process) settings() *resolver.Settings {
	cfg := p.state.cfg
	most := connections(p.resolver, cfg.Server.TCP.Connections)
	shares := cfg.Memory.Shares(cfg.Cache.MaxBytes)
	allowed, err := inside.NewDomains(cfg.Server.RebindAllowed...)
	if err != nil { // the configuration was checked; without the names less is let through
		p.log.Error("read server.rebind_allowed", "error", err)
	}
	return &resolver.Settings{
		Closed: p.state.use.Closed,
		Clients: resolver.Clients{
			RefuseUnknown:     source.RefusesUnknown(cfg, p.state.policy),
			ServeSelf:         cfg.Server.UnknownClient == config.AutoUnknown,
			TrustedForwarders: cfg.Server.TrustedForwarders,
			UnitIDs:           cfg.Server.TLS.UnitIDs,
			Sessions:          &p.sessions,
			Linked:            p.linked,
		},
		Rates: resolver.Rates{
			Client:        cfg.Server.RateLimit.PerClient,
			Unit:          cfg.Server.RateLimit.PerUnit,
			CookiesExempt: cfg.Server.Cookies.Exempt,
		},
		Cookies: p.secrets.cookies,
		Replies: resolver.Replies{
			BlockTTL:         cfg.Server.BlockTTL,
			PageV4:           cfg.Server.Page.A,
			PageV6:           cfg.Server.Page.AAAA,
			StructuredErrors: cfg.Server.StructuredErrors,
			RebindProtection: cfg.Server.RebindProtection,
			RebindAllowed:    allowed,
		},
		Identity: resolver.Identity{
			Version:   cfg.Server.Identity.Version,
			ID:        cfg.Server.Identity.ID,
			Silent:    !cfg.Server.Identity.Explain,
			CheckName: cfg.CheckName(),
			Discovery: ddr.Discovery{
				Name:      p.state.use.Name,
				Addresses: cfg.Server.Discovery.Addresses,
				InfoURL:   cfg.Server.Discovery.InfoURL,
			},
		},
		Cache: resolver.Cache{
			Bounds: cache.Bounds{Entries: cfg.Cache.Entries, Bytes: shares.Cache},
			Lifetimes: cache.Lifetimes{
				MinTTL: cfg.Cache.MinTTL, MaxTTL: cfg.Cache.MaxTTL,
				NegativeTTL: cfg.Cache.NegativeTTL, StaleFor: cfg.Cache.StaleFor,
			},
			Prefetch: cfg.Cache.Prefetch,
		},
		TrustAD:      len(cfg.Upstream.TrustAD) > 0,
		RequireAD:    cfg.Upstream.DNSSEC == config.RequireDNSSEC,
		WaitingBytes: shares.Questions,
		Connections: clientconn.Limits{
			Connections:   most,
			PerClient:     cfg.Server.TCP.OfClient(most),
			PerShared:     cfg.Server.TCP.OfShared(most),
			Idle:          cfg.Server.TCP.IdleTimeout,
			Lifetime:      cfg.Server.TCP.Lifetime,
			MaxBytes:      int64(cfg.Server.TCP.MaxBytes),
			AnswerBytes:   shares.Streams,
			ProxyProtocol: cfg.Server.ProxyProtocol,
		},
		Encryption: resolver.Encryption{
			TLS: p.secrets.tls(cfg), TLSName: cfg.ServerName(), DoHPath: cfg.Server.DoHPath,
		},
		StandIn: p.secrets.standIn, Connectivity: p.connectivity,

		Tap:    p.tapping.tap,
		Notify: p.notify(cfg),
	}
}

// connections is how many connections of clients may be open where more were wanted:
// exchanges with upstreams need descriptors too. r is nil before it answers.
func connections(r *resolver.Resolver, wanted int) int {
	if r == nil {
		return descriptors.ForClients(wanted, 0)
	}
	return descriptors.ForClients(wanted, r.Load().Connections)
}
