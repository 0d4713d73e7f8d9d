package job

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lachan/internal/memory"
)

// What a job may have of the memory is its part of the one budget. The collector works
// hard to keep it within that. A job that needs more may pass it up to a bound, and then
// ends and says so. The bound of the system, which a job cannot pass between two looks,
// is coarser: Go takes address space in large pieces.
const (
	overhead   = 192 << 20 // bytes of address space that Go takes before it uses any
	lookEvery  = 20 * time.Millisecond
	overStatus = 3 // of a job that needed more
)

// stay keeps this process within what it was told that it may have.
func stay() {
	part, _ := strconv.ParseInt(os.Getenv(memoryVariable), 10, 64) // if that fails it was not told
	if part <= 0 {
		part = memory.Divide(memory.Auto(), 0).Job
	}
	bound := memory.Shares{Job: part}.JobBound()
	memory.Limit(part)
	boundMemory(bound + overhead)
	go func() {
		for range time.Tick(lookEvery) {
			if used := memory.Used(); used > bound {
				fmt.Fprintf(os.Stderr, "it takes %d MiB of memory and may have %d MiB: raise memory in lachan.yaml\n", used>>20, bound>>20)
				os.Exit(overStatus)
			}
		}
	}()
}
