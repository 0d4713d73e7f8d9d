package release

import (
	"encoding/json"
	"slices"
)

// A Withdrawal is what a publisher has lifted on purpose before its end, so that a node
// does not take it for a loss.
type Withdrawal struct {
	Version  uint64   `json:"version"`            // the first without it
	Document string   `json:"document,omitempty"` // that ordered it; may be "" beside names
	Names    []string `json:"names,omitempty"`    // in order; none: all entries by the document
}

// MaxWithdrawnBytes bounds the withdrawals of a manifest, as JSON.
const MaxWithdrawnBytes = 256 << 10

// wrong reports whether a withdrawal says nothing, or of a version that is not there.
func (w *Withdrawal) wrong(newest uint64) bool {
	return w.Version == 0 || w.Version > newest || w.Document == "" && len(w.Names) == 0
}

// KeepWithdrawn leaves out the oldest withdrawals, by whole versions, until the rest
// fits into a manifest. Of the newest version they may all be left out; then fits is
// false.
func KeepWithdrawn(all []Withdrawal) (kept []Withdrawal, fits bool) {
	size := 0
	for i := len(all) - 1; i >= 0; i-- {
		text, err := json.Marshal(&all[i])
		if size += len(text) + 1; err == nil && size <= MaxWithdrawnBytes {
			continue
		}
		over := all[i].Version
		last := i
		for last+1 < len(all) && all[last+1].Version == over {
			last++
		}
		kept = slices.Clone(all[last+1:])
		return kept, over != all[len(all)-1].Version
	}
	return all, true
}

// Withdrawn is what a node needs to know of withdrawals: those since the version that
// it has.
type Withdrawn struct {
	documents map[string]bool
	names     map[withdrawnName]bool
}

type withdrawnName struct{ name, document string }

// WithdrawnSince gathers the withdrawals after a version.
func WithdrawnSince(version uint64, all []Withdrawal) Withdrawn {
	w := Withdrawn{map[string]bool{}, map[withdrawnName]bool{}}
	for i := range all {
		of := &all[i]
		if of.Version <= version {
			continue
		}
		if len(of.Names) == 0 {
			w.documents[of.Document] = true
		}
		for _, name := range of.Names {
			w.names[withdrawnName{name, of.Document}] = true
		}
	}
	return w
}

// Has reports whether an entry for a name by a document was withdrawn.
func (w Withdrawn) Has(name, document string) bool {
	return w.documents[document] || w.names[withdrawnName{name, document}]
}
