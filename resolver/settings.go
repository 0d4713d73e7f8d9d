package resolver

import (
	"crypto/tls"
	"net/netip"
	"time"

	"lachan/blocklist/domain"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/cookie"
	"lachan/resolver/ddr"
	"lachan/resolver/inside"
	"lachan/resolver/links"
	"lachan/resolver/sessions"
	"lachan/resolver/standin"
	"lachan/resolver/tap"
)

// Settings are what the configuration says of answering. They may change while
// the resolver runs.
type Settings struct {
	Closed      bool // a list that must be there is not: everything is refused
	Clients     Clients
	Rates       Rates
	Cookies     cookie.Secrets // of DNS cookies (RFC 7873); if it is empty, clients get none
	Replies     Replies
	Identity    Identity
	Cache       Cache
	TrustAD     bool              // the AD bit of upstreams is passed on; see upstream.Member.Doubt
	RequireAD   bool              // an answer serves only with it, unless it is of a conditional zone
	Connections clientconn.Limits // over TCP, TLS, HTTPS and QUIC alike
	Encryption  Encryption
	// WaitingBytes is how many bytes queries may hold together that wait for an upstream;
	// 0: as many as 8,192 queries hold.
	WaitingBytes int64

	// StandIn is the key by which this node asks itself as clients of groups would. It may
	// be zero: it does not.
	StandIn standin.Key

	// Connectivity are names by which devices look whether there is a network, of those that
	// are never blocked.
	Connectivity inside.Domains

	// Tap has questions and answers told to a collector. It may be nil: they are not.
	Tap *tap.Tap

	// Notify is told that a zone has changed, and by which server, and reports
	// whether that is of interest (RFC 1996). It is called by the workers of sockets
	// and must not wait. It may be nil: nothing is of interest.
	Notify func(zone *domain.Name, from netip.Addr) bool
}

// Clients say by what clients are known, and which are served.
type Clients struct {
	RefuseUnknown bool // clients that no unit claims are refused, not given the default profile
	ServeSelf     bool // but not the machine itself, see policy.IsSelf
	// TrustedForwarders may name their clients, by EDNS options or by
	// X-Forwarded-For.
	TrustedForwarders []netip.Prefix
	// UnitIDs lets clients whose address no unit claims show the plain id of a school.
	UnitIDs bool
	// Sessions are addresses that units have while a session lasts. It may be nil.
	Sessions *sessions.Table
	// Linked are addresses that belong to units for the time being. It may be nil.
	Linked *links.Table
}

// Rates are how many queries a second are answered; 0 is no limit.
type Rates struct {
	Client int // from one client
	Unit   int // from one school
	// CookiesExempt frees clients that show a right cookie from Client.
	CookiesExempt bool
}

// Replies say what the replies of policy are like.
type Replies struct {
	BlockTTL       time.Duration // of policy replies; default 60 s
	PageV4, PageV6 netip.Addr    // of the block page; invalid: such replies are 0.0.0.0 and ::
	// StructuredErrors lets clients that read them have the reason of a block in a
	// form for programs.
	StructuredErrors bool
	RebindProtection bool // private addresses for public names become NODATA
	// RebindAllowed are names that may have private addresses all the same.
	RebindAllowed inside.Domains
}

// Identity is what the server says of itself.
type Identity struct {
	Version, ID string        // answers to version.bind and id.server (and NSID); "" is REFUSED
	Silent      bool          // NAME.explain.lachan does not tell clients why they get what they get
	CheckName   *domain.Name  // tells clients that ask it that the filter is in use; nil if there is none
	Discovery   ddr.Discovery // what clients are told when they ask for encrypted endpoints
}

// Cache says what is kept, and how long.
type Cache struct {
	Bounds    cache.Bounds
	Lifetimes cache.Lifetimes
	Prefetch  bool // answers that are asked often are fetched again before they end
}

// Encryption is about the encrypted endpoints.
type Encryption struct {
	// TLS has their certificate and ticket keys, and protocols to offer after theirs.
	// It is nil if there are no such endpoints.
	TLS *tls.Config
	// TLSName is the name of this server in the certificate, in lower case. A
	// label below it in the server name of TLS is the id of a client. If it is empty,
	// none is.
	TLSName string
	// DoHPath is where questions over HTTPS go, such as /dns-query. A slash and the
	// id of a client may follow.
	DoHPath string
}
