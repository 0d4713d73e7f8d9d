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
		if z, err := c.point(p); err != nil {
			fmt.Fprintf(w, "| %d\t| %d\t| %d\t| not measured: %v\t|\n", p.names, p.schools, p.answers, err)
		} else {
			fmt.Fprintf(
				w, "| %d\t| %d\t| %d\t| %.2f\t| %.1f\t| %.3f\t| %.0f\t| %.2f\t| %.0f\t|\n",
				p.names, p.schools, p.answers, z.compiled.Seconds(), float64(z.snapshot)/1e6, z.started.Seconds(),
				z.resident(), z.load.CPUPerM, z.load.Rate,
			)
		}
		if c.ctx.Err() != nil {
			break
		}
	}
	return w.Flush()
}

// A size is how lachan is at a point.
type size struct {
	compiled, started time.Duration
	snapshot          int64 // bytes
	load              result
}

// resident is the memory of all processes while they are asked, in megabytes.
func (z *size) resident() float64 { return float64(z.load.After.Resident) / (1 << 20) }

func (c *curve) point(p point) (z size, err error) {
	dir := c.file("point")
	defer os.RemoveAll(dir)
	if err := c.generate(dir, p, false); err != nil {
		return z, err
	}
	s, err := c.lachanIn(dir, max(2*p.answers, cacheEntries))
	if err != nil {
		return z, err
	}
	defer s.stop()
	begin := time.Now()
	if err := c.compile(s); err != nil {
		return z, err
	}
	z.compiled = time.Since(begin)
	listed, err := firstListed(dir)
	if err != nil {
		return z, err
	}
	for range 2 { // the first start compiles the policy
		s.stop()
		if z.started, err = c.start(s, listed); err != nil {
			return z, err
		}
	}
	queries, err := filepath.Rel(c.dir, filepath.Join(dir, "warm.queries"))
	if err != nil {
		return z, err
	}
	if _, err := c.load(s, queries, "-each", "-time", "120s"); err != nil {
		return z, err
	}
	z.snapshot = snapshotSize(dir)
	z.load, err = c.load(s, queries, "-time", c.time.String(), "-spread", fmt.Sprint(p.schools))
	return z, err
}
