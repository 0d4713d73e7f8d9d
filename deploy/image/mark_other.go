//go:build !linux

package main

import "errors"

// mark does nothing here: capabilities of files are Linux's.
func mark(string) error { return errors.New("-mark needs Linux") }
