package format

import (
	_ "embed"
	"strings"
)

//go:embed sharedhosts.txt
var sharedHostsText string

// sharedHosts holds the names of sharedhosts.txt; it is never written.
var sharedHosts = nameLines(sharedHostsText)

// isSharedHost tells whether a canonical name is a host where many unrelated
// people publish, or below one. A path on such a host does not stand for the
// host: who blocks the host blocks everybody else on it too.
func isSharedHost(name string) bool {
	for {
		if _, shared := sharedHosts[name]; shared {
			return true
		}
		_, parent, more := strings.Cut(name, ".")
		if !more {
			return false
		}
		name = parent
	}
}

// nameLines reads one name a line; empty lines and those that begin with '#'
// say nothing.
func nameLines(text string) map[string]struct{} {
	names := make(map[string]struct{})
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			names[line] = struct{}{}
		}
	}
	return names
}
