//go:build unix

// Package descriptors says how many files and sockets a process may open, so that
// those of clients leave some to all else that it does.
package descriptors

import (
	"math"
	"os"
	"syscall"
)

// assumed is how many are open where the system does not show which.
const assumed = 64

// Free is how many more this process may open. The Go runtime has raised its limit to
// the highest that the system allows.
func Free() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return math.MaxInt
	}
	most := int(min(limit.Cur, math.MaxInt32))
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return max(0, most-assumed)
	}
	return max(0, most-len(open))
}

// ForClients is how many connections of clients may be open where more were wanted
// and held are open already: a half of what is left goes to all else, and some of the
// other to connections that are ending.
func ForClients(wanted, held int) int {
	return max(1, min(wanted, Free()/5*2+held))
}
