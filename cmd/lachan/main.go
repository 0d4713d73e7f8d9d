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

	"lachan/cmd/lachan/command"
	"lachan/internal/printable"
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

// mostError bounds what is said of an error that ends a command, in characters.
const mostError = 10_000

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	l, err := language(args, os.Getenv)
	if err == nil {
		root := rootCommand(l)
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	var usage command.UsageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, usage.Text.In(l))
		fmt.Fprintln(os.Stderr, textUsage.With(usage.Command).In(l))
		return exitUsage
	case !errors.Is(err, command.ErrReported):
		fmt.Fprintln(os.Stderr, printable.Names(printable.Text(wording.ErrorIn(err, l), mostError)))
	}
	return exitError
}
