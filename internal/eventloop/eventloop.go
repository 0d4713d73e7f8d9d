// Package eventloop says how many CPUs the program may use, and runs on each of
// them a loop that waits for sockets.
//
// Where the system is not Linux there are no loops: goroutines read sockets, by
// way of Go's poller.
package eventloop

import "runtime"

// Count is how many CPUs the program may use: what GOMAXPROCS was when it
// started, which Go takes from the environment, the affinity or the limit of the
// control group.
var Count = runtime.GOMAXPROCS(0)

// processorsPerCPU is how many of Go's processors a CPU has: one for its Loop and
// one for everything else. A goroutine that returns from the kernel, as a loop
// does from waiting, goes on at once if a processor is free; if none is, it waits
// until another goroutine has used one for 10 ms. With two of them the kernel
// divides the CPU, and it prefers the thread that uses little of it.
const processorsPerCPU = 2

// ReserveCPUs lets loops have processors of their own. It stops the program for
// a moment; a program that serves calls it once.
func ReserveCPUs() {
	if runtime.GOOS == "linux" {
		runtime.GOMAXPROCS(processorsPerCPU * Count)
	}
}
