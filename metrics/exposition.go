package metrics

import (
	"io"
	"strconv"
)

// chunk is how many bytes are gathered for one write.
const chunk = 64 << 10

// An exposition is the Prometheus text format 0.0.4 in the making: one family
// after the other, one line a series, the label node on every series, integers
// only. After the first error of a write, stored in err, nothing more is written.
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

// head is the beginning of a series, with the node and the given pairs of
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
