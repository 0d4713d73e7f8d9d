package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// mark gives a program in the file system what it has in an image.
func mark(program string) error {
	if err := unix.Setxattr(program, capability, bindsPorts(), 0); err != nil {
		return &os.PathError{Op: "setxattr", Path: program, Err: err}
	}
	return nil
}
