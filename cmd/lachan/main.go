// Command lachan is a DNS forwarder that filters for schools. This package is
// the only one that knows all others: it reads the configuration and wires the
// rooms together.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/lists"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/report"
	"lachan/internal/wording"
)

// version is set at build time.
var version = "0.0.0-dev"

// Exit statuses.
const (
	exitDone  = 0
	exitError = 1 // what is wrong was said
	exitUsage = 2
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage command.UsageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, usage.Text)
		fmt.Fprintln(os.Stderr, wording.CLIUsage.With(usage.Command))
		return exitUsage
	case !errors.Is(err, command.ErrReported):
		fmt.Fprintln(os.Stderr, err)
	}
	return exitError
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "lachan",
		Short: wording.CLIRoot.String(),
		Long: wording.CLIRootLong.VI + "\n\n" + wording.CLIRootLong.EN + "\n\n" +
			wording.CLIExitStatus.VI + "\n" + wording.CLIExitStatus.EN,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          command.NoArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return command.Usage(c, wording.CLIFlagWrong.With(err))
	})
	root.PersistentFlags().BoolP("help", "h", false, wording.CLIFlagHelp.String())
	root.AddCommand(serveCommand(), offline.CheckCommand(), offline.ExplainCommand(), lists.Command(command.BuildOf(version)), report.Command(),
		offline.RequestsCommand(), offline.ProfileCommand(), healthCommand(), versionCommand(), compileOrderCommand())
	speakBothLanguages(root)
	return root
}
