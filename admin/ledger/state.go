package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// A State is the fold of records up to one. It is immutable.
type State struct {
	shards []map[place]Value // by the hash of the place
	seed   maphash.Seed
	seq    uint64
}

type place struct{ unit, object string }

// A Value is what the last record about an object of a unit says.
type Value struct {
	Unit, Object string
	New          json.RawMessage // nil if it was taken away
	Seq          uint64          // of that record
	At           time.Time
	By, Why      string
}

// shards is how many small maps a state consists of: a new state copies one of them.
const shards = 1024

func newState() *State { return &State{make([]map[place]Value, shards), maphash.MakeSeed(), 0} }

func (s *State) shard(p place) int { return int(maphash.Comparable(s.seed, p) % shards) }

// Seq is the number of the last record in the state.
func (s *State) Seq() uint64 { return s.seq }

// Get is an object of a unit; ok is false if no record is about it.
func (s *State) Get(unit, object string) (v Value, ok bool) {
	p := place{unit, object}
	v, ok = s.shards[s.shard(p)][p]
	return v, ok
}

// Kind yields the objects whose names begin so, in no order.
func (s *State) Kind(prefix string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for _, shard := range s.shards {
			for p, v := range shard {
				if strings.HasPrefix(p.object, prefix) && !yield(v) {
					return
				}
			}
		}
	}
}

// Unit yields the objects of a unit, in no order.
func (s *State) Unit(unit string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for v := range s.Kind("") {
			if v.Unit == unit && !yield(v) {
				return
			}
		}
	}
}

// with is the state after records. It shares what they do not set.
func (s *State) with(records ...Record) *State {
	next := &State{slices.Clone(s.shards), s.seed, s.seq}
	cloned := map[int]bool{}
	for i := range records {
		p := place{records[i].Unit, records[i].Object}
		if at := next.shard(p); !cloned[at] {
			cloned[at] = true
			if next.shards[at] = maps.Clone(next.shards[at]); next.shards[at] == nil {
				next.shards[at] = map[place]Value{}
			}
		}
		next.set(&records[i])
	}
	return next
}

// set puts a record into a state that nobody else has yet.
func (s *State) set(r *Record) {
	p := place{r.Unit, r.Object}
	at := s.shard(p)
	if s.shards[at] == nil {
		s.shards[at] = map[place]Value{}
	}
	s.shards[at][p] = Value{r.Unit, r.Object, null(r.New), r.Seq, r.At, r.By, r.Why}
	s.seq = r.Seq
}

// With is the state as it would be after drafts, whose numbers are not known yet.
func (s *State) With(drafts ...Draft) *State {
	records := make([]Record, len(drafts))
	for i := range drafts {
		d := &drafts[i]
		records[i] = Record{Seq: s.seq + uint64(i) + 1, Unit: d.Unit, Object: d.Object, New: d.New, By: d.By}
	}
	return s.with(records...)
}

// consoleHead is the beginning of console.yaml.
const consoleHead = "# What was decided in the console, through the API and by commands, as the ledger has it.\n" +
	"# The program writes this file: changes made here are lost. Do not edit it.\n"

// Console is console.yaml: the state as a policy is written, and below it the exceptions.
// Words, which may be nil, finds what was typed by its digest.
func (s *State) Console(words func(digest string) (string, bool)) []byte {
	var b bytes.Buffer
	b.WriteString(consoleHead)
	s.section(&b, "profiles", "profile/", func(name string) string { return fmt.Sprintf("  %q: ", name) })
	s.section(&b, "timetables", "timetable/", func(name string) string { return fmt.Sprintf("  %q: ", name) })
	if v, ok := s.Get("", "calendar"); ok && v.New != nil {
		fmt.Fprintf(&b, "calendar: %s\n", v.New)
	}
	s.section(&b, "units", "unit/", func(string) string { return "- " })
	list := append(s.sorted("allow/"), s.sorted("block/")...)
	if len(list) > 0 {
		b.WriteString("decisions:\n")
	}
	for i := range list {
		fmt.Fprintf(&b, "- %s\n", decision(&list[i], words))
	}
	return b.Bytes()
}

// section writes the objects of a kind, if there are any.
func (s *State) section(b *bytes.Buffer, key, kind string, begin func(name string) string) {
	list := s.sorted(kind)
	if len(list) > 0 {
		fmt.Fprintf(b, "%s:\n", key)
	}
	for i := range list {
		fmt.Fprintf(b, "%s%s\n", begin(strings.TrimPrefix(list[i].Object, kind)), list[i].New)
	}
}

// sorted are the objects of a kind that are there, by unit and name.
func (s *State) sorted(kind string) (list []Value) {
	for v := range s.Kind(kind) {
		if v.New != nil {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b Value) int {
		return strings.Compare(a.Unit+"\x00"+a.Object, b.Unit+"\x00"+b.Object)
	})
	return list
}

// A decided line is an exception as console.yaml has it.
type decided struct {
	Unit     string `json:"unit"`
	Allow    string `json:"allow,omitempty"`
	Block    string `json:"block,omitempty"`
	From     string `json:"from,omitempty"`
	Until    string `json:"until,omitempty"`
	Who      string `json:"who"`
	Why      string `json:"why"`
	Document string `json:"document"`
	Number   uint64 `json:"number"`
}

func decision(v *Value, words func(digest string) (string, bool)) []byte {
	line := decided{}
	_ = json.Unmarshal(v.New, &line) // without an end if it is none; then the reader says so
	line.Unit, line.Who, line.Number = v.Unit, v.By, v.Seq
	if name, ok := strings.CutPrefix(v.Object, "allow/"); ok {
		line.Allow = name
	} else {
		line.Block = strings.TrimPrefix(v.Object, "block/")
	}
	if words != nil {
		line.Why, _ = words(v.Why) // "" if they were erased
	}
	text, _ := encode(line)
	return text
}
