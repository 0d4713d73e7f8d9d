// Package metrics remembers what happened and shows it to Prometheus. It never
// counts by client or by name: a client becomes a group of a school before anything
// is counted. Only samples (clientbuffer.go) hold addresses and names, in memory,
// for a moment.
//
// Counting costs the query path a few additions to memory that its goroutine
// mostly has to itself (Shard, GroupCounters). Everything else is done elsewhere: a
// tick carries the totals to the process that keeps history (Aggregator), which
// exposes them together with the state of other packages (Readings).
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
	named atomic.Pointer[[256]bool] // categories whose names are sampled; nil: nothing is

	answers answers
	visits  *visits // nil if nothing is counted here, as in an Aggregator

	mu         sync.Mutex       // guards all below; Shard.Record and GroupCounters never take it
	shards     []*Shard         // every shard ever made: closed ones keep their counts
	idle       []*Shard         // closed, for the next caller of Shard
	groups     []*GroupCounters // in the order they were first asked for
	groupOf    map[groupKey]*GroupCounters
	codes      []string // by Category, CategoryOther apart
	categoryOf map[string]Category
	schools    []*school // every school ever in force, in the order they came
	schoolOf   map[string]*school
	inForce    []School // what the newest SetSchools said
}

type groupKey struct{ school, id string }

// New makes the counters of the node called node, all at zero. The node is a
// label of every series of the compliance endpoint.
func New(node string) *Counters {
	c := newCounters(node)
	c.visits = &visits{salt: rand.Uint64()}
	return c
}

// newCounters makes counters in which nothing but Restore counts.
func newCounters(node string) *Counters {
	return &Counters{
		epoch:      newEpoch(),
		node:       strings.ToValidUTF8(node, "\uFFFD"),
		groupOf:    make(map[groupKey]*GroupCounters),
		codes:      []string{"none"},
		categoryOf: map[string]Category{"": CategoryNone, "none": CategoryNone, "other": CategoryOther},
		schoolOf:   make(map[string]*school),
	}
}

// Shard gives the caller a shard of its own to count in, for as long as a
// goroutine or a listener lives. Close gives it back.
func (c *Counters) Shard() *Shard {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.idle) - 1; last >= 0 {
		shard := c.idle[last]
		c.idle = c.idle[:last]
		return shard
	}
	shard := &Shard{counters: c}
	c.shards = append(c.shards, shard)
	return shard
}

// release keeps a closed shard, counts and all, for the next caller of Shard.
func (c *Counters) release(s *Shard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, s)
}

// Group gives the counters of one group of one school, "" being the school
// itself: always the same ones for the same ids, also after a reload. A group that
// was asked for once is exported from then on, at zero too.
func (c *Counters) Group(school, group string) *GroupCounters {
	key := groupKey{strings.ToValidUTF8(school, "\uFFFD"), strings.ToValidUTF8(group, "\uFFFD")}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g, ok := c.groupOf[key]; ok {
		return g
	}
	g := &GroupCounters{groupKey: &key, number: uint64(len(c.groups)) << 32}
	c.groupOf[key] = g
	c.groups = append(c.groups, g)
	return g
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

// sumShards adds up all shards.
func (c *Counters) sumShards() shardTotals {
	c.mu.Lock()
	shards := c.shards[:len(c.shards):len(c.shards)]
	c.mu.Unlock()
	var sum shardTotals
	for _, shard := range shards {
		shard.addTo(&sum)
	}
	return sum
}
