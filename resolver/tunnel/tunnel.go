// Package tunnel tells that a group of clients sends other traffic in questions of the DNS: past
// the filter, through a server that answers below a domain of its own.
//
// What tells it is how many bytes the questions of a group carry below one registered domain,
// and the answers to them, in about a minute: of each different name what its labels can carry by
// their characters, less what a name made by a machine has anyway; of each different answer what
// is in it. It sees questions whose answers are not in memory; those of a tunnel never are.
//
// Whoever asks for long names can do so below any domain, but only the domain's own server answers
// each of them differently. Without that only names that carry much are refused, so that nobody
// shuts a domain that others use by asking for names that are not there.
//
// It knows groups by numbers and domains by hashes, in memory only.
package tunnel

import (
	_ "embed"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lachan/blocklist/domain"
)

// The bounds. A tunnel of iodine takes some 2,000 bytes to begin with.
const (
	// Bound is how many bytes a group may send and get below a domain whose server answers each
	// question differently, and most below any other, those of each minute counting half of those
	// of the next.
	Bound    = 900
	most     = 4 * Bound
	halfLife = time.Minute
	// different is how many questions that carry have to be answered differently for the domain to
	// be refused with all that is below it. Of names that carry nothing it takes twice as many
	// answers that do: there are domains with a dozen long texts.
	different = 16
	// mostAnswer is how many bytes one answer counts for at most.
	mostAnswer = 45
	// StoppedFor is how long a group gets nothing below a domain after that.
	StoppedFor = 10 * time.Minute
	// leastLabel is how long a label has to be to carry by itself. Those of addresses, in the
	// look-ups of mail servers, are shorter: of these all together may carry freeShort bytes.
	leastLabel = 12
	freeShort  = 20
	// free is how many bytes a name may carry: hosts of content delivery have as many. Names
	// that carry refused bytes more are not answered where a group has sent too much.
	free    = 12
	refused = 4
	// freeAnswer is how many bytes an answer may have that carries nothing.
	freeAnswer = 64
)

// The table takes 120 bytes for each of 4,096 groups and domains, 480 KiB. Where there are more
// at a time those that have sent least give way.
const (
	shards = 64
	ways   = 8
	sets   = 8
)

//go:embed data/services.txt
var services string

// A Table is safe for use by any number of goroutines.
type Table struct {
	exempt  map[uint64]bool // by hash
	seed    uint64          // nobody outside knows where in the table a domain is
	shards  [shards]shard
	stopped atomic.Uint64 // how often a group was stopped below a domain
	last    atomic.Int64  // when the last of those is over
}

type shard struct {
	mu   sync.Mutex
	flow [sets * ways]flow // mu
}

// A flow is what a group sends below a domain.
type flow struct {
	key    uint64 // of both; 0: free
	bytes  float32
	proved float32   // how many questions were answered differently
	at     int64     // when both held, on the clock of the caller in nanoseconds
	until  int64     // it is stopped up to then
	whole  bool      // with all that is below the domain
	names  [8]uint64 // by bits of their hashes: those that were counted
	given  [2]uint64 // by bits of their hashes: answers
}

// New makes an empty table.
func New() *Table {
	t := &Table{exempt: map[uint64]bool{hashOf("arpa"): true}, seed: rand.Uint64()}
	for line := range strings.Lines(services) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			t.exempt[hashOf(line)] = true
		}
	}
	return t
}

func hashOf(name string) uint64 {
	var n domain.Name
	_ = n.SetText(name) // a test sees to it
	return n.Hash(n.Labels())
}

// Minds reports whether it matters to Asked that a name is asked for: most carry nothing.
func (t *Table) Minds(n *domain.Name, qtype uint16, now int64) bool {
	// What is below a registered domain is below two labels at least.
	return n.Labels() >= 2 && (carried(n, 2, qtype) > 0 || now < t.last.Load())
}

// Asked notes that a group asks for a name, and reports whether it gets no answer: it is stopped
// below the name's registered domain.
func (t *Table) Asked(group uint64, n *domain.Name, qtype uint16, now int64) (stopped bool) {
	labels := t.registered(n)
	if labels == 0 {
		return false
	}
	count := carried(n, labels, qtype)
	key := t.key(group, n, labels)
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.find(key, now, count > 0)
	if f == nil {
		return false
	}
	if now >= f.until && count > 0 && f.firstTime(n.Hash(n.Labels())) {
		t.add(f, count, 0, now)
	}
	return now < f.until && (f.whole || count >= refused)
}

// MindsAnswer reports whether it matters to Answered what a name is answered with; alias says that
// the answer leads to a long one.
func (t *Table) MindsAnswer(n *domain.Name, qtype uint16, alias bool) bool {
	return n.Labels() >= 2 && (alias || takesData(qtype) || carried(n, 2, qtype) > 0)
}

// Answered notes that a group gets an answer to its question. Those that say nothing are not to
// be noted: everybody's server gives them.
func (t *Table) Answered(group uint64, n *domain.Name, qtype uint16, a Answer, now int64) {
	labels := t.registered(n)
	if labels == 0 {
		return
	}
	asked, got := carried(n, labels, qtype), a.Names
	if takesData(qtype) {
		got = max(got, a.Size-freeAnswer)
	}
	got = min(max(got, 0), mostAnswer)
	if asked+got == 0 {
		return
	}
	key := t.key(group, n, labels)
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.find(key, now, got > 0); f != nil && f.different(a.Hash) {
		t.add(f, got, min(1, float32(asked)/mostAnswer+float32(got)/(2*mostAnswer)), now)
	}
}

