package main

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage"
	"lachan/cmd/lachan/resolve"
	"lachan/cmd/lachan/supervise"
	"lachan/internal/confine"
	"lachan/internal/memory"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// serveCommand runs the server: three processes, of which this is the first.
func serveCommand(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: textServe.In(l),
		Long:  textServe.In(l) + "\n\n" + textServeLong.Paragraphs(l, "\n\n"),
		Args:  command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			cfg, problems := command.Config(c.Command)
			if len(problems) > 0 {
				return problems
			}
			memory.Limit(cfg.Memory.Shares(cfg.Cache.MaxBytes).Supervise)
			err := supervise.Run(c.Context(), supervise.Options{
				Args: flagsOf(os.Args[1:], c.Name()), As: serveAs(cfg),
				Endpoints: cfg.Endpoints(), Log: cfg.Log.Logger(),
			})
			if errors.Is(err, supervise.ErrNotStarted) {
				return command.ErrReported
			}
			return err
		}),
	}
	return command.WithKeys(c, l)
}

// serveAs is the user that the processes which write are to be, if that is not
// the one that started the server: root may serve a state that is another's.
func serveAs(cfg *config.Config) *confine.Owner {
	owner, there := config.StateOwner(cfg)
	if !there || os.Geteuid() != 0 || owner.UID == 0 {
		return nil
	}
	return &owner
}

// flagsOf are the arguments of a command without its name.
func flagsOf(args []string, name string) []string {
	i := slices.Index(args, name)
	if i < 0 {
		return args
	}
	return slices.Delete(slices.Clone(args), i, i+1)
}

// manageCommand is the process that does all that is not answering. serve starts
// it.
func manageCommand(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use: "manage", Short: textManage.In(l), Hidden: true, Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			return manage.Run(
				c.Context(), version, flagsOf(os.Args[1:], c.Name()),
				func() (*config.Config, yamlfile.Problems) { return command.Config(c.Command) },
			)
		}),
	}
	return command.WithKeys(c, l)
}

// resolveCommand is the process that answers. serve starts it.
func resolveCommand(l wording.Language) *cobra.Command {
	return &cobra.Command{
		Use: "resolve", Short: textResolve.In(l), Hidden: true, Args: command.NoArguments,
		RunE: command.Run(l, func(command.Call, []string) error { return resolve.Run(version) }),
	}
}
