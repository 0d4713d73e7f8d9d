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

	"lachan/internal/wording"
)

// version is set at build time.
var version = "0.0.0-dev"

// Exit statuses.
const (
	exitDone  = 0
	exitSaid  = 1 // the program has said what is wrong
	exitUsage = 2
)

// errSaid ends a command that has told what is wrong already.
var errSaid = errors.New("told already")

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, usage.text)
		fmt.Fprintln(os.Stderr, wording.CLIUsage.With(usage.command))
		return exitUsage
	case !errors.Is(err, errSaid):
		fmt.Fprintln(os.Stderr, err)
	}
	return exitSaid
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "lachan",
		Short: wording.CLIRoot.String(),
		Long: wording.CLIRootLong.VI + "\n\n" + wording.CLIRootLong.EN + "\n\n" +
			wording.CLIExitStatus.VI + "\n" + wording.CLIExitStatus.EN,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{command: c.CommandPath(), text: wording.CLIFlagWrong.With(err).String()}
	})
	root.PersistentFlags().BoolP("help", "h", false, wording.CLIFlagHelp.String())
	root.AddCommand(serveCommand(), checkCommand(), explainCommand(), listsCommand(), reportCommand(), requestsCommand(), profileCommand(), healthCommand(), versionCommand(), compileOrderCommand())
	speakBothLanguages(root)
	return root
}

// A usageError is a command line that cannot be understood.
type usageError struct{ command, text string }

func (e usageError) Error() string { return e.text }

func noArguments(c *cobra.Command, args []string) error { return exactly(0)(c, args) }

// exactly accepts n arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if n == 0 && !c.HasParent() {
			return usageError{c.CommandPath(), wording.CLIUnknownCommand.With(args[0]).String()}
		}
		return usageError{c.CommandPath(), wording.CLIArguments.With(n, len(args)).String()}
	}
}

// fail is the error of a command that ends with this sentence.
func fail(t wording.Text) error { return errors.New(t.String()) }
