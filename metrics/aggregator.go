package metrics

import (
	"errors"
	"slices"
	"sync"
)

// ErrEpoch is that a tick cannot be counted: its epoch has ended, or the first
// tick of its epoch was not a full one. Its connection should end; the next one
// begins with a full tick.
var ErrEpoch = errors.New("tick of an epoch that has ended, or that has not begun with a full tick")

const (
	maxEpochs = 8  // alive at a time; beyond, the oldest counts as ended
	maxEnded  = 64 // the newest epochs that have ended are remembered
)

// An Aggregator adds up what the processes that answer have counted, for the one
// that keeps and shows it. Several of them may be alive at a time, as in an
// upgrade. Its methods may be called by any number of goroutines.
//
// What a counter reads is
//
//	base + the totals of the epochs that are alive
//
// and it never goes back. These things happen, in any order:
//
//	Absorb      the first tick of an epoch, a full one: the epoch is alive, from zero.
//	            Any tick: a total that is higher than the last one known raises the
//	            counter by the difference. A repeated tick changes nothing.
//	End         the last totals of the epoch become part of the base. Later ticks of
//	            it are refused.
//	Resume      once: history says what the counters read when it was written last,
//	            and of which epochs that was (Saved). Those epochs are alive again with
//	            the totals that are in it, so that their next full tick, or the final
//	            one in a file, adds exactly what is missing. Ticks may come before it.
//	Live        which epochs are alive: what Resume found of others has ended.
//	Snapshot    what history has to write: if epochs have begun or ended the Saved
//	            of this moment first, then what the counters read.
//
// History writes a Saved before the counters of any epoch that is not in the one
// on the disk, and while several are alive before each time. So when Resume
// comes, the totals of all epochs but the newest are in the Saved, and what
// history has beyond them and the base is of the newest.
type Aggregator struct {
	counters *Counters // what is shown; it has no shards
	build    BuildInfo
	inbox    sampleInbox

	mu       sync.Mutex // guards all below, and who adds to counters
	epochs   []*epoch   // alive, the oldest first
	ended    []Epoch    // the newest last
	live     []Epoch    // what Live said before Resume; nil: nothing
	ending   []Epoch    // what End said before Resume
	resumed  bool
	orphaned bool        // the next epoch that begins may be in history already
	shards   shardTotals // of epochs that have ended
	readings ResolverReadings
	changes  uint64 // epochs that have begun or ended
	saved    uint64 // changes in the Saved on the disk
}

// An epoch is the last totals known of one.
type epoch struct {
	id      Epoch
	awaited bool // known from history alone: no tick has come yet
	shards  shardTotals
	last    map[Counter]uint64
}

// NewAggregator makes the aggregator of the node called node, which has counted
// nothing.
func NewAggregator(node string, build BuildInfo) *Aggregator {
	return &Aggregator{counters: newCounters(node), build: build}
}

// Node is the label of this node.
func (a *Aggregator) Node() string { return a.counters.Node() }

// SetSchools is Counters.SetSchools.
func (a *Aggregator) SetSchools(schools []School) { a.counters.SetSchools(schools) }

// InForce are the schools that the newest SetSchools said.
func (a *Aggregator) InForce() []School { return a.counters.InForce() }

// AddGroup shows a group of a school from now on, at zero too.
func (a *Aggregator) AddGroup(school, group string) { a.counters.Group(school, group) }

// Code is the code of a category of a Sample.
func (a *Aggregator) Code(category Category) string { return a.counters.Code(category) }

// Totals reads all counters at one moment. See Counters.Totals.
func (a *Aggregator) Totals() *Totals {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counters.Totals()
}

// Readings are those that the newest tick brought.
func (a *Aggregator) Readings() ResolverReadings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.readings
}

