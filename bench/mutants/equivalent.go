//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// equivalentFile names the mutants that change nothing that a test could see, with the
// reason.
const equivalentFile = "bench/mutants/equivalent.txt"

// equivalents are mutants that need no test, as mutant.text writes them.
type equivalents map[string]bool

func (e equivalents) has(m *mutant) bool {
	return e[key(m.file+" "+m.function, "- "+m.before(), "+ "+m.after())]
}

// key is the part of an entry that says which mutant it is.
func key(place, before, after string) string {
	return strings.TrimSpace(place) + "\n" + strings.TrimSpace(before) + "\n" + strings.TrimSpace(after)
}

// readEquivalents reads the file of known equivalents: for each one a line with file
// and function, one with - and one with +, then the reason, up to an empty line.
func readEquivalents(name string) (equivalents, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list := equivalents{}
	var entry []string
	end := func(line int) error {
		defer func() { entry = nil }()
		if len(entry) == 0 {
			return nil
		}
		if len(entry) < 4 || !strings.HasPrefix(entry[1], "- ") || !strings.HasPrefix(entry[2], "+") {
			return fmt.Errorf("%s:%d: before this there is no whole entry: place, -, +, reason", name, line)
		}
		list[key(entry[0], entry[1], entry[2])] = true
		return nil
	}
	lines := bufio.NewScanner(file)
	n := 0
	for lines.Scan() {
		n++
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			if err := end(n); err != nil {
				return nil, err
			}
		default:
			entry = append(entry, line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return list, end(n)
}
