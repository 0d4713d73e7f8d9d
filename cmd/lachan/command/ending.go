package command

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"lachan/internal/wording"
)

// ErrReported ends a command that has said what is wrong.
var ErrReported = errors.New("reported already")

// A UsageError is a command line that cannot be understood.
type UsageError struct {
	Command string // the command that was asked for
	Text    wording.Text
}

func (e UsageError) Error() string { return e.Text.String() }

// Wording is what is wrong.
func (e UsageError) Wording() wording.Text { return e.Text }

// Usage is the error of a command that was called with what Text says.
func Usage(c *cobra.Command, t wording.Text) error { return UsageError{c.CommandPath(), t} }

// NoArguments accepts no arguments.
func NoArguments(c *cobra.Command, args []string) error { return Exactly(0)(c, args) }

// Exactly accepts n arguments, none of them empty: a variable of a script that is not set is
// none.
func Exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if at := slices.Index(args, ""); at >= 0 {
			return Usage(c, textArgumentEmpty.With(at+1))
		}
		if len(args) == n {
			return nil
		}
		if n == 0 && !c.HasParent() {
			return Usage(c, UnknownCommand.With(args[0]))
		}
		return Usage(c, textArguments.With(n, len(args)))
	}
}

// Fail is the error of a command that ends with this sentence.
func Fail(t wording.Text) error { return wording.Error(t) }
