package publish

import (
	"time"

	"lachan/blocklist/format"
)

// Remarks are what is likely a slip in rows that were taken: the entry does less than
// its row says, and whoever wrote it should learn that.
type Remarks struct {
	Now  time.Time
	Over []Passed // entries whose last day has passed: they block nothing; the first 1,000
	// OverInAll counts them all.
	OverInAll int
	// Unknown are the categories that rows name and that Known does not know, with how
	// many entries name them, in the order of the table.
	Unknown []Unknown
	Known   func(category string) bool // nil: all of them
}

// A Passed is an entry whose time is over.
type Passed struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"` // its end
}

// An Unknown is a category that is not in the catalogue.
type Unknown struct {
	Category string `json:"category"`
	Entries  int    `json:"entries"`
}

// Bounds of what is remarked on.
const (
	maxPassed  = 1000
	maxUnknown = 100
)

// Add looks at an entry.
func (m *Remarks) Add(r *format.Rule) {
	if !r.Until.IsZero() && !m.Now.Before(r.Until) {
		if m.OverInAll++; len(m.Over) < maxPassed {
			m.Over = append(m.Over, Passed{nameOf(r), r.Until})
		}
	}
	if r.Category == "" || m.Known == nil || m.Known(r.Category) {
		return
	}
	for i := range m.Unknown {
		if m.Unknown[i].Category == r.Category {
			m.Unknown[i].Entries++
			return
		}
	}
	if len(m.Unknown) < maxUnknown {
		m.Unknown = append(m.Unknown, Unknown{r.Category, 1})
	}
}
