package job

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// niceStep is how much nicer than the process that starts it work is which nothing must wait
// for: when all cores are busy it has a tenth of the weight of that one, and next to
// nothing when it yields twice.
const niceStep = 10

// self is the program that runs, even where its file was replaced meanwhile.
func self() (string, error) { return "/proc/self/exe", nil }

// apart starts a process as one that ends with the calling thread, in a group of
// its own, so that yield reaches all its threads.
func apart(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// yield gives this process a lower priority for cores and disks than it had, and
// makes it the first to go when memory is short. Where the system refuses, it
// does its work all the same.
func yield() {
	if had, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err == nil { // the system call counts from 20 down
		_ = unix.Setpriority(unix.PRIO_PGRP, 0, 20-had+niceStep)
	}
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
}

// askForHugePages has the system give the next so many bytes of memory in huge pages, where
// it does so for those who ask. A policy of 40,000 schools touches 42,000 small pages for
// the first time, which is a quarter of the time that it takes.
func askForHugePages(bytes int64) {
	_ = unix.Madvise(make([]byte, bytes), unix.MADV_HUGEPAGE) // else they are small ones
}

// boundMemory makes the system refuse more memory than bytes to this process,
// mapped files apart.
func boundMemory(bytes int64) {
	limit := unix.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)}
	_ = unix.Setrlimit(unix.RLIMIT_DATA, &limit) // the bound of Go's own collector stays
}
