package ledger

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"sort"
	"strings"
	"time"
	"unique"
)

// A State is the fold of records up to one. It is immutable: a new state shares what it
// did not change with the one before. Its values are ordered by kind, unit and object.
type State struct {
	leaves [][]*entry // none is empty, none is longer than leafSize
	seq    uint64
}

// leafSize is how many values are copied when one of them changes: 2 KB of pointers, and
// for 100,000 values some 10 KB of leaves.
const leafSize = 256

// A Value is what the last record about an object of a unit says.
type Value struct {
	Unit, Object string
	New          json.RawMessage // nil if it was taken away
	Seq          uint64          // of that record, in the ledger in which it was decided
	At           time.Time
	By, Why      string
}

// An entry is a value as the state keeps it: 100,000 of them have to be small.
type entry struct {
	unit, by unique.Handle[string] // few different ones
	object   string
	value    json.RawMessage
	why      string
	seq      uint64
	at       int64 // Unix milliseconds
}

func entryOf(r *Record) *entry {
	return &entry{
		unit: unique.Make(r.Unit), by: unique.Make(r.By), object: strings.Clone(r.Object),
		value: slices.Clone(null(r.New)), why: strings.Clone(r.Why), seq: cmp.Or(r.From, r.Seq), at: r.At.UnixMilli(),
	}
}

func (e *entry) export() Value {
	return Value{e.unit.Value(), e.object, e.value, e.seq, moment(time.UnixMilli(e.at)), e.by.Value(), e.why}
}

// kindOf is the part of an object's name that says what it is, such as "allow/".
func kindOf(object string) string { return object[:strings.IndexByte(object, '/')+1] }

// compare orders an entry and a place.
func (e *entry) compare(unit, object string) int {
	return cmp.Or(
		strings.Compare(kindOf(e.object), kindOf(object)),
		strings.Compare(e.unit.Value(), unit),
		strings.Compare(e.object, object))
}

// A cursor is a place among the values.
type cursor struct{ leaf, at int }

// seek finds the first value at or after a place. If all are before, it is the end of the
// last leaf.
func (s *State) seek(unit, object string) cursor {
	if len(s.leaves) == 0 {
		return cursor{}
	}
	leaf := sort.Search(len(s.leaves)-1, func(i int) bool {
		l := s.leaves[i]
		return l[len(l)-1].compare(unit, object) >= 0
	})
	at := sort.Search(len(s.leaves[leaf]), func(i int) bool { return s.leaves[leaf][i].compare(unit, object) >= 0 })
	return cursor{leaf, at}
}

// get is the entry at a cursor; nil at the end.
func (s *State) get(c cursor) *entry {
	if c.leaf >= len(s.leaves) || c.at >= len(s.leaves[c.leaf]) {
		return nil
	}
	return s.leaves[c.leaf][c.at]
}

func (s *State) next(c cursor) cursor {
	if c.at++; c.leaf < len(s.leaves)-1 && c.at == len(s.leaves[c.leaf]) {
		return cursor{c.leaf + 1, 0}
	}
	return c
}

// Seq is the number of the last record in the state.
func (s *State) Seq() uint64 { return s.seq }

// Size is how many objects it has, those that were taken away included.
func (s *State) Size() (n int) {
	for _, l := range s.leaves {
		n += len(l)
	}
	return n
}

// Get is an object of a unit; ok is false if no record is about it.
func (s *State) Get(unit, object string) (v Value, ok bool) {
	e := s.get(s.seek(unit, object))
	if e == nil || e.compare(unit, object) != 0 {
		return v, false
	}
	return e.export(), true
}

// Kind yields the objects whose names begin so, by kind, unit and name.
func (s *State) Kind(prefix string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		kind := kindOf(prefix)
		for c := s.seek("", kind); ; c = s.next(c) {
			e := s.get(c)
			if e == nil || !strings.HasPrefix(kindOf(e.object), kind) {
				return
			}
			if strings.HasPrefix(e.object, prefix) && !yield(e.export()) {
				return
			}
		}
	}
}

