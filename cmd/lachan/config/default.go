package config

import (
	"net/netip"
	"time"

	"lachan/cmd/lachan/config/console"
	"lachan/cmd/lachan/config/dnstap"
	"lachan/cmd/lachan/config/fleet"
	"lachan/cmd/lachan/config/radius"
	"lachan/internal/yamlfile"
	"lachan/metrics/report/figures"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/upstream"
)

// SetDefaults sets what holds when a key is left out.
func (c *Config) SetDefaults() {
	*c = Config{
		StateDir: "/var/lib/lachan",
		Start:    StartWait,
		Server: Server{
			Listen:           []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:53"), netip.MustParseAddrPort("[::]:53")},
			DoHPath:          "/dns-query",
			TLS:              TLS{ACME: ACME{DirectoryURL: renewal.LetsEncrypt}},
			UnknownClient:    AutoUnknown,
			RebindProtection: true,
			TCP: TCP{
				Connections: 1000, PerClient: autoCount, MaxBytes: 64 << 20,
				IdleTimeout: 10 * time.Second, Lifetime: time.Hour,
			},
			Identity:  Identity{Explain: true},
			BlockTTL:  time.Minute,
			CheckName: "check.lachan.test",
		},
		HTTP: HTTP{
			Listen: netip.MustParseAddrPort("127.0.0.1:8053"),
			Allow:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		},
		Console: console.Default(),
		Fleet:   fleet.Default(),
		RADIUS:  radius.Default(),
		DNSTAP:  dnstap.Default(),
		Upstream: Upstreams{
			Servers:  []Upstream{{upstream.Server{Transport: upstream.System}}},
			Strategy: Strategy{upstream.Fastest},
			DNSSEC:   PassDNSSEC,
			Timeout:  2 * time.Second,
		},
		Reports: Reports{YearEnds: YearDay{figures.Day{Month: time.November, Day: 15}}},
		Cache: Cache{
			Entries: 200_000, MaxTTL: 24 * time.Hour, NegativeTTL: 30 * time.Minute,
			StaleFor: 12 * time.Hour, Prefetch: true,
		},
		Policy:  "policy.yaml",
		Units:   EachUnit,
		Metrics: Metrics{History: yamlfile.Days(800 * 24 * time.Hour)},
		Log:     Log{Level: logInfo, Format: PlainText, Queries: QueriesOff},
	}
	// The name is in the table that is built in.
	_ = c.Timezone.UnmarshalText([]byte("Asia/Ho_Chi_Minh"))
}
