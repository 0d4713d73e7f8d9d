//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"
)

// A point is one size at which lachan is measured.
type point struct{ names, schools, answers int }

// A curve is how lachan grows.
type curve struct{ *lab }

// measure finds out how lachan grows: with names, with schools, with cached
// answers, each alone.
func (c *curve) measure() error {
	points := []point{
		{10_000, 1000, 100_000}, {100_000, 1000, 100_000}, {1_000_000, 1000, 100_000}, {5_000_000, 1000, 100_000},
		{1_000_000, 1, 100_000}, {1_000_000, 100, 100_000}, {1_000_000, 10_000, 100_000}, {1_000_000, 40_000, 100_000},
		{1_000_000, 1000, 10_000}, {1_000_000, 1000, 1_000_000},
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| names\t| schools\t| cached\t| compile s\t| snapshot MB\t| start s\t| resident MB\t| CPU-s/M warm\t| q/s\t|")
	fmt.Fprintln(w, "|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|")
	for i, p := range points {
		say("point %d of %d: %+v", i+1, len(points), p)
		if err := c.point(w, p); err != nil {
			fmt.Fprintf(w, "| %d\t| %d\t| %d\t| not measured: %v\t|\n", p.names, p.schools, p.answers, err)
		}
		if c.ctx.Err() != nil {
			break
		}
	}
	return w.Flush()
}

func (c *curve) point(w *tabwriter.Writer, p point) error {
	dir := c.file("point")
	defer os.RemoveAll(dir)
	if err := c.generate(dir, p, false); err != nil {
		return err
	}
	s, err := c.lachanIn(dir, max(2*p.answers, cacheEntries))
	if err != nil {
		return err
	}
	defer s.stop()
	begin := time.Now()
	if err := c.compile(s); err != nil {
		return err
	}
	compiled := time.Since(begin)
	listed, err := firstListed(dir)
	if err != nil {
		return err
	}
	started, err := c.start(s, listed)
	if err != nil {
		return err
	}
	queries, err := filepath.Rel(c.dir, filepath.Join(dir, "warm.queries"))
	if err != nil {
		return err
	}
	if _, err := c.load(s, queries, "-each", "-time", "120s"); err != nil {
		return err
	}
	r, err := c.load(s, queries, "-time", c.time.String(), "-spread", fmt.Sprint(p.schools))
	if err != nil {
		return err
	}
	fmt.Fprintf(
		w, "| %d\t| %d\t| %d\t| %.2f\t| %.1f\t| %.3f\t| %.0f\t| %.2f\t| %.0f\t|\n", p.names, p.schools, p.answers,
		compiled.Seconds(), float64(snapshotSize(dir))/1e6, started.Seconds(), float64(r.After.Resident)/(1<<20),
		r.CPUPerM, r.Rate,
	)
	return nil
}