// Unit yields the objects of a unit, by kind and name.
func (s *State) Unit(unit string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for kind := range s.kinds() {
			for c := s.seek(unit, kind); ; c = s.next(c) {
				e := s.get(c)
				if e == nil || kindOf(e.object) != kind || e.unit.Value() != unit {
					break
				}
				if !yield(e.export()) {
					return
				}
			}
		}
	}
}

// kinds yields the kinds of objects there are; "" is that of names without one.
func (s *State) kinds() iter.Seq[string] {
	return func(yield func(string) bool) {
		for e := s.get(cursor{}); e != nil; {
			kind := kindOf(e.object)
			if !yield(kind) {
				return
			}
			after := sort.Search(len(s.leaves), func(i int) bool {
				l := s.leaves[i]
				return kindOf(l[len(l)-1].object) > kind
			})
			if after == len(s.leaves) {
				return
			}
			leaf := s.leaves[after]
			e = leaf[sort.Search(len(leaf), func(i int) bool { return kindOf(leaf[i].object) > kind })]
		}
	}
}

// Unknown are the kinds of objects, and names without a kind, that this version does not
// know: a newer one wrote them. They are kept.
func (s *State) Unknown() (list []string) {
	known := []string{
		"account/", "allow/", "block/", "carried/", "dnstap/", "dnstap-off/", "evidence/", "feed/", "grant/", "hub/", "list/", "node/", "order/", "profile/", "proposal/", "release/", "request/", "timetable/", "token/",
		"unit/", "watch/", "words/",
	}
	for kind := range s.kinds() {
		if kind != "" && !slices.Contains(known, kind) {
			list = append(list, kind)
		}
	}
	for c := s.seek("", ""); ; c = s.next(c) {
		e := s.get(c)
		if e == nil || kindOf(e.object) != "" {
			return list
		}
		if e.object != "calendar" && e.object != "policy" && e.object != Generation {
			list = append(list, e.object)
		}
	}
}

// with is the state after records. It shares what they do not set.
func (s *State) with(records ...Record) *State {
	next := &State{slices.Clone(s.leaves), s.seq}
	for i := range records {
		next.set(entryOf(&records[i]))
	}
	return next
}

// set puts an entry into a state that nobody else has yet; its leaves may be shared.
func (s *State) set(e *entry) {
	s.seq = e.seq
	if len(s.leaves) == 0 {
		s.leaves = [][]*entry{{e}}
		return
	}
	c := s.seek(e.unit.Value(), e.object)
	leaf := s.leaves[c.leaf]
	if there := s.get(c); there != nil && there.compare(e.unit.Value(), e.object) == 0 {
		leaf = slices.Clone(leaf)
		leaf[c.at] = e
		s.leaves[c.leaf] = leaf
		return
	}
	if leaf = slices.Concat(leaf[:c.at], []*entry{e}, leaf[c.at:]); len(leaf) <= leafSize {
		s.leaves[c.leaf] = leaf
		return
	}
	half := leafSize / 2
	s.leaves[c.leaf] = slices.Clone(leaf[half:])
	s.leaves = slices.Insert(s.leaves, c.leaf, slices.Clone(leaf[:half]))
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

// A fold gathers many records before anybody asks for their state.
type fold struct {
	entries map[place]*entry
	seq     uint64
}

type place struct {
	unit   unique.Handle[string]
	object string
}

func newFold() *fold { return &fold{entries: map[place]*entry{}} }

func (f *fold) set(r *Record) { f.put(entryOf(r)) }

func (f *fold) put(e *entry) {
	f.entries[place{e.unit, e.object}] = e
	f.seq = max(f.seq, e.seq)
}

// state is the fold of what was gathered.
func (f *fold) state() *State {
	all := make([]*entry, 0, len(f.entries))
	for _, e := range f.entries {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *entry) int { return a.compare(b.unit.Value(), b.object) })
	s := &State{seq: f.seq}
	for leaf := range slices.Chunk(all, leafSize*3/4) {
		s.leaves = append(s.leaves, slices.Clone(leaf))
	}
	return s
}

// Merged is the state of several ledgers together. Where two say something of the same
// object, the later one in the list holds.
func Merged(states ...*State) *State {
	f := newFold()
	for _, s := range states {
		for _, leaf := range s.leaves {
			for _, e := range leaf {
				f.put(e)
			}
		}
	}
	return f.state()
}
