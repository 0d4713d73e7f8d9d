package site

import (
	_ "embed"
	"strings"

	"lachan/blocklist/domain"
)

// This file knows the hosts on which many publish.

//go:embed sharedhosts.txt
var sharedHostsText string

// sharedHosts holds the names of sharedhosts.txt; it is never written.
var sharedHosts = nameLines(sharedHostsText)

// IsShared reports whether a host is one where many unrelated people publish, or
// below one. A path on such a host does not stand for the host: blocking the
// host would block everybody else on it too.
func IsShared(host string) bool {
	name, err := domain.Canonical(host)
	return err == nil && isSharedHost(name)
}

// IsPlatform reports whether a canonical name is itself one of the hosts where many
// unrelated people publish; what is below one is somebody's own.
func IsPlatform(name string) bool {
	_, is := sharedHosts[name]
	return is
}

// isSharedHost is IsShared for a canonical name. It does not allocate.
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

// nameLines reads one name a line, leaving out empty lines and comments ('#').
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
