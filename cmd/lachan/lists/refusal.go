package lists

import (
	"errors"

	"lachan/blocklist/format"
	"lachan/blocklist/format/packed"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
)

// explained is an error of a file or a key that a command was given, in words for
// people. What has none is told as it is.
func explained(err error) error {
	file, ofFile := command.File(err)
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
	case ofFile:
		return command.Fail(file)
	}
	return command.Fail(format.Explain(err))
}
