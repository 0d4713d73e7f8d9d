// Package tunnel tells that a group of clients sends other traffic in questions of the DNS: past
// the filter, through a server that answers below a domain of its own.
//
// What tells it is how many bytes the questions of a group carry below one registered domain,
// and the answers to them, in about a minute: of each different name, what its long labels can
// carry by their characters, less what a name made by a machine has anyway. It sees questions
// whose answers are not in memory; those of a tunnel never are.
//
// It knows groups by numbers and domains by hashes, in memory only.
package tunnel

import (
	_ "embed"
	"math"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/publicsuffix"

	"lachan/blocklist/domain"
)

// The bounds. A tunnel of iodine takes some 2,000 bytes to begin with.
const (
	// Bound is how many bytes a group may send and get below a domain, those of each minute
	// counting half of those of the next.
	Bound    = 2000
	halfLife = time.Minute
	// StoppedFor is how long a group gets nothing below a domain after that.
	StoppedFor = 10 * time.Minute
	// leastLabel is how long a label has to be to carry anything. Those of addresses, in the
	// look-ups of mail servers, are shorter.
	leastLabel = 12
	// free is how many bytes a name may carry: hosts of content delivery have as many.
	free = 12
	// freeAnswer is how long an answer may be that carries nothing.
	freeAnswer = 300
)

// The table takes 96 bytes for each of 4,096 groups and domains, 384 KiB. Where there are more
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
	exempt  map[string]bool
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
	key   uint64 // of both; 0: free
	bytes float32
	at    int64     // when bytes held, on the clock of the caller in nanoseconds
	until int64     // it is stopped up to then
	names [8]uint64 // by bits of their hashes: those that were counted
}

// New makes an empty table.
func New() *Table {
	t := &Table{exempt: map[string]bool{}}
	for line := range strings.Lines(services) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			t.exempt[line] = true
		}
	}
	return t
}

// Asked notes that a group asks for a name, and reports whether it is stopped below the name's
// registered domain.
func (t *Table) Asked(group uint64, n *domain.Name, now int64) (stopped bool) {
	// What is below a registered domain is below two labels at least.
	if n.Labels() < 2 || carries(n, 2) <= free && now >= t.last.Load() {
		return false
	}
	labels := t.registered(n)
	if labels == 0 {
		return false
	}
	return t.note(group, n, labels, n.Hash(n.Labels()), carries(n, labels)-free, now)
}

// Answered notes that a group gets an answer of a type and of so many bytes.
func (t *Table) Answered(group uint64, n *domain.Name, qtype uint16, size int, now int64) {
	if size <= freeAnswer || !takesData(qtype) {
		return
	}
	if labels := t.registered(n); labels > 0 {
		t.note(group, n, labels, ^n.Hash(n.Labels()), size-freeAnswer, now)
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

// takesData reports whether answers of a type can carry what somebody likes. Those of the others
// are addresses, or asked of whoever runs the zone.
func takesData(qtype uint16) bool {
	switch qtype {
	case domain.TypeA, domain.TypeAAAA, domain.TypeHTTPS, domain.TypeSVCB, typeNS, typeSOA, typePTR, typeDS, typeDNSKEY:
		return false
	}
	return true
}

const (
	typeNS     = 2
	typeSOA    = 6
	typePTR    = 12
	typeDS     = 43
	typeDNSKEY = 48
)

// registered is how many labels the registered domain of a name has; 0 if it has none, or if its
// services are asked by names that carry data.
func (t *Table) registered(n *domain.Name) (labels int) {
	// What has long labels in front is cut: the suffix is to the right.
	text := domain.Text(n.Suffix(min(n.Labels(), 6)))
	name, err := publicsuffix.EffectiveTLDPlusOne(text)
	if err != nil || t.exempt[name] || strings.HasSuffix(name, ".arpa") {
		return 0
	}
	return strings.Count(name, ".") + 1
}

// carries is how many bytes the long labels of a name below so many labels can carry by their
// characters.
func carries(n *domain.Name, below int) (carried int) {
	wire := n.Suffix(n.Labels())
	for range n.Labels() - below {
		size := int(wire[0])
		if size >= leastLabel {
			carried += size * bitsOf(wire[1:1+size])
		}
		wire = wire[1+size:]
	}
	return carried / 8
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

// note adds bytes to a flow, once for each hash of what carries them, and reports whether it is
// stopped.
func (t *Table) note(group uint64, n *domain.Name, labels int, hash uint64, carried int, now int64) (stopped bool) {
	key := n.Hash(labels) ^ group*0x9E3779B97F4A7C15 | 1
	s := &t.shards[key>>58%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.find(key, now, carried > 0)
	switch {
	case f == nil:
		return false
	case now < f.until:
		return true
	case carried <= 0 || !f.firstTime(hash):
		return false
	}
	f.bytes, f.at = f.left(now)+float32(carried), now
	if f.bytes < Bound {
		return false
	}
	f.bytes, f.until = 0, now+int64(StoppedFor)
	t.stopped.Add(1)
	t.last.Store(f.until)
	return true
}

// find is the flow of a key; nil if there is none and none is to be made, or if all that are in
// its place are stopped. The lock is held.
func (s *shard) find(key uint64, now int64, makes bool) *flow {
	at := int(key>>8%sets) * ways
	var least *flow
	for i := range s.flow[at : at+ways] {
		f := &s.flow[at+i]
		if f.key == key {
			return f
		}
		if f.key != 0 && now < f.until {
			continue
		}
		if least == nil || f.left(now) < least.left(now) {
			least = f
		}
	}
	if !makes || least == nil {
		return nil
	}
	*least = flow{key: key, at: now}
	return least
}

// left is how many of the bytes still count.
func (f *flow) left(now int64) float32 {
	if f.bytes == 0 {
		return 0
	}
	return f.bytes * float32(math.Exp2(-float64(now-f.at)/float64(halfLife)))
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
