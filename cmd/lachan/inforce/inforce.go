// Package inforce is what manage puts in force and resolve answers by: the
// bodies of the messages use, secrets, addresses and others. It is the only thing that
// the two processes have in common.
package inforce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/resolver/certificate"
	"lachan/resolver/links"
	"lachan/resolver/sessions"
	"lachan/resolver/upstream"
	"lachan/resolver/watch"
)

// A Use names the compiled files and the settings that are in force from now on.
type Use struct {
	// ID is of this message. The answer to it names it.
	ID uint64 `json:"id"`
	// Serial is of lists and policy together; it grows with every change of one.
	Serial uint64 `json:"serial"`
	// Lists are the compiled lists: the folder they are in, their serial, and what
	// tells their overlay from others (blocklist.Lists.OverlayID): the manage that
	// says it may be another than the one before.
	ListsDir     string `json:"lists_dir"`
	ListsSerial  uint64 `json:"lists_serial"`
	ListsOverlay uint64 `json:"lists_overlay"`
	// Policy is the compiled policy: the folder it is in, its serial and its digest.
	PolicyDir    string `json:"policy_dir"`
	PolicySerial uint64 `json:"policy_serial"`
	PolicyDigest string `json:"policy_digest"`
	// PolicyOverlay is the digest of the overlay that lies beside the policy: what
	// people have decided since it was compiled. "" for none. The one that is found
	// there may be newer, for the same policy.
	PolicyOverlay string `json:"policy_overlay,omitempty"`
	// Closed is set while a list that must be there is not.
	Closed bool `json:"closed,omitempty"`
	// Name is the server's own, as clients that ask are told; "" for none.
	Name string `json:"name,omitempty"`
	// System are the servers of the system, if the configuration asks them.
	System []netip.AddrPort `json:"system,omitempty"`
	// Config is the configuration as config.Pack writes it.
	Config json.RawMessage `json:"config"`
}

// Same reports whether two of them name the same lists, policy and settings,
// whatever was decided since the policy was compiled.
func (u *Use) Same(other *Use) bool {
	return u.ListsDir == other.ListsDir && u.ListsSerial == other.ListsSerial && u.ListsOverlay == other.ListsOverlay &&
		u.PolicyDir == other.PolicyDir && u.PolicyDigest == other.PolicyDigest && u.SameUpstreams(other)
}

// SameUpstreams reports whether two of them have the same settings and servers to
// ask.
func (u *Use) SameUpstreams(other *Use) bool {
	return bytes.Equal(u.Config, other.Config) && slices.Equal(u.System, other.System)
}

// Upstreams are the servers of System.
func (u *Use) Upstreams() []upstream.Server {
	servers := make([]upstream.Server, len(u.System))
	for i, a := range u.System {
		servers[i].Addr = a // over UDP, as the system asks them
	}
	return servers
}

// ProvenDir is where the compiled lists and policies are that were proven: by which
// resolve has answered for a while.
func ProvenDir(stateDir string) string { return filepath.Join(stateDir, "proven") }

// A Used says what came of a Use.
type Used struct {
	ID    uint64 `json:"id"`
	Error string `json:"error,omitempty"` // what was in force before stays; "" if all is well
}

// Secrets are what the answering process must not find on a disk.
type Secrets struct {
	// Certificates are those of the encrypted transports, with their ticket keys.
	Certificates certificate.Secrets `json:"certificates"`
	// Cookies are the secrets of DNS cookies as package cookie writes them.
	Cookies []byte `json:"cookies,omitempty"`
	// StandIn is the key by which the node asks itself, see package standin.
	StandIn []byte `json:"stand_in,omitempty"`
}

// Addresses are those that routers have linked.
type Addresses []links.Link

// Sessions are the prefixes that units have by what access servers say, by unit.
type Sessions map[string][]netip.Prefix

// A Session says whose addresses are from now on; without Changes that it is in force.
type Session struct {
	ID      uint64            `json:"id"`
	Changes []sessions.Change `json:"changes,omitempty"`
}

// A Tap says what a collector is told from now on, over the connection beside it. Without
// one it is not there, and what it would be told is counted.
type Tap struct {
	ID        uint64    `json:"id"` // of the connection
	On        bool      `json:"on"` // false: nothing is told
	Until     time.Time `json:"until,omitzero"`
	Identity  string    `json:"identity,omitempty"`
	Version   string    `json:"version,omitempty"`
	Queries   bool      `json:"queries,omitempty"`
	Responses bool      `json:"responses,omitempty"`
	Addresses bool      `json:"addresses,omitempty"` // cut
	Bytes     int64     `json:"bytes,omitempty"`     // that may wait
}

// Same reports whether two of them tell the same, whatever the connection.
func (t Tap) Same(other Tap) bool {
	t.ID = other.ID
	at, until := t.Until, other.Until
	t.Until, other.Until = time.Time{}, time.Time{}
	return t == other && at.Equal(until)
}

// A Tapped says that the connection of a Tap has ended.
type Tapped struct {
	ID    uint64 `json:"id"`
	Error string `json:"error,omitempty"`
}

// A Hello is what resolve says first.
type Hello struct {
	Epoch   string `json:"epoch"`
	Version string `json:"version"` // of the build
	Process int    `json:"process"`
}

// A Popular name is one that was asked often of late, by the estimate of the
// cache.
type Popular struct {
	Name  string  `json:"name"`
	Asked float64 `json:"asked"`
}

// An Asked is the answer to the question which names are popular.
type Asked struct {
	Total float64   `json:"total"` // of all names, those that are left out too
	Names []Popular `json:"names"`
}

// A Watch has what an address asks remembered, and asks what that was so far.
type Watch struct {
	ID      string     `json:"id"` // which its owner alone knows
	Address netip.Addr `json:"address"`
	// For is how long from now on; 0 only asks. End forgets all of it.
	For time.Duration `json:"for,omitempty"`
	End bool          `json:"end,omitempty"`
}

// A Watched is the answer to a Watch.
type Watched struct {
	ID string `json:"id"`
	On bool   `json:"on,omitempty"`
	watch.Seen
}

// LeastAsked keeps names out of Asked that may be one person's, and MostNames
// bounds how many there are.
const (
	LeastAsked = 5
	MostNames  = 50_000
)

// Settings are those that a Use carries.
func (u *Use) Settings() (*config.Config, error) {
	cfg, err := config.Unpack(u.Config)
	if err != nil {
		return nil, fmt.Errorf("read the settings to use: %w", err)
	}
	return cfg, nil
}
