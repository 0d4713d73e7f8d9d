package request

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// lookEvery is how often answers are looked for where there is no room: a visitor
// costs no reading of the whole directory.
const lookEvery = time.Minute

// A kept request is what deciding which gives way needs to know of one.
type kept struct {
	unit     string
	times    int
	first    time.Time
	last     time.Time
	answered time.Time // zero while it is open
	size     int       // bytes on disk, without the answer, or a few more
	said     int       // bytes of its reasons
}

// frame is how many bytes a request has on disk besides its texts, at most.
const frame = 512

// most is the most bytes that a request without reasons has: names have 253, units 127.
const most = frame + 1024

// note records the size and age of a request as it lies on disk. The caller holds mu, or is
// the only one that has s.
func (s *Store) note(r *Request) {
	s.forget(r.ID)
	k := &kept{unit: r.Unit, times: r.Times, first: r.First, last: r.Last}
	if r.Answer != nil {
		k.answered = r.Answer.At
	}
	for _, text := range r.Reasons {
		k.said += written(text)
	}
	for node := range r.Nodes {
		k.size += ofNode(node)
	}
	k.size += frame + len(r.Unit) + len(r.Name) + len(r.Category) + k.said
	s.known[r.ID] = k
	s.bytes += k.size
}

// ofNode is how many bytes the count of a node has in the file.
func ofNode(node string) int { return len(node) + len("    \"\": 10000,\n") }

// written is how many bytes a reason has in the file.
func written(text string) int {
	line, _ := json.Marshal(text) // of a text it cannot fail
	return len(line) + len("    ,\n")
}

// forget is that a request is not there any more. The caller holds mu.
func (s *Store) forget(id string) {
	if k := s.known[id]; k != nil {
		s.bytes -= k.size
		delete(s.known, id)
	}
}

// hasRoom reports whether one more reason of a unit fits. The caller holds mu.
func (s *Store) hasRoom(unit, text string) bool {
	said := written(text)
	if s.bytes+said > mostBytes {
		return false
	}
	for _, k := range s.known {
		if k.unit == unit && k.answered.IsZero() {
			said += k.said
		}
	}
	return said <= mostSaid
}

// giveWay reports whether k gives way before other: it was asked for less often, or
// as often and earlier.
func (k *kept) giveWay(other *kept) bool {
	if k.times != other.times {
		return k.times < other.times
	}
	if c := k.last.Compare(other.last); c != 0 {
		return c < 0
	}
	return k.first.Before(other.first)
}

// makeRoom has a request of a unit fit. Of the unit's open ones the least asked
// gives way; those that are answered take no room of it. Where all of the store is
// taken, what was answered first goes, and then the least asked. The caller holds
// mu.
func (s *Store) makeRoom(unit string, now time.Time) error {
	full := func() bool { return len(s.known) >= mostInAll || s.bytes+most > mostBytes }
	if s.openOf(unit) < mostOfUnit && !full() {
		return nil
	}
	if now.Sub(s.looked) >= lookEvery || now.Before(s.looked) {
		s.looked = now
		if err := s.lookForAnswers(); err != nil {
			return err
		}
	}
	for s.openOf(unit) >= mostOfUnit {
		open := func(k *kept) bool { return k.unit == unit && k.answered.IsZero() }
		if err := s.drop(open, (*kept).giveWay); err != nil {
			return err
		}
	}
	for full() {
		answered := func(k *kept) bool { return !k.answered.IsZero() }
		err := s.drop(answered, func(a, b *kept) bool { return a.answered.Before(b.answered) })
		if errors.Is(err, errNone) {
			err = s.drop(func(*kept) bool { return true }, (*kept).giveWay)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openOf is how many requests of a unit are open.
func (s *Store) openOf(unit string) (n int) {
	for _, k := range s.known {
		if k.unit == unit && k.answered.IsZero() {
			n++
		}
	}
	return n
}

var errNone = errors.New("no request gives way")

// drop removes the one that gives way before all others among those that may. One
// that was answered meanwhile stays.
func (s *Store) drop(may func(*kept) bool, before func(a, b *kept) bool) error {
	found := ""
	for id, k := range s.known {
		if may(k) && (found == "" || before(k, s.known[found])) {
			found = id
		}
	}
	if found == "" {
		return errNone
	}
	k := s.known[found]
	if info, err := os.Stat(s.path(found, answerEnd)); err == nil && k.answered.IsZero() {
		k.answered = info.ModTime()
		return nil
	}
	s.forget(found)
	return s.remove(found)
}

// lookForAnswers takes note of which requests were answered, or opened again, by
// others.
func (s *Store) lookForAnswers() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("look for answers: %w", err)
	}
	answers := map[string]fs.DirEntry{}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), answerEnd); ok {
			answers[id] = e
		}
	}
	for id, k := range s.known {
		e := answers[id]
		switch {
		case e == nil:
			k.answered = time.Time{}
		case k.answered.IsZero():
			if info, err := e.Info(); err == nil {
				k.answered = info.ModTime()
			}
		}
	}
	return nil
}
