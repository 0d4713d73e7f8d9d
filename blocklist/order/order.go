// Package order keeps the clock that the law asks for: when an authority's
// order, or a new version of its list, was issued, and when this node had
// received, verified and compiled it and put it in force. Records are kept on
// disk, one line of JSON each, and never changed.
package order

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"
)

// A Record is the way of one version of a list to this node. Times that are not
// known are zero.
type Record struct {
	Feed      string    `json:"feed"`
	Authority string    `json:"authority,omitempty"`
	Document  string    `json:"document,omitempty"` // number of the order
	Digest    string    `json:"digest"`             // of the list's octets
	Urgent    bool      `json:"urgent,omitempty"`   // to be in force within 6 hours instead of 24
	Entries   int       `json:"entries"`
	Issued    time.Time `json:"issued,omitzero"`
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

// Took is the time from receiving to being in force.
func (r *Record) Took() time.Duration { return r.InForce.Sub(r.Received) }

// Within tells whether the order was in force in the time that the law gives.
func (r *Record) Within() bool {
	if r.Urgent {
		return r.Took() <= UrgentLimit
	}
	return r.Took() <= Limit
}

// A Log is the file of records. Its methods may be called by any number of
// goroutines.
type Log struct {
	path string

	mu      sync.Mutex
	records []Record // in the order in which they came in force
}

// Open reads the records of a file, which need not be there yet. Lines that
// cannot be read, such as one that a power cut tore, are counted in damaged
// and left out; they stay in the file.
func Open(path string) (l *Log, damaged int, err error) {
	l = &Log{path: path}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open record of orders: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var r Record
		if len(lines.Bytes()) == 0 {
			continue
		}
		if json.Unmarshal(lines.Bytes(), &r) != nil || r.Feed == "" {
			damaged++
			continue
		}
		l.records = append(l.records, r)
	}
	if err := lines.Err(); err != nil {
		return nil, damaged, fmt.Errorf("read record of orders: %w", err)
	}
	return l, damaged, nil
}

// Has tells whether that version of a list, ordered by that document, is
// recorded.
func (l *Log) Has(feed, document, digest string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.records, func(r Record) bool {
		return r.Feed == feed && r.Document == document && r.Digest == digest
	})
}

// Add keeps a record. It is on disk when Add returns without an error; with one
// it is kept in memory alone.
func (l *Log) Add(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode order of feed %q: %w", r.Feed, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep order of feed %q: %w", r.Feed, err)
	}
	// The line before may be torn: begin a new one.
	_, err = file.Write(append(append([]byte{'\n'}, line...), '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keep order of feed %q: %w", r.Feed, err)
	}
	return nil
}

// Records are all of them, in the order in which they came in force.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records)
}

// A Summary is what a report says of orders.
type Summary struct {
	Orders      int           `json:"orders"`
	Median      time.Duration `json:"median_ns"`
	Worst       time.Duration `json:"worst_ns"`
	Within6h    int           `json:"within_6h"`
	Within24h   int           `json:"within_24h"`
	WithinLimit int           `json:"within_limit"` // each within its own
}

// Summarise sums records up.
func Summarise(records []Record) (s Summary) {
	if s.Orders = len(records); s.Orders == 0 {
		return s
	}
	took := make([]time.Duration, len(records))
	for i := range records {
		r := &records[i]
		took[i] = r.Took()
		if took[i] <= UrgentLimit {
			s.Within6h++
		}
		if took[i] <= Limit {
			s.Within24h++
		}
		if r.Within() {
			s.WithinLimit++
		}
	}
	slices.Sort(took)
	s.Median, s.Worst = took[len(took)/2], took[len(took)-1]
	if len(took)%2 == 0 {
		s.Median = (took[len(took)/2-1] + s.Median) / 2
	}
	return s
}
