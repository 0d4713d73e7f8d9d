package metrics

import (
	"errors"
	"sync"
)

// ErrEpoch is the error of a tick that cannot be counted: its epoch has ended, or
// has not begun with a full tick. The caller should close the connection; the next
// connection begins with a full tick.
var ErrEpoch = errors.New("tick of an epoch that has ended, or that has not begun with a full tick")

// An Aggregator adds up the counters of the processes that answer, in the process
// that keeps and shows them. Several may be alive at a time, as in an upgrade. Its
// methods may be called by any number of goroutines.
//
// The value of a counter is
//
//	base + the totals of the epochs that are alive
//
// and never goes back. The transitions, in any order:
//
//	Absorb      the first tick of an epoch, a full one: the epoch is alive, from zero.
//	            Any tick: a total that is higher than the last one known raises the
//	            counter by the difference. A repeated tick changes nothing.
//	End         the process has ended. At the second Snapshot after it, so that the final
//	            tick in a file can be read before, the last totals of the epoch become
//	            part of the base. Later ticks of it are refused.
//	Resume      once: takes the counters as history has them, and the epochs that
//	            they are of (Saved). Those epochs are alive again with the totals in
//	            history, so that their next full tick, or the final one in a file, adds
//	            exactly the difference. Ticks may come before Resume.
//	Live        names the epochs that are alive: others that Resume found have ended.
//	Snapshot    returns what history is to write: first the Saved of this moment if
//	            epochs have begun or ended, then the counters.
//
// History writes a Saved before the first counters of any epoch that is not in the
// Saved on the disk, and before all counters while several epochs are alive. So at
// Resume the Saved has the totals of all epochs but the newest, and everything else
// in history beyond the base belongs to the newest.
type Aggregator struct {
	counters *Counters // the groups, schools and categories; the values are in entries
	build    BuildInfo
	inbox    sampleInbox

	mu       sync.Mutex      // guards all below
	entries  []count         // in the order in which they were first met
	places   map[Counter]int // in entries
	epochs   epochs
	live     []Epoch // arguments of Live before Resume; nil if it was not called
	ending   []Epoch // arguments of End before Resume
	resumed  bool
	orphaned bool // the next epoch may be in history already
	readings ResolverReadings
	saved    uint64 // changes of epochs in the Saved on the disk
	checks   connectivity
}

// NewAggregator makes the aggregator of the node called node, with all counters at
// zero.
func NewAggregator(node string, build BuildInfo) *Aggregator {
	return &Aggregator{counters: newCounters(node), build: build, places: map[Counter]int{}}
}

// Node is the label of this node.
func (a *Aggregator) Node() string { return a.counters.Node() }

// SetSchools replaces the schools that the policy in force protects. Their counters
// are visible from now on, at zero too.
func (a *Aggregator) SetSchools(schools []School) {
	a.counters.SetSchools(schools)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.counters.InForce() {
		a.place(a.counters.protectedOf(s.ID))
	}
}

// InForce returns the schools of the newest SetSchools.
func (a *Aggregator) InForce() []School { return a.counters.InForce() }

// AddGroup makes the counters of a group visible from now on, at zero too.
func (a *Aggregator) AddGroup(school, group string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.place(queriesOf(a.counters.Group(school, group), DecisionAllowed, CategoryNone))
}

// place returns the place of a counter in entries, where it is put if it is new.
func (a *Aggregator) place(c Counter) int {
	place, known := a.places[c]
	if !known {
		place = len(a.entries)
		a.places[c] = place
		a.entries = append(a.entries, count{Counter: c})
	}
	return place
}

// Code returns the code of a category of a Sample.
func (a *Aggregator) Code(category Category) string { return a.counters.Code(category) }

// Totals returns all counters at one moment; see Counters.Totals.
func (a *Aggregator) Totals() *Totals {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.totals()
}

func (a *Aggregator) totals() *Totals {
	t := &Totals{node: a.Node(), codes: a.counters.categoryCodes(), schools: a.InForce()}
	for _, c := range a.entries {
		t.put(c.Counter, c.value)
	}
	return t
}

// Readings returns the readings of the newest tick.
func (a *Aggregator) Readings() ResolverReadings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.readings
}

// Absorb counts a tick. After an error, whose cause is ErrFormat or ErrEpoch, nothing
// has changed.
func (a *Aggregator) Absorb(b []byte) error {
	t, err := parseTick(b)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.epochs.find(t.epoch)
	if a.epochs.hasEnded(t.epoch) || !t.full && (e == nil || e.awaited) {
		return ErrEpoch
	}
	kept := false
	if e == nil {
		e, kept = a.epochs.begin(t.epoch), a.orphaned
		a.orphaned = false
	}
	e.awaited = false
	a.raise(e, &t, kept)
	a.readings = t.readings
	return nil
}

// raise raises the counters by what a tick has more than the last totals of its
// epoch. If kept is true, as much of it as possible may be in history already.
func (a *Aggregator) raise(e *epoch, t *tick, kept bool) {
	shards := e.shards.flat()
	_ = eachShard(t.sections[sectionShards], func(place int, value uint64) { // parseTick has found no error
		*shards[place] = max(*shards[place], value)
	})
	n := naming{counters: a.counters, codes: t.codes}
	_ = eachCounted(t.sections[sectionCounters], func(c *counted) { // here neither
		counter := n.counter(c)
		if counter.kind == kindConnectivity {
			a.checks.take(e.id, counter.group, c.value)
			return
		}
		if counter.group != nil { // so that its allowed queries are there too, as in Counters.Totals
			a.place(queriesOf(counter.group, DecisionAllowed, CategoryNone))
		}
		place := a.place(counter)
		value := &a.entries[place].value
		if kept { // as much of it as possible may be in history already
			e.set(place, min(c.value, *value))
		}
		if last := e.at(place); c.value > last {
			e.set(place, c.value)
			*value += c.value - last
		}
	})
}

// End ends the epoch of a process that has ended, once its last tick was absorbed.
func (a *Aggregator) End(id Epoch) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.resumed {
		a.ending = append(a.ending, id)
		return
	}
	a.epochs.end(id)
}

// Live is called when this process starts, with the epochs that are alive: others
// that Resume finds have ended.
func (a *Aggregator) Live(ids ...Epoch) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.resumed {
		a.live = append([]Epoch{}, ids...)
		return
	}
	a.epochs.endAwaited(ids)
}

// sumShards adds up the shards of all epochs that this process has met.
func (a *Aggregator) sumShards() shardTotals {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.epochs.sumShards()
}

// A naming translates the counters of another process to those of this one.
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
		return n.counters.protectedOf(string(c.school))
	}
	if n.group == nil || n.group.school != string(c.school) || n.group.id != string(c.group) {
		n.group = n.counters.Group(string(c.school), string(c.group))
	}
	switch c.kind {
	case recordConnectivity:
		return Counter{kind: kindConnectivity, group: n.group}
	case recordVisits:
		return Counter{kind: kindVisits, group: n.group}
	case recordObserved:
		return Counter{kind: kindObserved, group: n.group, category: n.category(c.category)}
	case recordCheck:
		return Counter{kind: kindChecks, group: n.group, what: c.what, category: n.category(c.category)}
	default:
		return queriesOf(n.group, Decision(c.what), n.category(c.category))
	}
}

// category translates the number of a category.
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
