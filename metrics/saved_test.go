package metrics_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"lachan/metrics"
)

// A simulation is a node whose processes are killed at any moment: resolvers
// that count, a manager that keeps, and what is on the disk. It does what package
// history does with an Aggregator, step by step.
type simulation struct {
	t      *testing.T
	random *rand.Rand
	trace  []string

	resolvers []*simulatedResolver // alive
	manager   *metrics.Aggregator  // nil while it is away
	resumed   bool

	// on the disk
	saved    []byte
	odometer map[string]uint64 // of the newest tick of history, by labels
	labels   map[string][]string
	finals   map[metrics.Epoch][]byte

	truth map[string]uint64 // counted
	lost  map[string]uint64 // at most, by kills
	shown map[string]uint64
}

type simulatedResolver struct {
	counters *metrics.Counters
	sent     *metrics.Sent     // nil: no connection
	late     [][]byte          // ticks that may come again
	absorbed map[string]uint64 // by the manager that is alive
	durable  map[string]uint64 // of that, what survives the kill of all
}

func TestKillsLoseAtMostATickAndCountNothingTwice(t *testing.T) {
	runs := 600
	if os.Getenv("TEST_PROOF") != "" {
		runs = 10_000
	}
	for seed := range uint64(runs) {
		s := &simulation{
			t: t, random: rand.New(rand.NewPCG(seed, 1)), odometer: map[string]uint64{}, labels: map[string][]string{},
			finals: map[metrics.Epoch][]byte{}, truth: map[string]uint64{}, lost: map[string]uint64{}, shown: map[string]uint64{},
		}
		for range 60 {
			s.step()
		}
		s.settle()
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, s.trace)
		}
	}
}

// All processes are killed again and again, sooner than the epochs of those before count as
// ended: what each has told is counted once, and what is on the disk can be read.
func TestKillsInARowCostNoCount(t *testing.T) {
	for seed := range uint64(20) {
		s := &simulation{
			t: t, random: rand.New(rand.NewPCG(seed, 1)), odometer: map[string]uint64{}, labels: map[string][]string{},
			finals: map[metrics.Epoch][]byte{}, truth: map[string]uint64{}, lost: map[string]uint64{}, shown: map[string]uint64{},
		}
		for range 100 {
			s.begin()
			s.startManager()
			s.count()
			s.tick()
			if !s.resumed {
				s.resume()
			}
			s.tick()
			s.write(4)
			s.killManager()
			s.killResolver()
		}
		s.settle()
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, s.trace)
		}
	}
}

func (s *simulation) note(what string, of ...any) { s.trace = append(s.trace, fmt.Sprint(what, of)) }

func (s *simulation) step() {
	switch n := s.random.IntN(20); {
	case n < 5:
		s.count()
	case n < 10:
		s.tick()
	case n < 12:
		s.repeat()
	case n < 15:
		s.write(s.random.IntN(5))
	case n == 15 && len(s.resolvers) < 2:
		s.begin()
	case n == 16:
		s.killResolver()
	case n == 17:
		s.endResolver()
	case n == 18 && s.manager != nil:
		s.killManager()
	case s.manager == nil:
		s.startManager()
	case !s.resumed:
		s.resume()
	}
}

func (s *simulation) begin() {
	r := &simulatedResolver{counters: metrics.New("nut-1")}
	if s.manager != nil {
		r.sent = new(metrics.Sent)
	}
	s.resolvers = append(s.resolvers, r)
	s.note("begin", len(s.resolvers))
}

func (s *simulation) one() *simulatedResolver {
	if len(s.resolvers) == 0 {
		return nil
	}
	return s.resolvers[s.random.IntN(len(s.resolvers))]
}

// count counts in a resolver, in different counters and not always in all.
func (s *simulation) count() {
	r := s.one()
	if r == nil {
		return
	}
	before := nonzero(r.counters.Totals())
	shard := r.counters.Shard()
	defer shard.Close()
	for range 1 + s.random.IntN(4) {
		group := r.counters.Group(fmt.Sprint("truong-", s.random.IntN(3)), "")
		shard.Record(&metrics.Event{Group: group, Decision: metrics.Decision(s.random.IntN(3)), Category: r.counters.Category(fmt.Sprint("c", s.random.IntN(3)))})
		group.Check(metrics.CategoryNone, metrics.CheckPassed)
	}
	s.add(s.truth, nonzero(r.counters.Totals()), before)
	s.note("count")
}

// add adds to sum what after has more than before.
func (s *simulation) add(sum, after, before map[string]uint64) {
	for labels, value := range after {
		sum[labels] += value - min(value, before[labels])
	}
}

func (s *simulation) tick() {
	r := s.one()
	if r == nil || s.manager == nil || r.sent == nil {
		return
	}
	tick := r.counters.Tick(nil, r.sent, metrics.ResolverReadings{})
	if s.random.IntN(5) == 0 {
		s.note("lost tick")
		r.sent = new(metrics.Sent) // its connection has ended, and there is another
		return
	}
	r.late = append(r.late, tick)
	s.absorb(tick)
	r.absorbed = nonzero(r.counters.Totals())
	s.note("tick", slices.Index(s.resolvers, r))
}

func (s *simulation) absorb(tick []byte) {
	if err := s.manager.Absorb(tick); err != nil {
		s.t.Error(err)
	}
}