// Absorb counts a tick. One that is garbled, or that ErrEpoch refuses, changes
// nothing.
func (a *Aggregator) Absorb(b []byte) error {
	t, err := parseTick(b)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.find(t.epoch)
	if slices.Contains(a.ended, t.epoch) || !t.full && (e == nil || e.awaited) {
		return ErrEpoch
	}
	kept := false
	if e == nil {
		e, kept = a.begin(t.epoch), a.orphaned
		a.orphaned = false
	}
	e.awaited = false
	shards := e.shards.flat()
	_ = eachShard(t.sections[sectionShards], func(place int, value uint64) { // without an error, as parseTick has found
		*shards[place] = max(*shards[place], value)
	})
	n := naming{counters: a.counters, codes: t.codes}
	_ = eachCounted(t.sections[sectionCounters], func(c *counted) { // likewise
		counter := n.counter(c)
		if kept { // as much as can be is in history already
			e.last[counter] = min(c.value, a.counters.read(counter))
		}
		if last := e.last[counter]; c.value > last {
			e.last[counter] = c.value
			a.counters.add(counter, c.value-last)
		}
	})
	a.readings = t.readings
	return nil
}

// End is told when the process of an epoch has ended, and what it told last has
// been absorbed.
func (a *Aggregator) End(id Epoch) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.resumed {
		a.ending = append(a.ending, id)
		return
	}
	a.end(id)
}

// Live is told, when this process starts, which epochs are alive: those that
// Resume finds beside them have ended.
func (a *Aggregator) Live(ids ...Epoch) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.resumed {
		a.live = append([]Epoch{}, ids...)
		return
	}
	a.endAwaited(ids)
}

// endAwaited ends the epochs that were alive in history and are not now.
func (a *Aggregator) endAwaited(live []Epoch) {
	for _, e := range slices.Clone(a.epochs) {
		if e.awaited && !slices.Contains(live, e.id) {
			a.end(e.id)
		}
	}
}

func (a *Aggregator) find(id Epoch) *epoch {
	if i := slices.IndexFunc(a.epochs, func(e *epoch) bool { return e.id == id }); i >= 0 {
		return a.epochs[i]
	}
	return nil
}

// begin adds an epoch that is alive and has counted nothing.
func (a *Aggregator) begin(id Epoch) *epoch {
	if len(a.epochs) == maxEpochs {
		a.end(a.epochs[0].id)
	}
	e := &epoch{id: id, last: map[Counter]uint64{}}
	a.epochs = append(a.epochs, e)
	a.changes++
	return e
}

func (a *Aggregator) end(id Epoch) {
	if slices.Contains(a.ended, id) {
		return
	}
	a.remember(id)
	a.changes++
	e := a.find(id)
	if e == nil {
		return
	}
	sum := a.shards.flat()
	for i, n := range e.shards.flat() {
		*sum[i] += *n
	}
	a.epochs = slices.DeleteFunc(a.epochs, func(other *epoch) bool { return other == e })
}

// remember notes that an epoch has ended.
func (a *Aggregator) remember(id Epoch) {
	a.ended = append(a.ended, id)
	if len(a.ended) > maxEnded {
		a.ended = slices.Delete(a.ended, 0, 1)
	}
}

// sumShards adds up those of all epochs since this process began, and of those alive
// before it, since they did.
func (a *Aggregator) sumShards() shardTotals {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.shards
	sum := all.flat()
	for _, e := range a.epochs {
		for i, n := range e.shards.flat() {
			*sum[i] += *n
		}
	}
	return all
}

// A naming finds the counters that another process names.
type naming struct {
	counters *Counters
	codes    []string       // of the other
	known    [256]*Category // of ours, by number of the other
	group    *GroupCounters // of the record before; nil before the first
}

func (n *naming) counter(c *counted) Counter {
	switch c.kind {
	case recordAnswers:
		return Counter{kind: kindAnswers, what: c.what}
	case recordProtected:
		n.counters.mu.Lock()
		defer n.counters.mu.Unlock()
		return Counter{kind: kindProtected, school: n.counters.known(string(c.school))}
	}
	if n.group == nil || n.group.school != string(c.school) || n.group.id != string(c.group) {
		n.group = n.counters.Group(string(c.school), string(c.group))
	}
	switch c.kind {
	case recordVisits:
		return Counter{kind: kindVisits, group: n.group}
	case recordCheck:
		return Counter{kind: kindChecks, group: n.group, what: c.what, category: n.category(c.category)}
	default:
		return queriesOf(n.group, Decision(c.what), n.category(c.category))
	}
}

// category is ours of the other's number.
func (n *naming) category(number uint8) Category {
	if n.known[number] == nil {
		code := "other"
		if int(number) < len(n.codes) {
			code = n.codes[number]
		}
		category := n.counters.Category(code)
		n.known[number] = &category
	}
	return *n.known[number]
}
