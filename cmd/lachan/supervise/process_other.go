//go:build unix && !linux

package supervise

import (
	"errors"
	"os"
)

// running is the program that runs, if its file was not replaced meanwhile.
func running(program string) string { return program }

// inMemory would be a file that is nowhere on the disk.
func inMemory([]byte) (*os.File, error) {
	return nil, errors.New("an upgrade in place needs Linux here: restart the server instead")
}
