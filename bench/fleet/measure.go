package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// areas is how many areas the nodes are of: the provinces of the country.
const areas = 34

// A simulation is a hub, a process of its own, and many nodes in this one, each with its own
// connection over TLS and its own copies of two ledgers: what nodes compile is left out, all else
// is real.
type simulation struct {
	dir     string
	hub     *hubProcess
	trust   fleet.Trust
	address string
	members []Member
	want    map[string]uint64 // by area, how many records there are
	nodes   []*simulated
	took    atomic.Pointer[chan taken]
	missed  []string // aims
}

// A simulated node follows the ledger of its area and that of all.
type simulated struct {
	name   string
	area   string
	pair   nkeys.KeyPair
	copies []*ledger.Copy
	node   *node.Node
	end    func()
}

// taken says that a node has taken a record.
type taken struct {
	node *simulated
	at   time.Time
}

// measure prints how a fleet of so many nodes does, three of ten of which are away while so
// many decisions are made.
func measure(count, missed int) (err error) {
	dir, err := os.MkdirTemp("/dev/shm", "fleet-*") // each node has a disk of its own, and here there is one
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &simulation{dir: dir, address: "127.0.0.1:0", want: map[string]uint64{}}
	if err := s.start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.hub.stop()) }()
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"joining", func() error { return s.joinAll(count) }}, {"decisions", s.latencies}, {"an order", s.order},
		{"restarts", s.restarts}, {"being away", func() error { return s.away(missed) }},
	} {
		began := time.Now()
		before, err := s.hub.used(false)
		if err == nil {
			err = step.do()
		}
		var after Use
		if err == nil {
			after, err = s.hub.used(true)
		}
		var consumers int
		if err == nil {
			consumers, err = s.hub.consumers()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		if after.PID != before.PID {
			before = Use{}
		}
		cpu := (after.CPU - before.CPU).Seconds()
		share := cpu / time.Since(began).Seconds()
		say("  the hub's process meanwhile: %d MiB at most, %.1f CPU-s, %.2f of a core; consumers: %d%s",
			after.Peak>>20, cpu, share, consumers,
			s.aim(step.what+": the hub under 1 GiB and a core, no consumer", after.Peak < 1<<30 && share < 1 && consumers == 0))
	}
	if err := s.end(); err != nil {
		return err
	}
	if len(s.missed) > 0 {
		return fmt.Errorf("missed: %s", strings.Join(s.missed, "; "))
	}
	return nil
}

// aim is what is said of an aim after a figure.
func (s *simulation) aim(what string, met bool) string {
	if met {
		return " (aim met: " + what + ")"
	}
	s.missed = append(s.missed, what)
	return " (AIM MISSED: " + what + ")"
}

// joinAll has all nodes join.
func (s *simulation) joinAll(count int) error {
	began := time.Now()
	for i := range count {
		if err := s.join(i); err != nil {
			return err
		}
	}
	if err := s.decide("first", areas, 0); err != nil {
		return err
	}
	if err := s.even(s.nodes); err != nil {
		return err
	}
	say("%d nodes joined, connected and even after %v", count, since(began))
	return nil
}

// end says what nodes took in all, and ends them.
func (s *simulation) end() error {
	all, err := usedHere()
	if err != nil {
		return err
	}
	say("all nodes in their process: %d MiB at most, %.0f CPU-s", all.Peak>>20, all.CPU.Seconds())
	for _, n := range s.nodes {
		n.close()
	}
	return nil
}

func say(format string, args ...any) { log.Printf(format, args...) }

func since(t time.Time) time.Duration { return time.Since(t).Round(time.Millisecond) }

func areaName(i int) string { return fmt.Sprintf("area-%d", i%areas) }

// join makes a node, and has it follow.
func (s *simulation) join(i int) error {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return err
	}
	n := &simulated{name: fmt.Sprintf("node-%d", i), area: areaName(i), pair: pair}
	is := Member{public, hub.Member{Node: n.name, Streams: n.streams()}}
	if s.members = append(s.members, is); err == nil {
		err = s.hub.admit(is)
	}
	if err != nil {
		return err
	}
	for _, stream := range n.streams() {
		folder := filepath.Join(s.dir, n.name, hex.EncodeToString([]byte(stream.Area)))
		c, err := ledger.OpenCopy(folder, s.trust.Writers()...)
		if err != nil {
			return err
		}
		n.copies = append(n.copies, c)
	}
	s.nodes = append(s.nodes, n)
	return s.connect(n)
}

func (n *simulated) streams() []fleet.Stream {
	return []fleet.Stream{{Area: fleet.Root, Generation: 1}, {Area: n.area, Generation: 1}}
}

