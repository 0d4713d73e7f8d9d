package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lachan/internal/durable"
)

// IsStream reports whether a name is that of a pipe or a device: nothing lies beside it.
func IsStream(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular() || strings.HasPrefix(filepath.Clean(name), "/dev/")
}

// WriteOut writes what a command has made to where its user wants it: a file whole or not at all,
// in place of what is there. A pipe or a device, such as /dev/stdout, is written to and never
// replaced, as root could.
func WriteOut(name string, text []byte, mode fs.FileMode) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return Fail(textDirectory.With(name))
	case IsStream(name):
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = file.Write(text)
		return errors.Join(err, file.Close())
	}
	if dir := filepath.Dir(name); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return Fail(textOutNowhere.With(dir))
		}
	}
	return durable.WriteFile(name, text, mode)
}
