// Package tested keeps what came of the tests that a node makes of itself: a line for
// each, for the pages, reports and the next start. FORMAT.md describes the file.
package tested

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lachan/internal/durable"
)

// A Kind is what is wrong with an answer.
type Kind string

// The kinds.
const (
	// LetPast: what is to be blocked was not.
	LetPast Kind = "let-past"
	// Blocked: what is never blocked was.
	Blocked Kind = "blocked"
	// OtherUnit: the client was taken for one of another unit.
	OtherUnit Kind = "other-unit"
	// Untrusted: the certificate of the door is over, not yet valid, or of another name, so that
	// clients that look at it do not come in.
	Untrusted Kind = "untrusted"
	// Silent: nothing came.
	Silent Kind = "silent"
	// Unheard: what answers does not know that the node asks itself.
	Unheard Kind = "unheard"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{LetPast, Blocked, OtherUnit, Untrusted, Silent, Unheard} }

// A Failure is a question that was not answered as it has to be, twice.
type Failure struct {
	Kind Kind   `json:"kind"`
	Door string `json:"door"` // "udp 127.0.0.1:53"
	Unit string `json:"unit"` // "school" or "school/group"; "" for clients that no unit claims
	// Category is the code of that which the name is blocked in; "" of one that is never
	// blocked.
	Category string `json:"category,omitempty"`
	Name     string `json:"name,omitempty"` // of the test; "" where names are not kept
	// Times is how many questions have failed so, at this door, of this kind and category.
	Times int `json:"times"`
}

// A Run is one test of everything.
type Run struct {
	Day       string    `json:"day"` // 2026-09-07, where the schools are
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Questions int       `json:"questions"`
	Units     int       `json:"units"`    // as whose clients was asked
	Policies  int       `json:"policies"` // different ones, each with all its categories
	Doors     []string  `json:"doors"`
	// Categories are those that were asked at all; Empty those that some unit blocks and no
	// list has a name of.
	Categories []string `json:"categories"`
	Empty      []string `json:"empty,omitempty"`
	Failed     int      `json:"failed"` // questions
	// Failures tell of them, at most MostFailures.
	Failures []Failure `json:"failures,omitempty"`
}

// A State is how the tests stand, as programs and `lachan selftest` read it.
type State struct {
	Running bool `json:"running"` // one goes on, or is to begin
	Asked   int  `json:"asked"`   // questions of the one that goes on
	Last    *Run `json:"last,omitempty"`
	// VI and EN are what the last one came to; Wrong has a sentence for each of its failures.
	VI    string  `json:"vi,omitempty"`
	EN    string  `json:"en,omitempty"`
	Wrong []Wrong `json:"wrong,omitempty"`
}

// A Wrong is a failure in words.
type Wrong struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// Say puts what the last run came to in words.
func (s *State) Say() {
	if s.Last == nil {
		return
	}
	said := Sentence(s.Last)
	s.VI, s.EN = said.VI, said.EN
	for i := range s.Last.Failures {
		f := &s.Last.Failures[i]
		text := textOne.With(f.Door, unit(f), What(f), f.Times)
		s.Wrong = append(s.Wrong, Wrong{text.VI, text.EN})
	}
}

const (
	// MostFailures bounds the failures of a run that are kept.
	MostFailures = 100
	mostFile     = 4 << 20 // bytes; the oldest runs give way
	mostLine     = 256 << 10
)

// File is where runs are kept.
func File(stateDir string) string { return filepath.Join(stateDir, "selftest.jsonl") }

// Add keeps a run.
func Add(path string, r Run) error {
	line, err := json.Marshal(r)
	if err == nil && len(line) >= mostLine {
		r.Failures = r.Failures[:min(len(r.Failures), 10)]
		line, err = json.Marshal(r)
	}
	if err == nil {
		err = add(path, append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("keep the test of %s: %w", r.Day, err)
	}
	return nil
}

// add rewrites the whole file, which grows by a line a day.
func add(path string, line []byte) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n') // a line that a crash has cut
	}
	if over := len(text) + len(line) - mostFile; over > 0 {
		_, text, _ = bytes.Cut(text[min(over, len(text)):], []byte("\n"))
	}
	return durable.WriteFile(path, append(text, line...), 0o600)
}

// Read returns the runs of some days, both included, the oldest first. Lines that cannot
// be read are left out.
func Read(path, from, to string) (list []Run, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tests of this node: %w", err)
	}
	for line := range bytes.Lines(text) {
		var r Run
		read := len(line) <= mostLine && json.Unmarshal(line, &r) == nil
		if read && from <= r.Day && r.Day <= to && !r.Ended.IsZero() {
			list = append(list, r)
		}
	}
	return list, nil
}
