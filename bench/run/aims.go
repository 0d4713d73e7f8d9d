//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// An aimBench measures what the project aims at, everything in the same rounds, and prints each
// figure beside its aim.
type aimBench struct{ doorBench }

// lightRates are questions a second that leave a server idle most of the time.
var lightRates = [...]string{"1000", "10000", "100000"}

func cpuAt(rate string) column { return column("CPU-s/M at " + rate + " q/s") }
func p50At(rate string) column { return column("p50 us at " + rate + " q/s") }
func p99At(rate string) column { return column("p99 us at " + rate + " q/s") }

// An aim is a figure that is to be at most so much.
type aim struct {
	what   string
	values []float64
	most   float64 // 0: it is measured and nothing more is asked of it
}

// measure takes all figures and prints them.
func (a *aimBench) measure(to io.Writer) error {
	if err := a.writeCertificate(); err != nil {
		return err
	}
	if err := a.gather(); err != nil {
		return err
	}
	dnsdist, unbound := a.named("dnsdist"), a.named("Unbound")
	if err := a.addDoors(dnsdist, a.named("CoreDNS")); err != nil {
		return err
	}
	a.subjects = []*subject{a.subjects[0], a.lachan, dnsdist, unbound}
	a.startAll()
	for round := range a.rounds {
		say("round %d of %d", round+1, a.rounds)
		a.round(dnsdist, unbound)
		a.reload(a.lachan)
	}
	for _, s := range a.subjects {
		s.stop()
	}
	aims := a.aims(dnsdist, unbound)
	if !a.quick {
		aims = append(aims, a.sizes()...)
	}
	fmt.Fprintf(to, "%d names, %d schools, %d rounds of %v. Medians (lowest to highest).\n\n", a.names, a.schools, a.rounds, a.time)
	printAims(to, aims)
	a.printReasons(to)
	return a.ctx.Err()
}

// named is the subject of that name.
func (a *aimBench) named(name string) *subject {
	i := slices.IndexFunc(a.subjects, func(s *subject) bool { return s.name == name })
	return a.subjects[i]
}

// round measures each figure once.
func (a *aimBench) round(dnsdist, unbound *subject) {
	floor := a.subjects[0]
	running := a.running(true)
	for _, s := range []*subject{floor, a.lachan, unbound, dnsdist} {
		if !slices.Contains(running, s) {
			continue
		}
		a.take(s, warmCPU, warmRate, "warm.queries", "-time", a.time.String())
		for _, rate := range lightRates {
			a.light(s, rate)
		}
	}
	for _, s := range []*subject{a.lachan, dnsdist} {
		if !slices.Contains(running, s) {
			continue
		}
		a.take(s, tcpCPU, tcpRate, "warm.queries", "-time", a.time.String(), "-tcp", "-clients", "100", "-window", "20")
		a.take(s, missCPU, missRate, "miss.queries", "-time", a.time.String(), "-each")
		a.takeDoor(s, s.dot, "dot", dotCPU, dotRate)
		a.takeDoor(s, s.doh, "doh", dohCPU, dohRate)
		a.takeDoor(s, s.doh, "doh", oneCPU, "", "-clients", "100", "-window", "1")
	}
	a.takeDoor(a.lachan, a.lachan.doh, "doh3", h3CPU, "")
	a.takeDoor(a.lachan, a.lachan.doq, "doq", doqCPU, "")
}

// light asks warm questions at a rate.
func (a *aimBench) light(s *subject, rate string) {
	r, err := a.load(s, "warm.queries", "-time", a.time.String(), "-rate", rate)
	if err != nil {
		s.miss(cpuAt(rate), err)
		return
	}
	s.note(cpuAt(rate), r.CPUPerM)
	s.note(p50At(rate), r.P50)
	s.note(p99At(rate), r.P99)
}

// aims are the figures of the rounds.
func (a *aimBench) aims(dnsdist, unbound *subject) []aim {
	own, floor := a.lachan.cells, a.subjects[0].cells
	over := func(c column, s *subject) []float64 { return ratios(own[c], s.cells[c]) }
	all := []aim{
		{"DoH, HTTP/2, 20 connections x 20: CPU-s/M", own[dohCPU], 4.5},
		{"the same, ratio to dnsdist", over(dohCPU, dnsdist), 0.3},
		{"DoH, HTTP/2, 100 x 1: ratio to dnsdist", over(oneCPU, dnsdist), 0.7},
		{"DoH, HTTP/3: CPU-s/M (dnsdist has none)", own[h3CPU], 0},
		{"DoQ: CPU-s/M (dnsdist has none)", own[doqCPU], 0},
		{"DoT: CPU-s/M", own[dotCPU], 2.6},
		{"TCP: CPU-s/M", own[tcpCPU], 2.6},
		{"UDP, warm: ratio to the floor in C", ratios(own[warmCPU], floor[warmCPU]), 1.2},
		{"misses: CPU-s/M", own[missCPU], 9},
		{"misses: ratio to dnsdist", over(missCPU, dnsdist), 1},
	}
	for _, rate := range lightRates {
		all = append(all,
			aim{"p50 at " + rate + " q/s: ratio to Unbound", over(p50At(rate), unbound), 0},
			aim{"p99 at " + rate + " q/s: ratio to Unbound", over(p99At(rate), unbound), 1},
			aim{"p99 at " + rate + " q/s: ratio to the floor in C", ratios(own[p99At(rate)], floor[p99At(rate)]), 0},
			aim{"CPU-s/M at " + rate + " q/s: ratio to the floor in C", ratios(own[cpuAt(rate)], floor[cpuAt(rate)]), 1},
		)
	}
	return append(all,
		aim{"first filtered answer of a start with no snapshot, s", own[startBare], 2.5},
		aim{fmt.Sprintf("first filtered answer of a start, %d schools, s", a.schools), own[startTime], 0.08},
		aim{"reload at 5,000 q/s: worst answer, ms", own[reloadWorst], 10},
	)
}

// sizes are the figures of a country, and of a full cache.
func (a *aimBench) sizes() []aim {
	country, full := aim{"first filtered answer of a start, 40000 schools, s", nil, 0.3}, aim{"resident with 1,000,000 answers cached, MB", nil, 350}
	c := &curve{a.lab}
	if z, err := c.point(point{a.names, 40_000, popular}); err != nil {
		a.lachan.miss(column(country.what), err)
	} else {
		country.values = []float64{z.started.Seconds()}
	}
	if z, err := c.point(point{a.names, a.schools, 1_000_000}); err != nil {
		a.lachan.miss(column(full.what), err)
	} else {
		full.values = []float64{z.resident()}
	}
	return []aim{country, full}
}

func printAims(to io.Writer, aims []aim) {
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', 0)
	fmt.Fprint(w, "| figure\t| measured\t| aim\t| \t|\n|---\t|---:\t|---:\t|---\t|\n")
	for _, a := range aims {
		most, said := "measured", ""
		switch {
		case len(a.values) == 0:
			said = "not measured"
		case a.most == 0:
		case median(a.values) <= a.most:
			said = "reached"
		default:
			said = "missed"
		}
		if a.most > 0 {
			most = figure(a.most)
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t|\n", a.what, spread(a.values), most, said)
	}
	_ = w.Flush() // to is standard output
}
