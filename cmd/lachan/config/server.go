package config

import (
	"net/netip"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/yamlfile"
)

// A Server is what clients reach.
type Server struct {
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
	TLS TLS `yaml:"tls"`
	// Discovery is what clients that ask are told of this server.
	Discovery Discovery `yaml:"discovery"`
	// ProxyProtocol has the prefixes of balancers. What comes from one over TCP
	// (DoT and DoH too) has to begin with a PROXY header of version 1 or 2, and over
	// UDP of version 2. Default none.
	ProxyProtocol []netip.Prefix `yaml:"proxy_protocol"`
	// UnknownClient is the profile of clients that no unit claims, or "refuse", or
	// "auto": refused as soon as some unit has networks, devices or links, but for
	// the machine itself (127.0.0.1 and ::1), and until then of the profile
	// "default". Default "auto".
	UnknownClient string `yaml:"unknown_client"`
	// TrustedForwarders has the prefixes of forwarders that may say whom they ask
	// for: by EDNS client subnet, MAC or CPE-id options, or by X-Forwarded-For.
	// Default none.
	TrustedForwarders []netip.Prefix `yaml:"trusted_forwarders"`
	// RateLimit bounds queries.
	RateLimit RateLimit `yaml:"rate_limit"`
	// Cookies are DNS cookies, which clients that ask for them are given.
	Cookies Cookies `yaml:"cookies"`
	// StructuredErrors gives clients that read them the reason of a block and whom
	// to ask, in a form for programs. Default false.
	StructuredErrors bool `yaml:"structured_errors"`
	// RebindProtection makes private addresses in answers for public names
	// NODATA. Default true.
	RebindProtection bool `yaml:"rebind_protection"`
	// RebindAllowed has names that may have private addresses all the same, with all
	// below them, such as zones of mail blocklists. Default none.
	RebindAllowed []string `yaml:"rebind_allowed"`
	// Notify has the prefixes allowed to send NOTIFY besides the primaries
	// named in feeds. Default none.
	Notify []netip.Prefix `yaml:"notify"`
	// RPZOut serves categories as response policy zones.
	RPZOut RPZOut `yaml:"rpz_out"`
	// Identity is what CHAOS questions are told.
	Identity Identity `yaml:"identity"`
	// TCP bounds connections.
	TCP TCP `yaml:"tcp"`
	// BlockTTL is the TTL of blocked and rewritten answers, in whole seconds.
	// Default 60s; 0s to 24h.
	BlockTTL time.Duration `yaml:"block_ttl"`
	// CheckName is answered by this server itself, whatever the policy says, so
	// that people see that they ask it and whose they are. Default
	// check.lachan.test; "" is none.
	CheckName string `yaml:"check_name"`
	// Page is the block page, for profiles that reply with it.
	Page Page `yaml:"page"`
}

// A RateLimit bounds queries a second; 0, the default, is no bound.
type RateLimit struct {
	PerClient int `yaml:"per_client"` // one address; 0 to 1,000,000
	PerUnit   int `yaml:"per_unit"`   // one school; 0 to 1,000,000
}

// A Cookies says how DNS cookies are made (RFC 7873, RFC 9018).
type Cookies struct {
	// SecretFile has secrets that a fleet shares, the one that makes cookies first.
	// Default none: the server's own in StateDir, renewed every day.
	SecretFile string `yaml:"secret_file"`
	// Exempt frees clients that show a right cookie from RateLimit.PerClient.
	// Default false.
	Exempt bool `yaml:"exempt"`
}

// An Identity is what CHAOS TXT questions are told; a question whose text
// is "", the default, is refused.
type Identity struct {
	Version string `yaml:"version"` // of version.bind and version.server
	ID      string `yaml:"id"`      // of id.server (RFC 4892), hostname.bind and NSID (RFC 5001)
	// Explain answers NAME.explain.lachan to clients of units with the layer and the
	// category that decide about NAME. Default true.
	Explain bool `yaml:"explain"`
}

// A TCP bounds the connections of clients: over TCP, TLS, HTTPS and QUIC.
type TCP struct {
	// Connections is how many may be open at a time. Default 1000; 1 to
	// 1,000,000.
	Connections int `yaml:"connections"`
	// PerClient is how many of them one address, or /64 of IPv6, may have. Default
	// auto, a sixteenth of Connections, and a quarter for one that many people are
	// behind; 0 (no bound of its own) to 1,000,000.
	PerClient Count `yaml:"per_client"`
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

// OfClient is how many of all connections one client may have; 0 is no bound of its
// own.
func (t *TCP) OfClient(all int) int {
	if t.PerClient == autoCount {
		return max(1, all/16)
	}
	return int(t.PerClient)
}

// OfShared is how many of all connections one client may have whose address is that of
// many people; 0 is no bound of its own.
func (t *TCP) OfShared(all int) int {
	if t.PerClient == autoCount {
		return max(1, all/4)
	}
	return int(t.PerClient)
}

func (s *Server) check(k *checker) {
	if !strings.HasPrefix(s.DoHPath, "/") {
		k.wrong("server.doh_path", textSlash.With(s.DoHPath))
	}
	between(k, "server.rate_limit.per_client", s.RateLimit.PerClient, 0, 1_000_000)
	between(k, "server.rate_limit.per_unit", s.RateLimit.PerUnit, 0, 1_000_000)
	between(k, "server.tcp.connections", s.TCP.Connections, 1, 1_000_000)
	if s.TCP.PerClient != autoCount {
		between(k, "server.tcp.per_client", int(s.TCP.PerClient), 0, 1_000_000)
	}
	if s.TCP.Lifetime != 0 {
		between(k, "server.tcp.lifetime", s.TCP.Lifetime, time.Minute, 7*day)
	}
	if s.TCP.MaxBytes != 0 {
		between[yamlfile.Bytes](k, "server.tcp.max_bytes", s.TCP.MaxBytes, 64<<10, 64<<30)
	}
	between(k, "server.tcp.idle_timeout", s.TCP.IdleTimeout, time.Second, 10*time.Minute)
	for i, name := range s.RebindAllowed {
		if _, err := domain.Canonical(name); err != nil {
			k.wrong(Item("server.rebind_allowed", i), textZoneName.With(name))
		}
	}
	if _, err := domain.Canonical(s.CheckName); s.CheckName != "" && err != nil {
		k.wrong("server.check_name", textZoneName.With(s.CheckName))
	}
	between(k, "server.block_ttl", s.BlockTTL, 0, day)
}

// CheckName is the name that says whether the filter is in use; nil if there is
// none.
func (c *Config) CheckName() *domain.Name {
	canonical, err := domain.Canonical(c.Server.CheckName)
	var name domain.Name
	if err != nil || name.SetText(canonical) != nil {
		return nil
	}
	return &name
}
