// Package metrics remembers what happened and shows it to Prometheus. It never
// knows a client or a name that was asked for: a client becomes a Cell, the
// counts of one group of one school, before anything is counted.
//
// Counting costs the query path a few additions to memory that its goroutine
// mostly has to itself (Lane, Cell). Everything else is done by whoever
// scrapes: lanes are added up, and what other packages know is asked for
// (Readings).
package metrics

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
)

// BuildInfo names the running program in lachan_build_info.
type BuildInfo struct {
	Version  string // as `lachan version` prints it
	Revision string // the commit it was built from
}

// Counters holds every counter of the process. A counter never goes back while
// the process lives, whatever is reloaded. All methods may be called by any
// number of goroutines.
type Counters struct {
	epoch Epoch
	node  string
	named atomic.Pointer[[256]bool] // categories whose names are noticed; nil: nothing is

	answers answers
	visits  *visits // nil if nothing is counted here, as in an Aggregator

	mu         sync.Mutex // guards all below; Lane.Record and Cell never take it
	lanes      []*Lane    // every lane ever made: closed ones keep their counts
	idle       []*Lane    // those that nobody counts in now
	cells      []*Cell    // in the order they were first asked for
	cellOf     map[cellKey]*Cell
	codes      []string // by Category, CategoryOther apart
	categoryOf map[string]Category
	schools    []*school // every school ever in force, in the order they came
	schoolOf   map[string]*school
	inForce    []School // what the newest SetSchools said
}

type cellKey struct{ school, group string }

// New makes the counters of the node called node, all at zero. The node is a
// label of every series of the compliance endpoint.
func New(node string, build BuildInfo) *Counters {
	c := newCounters(node)
	c.visits = &visits{salt: rand.Uint64()}
	return c
}

// newCounters makes counters without lanes.
func newCounters(node string) *Counters {
	return &Counters{
		epoch:      newEpoch(),
		node:       strings.ToValidUTF8(node, "\uFFFD"),
		cellOf:     make(map[cellKey]*Cell),
		codes:      []string{"none"},
		categoryOf: map[string]Category{"": CategoryNone, "none": CategoryNone, "other": CategoryOther},
		schoolOf:   make(map[string]*school),
	}
}

// Lane gives the caller a lane of its own to count in, for as long as a
// goroutine or a door lives. Close gives it back.
func (c *Counters) Lane() *Lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.idle) - 1; last >= 0 {
		lane := c.idle[last]
		c.idle = c.idle[:last]
		return lane
	}
	lane := &Lane{counters: c}
	c.lanes = append(c.lanes, lane)
	return lane
}

// release keeps a closed lane, counts and all, for the next caller of Lane.
func (c *Counters) release(l *Lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, l)
}

// Cell gives the counts of one group of one school, "" being the school
// itself: always the same Cell for the same ids, also after a reload. A cell
// that was asked for once is exported from then on, at zero too.
func (c *Counters) Cell(school, group string) *Cell {
	key := cellKey{strings.ToValidUTF8(school, "\uFFFD"), strings.ToValidUTF8(group, "\uFFFD")}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cell, ok := c.cellOf[key]; ok {
		return cell
	}
	cell := &Cell{cellKey: &key, number: uint64(len(c.cells)) << 32}
	c.cellOf[key] = cell
	c.cells = append(c.cells, cell)
	return cell
}

// Category gives the number that events carry for the category called code,
// the same one as long as the process lives. There is room for 254; codes beyond
// that are counted together as CategoryOther.
func (c *Counters) Category(code string) Category {
	code = strings.ToValidUTF8(code, "\uFFFD")
	c.mu.Lock()
	defer c.mu.Unlock()
	if category, ok := c.categoryOf[code]; ok {
		return category
	}
	if len(c.codes) == int(CategoryOther) {
		return CategoryOther
	}
	category := Category(len(c.codes))
	c.codes = append(c.codes, code)
	c.categoryOf[code] = category
	return category
}

// totals adds up all lanes.
func (c *Counters) totals() totals {
	c.mu.Lock()
	lanes := c.lanes[:len(c.lanes):len(c.lanes)]
	c.mu.Unlock()
	var sum totals
	for _, lane := range lanes {
		lane.addTo(&sum)
	}
	return sum
}
