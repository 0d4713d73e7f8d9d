package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/wording"
)

func listsDiffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff FEED [FILE]",
		Short: wording.CLIListsDiff.String(),
		Args:  cobra.RangeArgs(1, 2),
		RunE:  func(c *cobra.Command, args []string) error { return listsDiff(c, args, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, wording.CLIFlagJSON.String())
	addConfigFlags(c.Flags())
	return withConfig(c)
}

// A listsChange is what `lachan lists diff --json` prints.
type listsChange struct {
	Feed    string   `json:"feed"`
	Added   int      `json:"added"`
	Removed int      `json:"removed"`
	Names   []string `json:"names"` // with + or - before each
}

// listsDiff says what a version that is held back, or a file, would change
// against the lists in force.
func listsDiff(c *cobra.Command, args []string, asJSON bool) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	if _, err := chosen(updaterSources(off.cfg, coreNames(off.facts)), args[:1]); err != nil {
		return err
	}
	lists, err := off.newest()
	if err != nil {
		return err
	}
	if lists == nil {
		return fail(wording.CLIListsDiffNone)
	}
	source, err := off.candidate(args)
	if err != nil {
		return err
	}
	change := listsChange{Feed: args[0], Names: []string{}}
	err = lists.Base().Diff(c.Context(), os.TempDir(), source, blocklist.Options{}, func(x blocklist.Change) error {
		mark := "+"
		if x.Removed {
			mark = "-"
			change.Removed++
		} else {
			change.Added++
		}
		if asJSON {
			change.Names = append(change.Names, mark+x.Entry)
			return nil
		}
		_, err := fmt.Fprintln(c.OutOrStdout(), mark+x.Entry)
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(c.OutOrStdout(), change)
	}
	fmt.Fprintln(c.ErrOrStderr(), wording.CLIListsDiffSum.With(change.Feed, change.Added, change.Removed))
	return nil
}

// candidate is the version of a feed that is to be looked at: a file, or else
// the one that is held back, or else its copy.
func (o *offline) candidate(args []string) (blocklist.Source, error) {
	f := o.cfg.feed(args[0])
	store, _, err := o.openStores()
	if err != nil {
		return blocklist.Source{}, err
	}
	status, err := store.Status(f.Name)
	if err != nil {
		return blocklist.Source{}, err
	}
	copied := status.Copy
	switch {
	case len(args) == 2:
		copied = feed.Copy{Path: args[1], Format: f.Format}
	case status.Held.Copy.Digest != "":
		copied = status.Held.Copy
		copied.Path = store.HeldPath(f.Name, status.Held)
	case copied.Digest == "":
		return blocklist.Source{}, fail(wording.CLIListsNoCopy.With(f.Name))
	}
	return f.listFile(copied, o.cfg.Timezone).source(), nil
}

func listsApproveCommand() *cobra.Command {
	return decisionCommand("approve FEED", wording.CLIListsApprove, (*feed.Store).Approve, feed.ErrNothingHeld, wording.CLIListsNotHeld)
}

func listsRollbackCommand() *cobra.Command {
	return decisionCommand("rollback FEED", wording.CLIListsRollback, (*feed.Store).Rollback, feed.ErrNoPrevious, wording.CLIListsNoPrevious)
}

// decisionCommand is a command by which somebody decides which version of a
// feed is used. It is recorded who. The error without means that there is no
// version to decide on.
func decisionCommand(use string, short wording.Text, decide func(*feed.Store, context.Context, feed.Source, string) (feed.Status, error),
	without error, nothing wording.Text) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use: use, Short: short.String(), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			err := listsDecide(c, args[0], cmp.Or(by, currentUser()), decide)
			if errors.Is(err, without) {
				return fail(nothing.With(args[0]))
			}
			return err
		},
	}
	c.Flags().StringVar(&by, "by", "", wording.CLIFlagBy.String())
	addConfigFlags(c.Flags())
	return withConfig(c)
}

// listsDecide decides on a feed and compiles what is used now.
func listsDecide(c *cobra.Command, name, by string, decide func(*feed.Store, context.Context, feed.Source, string) (feed.Status, error)) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	sources, err := chosen(updaterSources(off.cfg, coreNames(off.facts)), []string{name})
	if err != nil {
		return err
	}
	store, shelf, err := off.openStores()
	if err != nil {
		return err
	}
	status, err := decide(store, c.Context(), sources[0], by)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), wording.CLIListsDecided.With(name, short(status.Copy.Digest), status.Copy.Entries, by))
	return off.compileLists(c, store, shelf, false)
}

// short is the beginning of a digest, enough to tell versions apart.
func short(digest string) string { return digest[:min(len(digest), 12)] }

func currentUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "?"
}

// feed is the feed of that name; it must be one of the configuration's.
func (c *Config) feed(name string) *FeedConfig {
	for i := range c.Feeds {
		if c.Feeds[i].Name == name {
			return &c.Feeds[i]
		}
	}
	return &FeedConfig{Format: format.Auto}
}
