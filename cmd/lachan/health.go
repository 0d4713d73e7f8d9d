package main

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// healthCommand asks a running server whether it is alive, for containers
// without a shell.
func healthCommand() *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "health",
		Short: wording.CLIHealth.String(),
		Args:  command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return command.AskHealth(c.Context(), url)
		},
	}
	c.Flags().StringVar(&url, "url", "http://127.0.0.1:8053/healthz", wording.CLIFlagURL.String())
	return c
}
