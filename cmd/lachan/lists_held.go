package main

import (
	"cmp"
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
	if _, err := chosen(updaterSources(off.cfg), args[:1]); err != nil {
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
	var by string
	c := &cobra.Command{
		Use:   "approve FEED",
		Short: wording.CLIListsApprove.String(),
		Args:  exactly(1),
		RunE:  func(c *cobra.Command, args []string) error { return listsApprove(c, args[0], by) },
	}
	c.Flags().StringVar(&by, "by", "", wording.CLIFlagBy.String())
	addConfigFlags(c.Flags())
	return withConfig(c)
}

// listsApprove lets the version that is held back through, once.
func listsApprove(c *cobra.Command, name, by string) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	sources, err := chosen(updaterSources(off.cfg), []string{name})
	if err != nil {
		return err
	}
	store, shelf, err := off.openStores()
	if err != nil {
		return err
	}
	status, err := store.Approve(c.Context(), sources[0], cmp.Or(by, currentUser()))
	if errors.Is(err, feed.ErrNothingHeld) {
		return fail(wording.CLIListsNotHeld.With(name))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), wording.CLIListsUpdated.With(name, status.Copy.Entries, status.Copy.Rejected))
	return off.compileLists(c, store, shelf, false)
}

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
