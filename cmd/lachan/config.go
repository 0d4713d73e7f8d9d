package main

import (
	"net/netip"
	"time"
	_ "time/tzdata" // time zones on machines that have none

	"lachan/internal/yamlfile"
)

// A Config is lachan.yaml. Every key has a default (see SetDefaults); a
// relative path in the file is taken from the file's directory.
type Config struct {
	// Lines is where each value stands in the file.
	Lines yamlfile.Lines

	// StateDir holds everything the program writes; it is made with mode 0700.
	// Default /var/lib/lachan.
	StateDir string `yaml:"state_dir"`
	// Timezone is the one of timetables, expiry dates and reports. Default
	// Asia/Ho_Chi_Minh.
	Timezone Timezone       `yaml:"timezone"`
	Server   ServerConfig   `yaml:"server"`
	HTTP     HTTPConfig     `yaml:"http"`
	Upstream UpstreamConfig `yaml:"upstream"`
	Cache    CacheConfig    `yaml:"cache"`
	// Feeds are the lists, in order of rank (which matters to rpz only).
	// Default none.
	Feeds []FeedConfig `yaml:"feeds"`
	// Policy is the file of units, profiles and timetables. Default
	// policy.yaml; "" gives everyone the built-in default profile.
	Policy  string        `yaml:"policy"`
	Metrics MetricsConfig `yaml:"metrics"`
	// Reports are made by themselves when their periods are over. Default none.
	Reports []ReportConfig `yaml:"reports"`
	Log     LogConfig      `yaml:"log"`

	file   string            // as the user named it; "" when there is none
	origin map[string]string // variable or flag that set a value, by path
}

// A ServerConfig is what clients reach.
type ServerConfig struct {
	// Listen has the addresses of DNS over UDP and TCP. Default 0.0.0.0:53
	// and [::]:53. Port 0 takes any that is free.
	Listen []netip.AddrPort `yaml:"listen"`
	// DoT has the addresses of DNS over TLS (RFC 7858), on TCP. Default none.
	DoT []netip.AddrPort `yaml:"dot"`
	// DoH has the addresses of DNS over HTTPS (RFC 8484). Default none.
	DoH []netip.AddrPort `yaml:"doh"`
	// DoHPath is the path of DNS over HTTPS. Default /dns-query.
	DoHPath string `yaml:"doh_path"`
	// DoQ has the addresses of DNS over QUIC (RFC 9250). Default none.
	DoQ []netip.AddrPort `yaml:"doq"`
	// TLS is the certificate of the encrypted transports.
	TLS TLSConfig `yaml:"tls"`
	// Discovery is what clients that ask are told of this server.
	Discovery DiscoveryConfig `yaml:"discovery"`
	// ProxyProtocol has the prefixes of balancers. What comes from one over TCP
	// (DoT and DoH too) has to begin with a PROXY header of version 1 or 2, and over
	// UDP of version 2. Default none.
	ProxyProtocol []netip.Prefix `yaml:"proxy_protocol"`
	// UnknownClient is the profile of clients that no unit claims, or
	// "refuse". Default "default".
	UnknownClient string `yaml:"unknown_client"`
	// TrustedForwarders has the prefixes of forwarders that may say whom they ask
	// for: by EDNS client subnet, MAC or CPE-id options, or by X-Forwarded-For.
	// Default none.
	TrustedForwarders []netip.Prefix `yaml:"trusted_forwarders"`
	// RateLimit bounds queries.
	RateLimit RateLimitConfig `yaml:"rate_limit"`
	// Cookies are DNS cookies, which clients that ask for them are given.
	Cookies CookiesConfig `yaml:"cookies"`
	// StructuredErrors gives clients that read them the reason of a block and whom
	// to ask, in a form for programs. Default false.
	StructuredErrors bool `yaml:"structured_errors"`
	// RebindProtection makes private addresses in answers for public names
	// NODATA. Default true.
	RebindProtection bool `yaml:"rebind_protection"`
	// Notify has the prefixes allowed to send NOTIFY besides the primaries
	// named in feeds. Default none.
	Notify []netip.Prefix `yaml:"notify"`
	// RPZOut serves categories as response policy zones.
	RPZOut RPZOutConfig `yaml:"rpz_out"`
	// Identity is what CHAOS questions are told.
	Identity IdentityConfig `yaml:"identity"`
	// TCP bounds connections.
	TCP TCPConfig `yaml:"tcp"`
	// BlockTTL is the TTL of blocked and rewritten answers, in whole seconds.
	// Default 60s; 0s to 24h.
	BlockTTL time.Duration `yaml:"block_ttl"`
	// CheckName is answered by this server itself, whatever the policy says, so
	// that people see that they ask it and whose they are. Default
	// check.lachan.test; "" is none.
	CheckName string `yaml:"check_name"`
	// Page is the block page, for profiles that reply with it.
	Page PageConfig `yaml:"page"`
}

