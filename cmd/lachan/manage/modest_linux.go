package manage

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// stepBack is how much nicer than the server work is which answers must not wait
// for: when all cores are busy it has a tenth of the server's weight, and next to
// nothing when it steps back twice.
const stepBack = 10

// self is the program that runs, even where its file was replaced meanwhile.
func self() (string, error) { return "/proc/self/exe", nil }

// makeModest starts a process as one that ends with the calling thread, in a
// group of its own, so that beModest reaches all its threads.
func makeModest(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// beModest gives this process, which makeModest has started, a lower priority
// for cores and disks than it had, and makes it the first to go when memory is
// short. All of it is a wish: what the system refuses is done without.
func beModest() {
	if had, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err == nil { // the system call counts from 20 down
		_ = unix.Setpriority(unix.PRIO_PGRP, 0, 20-had+stepBack)
	}
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
}
