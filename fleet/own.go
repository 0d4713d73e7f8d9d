package fleet

import "time"

// What a node tells of by UpSubject, besides Requests.
const (
	// Own is what was decided there: exceptions for its own units, which hold there at once, and
	// which its hub takes when there is a link.
	Own = "decisions"
	// Carried is when the orders of authorities were in force there.
	Carried = "orders"
)

// An OwnTold has records of a node, a chain of their own, made of its ledger. Without lines it
// asks where the hub has come to.
type OwnTold struct {
	Key   PublicKey `json:"key"` // of the node's ledger, which signs them
	Lines []string  `json:"lines,omitempty"`
}

// An OwnHeard is where the chain of a node ends at the hub.
type OwnHeard struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
}

// A CarriedOut is when an order was in force at a node.
type CarriedOut struct {
	Feed      string    `json:"feed"`
	Authority string    `json:"authority,omitempty"`
	Document  string    `json:"document,omitempty"`
	Digest    string    `json:"digest"`
	Urgent    bool      `json:"urgent,omitempty"`
	Entries   int       `json:"entries"`
	Version   uint64    `json:"version,omitempty"`
	First     bool      `json:"first,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Issued    time.Time `json:"issued,omitzero"`
	Effective time.Time `json:"effective,omitzero"`
	Received  time.Time `json:"received"`
	Verified  time.Time `json:"verified"`
	Compiled  time.Time `json:"compiled"`
	InForce   time.Time `json:"in_force"`
}

// Bounds of a message of those.
const (
	MaxOwnBytes = 24 << 10 // of its lines
	MaxOwnLines = 100
	MaxCarried  = 40 // orders
)
