package compile

import (
	"slices"
	"strconv"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/source"
)

// A report collects what is wrong with what is written.
type report struct {
	path     string // of policy.yaml
	problems yamlfile.Problems
	others   map[int]site // of a problem of two places, by its index, the other one
}

// A site is a place in a file.
type site struct {
	file string
	line int
}

// fail reports a problem.
func (r *report) fail(file string, line int, text wording.Text) {
	r.problems.Add(file, line, text)
}

// told reports whether something is wrong at a line already.
func (r *report) told(file string, line int) bool {
	return slices.ContainsFunc(r.problems, func(p yamlfile.Problem) bool { return p.File == file && p.Line == line })
}

// failBoth reports a problem that would not be there without what is written at
// another place.
func (r *report) failBoth(file string, line int, other site, text wording.Text) {
	if r.others == nil {
		r.others = map[int]site{}
	}
	r.others[len(r.problems)] = other
	r.fail(file, line, text)
}

// condensed are the problems in their order, each message once.
func (r *report) condensed() yamlfile.Problems {
	r.problems.Sort()
	return source.Condense(r.problems)
}

func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }
