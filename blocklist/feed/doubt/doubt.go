// Package doubt finds entries of an order that are more likely a slip than meant:
// they would block what lessons, devices or everybody needs. Such an entry waits for
// somebody's word; the rest of the order does not.
package doubt

import (
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/format/site"
	"lachan/internal/wording"
)

// Few is how many entries of a version may newly be in doubt and wait; with more the
// version as a whole is.
const Few = 50

// A Why is the reason of a doubt. It never changes.
type Why string

// The reasons.
const (
	Core     Why = "core"     // what is never blocked, or above it
	Suffix   Why = "suffix"   // a public suffix that half the country is below
	Platform Why = "platform" // a site that everybody publishes on
)

// Text is the reason for people.
func (w Why) Text() wording.Text { return texts[w] }

// An Entry is a name that is in doubt.
type Entry struct {
	Name    string `json:"name"`
	Why     Why    `json:"why"`
	Waiting bool   `json:"waiting,omitempty"` // it has not been let through yet
}

// guarded are public suffixes below which schools and offices are, besides all that
// end with .vn.
var guarded = []string{"com", "net", "org", "info", "vn", "edu", "gov", "io", "app", "dev"}

// Of reports whether a rule is in doubt. core is whether a name, with all below it or
// without, is never blocked; nil knows none.
func Of(r *format.Rule, core func(n *domain.Name, below bool) bool) (why Why, ok bool) {
	if r.Name == "" || r.Allow || r.Act == format.ActPassthru {
		return "", false
	}
	below := r.Scope != format.Exact
	if below && domain.IsPublicSuffix(r.Name) && (slices.Contains(guarded, r.Name) || strings.HasSuffix(r.Name, ".vn")) {
		return Suffix, true
	}
	var n domain.Name
	if core != nil && n.SetText(r.Name) == nil && core(&n, below) {
		return Core, true
	}
	if site.IsPlatform(r.Name) {
		return Platform, true
	}
	return "", false
}

// Settle says which of the entries wait: those that were not there before, or waited
// already. It returns how many newly do.
func Settle(now, before []Entry, approved []string) (settled []Entry, fresh int) {
	was := map[string]*Entry{}
	for i := range before {
		was[before[i].Name] = &before[i]
	}
	for _, e := range now {
		old := was[e.Name]
		e.Waiting = !slices.Contains(approved, e.Name) && (old == nil || old.Waiting)
		if e.Waiting && old == nil {
			fresh++
		}
		settled = append(settled, e)
	}
	return settled, fresh
}

// Approved are the entries when somebody has let them all through.
func Approved(entries []Entry) (through []Entry) {
	for _, e := range entries {
		e.Waiting = false
		through = append(through, e)
	}
	return through
}

// Waiting are the names of the entries that wait.
func Waiting(entries []Entry) (names []string) {
	for i := range entries {
		if entries[i].Waiting {
			names = append(names, entries[i].Name)
		}
	}
	return names
}
