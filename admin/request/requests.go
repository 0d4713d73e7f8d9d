// Package request keeps what people ask to be opened, from the block page to
// the day of the answer. FORMAT.md says how it lies on disk.
//
// Nothing but the school is kept of a person who asks. The server writes requests
// and the administrator writes answers, each in a file of its own, so that neither
// waits for the other.
package request

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lachan/internal/printable"
)

// Bounds of what is kept.
const (
	mostInAll   = 10_000 // requests
	mostOfUnit  = 200    // of them that are open, of one unit
	mostReasons = 10     // of a request; those that come later are only counted
	mostRunes   = 300    // of a reason; the rest is cut off
	mostFollow  = 100    // requests of one name and unit, each asked after the one before was answered
	// mostBytes are those of all requests as they lie on disk, without the answers, each of
	// which has one reason. What they take while they are listed is not much more.
	mostBytes = 32 << 20
	// mostSaid are the bytes of the reasons of the open requests of a unit: others only count.
	// A school that writes much takes no room of other schools.
	mostSaid = 256 << 10
	// AnswerHolds is for how long an answer is shown to those who asked.
	AnswerHolds = 30 * 24 * time.Hour
)

// A Request is that a name be opened for a unit.
type Request struct {
	ID       string    `json:"id"`
	Unit     string    `json:"unit"` // "school" or "school/group"; "" if unknown
	Name     string    `json:"name"` // canonical
	Category string    `json:"category"`
	Reasons  []string  `json:"reasons"` // as people wrote them
	Times    int       `json:"times"`   // how often it was asked
	First    time.Time `json:"first"`   // when, to the hour
	Last     time.Time `json:"last"`    // to the hour
	// Follows is the id of the request for the same name and unit that was answered
	// before this one was made; "" if there was none.
	Follows string `json:"follows,omitempty"`
	// Nodes are how often it was asked at each node of a fleet, in all counted in Times.
	Nodes map[string]int `json:"nodes,omitempty"`

	Answer *Answer `json:"answer,omitempty"` // nil while it is open
}

// An Answer ends a request.
type Answer struct {
	Text string    `json:"text"` // "" when it is closed without a word
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// Outcome is open, refuse or close; "" of an answer that is no decision.
	Outcome string    `json:"outcome,omitempty"`
	Until   time.Time `json:"until,omitzero"`   // when what was opened ends
	Record  uint64    `json:"record,omitempty"` // of the ledger
	Hub     bool      `json:"hub,omitempty"`    // it was given at the hub of this node
}

// ErrUnknown means that there is no such request.
var ErrUnknown = errors.New("there is no such request")

// A Store is a directory of requests. Its methods may be called by any number
// of goroutines; a directory has one Store that adds.
type Store struct {
	dir      string
	revision atomic.Uint64

	mu     sync.Mutex
	known  map[string]*kept // mu; by id, at most mostInAll
	bytes  int              // mu; of those, at most mostBytes
	looked time.Time        // mu; when answers of others were looked for
}

// Open opens a directory, which is made when it is not there.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open requests: %w", err)
	}
	s := &Store{dir: dir, known: map[string]*kept{}}
	list, _, err := s.List()
	for i := range list {
		s.note(&list[i])
	}
	return s, err
}

// Add records a request. The same name asked for again by the same unit is the same
// request, which is counted; once it is answered, a new one, which follows it. Where
// there is no room for a new one another gives way (see makeRoom).
func (s *Store) Add(unit, name, category, reason string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, number, err := s.newest(unit, name)
	if err != nil {
		return err
	}
	hour := now.UTC().Truncate(time.Hour)
	if next := number + 1; next == 0 || r.Answer != nil && next < mostFollow {
		id := idOf(unit, name, next)
		s.forget(id)
		if err := s.makeRoom(unit, now); err != nil {
			return err
		}
		r = Request{ID: id, Unit: unit, Name: name, First: hour, Follows: r.ID}
	}
	r.Category, r.Last = category, hour
	r.Times++
	text := clean(reason)
	if text != "" && len(r.Reasons) < mostReasons && !slices.Contains(r.Reasons, text) && s.hasRoom(unit, text) {
		r.Reasons = append(r.Reasons, text)
	}
	if err := s.write(r); err != nil {
		return err
	}
	s.note(&r)
	s.changed()
	return nil
}

