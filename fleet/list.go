package fleet

import (
	"slices"
	"time"
)

// A List is one of the hub's as nodes have to have it. The file has what it is, in a line of
// JSON, and its text after that, compressed (gzip).
type List struct {
	SHA256    string    `json:"sha256"` // of the file
	Size      int64     `json:"size"`   // of the file, in bytes
	Is        string    `json:"is"`     // SHA-256 of the line
	Digest    string    `json:"digest"` // SHA-256 of the text
	Confirmed time.Time `json:"confirmed"`
	// Delta makes the text of the one before this; nil if there is none that is worth it.
	Delta *ListDelta `json:"delta,omitempty"`
}

// ListObjects begins the names of objects of the ledger that are lists; the name of the feed
// comes after it.
const ListObjects = "carried/"

// MaxListHead bounds the line that says what a list is, in bytes.
const MaxListHead = 4 << 20

// An Order is a list of an authority on its way by rings: all nodes have what the object of the
// list says, and those of a ring have this one before them.
type Order struct {
	List
	Ring   string   `json:"ring"`             // the last that has it
	Nodes  []string `json:"nodes,omitempty"`  // of it and those before it; none of All
	Trial  int64    `json:"trial,omitempty"`  // seconds for which a node watches how it fares
	Held   string   `json:"held,omitempty"`   // why it goes no further; "" if it does
	Back   bool     `json:"back,omitempty"`   // those that have it go back to what all have
	Before *List    `json:"before,omitempty"` // of one that all have what they had; nil if nothing
	// Former is the one that a newer one has overtaken on its way: nodes that have it keep it
	// until the newer one is theirs.
	Former *Order `json:"former,omitempty"`
}

// OrderObjects begins the names of objects of the ledger that are orders on their way; the name
// of the feed comes after it.
const OrderObjects = "release/order/"

// For is what a node has to have before all do, of those that it does not refuse; nil if nothing.
func (o *Order) For(node string, refuses func(sha256 string) bool) *Order {
	for is := o; is != nil; is = is.Former {
		if is.Ring != All && !is.Back && slices.Contains(is.Nodes, node) && !refuses(is.SHA256) {
			return is
		}
	}
	return nil
}

// TrialTime is for how long a node watches how it fares with the list.
func (o *Order) TrialTime() time.Duration { return time.Duration(o.Trial) * time.Second }

// A Standing is how a node stands to an order.
type Standing struct {
	SHA256  string `json:"sha256"` // of the order's file
	InForce bool   `json:"in_force,omitempty"`
	Trial   bool   `json:"trial,omitempty"`   // it is watched still
	Refused string `json:"refused,omitempty"` // why it cannot be, or was gone back from
}
