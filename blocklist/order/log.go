package order

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"lachan/internal/durable"
)

// A Log is the file of records: one line of JSON each, never changed. FORMAT.md
// has it. Its methods may be called by any number of goroutines.
type Log struct {
	path string

	mu      sync.Mutex
	records []Record // mu; in the order in which they came in force
	known   map[key]bool
	past    map[string]Past // mu; by feed
}

// A key identifies a record.
type key struct{ feed, document, digest string }

// A Past sums up the records of a feed that were dropped for newer ones.
type Past struct {
	Feed      string    `json:"feed"`
	Orders    uint64    `json:"orders"`
	Late      uint64    `json:"late"`
	Within6h  uint64    `json:"within_6h"`
	Within24h uint64    `json:"within_24h"`
	Until     time.Time `json:"until"` // when the newest of them came in force
}

func (p *Past) add(r *Record) {
	p.Feed = r.Feed
	p.Orders++
	p.Late += uint64(count(!r.Within()))
	p.Within6h += uint64(count(r.Took() <= UrgentLimit))
	p.Within24h += uint64(count(r.Took() <= Limit))
	if r.InForce.After(p.Until) {
		p.Until = r.InForce
	}
}

// A line of the file is a record or a sum.
type line struct {
	*Record
	Past *Past `json:"past,omitempty"`
}

const (
	// keep is how many records are kept one by one, some 5 MB; slack is how many
	// more there may be before the file is written again.
	keep  = 20_000
	slack = 1_000
	// maxLine is the longest line that is read.
	maxLine = 64 << 10
)

// Open reads the records of a file, which need not be there yet. Lines that
// cannot be read, such as one that a power cut tore, are counted in damaged and
// left out. With an error the log has what could be read.
func Open(path string) (l *Log, damaged int, err error) {
	l = &Log{path: path, known: map[key]bool{}, past: map[string]Past{}}
	if damaged, err = durable.ReadLines(path, maxLine, l.take); err != nil {
		err = fmt.Errorf("read record of orders: %w", err)
	}
	return l, damaged, err
}

// take adds a line of the file, and reports whether it could be read.
func (l *Log) take(text []byte) bool {
	var r Record
	in := line{Record: &r}
	switch {
	case json.Unmarshal(text, &in) != nil:
		return false
	case in.Past != nil && in.Past.Feed != "":
		l.past[in.Past.Feed] = *in.Past
	case r.Feed != "":
		l.keep(r)
	default:
		return false
	}
	return true
}

func (l *Log) keep(r Record) {
	l.records = append(l.records, r)
	l.known[key{r.Feed, r.Document, r.Digest}] = true
}

// Has reports whether that version of a list, ordered by that document, is
// recorded.
func (l *Log) Has(feed, document, digest string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[key{feed, document, digest}]
}

// HasFeed reports whether anything of a feed is recorded.
func (l *Log) HasFeed(feed string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.past[feed].Feed != "" || slices.ContainsFunc(l.records, func(r Record) bool { return r.Feed == feed })
}

// Add keeps records. They are on disk when Add returns without an error; with
// one they are kept in memory alone.
func (l *Log) Add(records ...Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text []byte
	for i := range records {
		encoded, err := json.Marshal(&records[i])
		if err != nil {
			return fmt.Errorf("encode order of feed %q: %w", records[i].Feed, err)
		}
		text = append(append(text, encoded...), '\n')
		l.keep(records[i])
	}
	if len(l.records) > keep+slack {
		return l.compact()
	}
	if err := durable.AppendLines(l.path, text); err != nil {
		return fmt.Errorf("keep orders: %w", err)
	}
	return nil
}

// compact replaces the oldest records by their sums. The file is replaced whole or
// not at all.
func (l *Log) compact() error {
	past := maps.Clone(l.past)
	gone := l.records[:len(l.records)-keep]
	for i := range gone {
		sum := past[gone[i].Feed]
		sum.add(&gone[i])
		past[gone[i].Feed] = sum
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	for _, feed := range slices.Sorted(maps.Keys(past)) {
		sum := past[feed]
		if err := out.Encode(line{Past: &sum}); err != nil {
			return fmt.Errorf("encode sum of orders: %w", err)
		}
	}
	for i := range l.records[len(gone):] {
		if err := out.Encode(&l.records[len(gone)+i]); err != nil {
			return fmt.Errorf("encode order: %w", err)
		}
	}
	if err := durable.WriteFile(l.path, text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write record of orders anew: %w", err)
	}
	for i := range gone {
		delete(l.known, key{gone[i].Feed, gone[i].Document, gone[i].Digest})
	}
	l.records, l.past = slices.Clone(l.records[len(gone):]), past
	return nil
}

// Records returns those kept one by one, in the order in which they came in force.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records)
}

// Past returns the sum of all other records of a feed.
func (l *Log) Past(feed string) Past {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.past[feed]
}
