package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"lachan/internal/wording"
)

// A Call is a command that was called, and the language it answers in.
type Call struct {
	*cobra.Command
	Lang wording.Language
}

// Run is what cobra runs for a function of calls.
func Run(l wording.Language, f func(c Call, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error { return f(Call{c, l}, args) }
}

// Say prints a line on standard output.
func (c Call) Say(t wording.Text) error {
	_, err := fmt.Fprintln(c.OutOrStdout(), t.In(c.Lang))
	return err
}

// Note prints a line on standard error. That it cannot be read there stops
// nothing.
func (c Call) Note(t wording.Text) { _, _ = fmt.Fprintln(c.ErrOrStderr(), t.In(c.Lang)) }

// JSON prints v on standard output, as programs read it.
func (c Call) JSON(v any) error { return writeJSON(c.OutOrStdout(), v) }
