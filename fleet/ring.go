package fleet

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"time"
)

// Rings in which a release of the policy goes out: to a few nodes, to more, to all.
const (
	Canary = "canary"
	Early  = "early"
	All    = "all"
)

// Rings are in the order in which a release goes through them.
func Rings() []string { return []string{Canary, Early, All} }

// A Release is the files of the policy that a ring has.
type Release struct {
	N      uint64   `json:"n"` // grows
	SHA256 string   `json:"sha256"`
	Size   int64    `json:"size"`
	Nodes  []string `json:"nodes,omitempty"` // of the ring; none of All, which is everybody
	Trial  int64    `json:"trial,omitempty"` // seconds for which a node watches how it fares; 0: it does not
}

// TrialTime is for how long a node watches how it fares with the release.
func (r *Release) TrialTime() time.Duration { return time.Duration(r.Trial) * time.Second }

// ReleaseObject is the object of the ledger that says what a ring has.
func ReleaseObject(ring string) string { return "release/" + ring }

// HeldObject says which release goes no further.
const HeldObject = "release/held"

// For is the release of a node among those of rings, nil if there is none: the newest of
// the rings that it is in.
func For(node string, of func(ring string) (Release, bool)) (r Release, ok bool) {
	for _, ring := range Rings() {
		one, there := of(ring)
		if !there || ring != All && !slices.Contains(one.Nodes, node) {
			continue
		}
		if !ok || one.N > r.N {
			r, ok = one, true
		}
	}
	return r, ok
}

// Ring are the nodes of a ring, by what was chosen for each: those that were put into it,
// and of the others so many that it has a share of all. Which ones stays the same while
// nodes come and go.
func Ring(ring string, chosen map[string]string) (nodes []string) {
	share := 10 // one of so many
	if ring == Canary {
		share = 100
	}
	var others []string
	for node, of := range chosen {
		switch of {
		case ring:
			nodes = append(nodes, node)
		case "":
			others = append(others, node)
		}
	}
	slices.SortFunc(others, func(a, b string) int {
		x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
		return bytes.Compare(x[:], y[:])
	})
	want := max(1, len(chosen)/share)
	for i := 0; len(nodes) < want && i < len(others); i++ {
		nodes = append(nodes, others[i])
	}
	slices.Sort(nodes)
	return nodes
}