// A Standing is how a name stands that a unit asked for.
type Standing struct {
	Open   bool    // it is asked for, and that is not answered yet
	Answer *Answer // the last one, while it holds
}

// Standing is how a name stands that a unit asked for; known is false if there is
// nothing to tell.
func (s *Store) Standing(unit, name string, now time.Time) (st Standing, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, number, err := s.newest(unit, name)
	if err != nil || number < 0 {
		return st, false
	}
	st.Open, st.Answer = r.Answer == nil, r.Answer
	if st.Open && r.Follows != "" {
		if before, err := s.read(r.Follows); err == nil {
			st.Answer = before.Answer
		}
	}
	if st.Answer != nil && now.Sub(st.Answer.At) > AnswerHolds {
		st.Answer = nil
	}
	return st, st.Open || st.Answer != nil
}

// newest is the last request for a name by a unit, and its number; -1 if there is none.
// The caller holds mu.
func (s *Store) newest(unit, name string) (newest Request, number int, err error) {
	number = -1
	for n := range mostFollow {
		r, err := s.read(idOf(unit, name, n))
		switch {
		case errors.Is(err, fs.ErrNotExist) && n == 0: // it may have made room
			continue
		case errors.Is(err, fs.ErrNotExist):
			return newest, number, nil
		case err != nil:
			return newest, number, fmt.Errorf("read what was asked for %s: %w", name, err)
		}
		newest, number = r, n
	}
	return newest, number, nil
}

// List is all requests, the open ones first, of these those that were asked most
// lately. Damaged are the files that cannot be read.
func (s *Store) List() (list []Request, damaged []error, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list requests: %w", err)
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), requestEnd)
		if !ok || !isID(id) {
			continue
		}
		r, err := s.read(id)
		if err != nil {
			damaged = append(damaged, err)
			continue
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Request) int {
		if (a.Answer == nil) != (b.Answer == nil) {
			if a.Answer == nil {
				return -1
			}
			return 1
		}
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, damaged, nil
}

// Get is one request; ErrUnknown when there is none.
func (s *Store) Get(id string) (Request, error) {
	if !isID(id) {
		return Request{}, ErrUnknown
	}
	r, err := s.read(id)
	if errors.Is(err, fs.ErrNotExist) {
		return r, ErrUnknown
	}
	return r, err
}

// Close ends a request with an answer, in place of any before. Reopen undoes it.
func (s *Store) Close(id string, a Answer) error {
	if _, err := s.Get(id); err != nil {
		return err
	}
	a.Text = clean(a.Text)
	return s.answer(id, a)
}

func (s *Store) answer(id string, a Answer) error {
	defer s.changed()
	return writeJSON(s.path(id, answerEnd), a)
}

// Reopen takes the answer of a request back.
func (s *Store) Reopen(id string) error {
	if _, err := s.Get(id); err != nil {
		return err
	}
	return s.reopen(id)
}

func (s *Store) reopen(id string) error {
	defer s.changed()
	if err := os.Remove(s.path(id, answerEnd)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reopen request %s: %w", id, err)
	}
	return nil
}

// idOf is the id of the nth request for a name by a unit, from 0.
func idOf(unit, name string, n int) string {
	text := unit + "\x00" + name
	if n > 0 {
		text += "\x00" + strconv.Itoa(n)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:idSize])
}

const idSize = 6 // bytes

func isID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == 2*idSize && id == strings.ToLower(id)
}

// clean is a text that can be shown on a terminal and in a table: one line, not
// too long.
func clean(text string) string { return printable.Line(text, mostRunes) }

func (s *Store) path(id, end string) string { return filepath.Join(s.dir, id+end) }
