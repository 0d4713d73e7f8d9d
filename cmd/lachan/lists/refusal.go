package lists

import (
	"errors"
	"io/fs"

	"lachan/blocklist/format"
	"lachan/blocklist/format/packed"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
)

// explained is an error of a file or a key that a command was given, in words for
// people. What has none is told as it is.
func explained(err error) error {
	var path *fs.PathError
	named := errors.As(err, &path)
	if why, ok := packed.Explain(err); ok {
		return command.Fail(why)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, publish.ErrBusy):
		return command.Fail(textPublishBusy)
	case errors.Is(err, publish.ErrOtherFeed):
		return command.Fail(textPublishOther.With(err))
	case errors.Is(err, release.ErrManifest), errors.Is(err, release.ErrNewer):
		return command.Fail(textPublishManifest.With(err))
	case named && errors.Is(err, fs.ErrNotExist):
		return command.Fail(textNoFile.With(path.Path))
	case named && errors.Is(err, fs.ErrExist):
		return command.Fail(textFileExists.With(path.Path))
	case named:
		return command.Fail(textFileTrouble.With(path.Path, path.Err))
	}
	return command.Fail(format.Explain(err))
}