func (s *simulation) repeat() {
	r := s.one()
	if r == nil || s.manager == nil || len(r.late) == 0 {
		return
	}
	_ = s.manager.Absorb(r.late[s.random.IntN(len(r.late))]) // one of another connection may be refused
	s.note("repeat")
}

// write is what history does every few seconds; the manager is killed after so
// many steps of it.
func (s *simulation) write(steps int) {
	if s.manager == nil || !s.resumed {
		return
	}
	taken := s.takeFinals()
	snapshot := s.manager.Snapshot()
	if steps == 0 {
		s.killManager()
		return
	}
	if snapshot.Saved != nil {
		s.saved = snapshot.Saved
		s.manager.Keep(snapshot)
	}
	if steps == 1 {
		s.killManager()
		return
	}
	snapshot.Totals.Each(func(o metrics.Counter, value uint64) {
		labels := snapshot.Totals.Labels(o)
		s.labels[fmt.Sprint(labels)] = labels
		s.odometer[fmt.Sprint(labels)] = value
	})
	for labels, value := range labelled(snapshot.Totals) {
		if value < s.shown[labels] {
			s.t.Errorf("%s goes back from %d to %d", labels, s.shown[labels], value)
		}
		s.shown[labels] = value
	}
	for _, r := range s.resolvers {
		r.durable = r.absorbed
	}
	if steps == 2 {
		s.killManager()
		return
	}
	for _, id := range taken {
		delete(s.finals, id)
	}
	s.note("write")
}

// takeFinals absorbs the final ticks that are on the disk.
func (s *simulation) takeFinals() (taken []metrics.Epoch) {
	for id, tick := range s.finals {
		_ = s.manager.Absorb(tick) // it is refused when that was done before
		s.manager.End(id)
		taken = append(taken, id)
	}
	return taken
}

// killResolver takes what the disk does not have of what was counted.
func (s *simulation) killResolver() {
	r := s.one()
	if r == nil {
		return
	}
	s.note("kill resolver", slices.Index(s.resolvers, r))
	s.gone(r)
	s.add(s.lost, nonzero(r.counters.Totals()), r.durable)
	if s.manager != nil {
		s.manager.End(r.counters.Epoch())
	}
}

func (s *simulation) gone(r *simulatedResolver) {
	s.resolvers = slices.DeleteFunc(s.resolvers, func(other *simulatedResolver) bool { return other == r })
}

// endResolver ends one in an orderly way: its final tick is on the disk.
func (s *simulation) endResolver() {
	r := s.one()
	if r == nil {
		return
	}
	s.note("end resolver", slices.Index(s.resolvers, r))
	s.gone(r)
	if s.manager != nil && s.random.IntN(2) == 0 {
		s.manager.End(r.counters.Epoch()) // before the final tick is read
	}
	s.finals[r.counters.Epoch()] = r.counters.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
}

func (s *simulation) killManager() {
	s.note("kill manager")
	s.manager, s.resumed = nil, false
	for _, r := range s.resolvers {
		r.sent, r.late, r.absorbed = nil, nil, r.durable
	}
}

func (s *simulation) startManager() {
	s.note("start manager")
	s.manager = metrics.NewAggregator("nut-1", build)
	var live []metrics.Epoch
	for _, r := range s.resolvers {
		r.sent = new(metrics.Sent)
		live = append(live, r.counters.Epoch())
	}
	s.manager.Live(live...)
	if s.random.IntN(2) == 0 {
		s.resume()
	}
}

func (s *simulation) resume() {
	s.note("resume")
	history := metrics.New("nut-1")
	for key, value := range s.odometer {
		labels := map[string]string{}
		for pairs := s.labels[key]; len(pairs) > 0; pairs = pairs[2:] {
			labels[pairs[0]] = pairs[1]
		}
		history.Restore(func(name string) string { return labels[name] }, value)
	}
	saved, err := metrics.ParseSaved(s.saved)
	if err != nil && s.saved != nil {
		s.t.Error(err)
	}
	for id := range s.finals {
		if saved.Ended(id) {
			delete(s.finals, id)
		}
	}
	s.takeFinals() // before those that are awaited and not alive are taken to have ended
	s.manager.Resume(history, saved)
	s.resumed = true
}

// settle lets everything come to rest, and compares it with the truth.
func (s *simulation) settle() {
	if s.manager == nil {
		s.startManager()
	}
	if !s.resumed {
		s.resume()
	}
	for len(s.resolvers) > 0 {
		r := s.resolvers[0]
		if s.random.IntN(2) == 0 {
			s.endResolver()
			continue
		}
		if r.sent == nil {
			r.sent = new(metrics.Sent)
		}
		s.absorb(r.counters.Tick(nil, r.sent, metrics.ResolverReadings{}))
		s.gone(r)
	}
	s.write(4)
	got := nonzero(s.manager.Totals())
	for labels := range maps.Keys(s.truth) {
		if got[labels] > s.truth[labels] {
			s.t.Errorf("%s is %d, and was counted %d times", labels, got[labels], s.truth[labels])
		}
		if got[labels]+s.lost[labels] < s.truth[labels] {
			s.t.Errorf("%s is %d of %d, and kills can have taken %d", labels, got[labels], s.truth[labels], s.lost[labels])
		}
	}
}
