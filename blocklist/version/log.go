// Package version keeps which version of each list was in force from when, and the signatures of
// those that were signed. An inspection asks for both. FORMAT.md says how they lie on disk.
package version

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"lachan/internal/durable"
)

// A Record says that a version of a list came in force. One without a digest says that the list
// is none any more.
type Record struct {
	Feed      string    `json:"feed"`
	Digest    string    `json:"digest,omitempty"` // SHA-256 of the list
	Entries   int       `json:"entries,omitempty"`
	Version   uint64    `json:"version,omitempty"` // as the publisher counts; 0: it does not
	Authority string    `json:"authority,omitempty"`
	Key       string    `json:"key,omitempty"`      // ID of the key that has signed it; "" if none has
	Signed    time.Time `json:"signed,omitzero"`    // when the publisher did
	Of        int       `json:"versions,omitempty"` // how many of that day it stands for; 0 is one
	InForce   time.Time `json:"in_force"`
}

// A Log is the file of records. Its methods may be called by any number of goroutines.
type Log struct {
	path string
	zone *time.Location // in which days begin

	mu      sync.Mutex
	records []Record // mu; in the order in which they came in force
	lines   int      // mu; of the file
}

const (
	// mostRecords bounds what is kept, some 10 MB: ten public lists that change every day and
	// a signed one that changes twenty times take less in three years.
	mostRecords = 40_000
	// slack bounds the lines of the file that no record needs: with more it is written anew.
	slack = 2_000
	// maxLine is the longest line that is read, in bytes.
	maxLine = 8 << 10
)

// Open reads the records of a file, which need not be there yet. Lines that cannot be read are
// counted in damaged and left out.
func Open(path string, zone *time.Location) (l *Log, damaged int, err error) {
	l = &Log{path: path, zone: zone}
	if damaged, err = durable.ReadLines(path, maxLine, l.take); err != nil {
		err = fmt.Errorf("read the record of versions: %w", err)
	}
	return l, damaged, err
}

// take adds a line of the file, and reports whether it could be read.
func (l *Log) take(text []byte) bool {
	l.lines++
	var r Record
	if json.Unmarshal(text, &r) != nil || r.Feed == "" {
		return false
	}
	l.keep(r)
	return true
}

// keep adds a record. If nobody has signed the list, the newest record of a day replaces those
// before it, and counts them.
func (l *Log) keep(r Record) {
	if at := l.last(r.Feed); at >= 0 && r.Key == "" && r.Digest != "" {
		if was := &l.records[at]; was.Key == "" && was.Digest != "" && l.day(was.InForce) == l.day(r.InForce) {
			r.Of = max(r.Of, max(was.Of, 1)+1)
			l.records = slices.Delete(l.records, at, at+1)
		}
	}
	l.records = append(l.records, r)
	if over := len(l.records) - mostRecords; over > 0 {
		l.records = l.records[over:] // what is before it goes when append makes room
	}
}

func (l *Log) day(at time.Time) string { return at.In(l.zone).Format(time.DateOnly) }

// last is where the last record of a feed is; -1 if there is none.
func (l *Log) last(feed string) int {
	for i, r := range slices.Backward(l.records) {
		if r.Feed == feed {
			return i
		}
	}
	return -1
}

// InForce is the digest of the version of each feed that is in force as far as is recorded.
func (l *Log) InForce() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := map[string]string{}
	for _, r := range l.records {
		if now[r.Feed] = r.Digest; r.Digest == "" {
			delete(now, r.Feed)
		}
	}
	return now
}

// Add keeps records. They are on disk when it returns without an error; with one they are kept in
// memory alone.
func (l *Log) Add(records ...Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text []byte
	for _, r := range records {
		l.keep(r)
		encoded, err := json.Marshal(l.records[len(l.records)-1])
		if err != nil {
			return fmt.Errorf("encode a version: %w", err)
		}
		text = append(append(text, encoded...), '\n')
	}
	if l.lines += len(records); l.lines > len(l.records)+slack {
		return l.compact()
	}
	if err := durable.AppendLines(l.path, text); err != nil {
		return fmt.Errorf("keep versions: %w", err)
	}
	return nil
}

// compact writes the file anew, whole or not at all.
func (l *Log) compact() error {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	for i := range l.records {
		if err := out.Encode(&l.records[i]); err != nil {
			return fmt.Errorf("encode a version: %w", err)
		}
	}
	if err := durable.WriteFile(l.path, text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the record of versions anew: %w", err)
	}
	l.lines = len(l.records)
	return nil
}

// Records are all that are kept, in the order in which they came in force.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records)
}
