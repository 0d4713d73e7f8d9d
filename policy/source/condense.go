package source

import (
	"strconv"
	"strings"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// This file keeps a message that stands on thousands of lines from being thousands of
// messages.

const (
	linesNamed = 5 // how many further lines a condensed message names
	fewLines   = 3 // so often a message is said with each line
)

// Condense says a message that stands many times in a file once, with how often
// and where else. One that stands a few times is said with each of its lines.
func Condense(problems yamlfile.Problems) (condensed yamlfile.Problems) {
	type message struct {
		file string
		text wording.Text
	}
	count := map[message]int{}
	for _, p := range problems {
		count[message{p.File, p.Text}]++
	}
	first := map[message]int{} // index into condensed
	others := map[int][]int{}  // lines
	for _, p := range problems {
		m := message{p.File, p.Text}
		at, known := first[m]
		if !known || count[m] <= fewLines {
			first[m] = len(condensed)
			condensed = append(condensed, p)
			continue
		}
		others[at] = append(others[at], p.Line)
	}
	for at, lines := range others {
		condensed[at].Text = wording.Join(condensed[at].Text, textAlsoLines.With(len(lines), lineNumbers(lines)))
	}
	return condensed
}

// lineNumbers are the first lines of a list.
func lineNumbers(lines []int) string {
	var texts []string
	for i, line := range lines {
		if i == linesNamed {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, strconv.Itoa(line))
	}
	return strings.Join(texts, ", ")
}
