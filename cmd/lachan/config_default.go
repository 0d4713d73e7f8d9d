package main

import (
	"net/netip"
	"time"

	"lachan/internal/yamlfile"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/upstream"
)

// SetDefaults sets what holds when a key is left out.
func (c *Config) SetDefaults() {
	*c = Config{
		StateDir: "/var/lib/lachan",
		Server: ServerConfig{
			Listen:           []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:53"), netip.MustParseAddrPort("[::]:53")},
			DoHPath:          "/dns-query",
			TLS:              TLSConfig{UnitIDs: true, ACME: ACMEConfig{DirectoryURL: renewal.LetsEncrypt}},
			UnknownClient:    "default",
			RebindProtection: true,
			TCP:              TCPConfig{Connections: 1000, PerClient: 500, IdleTimeout: 10 * time.Second, Lifetime: time.Hour, MaxBytes: 64 << 20},
			BlockTTL:         time.Minute,
			CheckName:        "check.lachan.test",
		},
		HTTP: HTTPConfig{Listen: netip.MustParseAddrPort("127.0.0.1:8053")},
		Upstream: UpstreamConfig{
			Servers:  []Upstream{{upstream.Server{Transport: upstream.System}}},
			Strategy: Strategy{upstream.Fastest},
			Timeout:  2 * time.Second,
		},
		Cache: CacheConfig{
			Entries: 200_000, MaxTTL: 24 * time.Hour, NegativeTTL: 30 * time.Minute,
			StaleFor: 12 * time.Hour, Prefetch: true,
		},
		Policy:  "policy.yaml",
		Metrics: MetricsConfig{History: yamlfile.Days(400 * 24 * time.Hour)},
		Log:     LogConfig{Level: logInfo, Format: logText, Queries: queriesOff},
	}
	// The name is in the table that is built in.
	_ = c.Timezone.UnmarshalText([]byte("Asia/Ho_Chi_Minh"))
}
