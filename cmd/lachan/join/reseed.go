package join

import (
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/internal/wording"
)

// reseedCommand is `lachan fleet reseed`.
func reseedCommand(l wording.Language) *cobra.Command {
	var sure bool
	c := &cobra.Command{
		Use: "reseed", Short: textReseed.In(l), Long: textReseed.In(l) + "\n\n" + textReseedLong.Paragraphs(l, "\n"),
		Example: "  lachan fleet reseed --yes", Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return reseed(c, sure) }),
	}
	c.Flags().BoolVar(&sure, "yes", false, textReseedYes.In(l))
	return command.WithKeys(c, l)
}

// reseed has the streams of nodes begin anew, of what the ledger has now.
func reseed(c command.Call, sure bool) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	if _, _, _, err := nodes.ReadTrust(config.FleetDir(cfg)); err != nil {
		return err
	}
	if len(cfg.Fleet.Hubs) > 0 {
		return command.Fail(textReseedThree)
	}
	if !sure {
		return command.Fail(textReseedSure)
	}
	if err := nodes.Reseed(config.FleetDir(cfg), time.Now()); err != nil {
		return config.StateError(cfg, err)
	}
	return c.Say(textReseeded)
}
