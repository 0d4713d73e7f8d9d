//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lachan/bench/process"
)

// Promises of issue 4, that the figures are printed beside.
const (
	manyNames     = 5_000_000
	fewerNames    = 100_000 // with -quick
	compileWithin = 60      // s
	compilePeak   = 1200    // MB
	startWithin   = 200     // ms
	octetsAName   = 16
	slowestAnswer = 50 // ms
)

// many measures the real lists and five million generated names together:
// compiling, starting, memory, and a list of 20 MB that changes under load.
type many struct {
	*lab
	numbers []string
}

func measureMany(l *lab) []string {
	m := &many{lab: l}
	if err := m.measure(); err != nil {
		m.numbers = append(m.numbers, "- not measured: the real lists and many names: "+err.Error())
	}
	return m.numbers
}

func (m *many) measure() error {
	names := manyNames
	if m.quick {
		names = fewerNames
	}
	dir := m.file("many")
	defer os.RemoveAll(dir)
	say("compiling the real lists and %d names", names)
	if err := m.generate(dir, point{names, 1, popular}, false); err != nil {
		return err
	}
	s, err := m.lachanIn(dir, cacheEntries)
	if err != nil {
		return err
	}
	defer s.stop()
	config := s.args[len(s.args)-1]
	feeds, lines, err := m.realFeeds()
	if err != nil {
		return err
	}
	if err := appendTo(config, feeds); err != nil {
		return err
	}
	names += lines
	begin := time.Now()
	c := exec.CommandContext(m.ctx, m.bin("lachan"), "lists", "update", "--config", config)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch and compile: %w\n%s", err, out)
	}
	took := time.Since(begin)
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	peak := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	m.tell("%d names and lines of real lists: compiled in %.1f s, %.1f s of it on a core (promised %d s), peak %d MB (%d MB)",
		names, took.Seconds(), cpu.Seconds(), compileWithin, peak, compilePeak)
	return m.serveMany(s, dir, names)
}

func (m *many) tell(format string, args ...any) {
	m.numbers = append(m.numbers, "- "+fmt.Sprintf(format, args...))
}

// serveMany starts with the snapshot of so many names and changes a list.
func (m *many) serveMany(s *subject, dir string, names int) error {
	listed, err := firstListed(dir)
	if err != nil {
		return err
	}
	for range m.rounds {
		s.stop()
		took, err := m.start(s, listed)
		if err != nil {
			return err
		}
		s.note(startTime, 1000*took.Seconds())
	}
	cpu, err := process.CPU(s.child.PID())
	if err != nil {
		return err
	}
	m.tell("the same: filters %.0f ms after the start from the snapshot (promised %d ms), %d ms of a core by then", median(s.cells[startTime]), startWithin, cpu.Milliseconds())
	time.Sleep(2 * time.Second) // until it has compared its copies with their digests
	if err := m.tellMemory(s, names, "after the start"); err != nil {
		return err
	}
	queries, err := filepath.Rel(m.dir, filepath.Join(dir, "warm.queries"))
	if err != nil {
		return err
	}
	for _, change := range []struct {
		what string
		do   func() error
	}{
		{"nothing changes", func() error { return nil }},
		{"one name comes to a list of 20 MB", func() error { return s.block("came.example") }},
		{"every name of a list of 20 MB changes", func() error { return renameAll(s, filepath.Join(dir, "gambling.hosts")) }},
	} {
		if err := m.changeMany(s, queries, change.what, change.do); err != nil {
			return err
		}
	}
	return m.tellMemory(s, names, "after the changes, 100,000 answers cached")
}

func (m *many) tellMemory(s *subject, names int, when string) error {
	memory, err := process.MemoryOf(s.child.PID())
	if err != nil {
		return err
	}
	m.tell(
		"the same: %s %.1f octets of memory a name (promised %d): %.1f anonymous and %.1f of the mapped file, which the kernel may take back",
		when, float64(memory.Resident)/float64(names), octetsAName, float64(memory.Anon)/float64(names),
		float64(memory.File)/float64(names),
	)
	return nil
}

// changeMany asks 5,000 questions a second while a list changes.
func (m *many) changeMany(s *subject, queries, what string, change func() error) error {
	say("asking while %s", what)
	wait, err := m.startLoad(s, queries, "-rate", "5000", "-time", "15s")
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	if err := change(); err != nil {
		return err
	}
	r, err := wait()
	if err != nil {
		return err
	}
	m.tell("5,000 questions a second while %s: %d of %d lost, p99 %.1f ms, slowest answer %.1f ms (promised %d ms; the generator itself was late by %.1f ms), peak %d MB",
		what, r.Lost, r.Queries, r.P99/1000, r.Max/1000, slowestAnswer, r.LateMax/1000, r.After.Peak>>20)
	return nil
}

// renameAll puts every name of a list of hosts below another.
func renameAll(s *subject, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	err = os.WriteFile(file+".new", []byte(strings.ReplaceAll(string(text), "0.0.0.0 ", "0.0.0.0 new-")), 0o644)
	return errors.Join(err, os.Rename(file+".new", file), s.child.Signal(syscall.SIGHUP))
}
