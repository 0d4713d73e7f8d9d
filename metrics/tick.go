package metrics

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// A tick carries the totals of a process since its start, under its Epoch, to the
// process that keeps history. A repeated tick changes nothing, and a lost one is made
// good by the first tick of the next connection. FORMAT.md draws it.

const (
	tickMagic   = "LTK"
	tickVersion = 1
	tickFull    = 1 // flag: everything that is not zero is in it

	// MaxTickBytes bounds a tick: about what 200,000 schools need.
	MaxTickBytes = 64 << 20

	tickHeader = len(tickMagic) + 2 + len(Epoch{}) + 4*tickSections
)

// The sections of a tick, in this order.
const (
	sectionShards     = iota // places in shardTotals.flat, and values
	sectionCounters          // see the records of wire.go
	sectionCategories        // codes, by the numbers of the sender
	sectionReadings          // JSON
	tickSections
)

// An Epoch names one start of a process that counts. It is random: no two
// starts share one, on whatever machine.
type Epoch [16]byte

// newEpoch makes the epoch of a process that starts now.
func newEpoch() (e Epoch) {
	_, _ = rand.Read(e[:]) // it never fails
	return e
}

// String is the epoch in hexadecimal digits, as it is in names of files.
func (e Epoch) String() string { return hex.EncodeToString(e[:]) }

// ParseEpoch reads what String has written.
func ParseEpoch(text string) (e Epoch, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(e) {
		return e, fmt.Errorf("epoch %q: %w", text, ErrFormat)
	}
	return Epoch(b), nil
}

// ErrFormat is the cause of every error in reading what another process has
// encoded: a tick, samples, the epochs of a history.
var ErrFormat = errors.New("not in the format of this version")

// Sent is what one connection has carried. The zero value is for a new connection. It
// belongs to the goroutine that sends; if a tick cannot be delivered, the connection
// must be closed.
type Sent struct {
	begun   bool
	shards  shardTotals
	groups  []uint64 // in the order of Counters.groups, the sum of all each had counted
	schools []uint64 // seconds, in the order of Counters.schools
}

// Epoch returns the epoch of this process.
func (c *Counters) Epoch() Epoch { return c.epoch }

// Tick appends a tick: the first one on a connection has everything that is not zero,
// later ones have what has changed since the one before.
func (c *Counters) Tick(dst []byte, sent *Sent, readings ResolverReadings) []byte {
	var flags uint8
	if !sent.begun {
		flags, sent.begun = tickFull, true
	}
	start := len(dst)
	dst = append(append(append(dst, tickMagic...), tickVersion, flags), c.epoch[:]...)
	lengths := len(dst)
	dst = append(dst, make([]byte, 4*tickSections)...)
	for section := range tickSections {
		from := len(dst)
		switch section {
		case sectionShards:
			dst = c.appendShards(dst, sent)
		case sectionCounters:
			dst = c.appendCounters(dst, sent)
		case sectionCategories: // after the counters: a category is named before the first of its queries is counted
			for _, code := range c.categoryCodes() {
				dst = appendText(dst, code)
			}
		case sectionReadings:
			text, err := json.Marshal(readings)
			if err == nil { // there is nothing in it that JSON does not have
				dst = append(dst, text...)
			}
		}
		binary.LittleEndian.PutUint32(dst[lengths+4*section:], uint32(len(dst)-from))
	}
	return append(dst[:start], sealed(dst[start:])...)
}

// appendShards appends the totals that have changed.
func (c *Counters) appendShards(dst []byte, sent *Sent) []byte {
	sum := c.sumShards()
	before := sent.shards.flat()
	for i, value := range sum.flat() {
		if *value != *before[i] {
			dst = binary.AppendUvarint(append(dst, uint8(i)), *value)
			*before[i] = *value
		}
	}
	return dst
}

// appendCounters appends the counters of the groups and schools that have changed,
// and those of the node.
func (c *Counters) appendCounters(dst []byte, sent *Sent) []byte {
	c.mu.Lock()
	groups := c.groups[:len(c.groups):len(c.groups)]
	schools := c.schools[:len(c.schools):len(c.schools)]
	c.mu.Unlock()
	sent.groups = append(sent.groups, make([]uint64, len(groups)-len(sent.groups))...)
	sent.schools = append(sent.schools, make([]uint64, len(schools)-len(sent.schools))...)
	w := countersWriter{b: dst}
	for i, g := range groups {
		sum := uint64(0)
		g.each(func(_ Counter, n uint64) { sum += n })
		if sum == sent.groups[i] {
			continue
		}
		sum = 0
		g.each(func(counter Counter, n uint64) {
			sum += n
			w.write(counter, n)
		})
		sent.groups[i] = sum
	}
	for i, school := range schools {
		if seconds := school.seconds(); seconds != sent.schools[i] {
			sent.schools[i] = seconds
			w.write(Counter{kind: kindProtected, school: school}, seconds)
		}
	}
	c.answers.each(&sent.shards, w.write)
	return w.b
}

// categoryCodes are the codes of all categories, by their numbers.
func (c *Counters) categoryCodes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[:len(c.codes):len(c.codes)]
}

// A tick is one decoded.
type tick struct {
	full     bool
	epoch    Epoch
	sections [tickSections][]byte
	codes    []string
	readings ResolverReadings
}

// parseTick decodes a tick, and checks all of it.
func parseTick(b []byte) (t tick, err error) {
	if len(b) > MaxTickBytes {
		return t, fmt.Errorf("tick of %d bytes: %w", len(b), ErrFormat)
	}
	b, ok := unsealed(b)
	if !ok || len(b) < tickHeader || string(b[:len(tickMagic)]) != tickMagic || b[len(tickMagic)] != tickVersion {
		return t, fmt.Errorf("tick: %w", ErrFormat)
	}
	r := wireReader{b: b[len(tickMagic)+1:]}
	t.full = r.byte()&tickFull != 0
	copy(t.epoch[:], r.take(uint64(len(t.epoch))))
	var lengths [tickSections]uint32
	for i := range lengths {
		lengths[i] = r.uint32()
	}
	for i := range lengths {
		t.sections[i] = r.take(uint64(lengths[i]))
	}
	r.bad = r.bad || len(r.b) > 0
	codes := wireReader{b: t.sections[sectionCategories]}
	t.codes = codes.texts(int(CategoryOther))
	if r.bad || codes.bad {
		return t, fmt.Errorf("tick: %w", ErrFormat)
	}
	if err := eachShard(t.sections[sectionShards], func(int, uint64) {}); err != nil {
		return t, err
	}
	if err := eachCounted(t.sections[sectionCounters], func(*counted) {}); err != nil {
		return t, err
	}
	if err := json.Unmarshal(t.sections[sectionReadings], &t.readings); err != nil {
		return t, fmt.Errorf("tick: readings: %w", ErrFormat)
	}
	return t, nil
}

// eachShard calls yield for the totals that are in a section.
func eachShard(section []byte, yield func(place int, value uint64)) error {
	var all shardTotals
	places := len(all.flat())
	r := wireReader{b: section}
	for len(r.b) > 0 && !r.bad {
		place, value := r.below(places), r.anyValue()
		if !r.bad {
			yield(int(place), value)
		}
	}
	return r.err("shards")
}
