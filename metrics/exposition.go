package metrics

import (
	"fmt"
	"io"
	"strconv"
)

// The exposition of the counters of schools is written here and not through
// client_golang, which takes seconds and hundreds of megabytes for the 480,000
// series of 40,000 schools.

// chunk is how many bytes are gathered for one write.
const chunk = 64 << 10

// An exposition writes the Prometheus text format 0.0.4: one family after the other,
// one line for each series, the label node on every series, integers only. After
// the first error of a write, stored in err, nothing more is written.
type exposition struct {
	w       io.Writer
	err     error
	node    string // the label, ready to be written
	pending []byte // lines not yet written
	begun   []byte // what head returned
}

func newExposition(w io.Writer, node string) *exposition {
	return &exposition{
		w:       w,
		node:    string(appendLabel(nil, "node", node)),
		pending: make([]byte, 0, chunk+4<<10),
	}
}

// family begins the series of one metric.
func (e *exposition) family(f Family) {
	e.pending = append(e.pending, "# HELP "+f.Name+" "+f.Help+"\n# TYPE "+f.Name+" "+f.Type+"\n"...)
}

// head returns the beginning of a series, with the node and the given pairs of
// label name and value. It is valid until the next call.
func (e *exposition) head(name string, labels ...string) []byte {
	b := append(e.begun[:0], name...)
	b = append(b, '{')
	b = append(b, e.node...)
	e.begun = appendLabels(b, labels...)
	return e.begun
}

// sample writes one series: its head, further labels as appendLabels makes
// them, and the value.
func (e *exposition) sample(head []byte, labels string, value uint64) {
	b := append(e.pending, head...)
	b = append(b, labels...)
	b = append(b, "} "...)
	b = strconv.AppendUint(b, value, 10)
	e.pending = append(b, '\n')
	if len(e.pending) >= chunk {
		e.flush()
	}
}

// flush writes what is pending.
func (e *exposition) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.pending)
	}
	e.pending = e.pending[:0]
}

// appendLabels appends pairs of name and value after the first label.
func appendLabels(dst []byte, pairs ...string) []byte {
	for i := 0; i+1 < len(pairs); i += 2 {
		dst = append(dst, ',')
		dst = appendLabel(dst, pairs[i], pairs[i+1])
	}
	return dst
}

// appendLabel appends name="value", escaped. The value is valid UTF-8.
func appendLabel(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, '=', '"')
	start := 0
	for i := range len(value) {
		switch value[i] {
		case '\\', '"':
			dst = append(dst, value[start:i]...)
			dst = append(dst, '\\', value[i])
			start = i + 1
		case '\n':
			dst = append(dst, value[start:i]...)
			dst = append(dst, `\n`...)
			start = i + 1
		}
	}
	dst = append(dst, value[start:]...)
	return append(dst, '"')
}

// Write writes the counters and the schools in force in the Prometheus text
// format 0.0.4.
func (t *Totals) Write(w io.Writer) error {
	e := newExposition(w, t.node)
	for k := range kinds {
		e.family(kinds[k].Family)
		switch kind(k) {
		case kindQueries:
			e.queries(t)
		case kindInfo:
			for _, s := range t.schools {
				e.sample(e.head(SchoolInfo, s.labels()...), "", 1)
			}
		default:
			for _, c := range t.counts[k] {
				e.sample(e.head(kinds[k].Name, kinds[k].labels(t, c.Counter)...), "", c.value)
			}
		}
	}
	e.flush()
	if e.err != nil {
		return fmt.Errorf("write compliance metrics: %w", e.err)
	}
	return nil
}

// queries writes the queries of all groups, most of what there is.
func (e *exposition) queries(t *Totals) {
	outcomes := outcomesOf(t)
	var head []byte
	var of *GroupCounters
	for _, c := range t.counts[kindQueries] {
		if c.group != of {
			of, head = c.group, e.head(SchoolQueries, groupLabels(c.group)...)
		}
		e.sample(head, outcomes[c.what][c.category], c.value)
	}
}

// outcomes are the labels decision and category, ready to be written after the
// head of a series.
type outcomes [len(decisionNames)][256]string

// outcomesOf makes them once for all series.
func outcomesOf(t *Totals) *outcomes {
	all := new(outcomes)
	for d := range all {
		labels := func(code string) string {
			return string(appendLabels(nil, "decision", Decision(d).String(), "category", code))
		}
		for category, code := range t.codes {
			all[d][category] = labels(code)
		}
		all[d][CategoryOther] = labels("other")
	}
	return all
}
