package main

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
)

// healthCommand asks a running server whether it is alive, for containers
// without a shell. It reads the configuration that the server reads.
func healthCommand(l wording.Language) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "health",
		Short: textHealth.In(l),
		Args:  command.NoArguments,
		RunE:  command.Run(l, func(c command.Call, _ []string) error { return health(c, url) }),
	}
	c.Flags().StringVar(&url, "url", "", textFlagURL.In(l))
	return command.WithKeys(c, l)
}

// health asks where the configuration says that the server is: its HTTP server
// or, where that is off, its first address of DNS. Mistakes in the configuration
// are told only if nothing answers: a server that runs may have an older one in
// force.
func health(c command.Call, url string) error {
	if url != "" {
		return command.AskHealth(c.Context(), url)
	}
	cfg, problems := command.ConfigOrDefaults(c.Command)
	err := askAt(c, cfg)
	if err != nil {
		for _, p := range problems {
			c.Note(p.Wording())
		}
	}
	return err
}

func askAt(c command.Call, cfg *config.Config) error {
	if cfg.HTTP.Listen.IsValid() || len(cfg.Server.Listen) == 0 {
		return command.AskHealth(c.Context(), cfg.HTTP.URL()+"/healthz")
	}
	return command.AskDNS(c.Context(), config.Reachable(cfg.Server.Listen[0]))
}
