package main

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"lachan/internal/wording"
)

// healthCommand asks a running server whether it is alive, for containers
// without a shell.
func healthCommand() *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "health",
		Short: wording.CLIHealth.String(),
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return askHealth(c.Context(), url)
		},
	}
	c.Flags().StringVar(&url, "url", "http://127.0.0.1:8053/healthz", wording.CLIFlagURL.String())
	return c
}

// healthTimeout bounds the question to a running server.
const healthTimeout = 3 * time.Second

// askHealth is nil when address answers 200.
func askHealth(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fail(wording.HealthDown.With(address, err))
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return fail(wording.HealthDown.With(address, err))
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fail(wording.HealthDown.With(address, reply.Status))
	}
	return nil
}
