package command

import (
	"errors"
	"io/fs"
	"syscall"

	"lachan/internal/wording"
)

// File says what is wrong with a file that a command was given or needs, and what to do; ok
// is false if the error is of no file.
func File(err error) (text wording.Text, ok bool) {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return text, false
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return textNoFile.With(path.Path), true
	case errors.Is(err, fs.ErrExist):
		return textFileExists.With(path.Path), true
	case errors.Is(err, syscall.EISDIR):
		return textDirectory.With(path.Path), true
	}
	return textFileTrouble.With(path.Path, path.Err), true
}

// explained is an error of a file in words for people, unless it has some.
func explained(err error) error {
	if err == nil {
		return nil
	}
	if said := wording.Of(err); said.VI != said.EN {
		return err
	}
	if text, ok := File(err); ok {
		return Fail(text)
	}
	return err
}
