package compile

import (
	"strconv"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A report collects what is wrong with what is written.
type report struct {
	path     string // of policy.yaml
	problems yamlfile.Problems
}

// fail reports a problem.
func (r *report) fail(file string, line int, text wording.Text) {
	r.problems.Add(file, line, text)
}

func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }
