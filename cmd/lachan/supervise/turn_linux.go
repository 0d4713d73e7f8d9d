package supervise

import (
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"lachan/internal/confine"
)

// Who waits for whom. An answer takes microseconds and a page milliseconds; a machine of a
// school has two CPUs, and where both want the same one the page waits, not the child.
//
// Resolve runs for a short time and says so: a kernel that schedules by deadlines (Linux 6.12
// and later) then gives it the CPU when a packet wakes it, whoever has it. Otherwise the one
// that has the CPU keeps it until the next tick, for 4 ms. Manage has a third of its weight
// where both want all there is: pages still come on a machine that is flooded with questions.
// Jobs yield to manage in turn.
const (
	resolveSlice = 100 * time.Microsecond // the least that the kernel takes
	manageNice   = 5
)

// inTurn starts a process as one that waits for others, or is waited for, as its command is.
// A process has this from the thread that starts it, and its threads have it from each other:
// the thread is used for nothing else afterwards, as only a privileged one gets its weight
// back. Where the kernel, or a container, refuses, all have the same turn. Ports are bound
// by this process alone: the thread has no privilege to, nor what it starts.
func inTurn(name string, start func() (*os.Process, error)) (process *os.Process, err error) {
	started := make(chan struct{})
	go func() {
		defer close(started)
		runtime.LockOSThread() // and no unlocking: it ends with this goroutine
		turn := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}
		if had, err := unix.SchedGetAttr(0, 0); err == nil && had.Policy == unix.SCHED_NORMAL {
			turn.Nice = had.Nice
			switch name {
			case resolve:
				turn.Runtime = uint64(resolveSlice)
			case manage:
				turn.Nice = min(had.Nice+manageNice, 19)
			}
			_ = unix.SchedSetAttr(0, &turn, 0) // a refusal changes nothing
		}
		if os.Geteuid() != 0 { // children of root give up what they need not by themselves
			_ = confine.Thread(confine.ReadFiles | confine.WriteFiles) // a refusal leaves it to them too
		}
		process, err = start()
	}()
	<-started
	return process, err
}
