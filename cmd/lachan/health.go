package main

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// healthCommand asks a running server whether it is alive, for containers
// without a shell.
func healthCommand(l wording.Language) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "health",
		Short: textHealth.In(l),
		Args:  command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			return command.AskHealth(c.Context(), url)
		}),
	}
	c.Flags().StringVar(&url, "url", "http://127.0.0.1:8053/healthz", textFlagURL.In(l))
	return c
}
