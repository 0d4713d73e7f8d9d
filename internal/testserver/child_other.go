//go:build !linux

package testserver

import "syscall"

// dieWithParent is nil: a process that outlives the test has to be ended by hand.
func dieWithParent() *syscall.SysProcAttr { return nil }
