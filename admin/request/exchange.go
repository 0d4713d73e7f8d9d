package request

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"lachan/internal/printable"
)

// In a fleet people ask at nodes and are answered at the hub: nodes tell what was asked, and
// hear what was answered.

// A Told is what a node tells its hub, at most MaxTold bytes of JSON.
type Told struct {
	// Requests are new, or others than the hub has heard of.
	Requests []Request `json:"requests,omitempty"`
	// Known are ids of those that the hub has heard of, whose answers are asked for.
	Known []string `json:"known,omitempty"`
}

// A Heard is what the hub says of them.
type Heard struct {
	Answers map[string]Answer `json:"answers,omitempty"` // by id
	Open    []string          `json:"open,omitempty"`    // ids without an answer
	Unknown []string          `json:"unknown,omitempty"` // ids that the hub does not have
}

// Bounds of what one node tells.
const (
	MaxTold   = 48 << 10 // bytes
	mostTimes = 10_000   // that one node has a request asked
	mostNodes = 64       // of a request whose times are known apart; those of others are not added
	mostAge   = 400      // days of a request, of those that are older
)

// ErrStrange is the error of a request that no node of this version makes.
var ErrStrange = errors.New("it is no request as a node makes it")

// Take adds a request that a node tells of, whose name is canonical, to what others have
// told of the same, and returns what is known now. What the node has answered is the answer
// unless there is one here.
func (s *Store) Take(node string, r Request, now time.Time) (Request, error) {
	if err := r.check(now); err != nil {
		return r, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	is, err := s.read(r.ID)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.makeRoom(r.Unit, now); err != nil {
			return r, err
		}
		is, err = Request{ID: r.ID, Unit: r.Unit, Name: r.Name, Follows: r.Follows, First: r.First, Last: r.Last}, nil
	}
	if err != nil {
		return r, err
	}
	if s.add(&is, node, &r) {
		if err := s.write(is); err != nil {
			return is, err
		}
		s.changed()
	}
	s.note(&is)
	if is.Answer == nil && r.Answer != nil {
		a := *r.Answer
		a.Text, a.By, a.Record = clean(a.Text), printable.Line(node+": "+a.By, mostRunes), 0
		is.Answer = &a
		return is, s.answer(is.ID, a)
	}
	return is, nil
}

// add adds what a node tells of a request, and reports whether it is more than was known.
// The caller holds mu.
func (s *Store) add(r *Request, node string, told *Request) bool {
	before, _ := json.Marshal(r) // it can be
	_, known := r.Nodes[node]
	if known || len(r.Nodes) < mostNodes && s.bytes+ofNode(node) <= mostBytes {
		if r.Nodes == nil {
			r.Nodes = map[string]int{}
		}
		r.Times += max(0, told.Times-r.Nodes[node]) // the count of a node that lost its disk takes nothing back
		r.Nodes[node] = told.Times
	}
	for _, text := range told.Reasons {
		text = clean(text)
		if text != "" && len(r.Reasons) < mostReasons && !slices.Contains(r.Reasons, text) && s.hasRoom(r.Unit, text) {
			r.Reasons = append(r.Reasons, text)
		}
	}
	if r.Category = told.Category; told.First.Before(r.First) {
		r.First = told.First
	}
	if told.Last.After(r.Last) {
		r.Last = told.Last
	}
	after, _ := json.Marshal(r)
	return string(before) != string(after)
}

// check checks a request of another machine, and makes it fit.
func (r *Request) check(now time.Time) error {
	number := numberOf(r.ID, r.Unit, r.Name)
	switch {
	case number < 0:
		return ErrStrange
	case len(r.Category) > mostRunes || printable.Line(r.Category, mostRunes) != r.Category:
		return ErrStrange
	case r.Follows != "" && (number == 0 || r.Follows != idOf(r.Unit, r.Name, number-1)):
		return ErrStrange
	}
	hour, earliest := now.UTC().Truncate(time.Hour), now.AddDate(0, 0, -mostAge).UTC().Truncate(time.Hour)
	fit := func(t time.Time) time.Time {
		t = t.UTC().Truncate(time.Hour)
		switch {
		case t.After(hour):
			return hour
		case t.Before(earliest):
			return earliest
		}
		return t
	}
	r.First, r.Last, r.Times = fit(r.First), fit(r.Last), min(max(r.Times, 1), mostTimes)
	if r.Last.Before(r.First) {
		r.Last = r.First
	}
	if r.Answer != nil {
		r.Answer.Outcome = clean(r.Answer.Outcome)
	}
	if r.Answer != nil && (r.Answer.At.After(now) || r.Answer.At.Before(r.First)) {
		r.Answer.At = now
	}
	return nil
}

// numberOf is which of the requests for a name by a unit has an id; -1 if none has.
func numberOf(id, unit, name string) int {
	for n := range mostFollow {
		if idOf(unit, name, n) == id {
			return n
		}
	}
	return -1
}

// Hear has a request be answered as the hub says, or be open there again: a is nil. What was
// answered here alone stays.
func (s *Store) Hear(id string, a *Answer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.read(id)
	switch {
	case err != nil:
		return fmt.Errorf("hear what was answered: %w", err)
	case a == nil && (r.Answer == nil || !r.Answer.Hub):
		return nil
	case a == nil:
		return s.reopen(id)
	}
	heard := *a
	heard.Text, heard.By, heard.Hub = clean(a.Text), clean(a.By), true
	if r.Answer != nil && r.Answer.equal(&heard) {
		return nil
	}
	return s.answer(id, heard)
}

// equal reports whether two answers are the same.
func (a *Answer) equal(b *Answer) bool {
	return a.Text == b.Text && a.By == b.By && a.At.Equal(b.At) && a.Outcome == b.Outcome &&
		a.Until.Equal(b.Until) && a.Record == b.Record && a.Hub == b.Hub
}

// Revision changes with each request and each answer that this store has written.
func (s *Store) Revision() uint64 { return s.revision.Load() }

func (s *Store) changed() { s.revision.Add(1) }
