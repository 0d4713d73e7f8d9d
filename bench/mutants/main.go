//go:build linux

// Mutants changes the code at random places, one at a time, and tells which of the
// changes no test notices. The tree stays as it is: a change is an overlay of the go
// command.
//
//	go run ./bench/mutants -seed 1 -n 150
//	go run ./bench/mutants -seed 1,2,3 -n 40 -area metrics/history
//
// A mutant that does not compile is none. One that equivalent.txt has, with the
// reason why it changes nothing that anybody relies on, is not counted. The others
// are killed if a test of their package fails, or one of the packages that use it, or
// of the program. A log line that is not written counts: operators go by it. A
// test that hangs or takes too much memory counts as one that fails. The same seed,
// number and tree give the same mutants.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	o := options{}
	seeds := flag.String("seed", "1", "which mutants are drawn; several seeds, with commas between them, are several draws")
	flag.IntVar(&o.n, "n", 150, "how many mutants are drawn for a seed over all areas, a share of each")
	flag.StringVar(&o.area, "area", "", "draw all of them from this area")
	flag.BoolVar(&o.list, "list", false, "show what would be drawn, and run nothing")
	flag.BoolVar(&o.near, "near", false, "leave out the tests of the whole program, for a first look: they may kill survivors")
	flag.DurationVar(&o.bound, "bound", 30*time.Second, "how long the tests of one package may take beyond ten times what they take unchanged")
	flag.Parse()
	for text := range strings.SplitSeq(*seeds, ",") {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			fmt.Fprintln(os.Stderr, "mutants: -seed: numbers with commas between them, such as 1,2,3:", err)
			os.Exit(2)
		}
		o.seeds = append(o.seeds, seed)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

type options struct {
	seeds []uint64
	n     int
	area  string
	list  bool
	near  bool
	bound time.Duration
}

// run draws the mutants, runs them and prints what came of it.
func run(ctx context.Context, o options) error {
	chosen := areas
	if o.area != "" {
		chosen = slices.DeleteFunc(slices.Clone(areas), func(a area) bool { return a.name != o.area })
		if len(chosen) == 0 {
			return fmt.Errorf("no area %q; there are %s", o.area, strings.Join(areaNames(), ", "))
		}
	}
	known, err := readEquivalents(equivalentFile)
	if err != nil {
		return err
	}
	bench, err := newBench(o.bound, o.near)
	if err != nil {
		return err
	}
	defer bench.close()
	results := make([]tally, len(o.seeds)) // of each seed
	drawn, want := 0, o.n*len(o.seeds)
	for i, share := range shares(chosen, o.n) {
		sites, err := chosen[i].sites()
		if err != nil {
			return err
		}
		for s, seed := range o.seeds {
			// Each area has a sequence of its own, so that a change in one does not change
			// what is drawn in the others, nor that it is drawn alone.
			random := rand.New(rand.NewPCG(seed, uint64(slices.Index(areaNames(), chosen[i].name))))
			draw := drawing{area: chosen[i], sites: shuffled(random, sites), known: known, bench: bench, list: o.list}
			draw.say = func(verdict string, m *mutant) {
				fmt.Fprintf(os.Stderr, "%s %3d/%d %s: %s\n", time.Now().Format(time.TimeOnly), drawn+draw.counted, want, verdict, m.head())
				if strings.HasPrefix(verdict, string(survived)) {
					fmt.Fprint(os.Stderr, m.text())
				}
			}
			result, err := draw.run(ctx, share)
			results[s] = append(results[s], result)
			if err != nil {
				printAll(os.Stdout, o, results)
				return err
			}
			drawn += share
		}
	}
	if !o.list {
		printAll(os.Stdout, o, results)
	}
	return nil
}

// shares divides n among areas by their weight; each has one at least.
func shares(chosen []area, n int) []int {
	total := 0
	for _, a := range chosen {
		total += a.weight
	}
	list, left := make([]int, len(chosen)), n
	for i, a := range chosen {
		list[i] = max(1, n*a.weight/total)
		left -= list[i]
	}
	for i := 0; left > 0; i = (i + 1) % len(list) {
		list[i]++
		left--
	}
	return list
}

// A drawing takes mutants of one area, in random order, until there are enough.
type drawing struct {
	area    area
	sites   []*mutant
	known   equivalents
	bench   *bench
	list    bool
	counted int
	say     func(verdict string, m *mutant)
}

// run draws and runs n mutants that count. There are fewer in an area that has no
// more. After an error the result is of those that ran.
func (d *drawing) run(ctx context.Context, n int) (r result, err error) {
	r.area = d.area.name
	for _, m := range d.sites {
		if d.counted == n {
			break
		}
		if d.known.has(m) {
			r.equivalent++
			d.say("equivalent", m)
			continue
		}
		if d.list {
			d.counted++
			d.say("drawn", m)
			fmt.Print(m.text())
			continue
		}
		end, err := d.bench.try(ctx, d.area, m)
		if err != nil {
			return r, err
		}
		if end.how == noMutant {
			continue
		}
		d.counted++
		d.say(end.String(), m)
		r.add(m, end)
	}
	return r, nil
}
