// Package cores tells how many cores the program may use, and lets Go's
// scheduler keep them busy.
package cores

import "runtime"

// Count is how many cores the program may use: what GOMAXPROCS was when it
// started, which Go takes from the environment, the affinity or the limit of the
// control group.
var Count = runtime.GOMAXPROCS(0)

// On each core two goroutines wait in the kernel, not in Go's poller: the reader
// of clients' packets and the reader of upstreams' replies. Whoever returns from
// the kernel goes on if a processor of Go's is free, and else waits until one is,
// for up to 10 ms. So there is one for each of them and one for all others, and it
// is the kernel that divides the core among them, to the benefit of those that
// use little of it.
const perCore = 3

// Share lets what waits in the kernel have processors of its own. It stops the
// program for a moment; a program that serves calls it once.
func Share() {
	if runtime.GOOS == "linux" { // elsewhere all wait in Go's poller
		runtime.GOMAXPROCS(perCore * Count)
	}
}
