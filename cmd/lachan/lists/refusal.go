package lists

import (
	"errors"
	"io/fs"

	"lachan/blocklist/format"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// explained is an error of a file or a key that a command was given, in words for
// people. What has none is told as it is.
func explained(err error) error {
	var path *fs.PathError
	named := errors.As(err, &path)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, publish.ErrBusy):
		return command.Fail(wording.CLIPublishBusy)
	case errors.Is(err, publish.ErrOtherFeed):
		return command.Fail(wording.CLIPublishOther.With(err))
	case errors.Is(err, release.ErrManifest), errors.Is(err, release.ErrNewer):
		return command.Fail(wording.CLIPublishManifest.With(err))
	case named && errors.Is(err, fs.ErrNotExist):
		return command.Fail(wording.CLINoFile.With(path.Path))
	case named && errors.Is(err, fs.ErrExist):
		return command.Fail(wording.CLIFileExists.With(path.Path))
	case named:
		return command.Fail(wording.CLIFileTrouble.With(path.Path, path.Err))
	}
	return command.Fail(format.Explain(err))
}
