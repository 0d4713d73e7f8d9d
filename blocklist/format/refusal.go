package format

import (
	"errors"

	"lachan/internal/wording"
)

// Explain says for people why Parse or Detect refused a whole list, and what to
// do. An error that does not refuse it is told as it is.
func Explain(err error) wording.Text {
	switch {
	case errors.Is(err, ErrHTML):
		return wording.FormatHTML
	case errors.Is(err, ErrUnknown):
		return wording.FormatUnknown.With(names())
	case errors.Is(err, ErrOldBook):
		return wording.FormatOldBook
	case errors.Is(err, ErrNoBook):
		return wording.FormatNoBook
	case errors.Is(err, ErrXLSX):
		return wording.FormatXLSX.With(err)
	}
	return wording.Text{VI: err.Error(), EN: err.Error()}
}
