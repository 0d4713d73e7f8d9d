package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

func versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: wording.CLIVersion.String(),
		Args:  command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			v := command.BuildOf(version)
			if asJSON {
				return command.WriteJSON(c.OutOrStdout(), v)
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "lachan %s (%s, %s)\n", v.Version, v.Go, v.Platform)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, wording.CLIFlagJSON.String())
	return c
}
