// Package lists has the commands below `lachan lists`: fetching lists, looking
// at them, deciding on versions that are held back, and publishing a list.
package lists

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/facts"
	"lachan/internal/wording"
)

// Command is `lachan lists` with all below it.
func Command(l wording.Language, build command.Build) *cobra.Command {
	c := &cobra.Command{
		Use:   "lists",
		Short: textShort.In(l),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return command.Usage(c, command.UnknownCommand.With(args[0]))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		updateCommand(l, build), statusCommand(l), checkCommand(l), diffCommand(l), approveCommand(l),
		rollbackCommand(l), keygenCommand(l), signCommand(l), publishCommand(l), facts.FeedsCommand(l, "catalogue"),
	)
	return c
}
