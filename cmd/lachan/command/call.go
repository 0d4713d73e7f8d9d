package command

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"lachan/internal/printable"
	"lachan/internal/wording"
)

// A Call is a command that was called, and the language it answers in.
type Call struct {
	*cobra.Command
	Lang wording.Language
}

// Run is what cobra runs for a function of calls. What is wrong with a file is told in
// words.
func Run(l wording.Language, f func(c Call, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error { return explained(f(Call{c, l}, args)) }
}

// Say prints a line on standard output.
func (c Call) Say(t wording.Text) error {
	_, err := fmt.Fprintln(c.OutOrStdout(), t.In(c.Lang))
	return err
}

// Note prints a line on standard error. That it cannot be read there stops
// nothing.
func (c Call) Note(t wording.Text) { _, _ = fmt.Fprintln(c.ErrOrStderr(), t.In(c.Lang)) }

// OutOrStdout is where the command prints for people. What others wrote is
// printable there: it moves no cursor and erases no line, and international names
// stand in both forms.
func (c Call) OutOrStdout() io.Writer { return &terminal{to: c.Command.OutOrStdout()} }

// ErrOrStderr is the same for notes and errors.
func (c Call) ErrOrStderr() io.Writer { return &terminal{to: c.Command.ErrOrStderr()} }

// Raw is where the command writes what a program or a device reads, as it is.
func (c Call) Raw() io.Writer { return c.Command.OutOrStdout() }

// A terminal makes what is written to it printable.
type terminal struct {
	to   io.Writer
	rest []byte // the beginning of a character
}

// Write writes whole characters; the beginning of one waits for its end.
func (t *terminal) Write(text []byte) (int, error) {
	whole := append(t.rest, text...)
	end := len(whole)
	for back := 1; back < utf8.UTFMax && back <= len(whole); back++ {
		if at := len(whole) - back; utf8.RuneStart(whole[at]) {
			if !utf8.FullRune(whole[at:]) {
				end = at
			}
			break
		}
	}
	t.rest = bytes.Clone(whole[end:])
	if _, err := io.WriteString(t.to, printable.Names(printable.Text(string(whole[:end]), math.MaxInt))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// JSON prints v on standard output, as programs read it.
func (c Call) JSON(v any) error { return writeJSON(c.Raw(), v) }
