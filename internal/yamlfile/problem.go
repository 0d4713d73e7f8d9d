// Package yamlfile reads the YAML files that people write and reports every
// mistake in them at once, each with its line, what is wrong and what to do, in
// Vietnamese and English.
//
// It differs from a plain YAML decoder in four ways: it does not stop at the
// first mistake, it refuses keys it does not know (and names the nearest one
// it does), it reads a value as the type it is read into wants it ("off" into a
// string stays "off"), and it leaves what a file does not mention as it was, so
// that defaults are set before.
package yamlfile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"lachan/internal/wording"
)

// A Problem is one mistake in a file that a person wrote.
//
// A type whose UnmarshalText or SetShort returns a Problem gives the sentence
// itself; file and line are filled in by Decode.
type Problem struct {
	File string       // as the user named it; the name of the variable or flag when the value came from there
	Line int          // from 1; 0 when there is none
	Text wording.Text // what is wrong and what to do
}

// Error is the problem on one line: "lachan.yaml:12: VI | EN".
func (p Problem) Error() string { return p.where() + p.Text.String() }

// Wording is the problem in both languages, each with its place.
func (p Problem) Wording() wording.Text {
	return wording.Text{VI: p.where() + p.Text.VI, EN: p.where() + p.Text.EN}
}

// where is the place of the problem, to stand before it.
func (p Problem) where() string {
	where := p.File
	if p.Line > 0 {
		where += ":" + strconv.Itoa(p.Line)
	}
	if where == "" {
		return ""
	}
	return where + ": "
}

// Problems is all that is wrong. As an error it is one line for each.
type Problems []Problem

// Error is one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Wording is the problems in both languages.
func (ps Problems) Wording() wording.Text {
	vi, en := make([]string, len(ps)), make([]string, len(ps))
	for i, p := range ps {
		text := p.Wording()
		vi[i], en[i] = text.VI, text.EN
	}
	return wording.Text{VI: strings.Join(vi, "\n"), EN: strings.Join(en, "\n")}
}

// Err is the problems as an error, nil when there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add appends one problem.
func (ps *Problems) Add(file string, line int, text wording.Text) {
	*ps = append(*ps, Problem{File: file, Line: line, Text: text})
}

// Sort puts the problems in the order of files and lines. Problems of one line
// keep their order.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
