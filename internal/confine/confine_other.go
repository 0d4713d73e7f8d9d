//go:build !linux

// Package confine takes from a process what it does not need. It knows how to on
// Linux only.
package confine

// Capabilities that a process may keep.
const (
	ReadFiles  = 1 << iota // of other users
	WriteFiles             // likewise
	BindPorts              // below 1024
)

// Raise does nothing here.
func Raise(uint32) error { return nil }

// Privileges does nothing here.
func Privileges(uint32) error { return nil }

// Files does nothing here.
func Files(_, _ []string) error { return nil }
