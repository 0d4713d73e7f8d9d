package metrics

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"sync/atomic"
)

// This file hands samples of clients from the shards to those who count them. Its bounds
// are of what waits there.

const (
	bufferSamples = 4096      // of one shard between two drains; more are lost, and counted
	bufferNames   = 128 << 10 // bytes of their names
	bufferRecent  = 256       // clients of one shard that are not sampled again before the next drain
)

// A Sample says that a client has asked, for counting distinct clients and
// the names that are blocked most. It stays in memory until it is drained, a
// moment later, and goes nowhere else.
type Sample struct {
	School   string // the id of the school of the client
	Client   netip.Addr
	Category Category // what Name was blocked for
	Name     []byte   // in wire form, valid during the drain; empty: only the client is told

	end uint32 // of Name in the names of its half
}

// A clientBuffer holds what a shard has sampled since the last drain. There are
// two halves: one is written while the other is read.
type clientBuffer struct {
	recent [bufferRecent]atomic.Uint64 // hashes of clients

	mu   sync.Mutex // guards now and lost
	now  samples
	lost uint64

	drained samples // belongs to Drain, which swaps it with now
}

// samples are what one half holds.
type samples struct {
	all   []Sample
	names []byte
}

// SampleNames sets the categories whose names are sampled: never those whose names
// must not be kept anywhere. Until it is called nothing is sampled.
func (c *Counters) SampleNames(named func(Category) bool) {
	set := new([256]bool)
	for i := range set {
		set[i] = named(Category(i))
	}
	c.named.Store(set)
}

// sample notes that a client has asked, and the name if it was blocked in a category
// whose names are sampled. A client is noted once between two drains, or a few
// times.
func (s *Shard) sample(e *Event, hash uint64) {
	named := s.counters.named.Load()
	if named == nil {
		return
	}
	name := e.Name
	if e.Decision != DecisionBlocked || !named[e.Category] {
		name = nil
		slot := &s.clients.recent[hash%bufferRecent]
		if slot.Load() == hash {
			return
		}
		slot.Store(hash)
	}
	s.clients.put(Sample{School: e.Group.school, Client: e.Client, Category: e.Category}, name)
}

func (b *clientBuffer) put(sample Sample, name []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := &b.now
	if len(now.all) == bufferSamples || len(now.names)+len(name) > bufferNames {
		b.lost++
		return
	}
	now.names = append(now.names, name...)
	sample.end = uint32(len(now.names))
	now.all = append(now.all, sample)
}

// clientHash is a number for a client of a group. Two that share one may hide
// each other until the next drain, no longer.
func clientHash(g *GroupCounters, client netip.Addr) uint64 {
	a := client.As16()
	return mix(
		binary.LittleEndian.Uint64(a[:8])^g.number^0x9e3779b97f4a7c15,
		binary.LittleEndian.Uint64(a[8:])^0xd6e8feb86659fd93)
}

// Drain yields the samples since the last call, and returns how many were lost for
// want of room. It is called by one goroutine.
func (c *Counters) Drain(yield func(*Sample)) (lost uint64) {
	c.mu.Lock()
	shards := c.shards[:len(c.shards):len(c.shards)]
	c.mu.Unlock()
	for _, shard := range shards {
		b := &shard.clients
		for i := range b.recent {
			if b.recent[i].Load() != 0 {
				b.recent[i].Store(0)
			}
		}
		b.mu.Lock()
		b.now, b.drained = b.drained, b.now
		lost += b.lost
		b.lost = 0
		b.mu.Unlock()
		s, from := &b.drained, uint32(0)
		for i := range s.all {
			n := &s.all[i]
			n.Name, from = s.names[from:n.end], n.end
			yield(n)
		}
		clear(s.all)
		clear(s.names)
		s.all, s.names = s.all[:0], s.names[:0]
	}
	return lost
}

// InForce returns the schools of the newest SetSchools.
func (c *Counters) InForce() []School {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inForce
}

// Code returns the code of a category, as given to Category.
func (c *Counters) Code(category Category) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if int(category) < len(c.codes) {
		return c.codes[category]
	}
	return "other"
}
