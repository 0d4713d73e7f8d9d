//go:build linux

package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// A column is one of the things that are measured.
type column string

const (
	warmCPU        column = "CPU-s/M warm"
	warmRate       column = "q/s warm"
	missCPU        column = "CPU-s/M miss"
	missRate       column = "q/s miss"
	tcpCPU         column = "CPU-s/M TCP"
	tcpRate        column = "q/s TCP"
	p50            column = "p50 us at 10k q/s"
	p99            column = "p99 us at 10k q/s"
	atStart        column = "resident MB at start"
	resident       column = "MB, 100,000 cached"
	answersAtStart column = "of what answers, at start"
	answersCached  column = "of what answers, cached"
	anonymous      column = "of it anonymous"
	startTime      column = "start s"
	startBare      column = "start s, no snapshot"
	reloadLost     column = "lost % in reload at 5k q/s"
	reloadWorst    column = "worst ms in reload"
	reloadTime     column = "s to new entry in force"
	reloadPeak     column = "peak MB"
	blockedPart    column = "% NXDOMAIN"
)

// tables are the columns as they are printed, each table with those that
// belong together.
var tables = [...][]column{
	{warmCPU, warmRate, missCPU, missRate, blockedPart},
	{tcpCPU, tcpRate, p50, p99},
	{atStart, answersAtStart, resident, answersCached, anonymous, startTime, startBare},
	{reloadLost, reloadWorst, reloadTime, reloadPeak},
}

// print prints the tables in Markdown, and why cells are empty.
func (b *bench) print(to io.Writer) {
	fmt.Fprintf(to, "%d names, %d schools, %d rounds of %v; %s, %d cores. Medians (lowest to highest).\n", b.names, b.schools, b.rounds, b.time, runtime.Version(), runtime.NumCPU())
	for _, columns := range tables {
		fmt.Fprintln(to)
		b.printTable(to, columns)
	}
	b.printRatios(to)
	for _, line := range b.numbers {
		fmt.Fprintln(to, line)
	}
	b.printReasons(to)
}

func (l *lab) printTable(to io.Writer, columns []column) {
	w := tabwriter.NewWriter(to, 0, 0, 1, ' ', 0)
	fmt.Fprint(w, "| \t")
	for _, c := range columns {
		fmt.Fprintf(w, "| %s\t", c)
	}
	fmt.Fprint(w, "|\n|---\t"+strings.Repeat("|---:\t", len(columns))+"|\n")
	for _, s := range l.subjects {
		fmt.Fprintf(w, "| %s\t", s.name)
		for _, c := range columns {
			fmt.Fprintf(w, "| %s\t", s.cell(c))
		}
		fmt.Fprintln(w, "|")
	}
	_ = w.Flush() // to is standard output
}

// cell is the median and the spread of what was measured.
func (s *subject) cell(c column) string {
	values := s.cells[c]
	if len(values) == 0 && s.echo {
		return ""
	}
	return spread(values)
}

// spread is a median with the lowest and the highest.
func spread(values []float64) string {
	switch len(values) {
	case 0:
		return "not measured"
	case 1:
		return figure(values[0])
	}
	return fmt.Sprintf("%s (%s to %s)", figure(median(values)), figure(slices.Min(values)), figure(slices.Max(values)))
}

func figure(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 20:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// printRatios compares with the floor of the same rounds, pair by pair: what
// slows the machine for a while slows both.
func (b *bench) printRatios(to io.Writer) {
	floor := b.subjects[0].cells[warmCPU]
	if len(floor) == 0 {
		fmt.Fprintln(to, "\nNo ratio to the floor in C: it was not measured.")
		return
	}
	fmt.Fprintln(to, "\nCPU-s/M warm, as multiples of the floor in C of the same round:")
	for _, s := range b.subjects[1:] {
		if r := ratios(s.cells[warmCPU], floor); len(r) > 0 {
			fmt.Fprintf(to, "- %s: %.2f (%.2f to %.2f)\n", s.name, median(r), slices.Min(r), slices.Max(r))
		}
	}
}

// ratios are those of figures of the same rounds.
func ratios(of, to []float64) (all []float64) {
	for i := range min(len(of), len(to)) {
		all = append(all, of[i]/to[i])
	}
	return all
}

func (b *bench) printReasons(to io.Writer) {
	for _, s := range b.subjects {
		for _, columns := range tables {
			for _, c := range columns {
				if why := s.whyNot[c]; why != "" {
					fmt.Fprintf(to, "- not measured: %s, %s: %s\n", s.name, c, why)
				}
			}
		}
		if s != b.lachan && !s.echo && s.program != "" && len(s.cells[startBare]) == 0 {
			fmt.Fprintf(to, "- not measured: %s, %s: it has no snapshot, every start is such a start\n", s.name, startBare)
		}
	}
}
