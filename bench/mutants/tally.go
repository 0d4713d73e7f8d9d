//go:build linux

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// A result is what came of the mutants of an area.
type result struct {
	area       string
	killed     int
	hung       int // of those killed, by a hang or by memory
	equivalent int
	survivors  []*mutant
}

func (r *result) add(m *mutant, e ending) {
	switch e.how {
	case survived:
		r.survivors = append(r.survivors, m)
		return
	case hung, swollen:
		r.hung++
	}
	r.killed++
}

// A tally has the results of all areas.
type tally []result

// printAll prints the results of each seed.
func printAll(w io.Writer, o options, results []tally) {
	for i, t := range results {
		fmt.Fprintf(w, "seed %d, n %d\n\n", o.seeds[i], o.n)
		t.print(w)
		fmt.Fprintln(w)
	}
}

func (t tally) print(w io.Writer) {
	var all result
	all.area = "all"
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "area\tmutants\tkilled\tof these by a hang\tequivalent, not counted\trate")
	for _, r := range t {
		r.row(table)
		all.killed += r.killed
		all.hung += r.hung
		all.equivalent += r.equivalent
		all.survivors = append(all.survivors, r.survivors...)
	}
	all.row(table)
	_ = table.Flush() // to standard output, where an error could be reported to no one
	for _, m := range all.survivors {
		fmt.Fprintf(w, "\nsurvived: %s\n%s", m.head(), m.text())
	}
}

func (r *result) row(w io.Writer) {
	counted := r.killed + len(r.survivors)
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d %%\n",
		r.area, counted, r.killed, r.hung, r.equivalent, 100*r.killed/max(1, counted))
}
