//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
)

// A kind is a way to change code.
type kind string

const (
	negate     kind = "condition negated"
	shift      kind = "comparison shifted"
	drop       kind = "statement dropped"
	dropAppend kind = "append dropped"
	dropLock   kind = "lock dropped"
	constant   kind = "constant off by one"
)

var kinds = []kind{negate, shift, drop, dropAppend, dropLock, constant}

// An edit puts a text in the place of a stretch of a file.
type edit struct {
	from, to int // bytes of the file
	text     string
}

// A mutant is one change of one file.
type mutant struct {
	kind     kind
	file     string
	function string // "" outside of functions
	within   lines  // of the function, or of what is declared outside of one
	line     int
	source   []byte
	edits    []edit // in the order of the file
}

// changed is the file with the change. Lines keep their numbers.
func (m *mutant) changed() []byte {
	var out []byte
	at := 0
	for _, e := range m.edits {
		out = append(append(out, m.source[at:e.from]...), e.text...)
		out = append(out, bytes.Repeat([]byte("\n"), bytes.Count(m.source[e.from:e.to], []byte("\n")))...)
		at = e.to
	}
	return append(out, m.source[at:]...)
}

// before and after are the lines of the first edit without the change and with it.
func (m *mutant) before() string { return joined(m.lines(m.source, 0)) }

func (m *mutant) after() string {
	e := m.edits[0]
	one := append(append([]byte(nil), m.source[:e.from]...), e.text...)
	return joined(m.lines(append(one, m.source[e.to:]...), len(e.text)-(e.to-e.from)))
}

// lines are those that the first edit is in, and the one before where they tell nothing
// alone: a return, or one word as "continue". The edit has made them longer by longer.
func (m *mutant) lines(text []byte, longer int) []byte {
	e := m.edits[0]
	begin := bytes.LastIndexByte(text[:e.from], '\n') + 1
	words := bytes.Fields(m.source[begin:e.to])
	if len(words) > 0 && (len(words) == 1 || string(words[0]) == "return") && begin > 0 {
		begin = bytes.LastIndexByte(text[:begin-1], '\n') + 1
	}
	end := e.to + longer
	if n := bytes.IndexByte(text[end:], '\n'); n >= 0 {
		end += n
	} else {
		end = len(text)
	}
	return text[begin:end]
}

// joined is code on one line, each run of blanks as one.
func joined(code []byte) string { return strings.Join(strings.Fields(string(code)), " ") }

// head tells in a line what is changed.
func (m *mutant) head() string { return fmt.Sprintf("%s:%d %s", m.file, m.line, m.kind) }

// text is the mutant as equivalent.txt has it.
func (m *mutant) text() string {
	return key(m.file+" "+m.function, "- "+m.before(), "+ "+m.after()) + "\n"
}
