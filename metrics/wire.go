package metrics

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The encoding that ticks, samples and the epochs of a history share. FORMAT.md
// draws it.

const (
	maxText    = 1 << 10 // bytes of an id or a code
	maxSeconds = 1 << 33 // of protection: two centuries
	maxValue   = 1 << 53 // what a float64, and so a history, holds exactly
	sumBytes   = 4
)

// The records of a counters section.
const (
	recordSchool       = iota + 1 // id: the records after it are of this school
	recordGroup                   // id: the records after it are of this group of the school
	recordQueries                 // decision, category, value
	recordVisits                  // value
	recordCheck                   // result, category, value
	recordProtected               // seconds, of the school
	recordAnswers                 // place in withins, value; of the node
	recordObserved                // category, value
	recordConnectivity            // value
)

func appendText(dst []byte, text string) []byte {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// sealed appends the checksum of all that is in b.
func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// unsealed returns b without its checksum; !ok if that is wrong.
func unsealed(b []byte) (content []byte, ok bool) {
	end := len(b) - sumBytes
	if end < 0 || binary.LittleEndian.Uint32(b[end:]) != crc32.Checksum(b[:end], crc32.MakeTable(crc32.Castagnoli)) {
		return nil, false
	}
	return b[:end:end], true
}

// A countersWriter encodes counters. Those of one group should come together.
type countersWriter struct {
	b      []byte
	school string
	inside bool // a school was written
	group  *GroupCounters
}

// write appends one counter.
func (w *countersWriter) write(c Counter, value uint64) {
	switch c.kind {
	case kindAnswers:
		w.b = append(w.b, recordAnswers, c.what)
	case kindProtected:
		w.enter(c.school.id)
		w.b = append(w.b, recordProtected)
	case kindVisits:
		w.enterGroup(c.group)
		w.b = append(w.b, recordVisits)
	case kindConnectivity:
		w.enterGroup(c.group)
		w.b = append(w.b, recordConnectivity)
	case kindChecks:
		w.enterGroup(c.group)
		w.b = append(w.b, recordCheck, c.what, uint8(c.category))
	case kindObserved:
		w.enterGroup(c.group)
		w.b = append(w.b, recordObserved, uint8(c.category))
	default:
		w.enterGroup(c.group)
		w.b = append(w.b, recordQueries, c.what, uint8(c.category))
	}
	w.b = binary.AppendUvarint(w.b, value)
}

func (w *countersWriter) enter(school string) {
	if !w.inside || w.school != school {
		w.b = appendText(append(w.b, recordSchool), school)
		w.school, w.inside, w.group = school, true, nil
	}
}

func (w *countersWriter) enterGroup(g *GroupCounters) {
	if w.group == g {
		return
	}
	w.enter(g.school)
	w.b = appendText(append(w.b, recordGroup), g.id)
	w.group = g
}

// A counted is one counter of a section, by names.
type counted struct {
	kind          uint8 // a record
	school, group []byte
	what          uint8 // decision, result, or place in withins
	category      uint8 // by the numbers of the writer
	value         uint64
}

// eachCounted calls yield for every counter of a section, up to the first
// mistake.
func eachCounted(section []byte, yield func(*counted)) error {
	r := wireReader{b: section}
	var c counted
	inSchool, inGroup := false, false
	for len(r.b) > 0 && !r.bad {
		c.kind = r.byte()
		switch c.kind {
		case recordSchool:
			c.school, inSchool, inGroup = r.text(), true, false
			continue
		case recordGroup:
			c.group, inGroup = r.text(), true
			r.bad = r.bad || !inSchool
			continue
		case recordQueries:
			c.what, c.category = r.below(len(decisionNames)), r.byte()
			r.bad = r.bad || !inGroup
		case recordVisits, recordConnectivity:
			r.bad = !inGroup
		case recordCheck:
			c.what, c.category = r.below(len(resultNames)), r.byte()
			r.bad = r.bad || !inGroup
		case recordObserved:
			c.what, c.category = 0, r.byte()
			r.bad = r.bad || !inGroup
		case recordProtected:
			r.bad = !inSchool
		case recordAnswers:
			c.what = r.below(len(withins))
		default:
			r.bad = true
		}
		c.value = r.value()
		r.bad = r.bad || c.kind == recordProtected && c.value > maxSeconds
		if !r.bad {
			yield(&c)
		}
	}
	return r.err("counters")
}

// A wireReader decodes. After the first mistake bad is set, and everything reads as
// zero.
type wireReader struct {
	b   []byte
	bad bool
}

func (r *wireReader) err(what string) error {
	if r.bad {
		return fmt.Errorf("%s: %w", what, ErrFormat)
	}
	return nil
}

func (r *wireReader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	taken := r.b[:n:n]
	r.b = r.b[n:]
	return taken
}

func (r *wireReader) byte() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// below is a byte that must be less than n.
func (r *wireReader) below(n int) uint8 {
	b := r.byte()
	if int(b) >= n {
		r.bad = true
		return 0
	}
	return b
}

func (r *wireReader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// value is a number that history can hold.
func (r *wireReader) value() uint64 {
	v := r.anyValue()
	r.bad = r.bad || v >= maxValue
	return v
}

func (r *wireReader) anyValue() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.take(uint64(n))
	return v
}

func (r *wireReader) text() []byte {
	n := r.value()
	if n > maxText {
		r.bad = true
	}
	return r.take(n)
}

// texts reads texts until the end.
func (r *wireReader) texts(most int) (all []string) {
	for len(r.b) > 0 && !r.bad {
		all = append(all, string(r.text()))
		r.bad = r.bad || len(all) > most
	}
	return all
}