// A TLSConfig is the certificate of the encrypted transports. Its files are
// read again when they change.
type TLSConfig struct {
	Cert string `yaml:"cert"` // PEM, with the chain; default none
	Key  string `yaml:"key"`  // PEM; default none
	// ACME has certificates asked for instead, and renewed.
	ACME ACMEConfig `yaml:"acme"`
	// Name is the server's own in the certificate, such as dns.example.vn: a
	// client that connects to ID.dns.example.vn calls itself ID. Default none.
	Name string `yaml:"name"`
	// UnitIDs lets clients whose address no unit claims call themselves by the id
	// of a unit without link ids, which anybody can guess. Default true.
	UnitIDs bool `yaml:"unit_ids"`
	// TicketKeys is a file of keys that a fleet shares, so that its servers resume
	// each other's sessions. Default none: each has its own.
	TicketKeys string `yaml:"ticket_keys"`
}

// A DiscoveryConfig is what clients are told of this server.
type DiscoveryConfig struct {
	// Addresses are where the encrypted doors can be reached (RFC 9462). Default
	// none: where they listen, as far as that is not every address.
	Addresses []netip.Addr `yaml:"addresses"`
	// InfoURL leads to a page for people about this server (RFC 9606). Default
	// none.
	InfoURL string `yaml:"info_url"`
}

// An ACMEConfig asks an authority for certificates (RFC 8555). Naming a name
// agrees to the authority's terms of service.
type ACMEConfig struct {
	// Names are those to have a certificate for, the server's own first. Each has
	// to lead to this server, at port 443 where DNS over HTTPS is (TLS-ALPN-01) or
	// at port 80 where the block page is (HTTP-01). Default none.
	Names []string `yaml:"names"`
	// Email is told of trouble by authorities that do so. Default none.
	Email string `yaml:"email"`
	// DirectoryURL is the authority's. Default that of Let's Encrypt.
	DirectoryURL string `yaml:"directory_url"`
}

// A RateLimitConfig bounds queries a second; 0, the default, is no bound.
type RateLimitConfig struct {
	PerClient int `yaml:"per_client"` // one address; 0 to 1,000,000
	PerUnit   int `yaml:"per_unit"`   // one school; 0 to 1,000,000
}

// A CookiesConfig says how DNS cookies are made (RFC 7873, RFC 9018).
type CookiesConfig struct {
	// SecretFile has secrets that a fleet shares, the one that makes cookies first.
	// Default none: the server's own in StateDir, renewed every day.
	SecretFile string `yaml:"secret_file"`
	// Exempt frees clients that show a right cookie from RateLimit.PerClient.
	// Default false.
	Exempt bool `yaml:"exempt"`
}

// An IdentityConfig is what CHAOS TXT questions are told; a question whose text
// is "", the default, is refused.
type IdentityConfig struct {
	Version string `yaml:"version"` // of version.bind and version.server
	ID      string `yaml:"id"`      // of id.server (RFC 4892), hostname.bind and NSID (RFC 5001)
}

