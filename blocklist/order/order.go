// Package order records the times that the law asks for: when an authority's order,
// or a new version of its list, was issued, and when this node had received,
// verified and compiled it and put it in force.
package order

import (
	"slices"
	"time"
)

// A Record has the times of one order, or of one version of a list. Unknown times
// are zero.
type Record struct {
	Feed      string `json:"feed"`
	Authority string `json:"authority,omitempty"`
	Document  string `json:"document,omitempty"` // number of the order
	Digest    string `json:"digest"`             // of the list's bytes or, when the list has several orders, of this one's entries
	Urgent    bool   `json:"urgent,omitempty"`   // to be in force within 6 hours instead of 24
	Entries   int    `json:"entries"`
	Version   uint64 `json:"version,omitempty"` // as the publisher counts; 0: it does not
	// First reports whether the node had no list of the feed before: then the order counts
	// from when it was received, and not from when it was published.
	First     bool      `json:"first,omitempty"`
	Published time.Time `json:"published,omitzero"` // when the publisher signed the version
	Issued    time.Time `json:"issued,omitzero"`
	Effective time.Time `json:"effective,omitzero"` // when it says it begins
	Received  time.Time `json:"received"`
	Verified  time.Time `json:"verified"`
	Compiled  time.Time `json:"compiled"`
	InForce   time.Time `json:"in_force"`
}

// Limits within which an order has to be in force (Luật An ninh mạng
// 116/2025/QH15, article 25).
const (
	Limit       = 24 * time.Hour
	UrgentLimit = 6 * time.Hour
)

// Took returns the time until the order was in force: since it was published or, where
// that is not known, received; for an order that begins later, since it began. A node
// that was cut off does not get the time for nothing.
func (r *Record) Took() time.Duration {
	from := r.Received
	if !r.First && !r.Published.IsZero() && r.Published.Before(from) {
		from = r.Published
	}
	if r.Effective.After(from) {
		from = r.Effective
	}
	return r.InForce.Sub(from)
}

// Within reports whether the order was in force in the time that the law allows.
func (r *Record) Within() bool {
	if r.Urgent {
		return r.Took() <= UrgentLimit
	}
	return r.Took() <= Limit
}

// A Summary has what a report says about orders.
type Summary struct {
	Orders         int           `json:"orders"`
	Median         time.Duration `json:"median_ns"`
	Worst          time.Duration `json:"worst_ns"`
	Within6h       int           `json:"within_6h"`
	Within24h      int           `json:"within_24h"`
	Urgent         int           `json:"urgent"`
	UrgentWithin6h int           `json:"urgent_within_6h"`
	WithinLimit    int           `json:"within_limit"` // each within its own
}

// Summarise sums up records.
func Summarise(records []Record) (s Summary) {
	if s.Orders = len(records); s.Orders == 0 {
		return s
	}
	took := make([]time.Duration, len(records))
	for i := range records {
		r := &records[i]
		took[i] = r.Took()
		s.Within6h += count(took[i] <= UrgentLimit)
		s.Within24h += count(took[i] <= Limit)
		s.Urgent += count(r.Urgent)
		s.UrgentWithin6h += count(r.Urgent && took[i] <= UrgentLimit)
		s.WithinLimit += count(r.Within())
	}
	slices.Sort(took)
	s.Median, s.Worst = took[len(took)/2], took[len(took)-1]
	if len(took)%2 == 0 {
		s.Median = (took[len(took)/2-1] + s.Median) / 2
	}
	return s
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Late returns the records of orders that took longer than the law allows.
func Late(records []Record) (late []Record) {
	for i := range records {
		if !records[i].Within() {
			late = append(late, records[i])
		}
	}
	return late
}
