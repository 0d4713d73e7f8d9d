package supervise

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// running is the program that runs, even where its file was replaced meanwhile:
// the processes of one server are of one build.
func running(string) string { return "/proc/self/exe" }

// inMemory is a file that is nowhere on the disk and reads text from its
// beginning: the text has secrets in it.
func inMemory(text []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("lachan-state", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), "state")
	if _, err = f.Write(text); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
