//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/bench/process"
)

// A bench is one measurement of all servers.
type bench struct {
	*lab
	lachan  *subject
	numbers []string // lines about lachan alone
}

// measure fills the columns of all servers. What goes wrong with one of them is
// its reason for an empty cell.
func (b *bench) measure() {
	if err := b.gather(); err != nil {
		say("%v", err)
		return
	}
	b.numbers = append(b.numbers, measureMany(b.lab)...)
	b.startAll()
	b.inTurn()
	b.idle()
	for _, s := range b.running(false) {
		if b.quick && s != b.lachan {
			s.miss(reloadLost, errors.New("left out by -quick"))
			continue
		}
		b.reload(s)
	}
}

// gather makes the list of who is measured.
func (b *bench) gather() error {
	floors, err := (&rivals{b.lab}).floors()
	if err != nil {
		return err
	}
	if err := b.gatherLachan(); err != nil {
		return err
	}
	others, err := (&rivals{b.lab}).others()
	if err != nil {
		return err
	}
	b.subjects = append(append(floors, b.lachan), others...)
	return nil
}

func (b *bench) gatherLachan() (err error) {
	b.lachan, err = b.lachanIn(b.dir, cacheEntries)
	return err
}

// cacheEntries hold every warm question of a measurement.
const cacheEntries = 1_000_000

// running are the servers that could be started, with or without the floors.
func (l *lab) running(floors bool) (all []*subject) {
	for _, s := range l.subjects {
		if s.child != nil && !s.child.Ended() && (floors || !s.echo) {
			all = append(all, s)
		}
	}
	return all
}

// startAll starts everything, and lachan also as it starts for the first time.
func (b *bench) startAll() {
	listed, err := firstListed(b.dir)
	if err != nil {
		say("%v", err)
		return
	}
	b.compileNumbers()
	for _, s := range b.subjects {
		if s.program == "" || b.ctx.Err() != nil {
			continue
		}
		say("starting %s", s.name)
		if s == b.lachan {
			b.startFirst(s, listed)
		}
		took, err := b.start(s, listed)
		if err != nil {
			s.miss(startTime, err)
			s.stop()
			continue
		}
		if !s.echo {
			s.note(startTime, took.Seconds())
			if m, err := process.MemoryOf(s.child.PID()); err == nil {
				s.note(atStart, float64(m.Resident)/(1<<20))
			}
			if m, err := s.answering(); err == nil {
				s.note(answersAtStart, float64(m.Resident)/(1<<20))
			}
		}
		if s == b.lachan && !b.quick {
			if err := b.tested(s); err != nil {
				say("%v", err)
			}
		}
		// Each message once, so that answers are in the caches.
		if _, err := b.load(s, "warm.queries", "-each", "-time", "60s"); err != nil {
			s.miss(warmCPU, err)
		}
	}
}

// startFirst measures a start with lists but no snapshot, and leaves the
// snapshot.
func (b *bench) startFirst(s *subject, listed string) {
	for range b.rounds {
		if err := forget(b.dir); err != nil {
			s.miss(startBare, err)
			return
		}
		took, err := b.start(s, listed)
		s.stop()
		if err != nil {
			s.miss(startBare, err)
			return
		}
		s.note(startBare, took.Seconds())
	}
}

// inTurn measures one after the other, so that what disturbs the machine
// disturbs all.
func (b *bench) inTurn() {
	length := b.time.String()
	for round := range b.rounds {
		say("round %d of %d", round+1, b.rounds)
		for _, s := range b.running(true) {
			b.take(s, warmCPU, warmRate, "warm.queries", "-time", length)
		}
		for _, s := range b.running(false) {
			b.take(s, tcpCPU, tcpRate, "warm.queries", "-time", length, "-tcp", "-clients", "100", "-window", "20")
			b.take(s, p50, p99, "warm.queries", "-time", length, "-rate", "10000")
			b.take(s, missCPU, missRate, "miss.queries", "-time", length, "-each")
		}
	}
}

// take runs the load and notes two columns.
func (b *bench) take(s *subject, first, second column, queries string, args ...string) {
	if first == missCPU {
		args = append(args, "-from", fmt.Sprint(s.missed))
	}
	r, err := b.load(s, queries, args...)
	if err != nil {
		s.miss(first, err)
		s.miss(second, err)
		return
	}
	switch first {
	case warmCPU, tcpCPU:
		s.note(first, r.CPUPerM)
		s.note(second, r.Rate)
	case missCPU:
		s.note(first, r.CPUPerM)
		s.note(second, r.Rate)
		s.missed = r.Messages
	case p50:
		s.note(first, r.P50)
		s.note(second, r.P99)
	}
	if first == warmCPU && !s.echo {
		if len(s.cells[resident]) == 0 { // later rounds come after misses, which fill the caches further
			s.note(resident, float64(r.After.Resident)/(1<<20))
			s.note(anonymous, float64(r.After.Anon)/(1<<20))
			if m, err := s.answering(); err == nil {
				s.note(answersCached, float64(m.Resident)/(1<<20))
			}
		}
		s.note(blockedPart, 100*float64(r.Rcodes["NXDOMAIN"])/float64(r.Answers))
	}
	if lost := 100 * float64(r.Lost) / float64(max(1, r.Queries)); lost > 0.01 {
		say("%s lost %.2f%% of %s", s.name, lost, first)
	}
}

// reload changes the lists while 5,000 questions a second are asked.
func (b *bench) reload(s *subject) {
	if s.block == nil {
		s.miss(reloadLost, errors.New("no way to tell it"))
		return
	}
	say("reloading %s under load", s.name)
	length := 4*b.time + 3*time.Second
	wait, err := b.startLoad(s, "warm.queries", "-rate", "5000", "-time", length.String())
	if err != nil {
		s.miss(reloadLost, err)
		return
	}
	begin := time.Now()
	for time.Since(begin) < time.Second && b.ctx.Err() == nil {
		time.Sleep(askEvery)
	}
	name := fmt.Sprintf("reload-%d.example", time.Now().UnixNano())
	begin = time.Now()
	if err := s.block(name); err != nil {
		s.miss(reloadLost, err)
	} else if err := waitFor(b.ctx, s.addr, name, length, filtered); err != nil {
		s.miss(reloadTime, fmt.Errorf("the new entry is not in force: %w", err))
	} else {
		s.note(reloadTime, time.Since(begin).Seconds())
	}
	r, err := wait()
	if err != nil {
		s.miss(reloadLost, err)
		return
	}
	s.note(reloadLost, 100*float64(r.Lost)/float64(r.Queries))
	s.note(reloadWorst, r.Max/1000)
	s.note(reloadPeak, float64(r.After.Peak)/(1<<20))
}

// firstListed is a name that is in the lists.
func firstListed(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, categories[0]+".hosts"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	var name string
	if _, err := fmt.Fscanf(f, "0.0.0.0 %s\n", &name); err != nil {
		return "", fmt.Errorf("read a listed name: %w", err)
	}
	return name, nil
}
