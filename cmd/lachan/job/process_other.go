//go:build !linux

package job

import (
	"os"
	"os/exec"
)

// self is the program that runs.
func self() (string, error) { return os.Executable() }

func apart(*exec.Cmd) {}

func yield() {}

func boundMemory(int64) {}

func askForHugePages(int64) {}