// Stopped is how often a group was stopped below a domain so far, and how many are now.
func (t *Table) Stopped(now int64) (ever uint64, present int) {
	for i := range t.shards {
		if now >= t.last.Load() {
			break
		}
		s := &t.shards[i]
		s.mu.Lock()
		for j := range s.flow {
			if now < s.flow[j].until {
				present++
			}
		}
		s.mu.Unlock()
	}
	return t.stopped.Load(), present
}

// registered is how many labels the registered domain of a name has; 0 if it has none, or if its
// services are asked by names that carry data.
func (t *Table) registered(n *domain.Name) (labels int) {
	labels = domain.Registered(n)
	if labels == 0 || t.exempt[n.Hash(labels)] || t.exempt[n.Hash(1)] {
		return 0
	}
	return labels
}

// carried is how many bytes the labels of a name below so many labels can carry by their
// characters, beyond what is free. Names whose answers can carry data are seldom long.
func carried(n *domain.Name, below int, qtype uint16) int {
	wire := n.Suffix(n.Labels())
	if len(wire)-len(n.Suffix(below)) <= free {
		return 0 // most names
	}
	long, short := 0, 0 // bits
	for range n.Labels() - below {
		size := int(wire[0])
		if carries := size * bitsOf(wire[1:1+size]); size >= leastLabel {
			long += carries
		} else {
			short += carries
		}
		wire = wire[1+size:]
	}
	if !takesData(qtype) {
		short = max(0, short-8*freeShort)
	}
	return max(0, (long+short)/8-free)
}

// bitsOf is how many bits a character of a label can carry: of hexadecimal 4, of letters and
// digits 5, of all bytes 7.
func bitsOf(label []byte) int {
	most := 4
	for _, c := range label {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f':
		case 'a' <= c && c <= 'z', c == '-', c == '_':
			most = max(most, 5)
		default:
			return 7
		}
	}
	return most
}

// key is that of a group and a domain of so many labels.
func (t *Table) key(group uint64, n *domain.Name, labels int) uint64 {
	high, low := bits.Mul64(n.Hash(labels)^t.seed, (group^t.seed>>32)*0x9E3779B97F4A7C15|1)
	return high ^ low | 1
}

func (t *Table) shard(key uint64) *shard { return &t.shards[key>>58%shards] }

// add adds bytes and different answers to a flow, and stops it if they are too many. The lock is
// held.
func (t *Table) add(f *flow, count int, proved float32, now int64) {
	left := f.left(now)
	f.bytes, f.proved, f.at = f.bytes*left+float32(count), f.proved*left+proved, now
	whole := f.proved >= different && f.bytes >= Bound
	switch {
	case now < f.until:
		f.whole = f.whole || whole
	case whole || f.bytes >= most:
		f.until, f.whole = now+int64(StoppedFor), whole
		t.stopped.Add(1)
		t.last.Store(f.until)
	}
}

// find is the flow of a key; nil if there is none and none is to be made, or if all that are in
// its place are stopped with their domains. The lock is held.
func (s *shard) find(key uint64, now int64, makes bool) *flow {
	at := int(key>>8%sets) * ways
	var least *flow
	for i := range s.flow[at : at+ways] {
		f := &s.flow[at+i]
		if f.key == key {
			return f
		}
		if least == nil || f.rank(now) < least.rank(now) {
			least = f
		}
	}
	if !makes || least.rank(now) >= rankWhole {
		return nil
	}
	*least = flow{key: key, at: now}
	return least
}

// The ranks of flows that are stopped, above those of all others.
const (
	rankStopped = 1 << 20
	rankWhole   = 1 << 21
)

// rank says which flow gives way to another: the one that has least of it.
func (f *flow) rank(now int64) float32 {
	switch {
	case f.key == 0:
		return -1
	case now >= f.until:
		return f.bytes * f.left(now)
	case f.whole:
		return rankWhole
	}
	return rankStopped
}

// left is what part of the bytes still counts.
func (f *flow) left(now int64) float32 {
	if f.bytes == 0 && f.proved == 0 {
		return 0
	}
	return float32(math.Exp2(-float64(now-f.at) / float64(halfLife)))
}

// firstTime notes a name by its hash and reports whether it was not noted before. When many
// are, it begins anew.
func (f *flow) firstTime(hash uint64) bool {
	word, bit := hash>>9%8, uint64(1)<<(hash%64)
	if f.names[word]&bit != 0 {
		return false
	}
	f.names[word] |= bit
	noted := 0
	for _, w := range f.names {
		noted += bits.OnesCount64(w)
	}
	if noted > len(f.names)*64/2 {
		f.names = [8]uint64{}
	}
	return true
}

// different notes an answer by its hash and reports whether it is another than those before. When
// many are, it begins anew.
func (f *flow) different(hash uint64) bool {
	place := hash * 0x9E3779B97F4A7C15 >> 57
	word, bit := &f.given[place/64], uint64(1)<<(place%64)
	if *word&bit != 0 {
		return false
	}
	if *word |= bit; bits.OnesCount64(f.given[0])+bits.OnesCount64(f.given[1]) > 64 {
		f.given = [2]uint64{}
	}
	return true
}
