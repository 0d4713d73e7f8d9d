// Package tally counts what counters cannot: distinct clients of a school, and
// the names that are blocked most, by day. Both are off the path of a query,
// bounded in memory, and written only when no client can be told: a name once ten
// clients of five schools have asked for it, clients once there are ten.
//
// A client is known here by an HMAC of its address. A new key is made every
// day, never written, and forgotten at midnight.
package tally

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"time"

	"github.com/axiomhq/hyperloglog"
	"github.com/miekg/dns"

	"lachan/metrics"
)

const (
	drainEvery = time.Second
	writeEvery = time.Hour
)

// Options of a Tally.
type Options struct {
	Dir  string         // of the files of days
	Zone *time.Location // in which days begin
	Keep time.Duration  // how long files are kept
	Log  *slog.Logger
}

// A Source is what is tallied: metrics.Counters, or a metrics.Aggregator of
// those of other processes.
type Source interface {
	Node() string
	InForce() []metrics.School
	Code(category metrics.Category) string
	// Drain hands out the samples that have come since it was called last.
	Drain(yield func(*metrics.Sample)) (lost uint64)
}

// A Tally is the day so far. It belongs to the goroutine of Run.
type Tally struct {
	source  Source
	options Options

	day     time.Time // its beginning
	before  Day       // what processes before this one have told of the day
	key     [sha256.Size]byte
	lost    uint64
	clients map[string]*hyperloglog.Sketch // by school
	blocked map[string]*hyperloglog.Sketch // names, by school
	names   map[kind]*top
	inForce []metrics.School // whose places are known
	places  map[string]metrics.School
}

// A kind of names is what tops are kept by.
type kind struct {
	province, level string
	category        metrics.Category
}

// New makes the tally of a source. It starts nothing.
func New(source Source, o Options) *Tally {
	return &Tally{source: source, options: o}
}

// Run counts until ctx is done, and writes the day so far every hour and at the
// end.
func (t *Tally) Run(ctx context.Context) {
	t.begin(time.Now())
	drain := time.NewTicker(drainEvery)
	defer drain.Stop()
	write := time.NewTicker(writeEvery)
	defer write.Stop()
	for {
		select {
		case <-drain.C:
			t.drain(time.Now())
		case <-write.C:
			t.write()
		case <-ctx.Done():
			t.drain(time.Now())
			t.write()
			return
		}
	}
}

// begin begins the day of a moment, with a new key.
func (t *Tally) begin(now time.Time) {
	year, month, day := now.In(t.options.Zone).Date()
	t.day = time.Date(year, month, day, 0, 0, 0, 0, t.options.Zone)
	_, _ = rand.Read(t.key[:]) // it never fails
	t.lost, t.names = 0, map[kind]*top{}
	t.clients, t.blocked = map[string]*hyperloglog.Sketch{}, map[string]*hyperloglog.Sketch{}
	t.before = Day{}
	if days, err := Read(t.options.Dir, t.day.Format(time.DateOnly), t.day.Format(time.DateOnly)); err != nil {
		t.options.Log.Warn("the day so far cannot be read", "error", err)
	} else if len(days) == 1 {
		t.before = days[0]
	}
}

// drain counts what was noticed until now. What comes at midnight counts for
// the day that has ended.
func (t *Tally) drain(now time.Time) {
	t.learn(t.source.InForce())
	t.lost += t.source.Drain(t.notice)
	if now.Before(t.day) || !now.Before(t.day.AddDate(0, 0, 1)) {
		t.write()
		t.begin(now)
		if err := forget(t.options.Dir, now.In(t.options.Zone), t.options.Keep); err != nil {
			t.options.Log.Warn("remove old days", "error", err)
		}
	}
}

// learn takes the places of schools, when they may have changed.
func (t *Tally) learn(inForce []metrics.School) {
	if len(inForce) == len(t.inForce) && (len(inForce) == 0 || &inForce[0] == &t.inForce[0]) {
		return
	}
	t.inForce, t.places = inForce, make(map[string]metrics.School, len(inForce))
	for _, s := range inForce {
		t.places[s.ID] = s
	}
}

func (t *Tally) notice(n *metrics.Sample) {
	school, address := n.School, n.Client.As16()
	client := t.hash(address[:])
	insert(t.clients, school, client)
	if len(n.Name) == 0 {
		return
	}
	insert(t.blocked, school, t.hash(n.Name))
	place := t.places[school]
	k := kind{place.Province, place.Level, n.Category}
	if t.names[k] == nil {
		t.names[k] = newTop()
	}
	t.names[k].add(n.Name, client, school)
}

func insert(sketches map[string]*hyperloglog.Sketch, school string, hash uint64) {
	sketch := sketches[school]
	if sketch == nil {
		sketch = hyperloglog.New()
		sketches[school] = sketch
	}
	sketch.InsertHash(hash)
}

// hash is what a client or a name is known by today.
func (t *Tally) hash(of []byte) uint64 {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write(of)
	return binary.BigEndian.Uint64(mac.Sum(nil))
}

// write writes the day so far.
func (t *Tally) write() {
	if err := t.summary().write(t.options.Dir); err != nil {
		t.options.Log.Warn("the day so far is not written", "error", err)
	}
}

// summary is the day so far, without what tells of few.
func (t *Tally) summary() Day {
	d := Day{
		Day: t.day.Format(time.DateOnly), Node: t.source.Node(), Lost: t.lost,
		Clients: []ClientsOfDay{}, Names: []NameOfDay{}, Blocked: t.distinctNames(),
	}
	for school, sketch := range t.clients {
		if n := sketch.Estimate(); n >= Clients {
			d.Clients = append(d.Clients, ClientsOfDay{school, n})
		}
	}
	for k, top := range t.names {
		for _, e := range top.known() {
			d.Names = append(
				d.Names,
				NameOfDay{k.province, k.level, t.source.Code(k.category), text(e.name), e.count, e.over},
			)
		}
	}
	d.merge(t.before)
	return d
}

// text is a name in wire form as people write it, without the final dot.
func text(wire string) string {
	name, _, err := dns.UnpackDomainName([]byte(wire), 0)
	if err != nil || len(name) < 2 {
		return fmt.Sprintf("%q", wire)
	}
	return name[:len(name)-1]
}
