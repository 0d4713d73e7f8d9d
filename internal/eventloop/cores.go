// Package eventloop tells how many cores the program may use, and runs on each of
// them the loop that waits for sockets.
package eventloop

import "runtime"

// Count is how many cores the program may use: what GOMAXPROCS was when it
// started, which Go takes from the environment, the affinity or the limit of the
// control group.
var Count = runtime.GOMAXPROCS(0)

// perCore is how many of Go's processors a core has: one for its Loop and one for
// all others. Whoever returns from the kernel, as a loop does from waiting, goes on
// if a processor is free, and else when somebody has used one for 10 ms. With two
// it is the kernel that divides the core, to the benefit of who uses little of it.
const perCore = 2

// Share lets loops have processors of their own. It stops the program for a
// moment; a program that serves calls it once.
func Share() {
	if runtime.GOOS == "linux" { // elsewhere there are no loops
		runtime.GOMAXPROCS(perCore * Count)
	}
}
