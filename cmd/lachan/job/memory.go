package job

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
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
	mostHuge   = 192 << 20 // bytes that a job asks to have in huge pages
	overStatus = 3         // of a job that needed more
)

// Jobs are done one after another where there is little memory: each has its part, and
// some need more than that for a while. One that takes long is waited for no longer than
// patience.
const (
	placeBytes = 64 << 20 // of a job's part, for each that is done beside others
	mostPlaces = 8
	patience   = 10 * time.Second
)

// placesWithin is how many jobs are done at once if each may have so many bytes.
func placesWithin(bytes int64) int { return int(min(max(bytes/placeBytes, 1), mostPlaces)) }

// tooMuch is what is said of a job that needed more than bound.
func tooMuch(bound int64) string {
	return fmt.Sprintf("it takes more than the %d MiB of memory that it may have: raise memory in lachan.yaml", bound>>20)
}

// refused reports whether the words with which a job ended are those of a process to
// which the system gave no more memory: it ended before it could look itself.
func refused(words string) bool {
	for _, of := range [...]string{"out of memory", "cannot allocate memory", "failed to allocate"} {
		if strings.Contains(words, of) {
			return true
		}
	}
	return false
}

// stay keeps this process within what it was told that it may have.
func stay() {
	part, _ := strconv.ParseInt(os.Getenv(memoryVariable), 10, 64) // if that fails it was not told
	if part <= 0 {
		part = memory.Divide(memory.Auto(), 0).Job
	}
	bound := memory.Shares{Job: part}.JobBound()
	memory.Limit(part)
	boundMemory(bound + overhead)
	askForHugePages(min(part/2, mostHuge))
	runtime.GC() // what they were asked for by is theirs to use
	go func() {
		for range time.Tick(lookEvery) {
			if used := memory.Used(); used > bound {
				fmt.Fprintln(os.Stderr, tooMuch(bound))
				os.Exit(overStatus)
			}
		}
	}()
}
