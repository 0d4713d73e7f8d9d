package message

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"
)

// The kinds of messages; FORMAT.md says what each carries and between whom.
const (
	Sockets   Kind = 1
	Peer      Kind = 2
	Stop      Kind = 3
	Reload    Kind = 4
	Died      Kind = 5
	Ready     Kind = 6
	Listen    Kind = 7
	Listening Kind = 8
	Alive     Kind = 9
	Absent    Kind = 10
	Follow    Kind = 11
	Reloaded  Kind = 12

	Use        Kind = 20
	Addresses  Kind = 21
	Secrets    Kind = 22
	Popular    Kind = 23
	Challenges Kind = 24
	Watch      Kind = 25
	Sessions   Kind = 26
	Session    Kind = 27
	Tap        Kind = 28
	Seen       Kind = 29

	Hello    Kind = 40
	Used     Kind = 41
	Tick     Kind = 42
	Samples  Kind = 43
	Notified Kind = 44
	Link     Kind = 45
	Asked    Kind = 46
	Final    Kind = 47
	Proven   Kind = 48
	Ticked   Kind = 49
	Watched  Kind = 50
	Followed Kind = 51
	Tapped   Kind = 52
	SeenNow  Kind = 53
)

// A Role says what a listening socket is for.
type Role string

// The roles of listening sockets: the first four answer queries.
const (
	RolePlain   Role = "plain"    // DNS over UDP and TCP
	RoleDoT     Role = "dot"      // DNS over TLS
	RoleDoH     Role = "doh"      // DNS over HTTPS, TCP and UDP
	RoleDoQ     Role = "doq"      // DNS over QUIC
	RoleHTTP    Role = "http"     // metrics, health, API
	RoleConsole Role = "console"  // the pages of those who run the server
	RoleFleet   Role = "fleet"    // the nodes of a hub
	RolePage    Role = "page"     // the block page over HTTP
	RolePageTLS Role = "page-tls" // and over HTTPS
	RoleZones   Role = "zones"    // response policy zones for other servers, UDP and TCP
	RoleRADIUS  Role = "radius"   // accounting of access servers, over UDP
)

// Answers reports whether sockets of the role belong to resolve; those of the
// others belong to manage.
func (r Role) Answers() bool {
	return r == RolePlain || r == RoleDoT || r == RoleDoH || r == RoleDoQ
}

// An Endpoint is an address that shall be open for a purpose.
type Endpoint struct {
	Role    Role           `json:"role"`
	Address netip.AddrPort `json:"address"`
}

// A Socket is the body of Sockets for one descriptor: a listening socket of an
// endpoint.
type Socket struct {
	Endpoint
	Network string `json:"network"` // "tcp" or "udp"
}

// A Peering is the body of Peer.
type Peering struct {
	// Crashes is how often in a row resolve has ended soon after its start.
	Crashes int `json:"crashes"`
}

// A Death is the body of Died: a process ended that should not have.
type Death struct {
	Process string    `json:"process"` // resolve or manage
	How     string    `json:"how"`     // "exit status 2", "signal: killed"
	At      time.Time `json:"at"`
	Times   int       `json:"times"` // since serve was started
}

// A Refusal is the body of Listening and Reloaded.
type Refusal struct {
	Error string `json:"error,omitempty"`
}

// JSON makes a message whose body is v.
func JSON(kind Kind, v any) (Message, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return Message{}, fmt.Errorf("encode message %d: %w", kind, err)
	}
	return Message{Kind: kind, Body: body}, nil
}

// Decode reads the JSON body of a message into v.
func (m *Message) Decode(v any) error {
	if err := json.Unmarshal(m.Body, v); err != nil {
		return fmt.Errorf("%w %d: %w", ErrMalformed, m.Kind, err)
	}
	return nil
}
