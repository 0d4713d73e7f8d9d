//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"lachan/bench/process"
)

// A comparison measures this build of lachan and another in turn, in short runs
// right after each other: what disturbs the machine for a while disturbs both,
// and the ratio of two runs that follow each other stays.
type comparison struct {
	lab         *lab
	ours, other *subject
}

const (
	// pairTime is the length of one run, so that a round of all kinds with both
	// builds takes at most 25 s.
	pairTime = 2 * time.Second
	// missesOfPair are more than a build answers in that time.
	missesOfPair = 200_000
)

// A kind is one way of asking.
type kind struct {
	name      string
	cpu, rate column
	ask       func(l *lab, s *subject) (result, error)
}

// kinds are what is compared. The misses come last, as they push answers that
// are asked often out of the cache.
func kinds() []kind {
	return []kind{
		{"warm, UDP", warmCPU, warmRate, func(l *lab, s *subject) (result, error) {
			return l.load(s, "warm.queries", "-time", l.time.String())
		}},
		{"warm, TCP", tcpCPU, tcpRate, func(l *lab, s *subject) (result, error) {
			return l.load(s, "warm.queries", "-time", l.time.String(), "-tcp", "-clients", "100", "-window", "20")
		}},
		{"warm, DoT", dotCPU, dotRate, func(l *lab, s *subject) (result, error) {
			return askDoor(l, s, s.dot, "dot")
		}},
		{"miss, UDP", missCPU, missRate, func(l *lab, s *subject) (result, error) {
			r, err := l.load(s, "miss.queries", "-time", l.time.String(), "-each", "-from", fmt.Sprint(s.missed))
			s.missed = max(s.missed, r.Messages)
			return r, err
		}},
	}
}

// measurePairs measures both builds and prints how they compare.
func measurePairs(l *lab, to io.Writer) error {
	c := &comparison{lab: l}
	if err := c.start(); err != nil {
		return err
	}
	for round := range l.pairs {
		say("pair %d of %d", round+1, l.pairs)
		if err := c.round(round); err != nil {
			if round > 0 {
				err = errors.Join(err, c.print(to)) // what there is
			}
			return err
		}
	}
	return c.print(to)
}

// start starts both builds, each with a folder of its own: what they compile
// may differ.
func (c *comparison) start() error {
	program, err := filepath.Abs(c.lab.pair)
	if err != nil {
		return err
	}
	if err := c.lab.writeCertificate(); err != nil {
		return err
	}
	dir := c.lab.file("other")
	if err := shareData(c.lab.dir, dir); err != nil {
		return err
	}
	if c.ours, err = c.build(c.lab.dir, c.lab.bin("lachan"), "this build"); err != nil {
		return err
	}
	if c.other, err = c.build(dir, program, "the other"); err != nil {
		return err
	}
	listed, err := firstListed(c.lab.dir)
	if err != nil {
		return err
	}
	for _, s := range []*subject{c.ours, c.other} {
		say("compiling lists with and starting %s", s.name)
		c.lab.subjects = append(c.lab.subjects, s) // it is stopped with them
		if err := c.lab.compile(s); err != nil {
			return err
		}
		if _, err := c.lab.start(s, listed); err != nil {
			return err
		}
		if err := c.lab.tested(s); err != nil {
			say("%v", err)
		}
		s.counts = process.Started(s.child.PID(), "resolve") // what others do has its own times
	}
	return nil
}

// build is a build of lachan with the lists and the policy of a folder, which
// serves DoT too.
func (c *comparison) build(dir, program, name string) (*subject, error) {
	s, err := c.lab.lachanIn(dir, cacheEntries)
	if err != nil {
		return nil, err
	}
	if s.dot, err = freeAddr(); err != nil {
		return nil, err
	}
	s.name, s.program = name, program
	s.args = slices.Insert(s.args, 1, "--server.dot="+s.dot.String(),
		"--server.tls.cert="+c.lab.file("cert.pem"), "--server.tls.key="+c.lab.file("key.pem"))
	return s, nil
}

// shareData puts the lists and the policy of one folder into another too.
func shareData(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	errs := []error{os.Link(filepath.Join(from, "policy.yaml"), filepath.Join(to, "policy.yaml"))}
	for _, c := range categories {
		errs = append(errs, os.Link(filepath.Join(from, c+".hosts"), filepath.Join(to, c+".hosts")))
	}
	return errors.Join(errs...)
}

// round asks both in each way. They take turns in being first.
func (c *comparison) round(n int) error {
	order := []*subject{c.ours, c.other}
	if n%2 == 1 {
		slices.Reverse(order)
	}
	for _, s := range order { // each message once, so that answers are in the caches
		if _, err := c.lab.load(s, "warm.queries", "-each", "-time", "60s"); err != nil {
			return err
		}
	}
	for _, k := range kinds() {
		for _, s := range order {
			r, err := k.ask(c.lab, s)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", k.name, s.name, err)
			}
			if r.Lost > 0 {
				say("%s lost %d of %d of %s", s.name, r.Lost, r.Queries, k.name)
			}
			s.note(k.cpu, r.CPUPerM)
			s.note(k.rate, r.Rate)
		}
	}
	return nil
}

// print prints the medians of the ratios, and of the figures of both.
func (c *comparison) print(to io.Writer) error {
	fmt.Fprintf(to, "This build beside %s: %d names, %d schools, %d pairs of runs of %v. Ratios of this build to the other: medians (lowest to highest).\n\n",
		c.lab.pair, c.lab.names, c.lab.schools, c.lab.pairs, c.lab.time)
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| CPU-s/M, ratio\t| q/s, ratio\t| CPU-s/M, this\t| the other\t| q/s, this\t| the other\t|")
	fmt.Fprintln(w, "|---\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|")
	for _, k := range kinds() {
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t", k.name,
			ratio(c.ours.cells[k.cpu], c.other.cells[k.cpu]), ratio(c.ours.cells[k.rate], c.other.cells[k.rate]))
		for _, column := range []column{k.cpu, k.rate} {
			for _, s := range []*subject{c.ours, c.other} {
				fmt.Fprintf(w, "| %s\t", figure(median(s.cells[column])))
			}
		}
		fmt.Fprintln(w, "|")
	}
	return w.Flush()
}

// ratio compares figures pair by pair: the median, the lowest and the highest.
func ratio(ours, other []float64) string {
	var all []float64
	for i := range min(len(ours), len(other)) {
		if other[i] > 0 {
			all = append(all, ours[i]/other[i])
		}
	}
	if len(all) == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.3f (%.3f to %.3f)", median(all), slices.Min(all), slices.Max(all))
}
