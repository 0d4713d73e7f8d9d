// Package impact is what the server tells the commands of a version of a list
// that is held back.
package impact

import "time"

// An Impact is what a version that is held back would newly block of what was
// asked lately: names from that version alone, and nothing of the clients. Counts
// are the cache's estimates, in which a question of an hour ago counts half.
type Impact struct {
	Feed    string `json:"feed"`
	Version string `json:"version"` // digest of the list
	Names   int    `json:"names"`   // that were asked at least LeastAsked times
	Asked   int    `json:"asked"`   // questions for them
	Of      int    `json:"of"`      // questions for all names
	Top     []Name `json:"top"`     // most asked first, at most TopNames

	At time.Time `json:"-"` // when it was weighed
}

// A Name is one that people would miss.
type Name struct {
	Name  string `json:"name"`
	Asked int    `json:"asked"`
}

const (
	// LeastAsked keeps names out that may be one person's.
	LeastAsked = 5
	// TopNames bounds the names that are told.
	TopNames = 50
)

// A Trial is what a list is that is not in use: fetched and read once, and put beside what
// is in force. Nothing of it stays.
type Trial struct {
	Impact
	Format            string // as it was read
	Bytes             int64
	Entries, Rejected int
	CoreHits          int      // entries for names that are never blocked
	CoreNames         []string // the first 20 of them
	Opened            []string // names that exceptions open and that it has, at most TopNames
	Shared            int      // of the names asked lately: that are blocked already
	Took              time.Duration
	Reasons           map[string]int // rejected lines, by why
}