// connect has a node follow until its end is called.
func (s *simulation) connect(n *simulated) (err error) {
	public, err := n.pair.PublicKey()
	if err != nil {
		return err
	}
	var followers []*node.Follower
	for i, stream := range n.streams() {
		followers = append(followers, &node.Follower{Stream: stream, Copy: n.copies[i], Taken: func(uint64) {
			if to := s.took.Load(); to != nil {
				*to <- taken{n, time.Now()}
			}
		}})
	}
	n.node, err = node.Connect(node.Config{
		Node: n.name, Hubs: []string{s.address}, Nkey: public, Sign: n.pair.Sign, Trust: s.trust,
		Log: slog.New(slog.DiscardHandler),
	}, followers...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var live sync.WaitGroup
	for _, f := range followers {
		live.Go(func() { n.node.Follow(ctx, f) })
	}
	n.end = func() { cancel(); live.Wait(); n.node.Close() }
	return nil
}

func (n *simulated) close() {
	n.end()
	for _, c := range n.copies {
		_ = c.Close() // the folder goes
	}
}

// decide appends exceptions of all areas in turn, or of one; each is a group of its own.
func (s *simulation) decide(name string, count, area int) error {
	for i := range count {
		top := areaName(area + i)
		_, err := s.hub.append(ledger.Draft{
			Area: top, Unit: top, Object: fmt.Sprintf("block/%s-%d.example", name, i),
			New: []byte(`{"from":"2026-11-28T09:40:11+07:00"}`),
		})
		if err != nil {
			return err
		}
		s.want[top]++
	}
	return nil
}

// patience is how long nodes may take to have all that was decided.
const patience = 10 * time.Minute

// even waits until nodes have what was decided of their areas. What they do not have then is
// lost.
func (s *simulation) even(nodes []*simulated) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		behind := 0
		for _, n := range nodes {
			for i, stream := range n.streams() {
				if seq, _ := n.copies[i].End(); seq < s.want[stream.Area] {
					behind++
				}
			}
		}
		if behind == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d ledgers of nodes have not all that was decided after %v", behind, patience)
		}
	}
}

// rounds is how many decisions are timed.
const rounds = 20

// latencies times decisions of all nodes at once, until each has it on disk.
func (s *simulation) latencies() error {
	var all []time.Duration
	before, err := usedHere()
	if err != nil {
		return err
	}
	hubBefore, err := s.hub.used(false)
	if err != nil {
		return err
	}
	for round := range rounds {
		took := make(chan taken, 2*len(s.nodes))
		s.took.Store(&took)
		began := time.Now()
		_, err := s.hub.append(ledger.Draft{
			Object: fmt.Sprintf("profile/p%d", round), New: []byte(`{"block":["games"]}`),
		})
		if err != nil {
			return err
		}
		s.want[fleet.Root]++
		seen := map[*simulated]bool{}
		for len(seen) < len(s.nodes) {
			if t := <-took; !seen[t.node] {
				seen[t.node] = true
				all = append(all, t.at.Sub(began))
			}
		}
		s.took.Store(nil)
	}
	slices.Sort(all)
	after, err := usedHere()
	if err != nil {
		return err
	}
	hubAfter, err := s.hub.used(false)
	each := func(cpu time.Duration) time.Duration { return (cpu / time.Duration(len(all))).Round(time.Microsecond) }
	say("a decision for all, on the disk of each node: median %v, 99%% %v, last %v; %v of CPU a node and decision, and %v of the hub%s",
		all[len(all)/2].Round(time.Millisecond), all[len(all)*99/100].Round(time.Millisecond),
		all[len(all)-1].Round(time.Millisecond), each(after.CPU-before.CPU), each(hubAfter.CPU-hubBefore.CPU),
		s.aim("a decision at 99 % under 2 s", all[len(all)*99/100] < 2*time.Second))
	return err
}

// storms is how often the hub is started anew. Every other time it was killed.
const storms = 20

// restarts measures, after each start of the hub, when all nodes have connected anew and taken a
// new decision.
func (s *simulation) restarts() error {
	var all []time.Duration
	for i := range storms {
		end := s.hub.stop
		if i%2 == 0 {
			end = s.hub.kill
		}
		if err := end(); err != nil {
			return err
		}
		began := time.Now()
		if err := s.start(); err != nil {
			return err
		}
		if err := s.decide(fmt.Sprintf("restarted-%d", i), areas, 0); err != nil {
			return err
		}
		if err := s.even(s.nodes); err != nil {
			return err
		}
		all = append(all, since(began))
	}
	slices.Sort(all)
	say("the hub was killed %d times and restarted %d times: all have what was decided then after %v, at most %v; none is lost",
		storms/2, storms/2, all[len(all)/2], all[len(all)-1])
	return nil
}

// away times how nodes that were away for long come back: 600 of 2,000.
func (s *simulation) away(missed int) error {
	gone := s.nodes[:len(s.nodes)*3/10]
	for _, n := range gone {
		n.end()
	}
	began := time.Now()
	written := 0
	for i := 0; i < missed; i += areas * 100 {
		var drafts []ledger.Draft
		for a := range areas {
			drafts = drafts[:0]
			for k := range 100 {
				drafts = append(drafts, ledger.Draft{
					Area: areaName(a), Unit: areaName(a), Object: fmt.Sprintf("block/missed-%d-%d.example", i, k),
					New: []byte(`{"from":"2026-11-28T09:40:11+07:00"}`),
				})
			}
			if _, err := s.hub.append(drafts...); err != nil {
				return err
			}
			s.want[areaName(a)] += uint64(len(drafts))
			written += len(drafts)
		}
	}
	if err := s.even(s.nodes[len(gone):]); err != nil {
		return err
	}
	say("%d decisions were written and taken by the others in %v", written, since(began))
	began = time.Now()
	for _, n := range gone {
		if err := s.connect(n); err != nil {
			return err
		}
	}
	if err := s.even(gone); err != nil {
		return err
	}
	say("%d nodes that had missed them have all after %v%s", len(gone), since(began),
		s.aim("back under 10 min", time.Since(began) < patience))
	return nil
}
