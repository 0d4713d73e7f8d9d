package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
)

func listsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lists",
		Short: wording.CLILists.String(),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{c.CommandPath(), wording.CLIUnknownCommand.With(args[0]).String()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(listsUpdateCommand(), listsStatusCommand(), listsCheckCommand(), listsDiffCommand(), listsApproveCommand(), listsRollbackCommand(),
		listsKeygenCommand(), listsSignCommand(), listsPublishCommand())
	return c
}

func listsUpdateCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "update [FEED...]",
		Short: wording.CLIListsUpdate.String(),
		RunE:  func(c *cobra.Command, names []string) error { return listsUpdate(c, names, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, wording.CLIFlagJSON.String())
	config.AddFlags(c.Flags())
	return withConfig(c)
}

// listsUpdate fetches feeds one after the other, then compiles. A feed that
// fails keeps its last good copy and does not hold up the others.
func listsUpdate(c *cobra.Command, names []string, asJSON bool) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	sources, err := chosen(off.cfg.Sources(source.Core(off.facts)), names)
	if err != nil {
		return err
	}
	store, shelf, err := off.openStores()
	if err != nil {
		return err
	}
	store.UserAgent = "lachan/" + version
	var failed error
	statuses := []feed.Status{}
	for _, s := range sources {
		status, err := store.Update(c.Context(), s)
		statuses = append(statuses, status)
		switch text := wording.CLIListsUpdated; {
		case err != nil:
			failed = errSaid
			fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", s.Name, reason(err))
		case asJSON:
		default:
			if !status.Changed {
				text = wording.CLIListsSame
				fmt.Fprintln(c.OutOrStdout(), text.With(s.Name, status.Copy.Entries))
				continue
			}
			fmt.Fprintln(c.OutOrStdout(), text.With(s.Name, status.Copy.Entries, status.Copy.Rejected))
		}
	}
	if err := off.compileLists(c, store, shelf, asJSON); err != nil {
		return err
	}
	if asJSON {
		return errors.Join(writeJSON(c.OutOrStdout(), statuses), failed)
	}
	return failed
}

// reason is why a feed was not updated, for people.
func reason(err error) string {
	var e *feed.Error
	if errors.As(err, &e) {
		return e.Text.String()
	}
	return err.Error()
}

func chosen(sources []feed.Source, names []string) ([]feed.Source, error) {
	if len(sources) == 0 {
		return nil, fail(wording.CLIListsNone)
	}
	var all []string
	for _, s := range sources {
		all = append(all, s.Name)
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fail(wording.CLIListsNoFeed.With(name, strings.Join(all, ", ")))
		}
	}
	if len(names) == 0 {
		return sources, nil
	}
	return slices.DeleteFunc(sources, func(s feed.Source) bool { return !slices.Contains(names, s.Name) }), nil
}

// compileLists brings the snapshot up to date with the copies on disk.
func (o *offline) compileLists(c *cobra.Command, store *feed.Store, shelf *blocklist.Shelf, quiet bool) error {
	files, _ := source.Good(o.cfg, store)
	sources := source.All(source.Builtin(o.facts), files)
	old, _ := shelf.Latest()
	if old != nil && old.UpToDate(sources) {
		return nil
	}
	bar := newProgress(c.ErrOrStderr(), wording.CLIListsCompiling)
	lists, report, err := shelf.Update(c.Context(), old, sources, blocklist.Options{Progress: bar.show})
	bar.end()
	if err != nil {
		return err
	}
	if !quiet {
		fmt.Fprintln(c.OutOrStdout(), wording.CLIListsCompiled.With(lists.Keys(), bytesText(report.Bytes)))
	}
	return nil
}
