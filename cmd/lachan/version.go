package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/state"
	"lachan/internal/wording"
)

// versionCommand is `lachan version`.
func versionCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: textVersion.In(l),
		Args:  command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			v := command.BuildOf(version)
			if asJSON {
				return c.JSON(struct {
					command.Build
					Formats state.Formats `json:"formats"` // of the state, that it reads and writes
				}{v, state.Current()})
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "lachan %s (%s, %s)\n", v.Version, v.Go, v.Platform)
			return err
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return c
}
