package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nkeys"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// areas is how many areas the nodes are of: the provinces of the country.
const areas = 34

// A simulation is a hub and many nodes in this process, each with its own connection over
// TLS and its own copies of two ledgers: what nodes compile is left out, all else is real.
type simulation struct {
	dir     string
	book    *ledger.Ledger
	key     ed25519.PrivateKey
	trust   fleet.Trust
	address string
	blobs   *hub.Blobs
	stop    func() error
	hub     *hub.Hub
	members sync.Map          // hub.Member by nkey
	want    map[string]uint64 // by area, how many records there are
	nodes   []*simulated
	took    atomic.Pointer[chan taken]
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
	if s.book, err = ledger.Open(filepath.Join(dir, "hub")); err != nil {
		return err
	}
	s.key = ledger.Key(s.book)
	public, _ := s.key.Public().(ed25519.PublicKey) // it is one
	s.trust = fleet.Trust{Serial: 1, Hubs: []fleet.HubKey{{
		Name: "hub", Key: fleet.PublicKey(public), Until: time.Now().Add(time.Hour),
	}}}
	if err := errors.Join(s.openBlobs(), s.start()); err != nil {
		return err
	}
	began := time.Now()
	for i := range count {
		if err := s.join(i); err != nil {
			return err
		}
	}
	if err := s.decide("first", areas, 0); err != nil {
		return err
	}
	s.even(s.nodes)
	say("%d nodes joined, connected and even after %v", count, since(began))
	if err := s.latencies(); err != nil {
		return err
	}
	if err := s.order(); err != nil {
		return err
	}
	if err := s.restart(); err != nil {
		return err
	}
	if err := s.away(missed); err != nil {
		return err
	}
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return err
	}
	cpu := used()
	consumers, err := s.hub.Consumers(context.Background())
	if err != nil {
		return err
	}
	say("hub and all nodes together: %d MiB at most, %.0f CPU-s; consumers: %d", use.Maxrss>>10,
		cpu.Seconds(), consumers)
	for _, n := range s.nodes {
		n.close()
	}
	return errors.Join(s.stop(), s.book.Close())
}

func say(format string, args ...any) { log.Printf(format, args...) }

func since(t time.Time) time.Duration { return time.Since(t).Round(time.Millisecond) }

func areaName(i int) string { return fmt.Sprintf("area-%d", i%areas) }

// start starts the hub, at the same address again.
func (s *simulation) start() (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	s.hub, err = hub.Start(ctx, hub.Config{
		Name: "hub", Dir: filepath.Join(s.dir, "streams"), Key: s.key, Store: 4 << 30,
		Member: func(nkey string) (m hub.Member, ok bool) {
			v, ok := s.members.Load(nkey)
			if ok {
				m, ok = v.(hub.Member)
			}
			return m, ok
		},
	})
	if err != nil {
		cancel()
		return err
	}
	streams := []fleet.Stream{{Area: fleet.Root, Generation: 1}}
	for i := range areas {
		streams = append(streams, fleet.Stream{Area: areaName(i), Generation: 1})
	}
	for _, stream := range streams {
		if err := s.hub.Open(ctx, stream, 64<<20); err != nil {
			cancel()
			return err
		}
	}
	areaOf := func(unit string) string {
		if strings.HasPrefix(unit, "area-") {
			return unit
		}
		return fleet.Root
	}
	feed, err := s.hub.NewFeed(ctx, s.book, areaOf, slog.New(slog.DiscardHandler), streams...)
	if err != nil {
		cancel()
		return err
	}
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		cancel()
		return err
	}
	s.address = l.Addr().String()
	var live sync.WaitGroup
	served := make(chan error, 1)
	live.Go(func() { feed.Run(ctx) })
	live.Go(func() { served <- s.hub.Serve(ctx, hub.Pages{Blobs: s.blobs}.Handler(), l) })
	h := s.hub
	s.stop = func() error {
		cancel()
		live.Wait()
		h.Close()
		return <-served
	}
	return nil
}

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
	s.members.Store(public, hub.Member{Node: n.name, Streams: n.streams()})
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
		_, err := s.book.Append(context.Background(), ledger.Draft{
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

// even waits until nodes have what was decided of their areas.
func (s *simulation) even(nodes []*simulated) {
	for {
		behind := 0
		for _, n := range nodes {
			for i, stream := range n.streams() {
				if seq, _ := n.copies[i].End(); seq < s.want[stream.Area] {
					behind++
				}
			}
		}
		if behind == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// rounds is how many decisions are timed.
const rounds = 20

// latencies times decisions of all nodes at once, until each has it on disk.
func (s *simulation) latencies() error {
	var all []time.Duration
	before := used()
	for round := range rounds {
		took := make(chan taken, 2*len(s.nodes))
		s.took.Store(&took)
		began := time.Now()
		_, err := s.book.Append(context.Background(), ledger.Draft{
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
	say("a decision for all, on the disk of each node: median %v, 99%% %v, last %v; %v of CPU a node and decision",
		all[len(all)/2].Round(time.Millisecond), all[len(all)*99/100].Round(time.Millisecond),
		all[len(all)-1].Round(time.Millisecond), ((used() - before) / time.Duration(len(all))).Round(time.Microsecond))
	return nil
}

// used is how much CPU time this process has used.
func used() time.Duration {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use) // it is asked for itself
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// restart times how long after a restart of the hub all nodes have a new decision.
func (s *simulation) restart() error {
	if err := s.stop(); err != nil {
		return err
	}
	began := time.Now()
	if err := s.start(); err != nil {
		return err
	}
	if err := s.decide("restarted", areas, 0); err != nil {
		return err
	}
	s.even(s.nodes)
	say("the hub was restarted: all have what was decided then after %v", since(began))
	return nil
}

// away times how nodes that were away for long come back: 600 of 2,000.
func (s *simulation) away(missed int) error {
	gone := s.nodes[:len(s.nodes)*3/10]
	for _, n := range gone {
		n.end()
	}
	began := time.Now()
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
			if _, err := s.book.Append(context.Background(), drafts...); err != nil {
				return err
			}
			s.want[areaName(a)] += uint64(len(drafts))
		}
	}
	s.even(s.nodes[len(gone):])
	say("%d decisions were written and taken by the others in %v", missed, since(began))
	began = time.Now()
	for _, n := range gone {
		if err := s.connect(n); err != nil {
			return err
		}
	}
	s.even(gone)
	say("%d nodes that had missed them have all after %v", len(gone), since(began))
	return nil
}
