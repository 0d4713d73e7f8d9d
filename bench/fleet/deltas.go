package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"lachan/fleet"
)

// What a node downloads of lists on a day on which some lines of each are gone and as many are new,
// at random places: as files and as deltas, both as a hub makes them.

// deltas prints that of each list in a folder, and of all.
func deltas(folder string, perMille int) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	all := day{name: "together, a node a day"}
	random := rand.New(rand.NewPCG(1, 2))
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".LICENSE" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		if len(text) == 0 || len(text) > fleet.MaxDeltaText {
			say("%s: left out, %d bytes", e.Name(), len(text))
			continue
		}
		d, err := dayOf(e.Name(), text, perMille, random)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name(), err)
		}
		d.say()
		all.lines, all.whole = all.lines+d.lines, all.whole+d.whole
		all.delta, all.took = all.delta+d.delta, all.took+d.took
	}
	if all.lines == 0 {
		return fmt.Errorf("%s has no list", folder)
	}
	all.say()
	return nil
}

// A day is what a list comes to on it.
type day struct {
	name         string
	lines        int
	whole, delta int           // bytes that a node downloads
	took         time.Duration // to make the delta
}

func (d *day) say() {
	say("%s: %d lines; all of it %.1f KiB, what has changed %.1f KiB, made in %v",
		d.name, d.lines, float64(d.whole)/1024, float64(d.delta)/1024, d.took.Round(time.Millisecond))
}

// dayOf takes so many thousandths of the lines of a list away, and adds as many.
func dayOf(name string, text []byte, perMille int, random *rand.Rand) (d day, err error) {
	d.name = name
	var after []byte
	for line := range bytes.Lines(text) {
		d.lines++
		if random.IntN(1000) >= perMille {
			after = append(after, line...)
		}
		if random.IntN(1000) < perMille {
			after = fmt.Appendf(after, "%x.example\n", random.Uint64())
		}
	}
	began := time.Now()
	delta := fleet.AppendDelta(nil, text, after)
	d.took = time.Since(began)
	if d.whole, err = packed(after); err == nil {
		d.delta, err = packed(delta)
	}
	return d, err
}

// packed is how many bytes a text has compressed.
func packed(text []byte) (int, error) {
	var b bytes.Buffer
	out := gzip.NewWriter(&b)
	_, err := out.Write(text)
	err = errors.Join(err, out.Close())
	return b.Len(), err
}