// A TCPConfig bounds the connections of clients: over TCP, TLS, HTTPS and QUIC.
type TCPConfig struct {
	// Connections is how many may be open at a time. Default 1000; 1 to
	// 1,000,000.
	Connections int `yaml:"connections"`
	// PerClient is how many of them one address, or /64 of IPv6, may have. Default
	// 500; 0 (no bound of its own) to 1,000,000.
	PerClient int `yaml:"per_client"`
	// IdleTimeout closes a connection on which nothing happens (RFC 7766
	// section 6.2.3). Default 10s; 1s to 10m.
	IdleTimeout time.Duration `yaml:"idle_timeout"`
	// Lifetime closes a connection that has been open for so long when it pauses.
	// Default 1h; 1m to 7d, or 0s for no bound.
	Lifetime time.Duration `yaml:"lifetime"`
	// MaxBytes closes one over which a client has sent so much when it pauses, and
	// a little later in any case. Default 64MiB; 64KiB to 64GiB, or 0 for no bound.
	MaxBytes yamlfile.Bytes `yaml:"max_bytes"`
}

// A PageConfig is the block page.
type PageConfig struct {
	// A and AAAA are the addresses that blocked names get, where a profile replies
	// with the page; one that is not valid, the default, is none.
	A    netip.Addr `yaml:"a"`
	AAAA netip.Addr `yaml:"aaaa"`
	// HTTP has the addresses on which this server shows the page. Default none:
	// A and AAAA are of another server.
	HTTP []netip.AddrPort `yaml:"http"`
	// HTTPS has those on which it does so over TLS, with Cert and Key. Default
	// none.
	HTTPS []netip.AddrPort `yaml:"https"`
	Cert  string           `yaml:"cert"` // PEM, with the chain, of an authority that the devices trust; default none
	Key   string           `yaml:"key"`  // PEM; default none
}

// An HTTPConfig is the server of /metrics, /healthz, /readyz and the API.
type HTTPConfig struct {
	// Listen is its address. Default 127.0.0.1:8053; "" (not valid) is off.
	Listen netip.AddrPort `yaml:"listen"`
}

// An UpstreamConfig says where queries go on to.
type UpstreamConfig struct {
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
	// resolvers on a path that nobody can write to. Default false.
	TrustAD bool `yaml:"trust_ad"`
}

// A CacheConfig bounds the cache.
type CacheConfig struct {
	// Entries is how many answers are kept. Default 200,000; 1 to 100,000,000.
	Entries int `yaml:"entries"`
	// MinTTL raises shorter TTLs. Default 0s; at most MaxTTL.
	MinTTL time.Duration `yaml:"min_ttl"`
	// MaxTTL lowers longer TTLs. Default 24h; 1s to 7d.
	MaxTTL time.Duration `yaml:"max_ttl"`
	// NegativeTTL bounds NXDOMAIN and NODATA (RFC 2308). Default 30m; 0s to 24h.
	NegativeTTL time.Duration `yaml:"negative_ttl"`
	// StaleFor is how long an answer may be used after its TTL when no upstream
	// answers (RFC 8767). Default 12h; 0s (never) to 7d.
	StaleFor time.Duration `yaml:"stale_for"`
	// Prefetch renews what is asked often before it expires. Default true.
	Prefetch bool `yaml:"prefetch"`
}

// A MetricsConfig says how statistics are kept.
type MetricsConfig struct {
	// Node is the label of this machine. Default "", its host name.
	Node string `yaml:"node"`
	// History is how long statistics are kept. Default 400d; 1d to 3660d.
	History yamlfile.Days `yaml:"history"`
	// QueryURL is of a Prometheus-compatible engine that reports ask instead of
	// this node's own history. Default none.
	QueryURL string `yaml:"query_url"`
	// WriteURL takes this node's history by remote write, every five minutes.
	// Default none.
	WriteURL string `yaml:"write_url"`
}

// A LogConfig says what is logged, on standard error.
type LogConfig struct {
	// Level is debug, info, warn or error. Default info.
	Level LogLevel `yaml:"level"`
	// Format is text or json. Default text.
	Format LogFormat `yaml:"format"`
	// Queries is off: no query is logged. Default off.
	Queries QueryLog `yaml:"queries"`
}
