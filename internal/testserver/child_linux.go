package testserver

import "syscall"

// dieWithParent are the attributes of a process that must not outlive the test.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
