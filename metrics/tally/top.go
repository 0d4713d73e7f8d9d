package tally

import (
	"container/heap"
	"slices"
	"strings"
)

// How many must have asked for a name before it is written anywhere.
const (
	Clients = 10
	Schools = 5
)

// topNames are counted at a time: the true first 20 are among them.
const topNames = 300

// A top counts the names that are asked for most, in bounded memory, by
// Space-Saving (Metwally, Agrawal, El Abbadi 2005): a name that is not counted
// takes the place of the one with the lowest count, and its count.
type top struct {
	byName map[string]*entry
	lowest lowest
}

// An entry is a name that is counted.
type entry struct {
	name    string // wire form
	count   uint64
	over    uint64   // by how much count may be too high
	clients []uint64 // hashes of the first Clients that asked
	schools []string // the first Schools
	place   int      // in the heap
}

func newTop() *top { return &top{byName: map[string]*entry{}} }

// add counts one query.
func (t *top) add(name []byte, client uint64, school string) {
	e := t.byName[string(name)]
	switch {
	case e != nil:
		e.count++
		heap.Fix(&t.lowest, e.place)
	case len(t.byName) < topNames:
		e = &entry{name: string(name), count: 1}
		t.byName[e.name] = e
		heap.Push(&t.lowest, e)
	default:
		e = t.lowest[0]
		delete(t.byName, e.name)
		*e = entry{
			name:    string(name),
			count:   e.count + 1,
			over:    e.count,
			clients: e.clients[:0],
			schools: e.schools[:0],
		}
		t.byName[e.name] = e
		heap.Fix(&t.lowest, 0)
	}
	if len(e.clients) < Clients && !slices.Contains(e.clients, client) {
		e.clients = append(e.clients, client)
	}
	if len(e.schools) < Schools && !slices.Contains(e.schools, school) {
		e.schools = append(e.schools, school)
	}
}

// known are the names that enough clients of enough schools have asked for
// that they tell of none, the most asked first.
func (t *top) known() (known []*entry) {
	for _, e := range t.byName {
		if len(e.clients) >= Clients && len(e.schools) >= Schools {
			known = append(known, e)
		}
	}
	slices.SortFunc(known, func(a, b *entry) int {
		if a.count != b.count {
			return int(min(max(int64(b.count)-int64(a.count), -1), 1))
		}
		return strings.Compare(a.name, b.name)
	})
	return known
}

// lowest is a heap whose first entry has the lowest count.
type lowest []*entry

func (l lowest) Len() int           { return len(l) }
func (l lowest) Less(i, j int) bool { return l[i].count < l[j].count }
func (l lowest) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].place, l[j].place = i, j
}

// Push adds an entry, for package heap.
func (l *lowest) Push(x any) {
	e := x.(*entry)
	e.place = len(*l)
	*l = append(*l, e)
}

// Pop removes the last entry, for package heap.
func (l *lowest) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
