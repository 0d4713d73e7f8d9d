package join

import (
	"fmt"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/internal/wording"
)

// clusterCommand is `lachan fleet nats`.
func clusterCommand(l wording.Language) *cobra.Command {
	return command.WithKeys(&cobra.Command{
		Use: "nats", Short: textCluster.In(l), Long: textCluster.In(l) + "\n\n" + textClusterLong.Paragraphs(l, "\n"),
		Example: "  lachan fleet nats > lachan.conf", Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return printCluster(c) }),
	}, l)
}

// printCluster prints what the servers of a cluster have to have, so that they know the hub
// and ask it who nodes are.
func printCluster(c command.Call) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	keys, err := nodes.MakeClusterKeys(config.FleetDir(cfg))
	if err != nil {
		return config.StateError(cfg, err)
	}
	if cfg.Fleet.URL == "" {
		c.Note(textSetURL.With(cfg.File()))
	}
	_, err = fmt.Fprint(c.Raw(), keys.Settings())
	return err
}
