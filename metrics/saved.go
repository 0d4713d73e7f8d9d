package metrics

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// This file is the form of the counters on disk.

const (
	savedMagic   = "LEP"
	savedVersion = 1
)

// A Snapshot is what history is to write.
type Snapshot struct {
	// Saved is to be on the disk before Totals are; nil if the one there will do.
	Saved []byte
	// Totals are the counters.
	Totals *Totals

	changes uint64
}

// Snapshot returns what history is to write now. Once its Saved is on the disk, the
// caller calls Keep.
func (a *Aggregator) Snapshot() Snapshot {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.epochs.close()
	s := Snapshot{Totals: a.totals(), changes: a.epochs.changes}
	if a.epochs.changes != a.saved || len(a.epochs.alive) > 1 {
		s.Saved = a.save()
	}
	return s
}

// Keep notes that the Saved of a snapshot is on the disk.
func (a *Aggregator) Keep(s Snapshot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saved = s.changes
}

// save encodes the base and the epochs.
func (a *Aggregator) save() []byte {
	b := append([]byte(savedMagic), savedVersion)
	section := func(content []byte) {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(content))), content...)
	}
	var codes []byte
	for _, code := range a.counters.categoryCodes() {
		codes = appendText(codes, code)
	}
	section(codes)
	var ended []byte
	for _, id := range a.epochs.ended {
		ended = append(ended, id[:]...)
	}
	section(ended)
	var base countersWriter
	totals := make([]countersWriter, len(a.epochs.alive))
	for place, c := range a.entries {
		for i, e := range a.epochs.alive {
			if last := e.at(place); last > 0 {
				totals[i].write(c.Counter, last)
				c.value -= min(last, c.value)
			}
		}
		if c.value > 0 {
			base.write(c.Counter, c.value)
		}
	}
	section(base.b)
	for i, e := range a.epochs.alive {
		b = append(b, e.id[:]...)
		section(totals[i].b)
	}
	return sealed(b)
}

// A Saved is the file of epochs of a history. The zero value is that of a history
// that has met none.
type Saved struct {
	codes  []string
	ended  []Epoch
	base   []byte // a section of counters
	epochs []savedEpoch
	// Damaged is set by the caller if the file cannot be read. The counts of an epoch
	// that is alive may be in history then, so its first tick adds only what cannot be.
	Damaged bool
}

type savedEpoch struct {
	id     Epoch
	totals []byte // a section of counters
}

// ParseSaved decodes a Saved.
func ParseSaved(b []byte) (s Saved, err error) {
	b, ok := unsealed(b)
	if !ok || len(b) < len(savedMagic)+1 || string(b[:len(savedMagic)]) != savedMagic ||
		b[len(savedMagic)] != savedVersion {
		return s, fmt.Errorf("epochs: %w", ErrFormat)
	}
	r := wireReader{b: b[len(savedMagic)+1:]}
	section := func() []byte { return r.take(uint64(r.uint32())) }
	codes := wireReader{b: section()}
	s.codes = codes.texts(int(CategoryOther))
	for ended := (wireReader{b: section()}); len(ended.b) > 0 && !ended.bad; {
		var id Epoch
		copy(id[:], ended.take(uint64(len(id))))
		s.ended = append(s.ended, id)
		r.bad = r.bad || ended.bad || len(s.ended) > maxEnded
	}
	s.base = section()
	err = eachCounted(s.base, func(*counted) {})
	for len(r.b) > 0 && !r.bad && err == nil {
		var e savedEpoch
		copy(e.id[:], r.take(uint64(len(e.id))))
		e.totals = section()
		s.epochs = append(s.epochs, e)
		err = eachCounted(e.totals, func(*counted) {})
		r.bad = r.bad || len(s.epochs) > maxEpochs
	}
	if err != nil || r.bad || codes.bad {
		return Saved{}, fmt.Errorf("epochs: %w", ErrFormat)
	}
	return s, nil
}

// Ended reports whether an epoch has ended and is in the base, its final tick
// included.
func (s *Saved) Ended(id Epoch) bool { return slices.Contains(s.ended, id) }

// Resume takes the counters as history has them, and the Saved that is on the disk.
// It is called once.
func (a *Aggregator) Resume(history *Counters, s Saved) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.resumed, a.orphaned = true, s.Damaged
	if s.Damaged {
		a.epochs.changes++ // there is no Saved on the disk
	}
	read := map[Counter]uint64{}
	t := history.Totals()
	t.Each(func(of Counter, value uint64) {
		pairs := t.Labels(of)
		own, ok := a.counters.find(func(name string) string { return labelOf(pairs, name) })
		if ok {
			a.place(own) // in this order, in which those of a group are together
			read[own] = value
		}
	})
	n := naming{counters: a.counters, codes: s.codes}
	rest := map[Counter]uint64{} // the sum of base and totals in the Saved
	sum := func(section []byte) map[Counter]uint64 {
		all := map[Counter]uint64{}
		_ = eachCounted(section, func(c *counted) { // ParseSaved has found no error
			all[n.counter(c)] = c.value
		})
		for of, value := range all {
			rest[of] += value
		}
		return all
	}
	sum(s.base)
	var found []foundEpoch
	for _, e := range s.epochs {
		found = append(found, foundEpoch{e.id, sum(e.totals)})
	}
	for of, value := range read {
		if more := value - min(value, rest[of]); more > 0 && len(found) > 0 {
			found[len(found)-1].totals[of] += more
		}
	}
	for of, value := range rest {
		read[of] = max(read[of], value)
	}
	a.takeUp(read, found, s.ended)
}

// A foundEpoch is an epoch as history has it.
type foundEpoch struct {
	id     Epoch
	totals map[Counter]uint64
}

// takeUp adds the counters of history, less what earlier ticks have added already,
// and awaits the epochs that have sent no tick yet.
func (a *Aggregator) takeUp(read map[Counter]uint64, found []foundEpoch, ended []Epoch) {
	counted := func(e *epoch, inHistory map[Counter]uint64) {
		for of, kept := range inHistory {
			read[of] -= min(e.at(a.place(of)), kept, read[of])
		}
	}
	var awaited []*epoch
	for _, f := range found {
		if known := a.epochs.find(f.id); known != nil {
			counted(known, f.totals)
			continue
		}
		e := &epoch{id: f.id, awaited: true}
		for of, total := range f.totals {
			e.set(a.place(of), total)
		}
		awaited = append(awaited, e)
	}
	if a.orphaned && len(a.epochs.alive) > 0 {
		counted(a.epochs.alive[0], read)
		a.orphaned = false
	}
	for of, value := range read {
		a.entries[a.place(of)].value += value
	}
	a.epochs.takeUp(awaited, ended)
	for _, id := range a.ending {
		a.epochs.end(id)
	}
	if a.live != nil {
		a.epochs.endAwaited(a.live)
	}
	a.ending, a.live = nil, nil
}

// labelOf returns the value of a label among pairs; "" if there is none.
func labelOf(pairs []string, name string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return ""
}
