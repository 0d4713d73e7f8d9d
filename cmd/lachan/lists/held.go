package lists

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
)

// diffCommand is `lachan lists diff`. This file has what is done about versions that are
// held back.
func diffCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	var server string
	c := &cobra.Command{
		Use:   "diff FEED [FILE]",
		Short: textDiff.In(l),
		Args:  cobra.RangeArgs(1, 2),
		RunE:  command.Run(l, func(c command.Call, args []string) error { return runDiff(c, args, server, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	c.Flags().StringVar(&server, "server", "", textImpactFlag.In(l))
	return command.WithKeys(c, l)
}

// A difference is what `lachan lists diff --json` prints.
type difference struct {
	Feed    string   `json:"feed"`
	Added   int      `json:"added"`
	Removed int      `json:"removed"`
	Names   []string `json:"names"` // with + or - before each

	Impact  *impact.Impact `json:"impact,omitempty"`         // what of it people ask; of a version that is held back
	Missing string         `json:"impact_missing,omitempty"` // why that is not known
}

// mostSorted is how many changes are printed in the order of their names, and held
// in memory for that; those beyond come before them, in no order.
const mostSorted = 100_000

// runDiff says what a version that is held back, or a file, would change
// against the version in use, and what of that people ask.
func runDiff(c command.Call, args []string, server string, asJSON bool) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	if _, err := chosen(off, args[:1]); err != nil {
		return err
	}
	was, is, held, err := versions(off, args)
	if err != nil {
		return err
	}
	lists, err := blocklist.CompileAside(c.Context(), was)
	if err != nil {
		return err
	}
	change := difference{Feed: args[0], Names: []string{}}
	out := c.OutOrStdout()
	print := func(entry string) error {
		_, err := fmt.Fprintln(out, entry)
		return err
	}
	err = lists.Base().Diff(c.Context(), os.TempDir(), is, blocklist.Options{}, func(x blocklist.Change) error {
		mark := "+"
		if x.Removed {
			mark = "-"
			change.Removed++
		} else {
			change.Added++
		}
		if asJSON || len(change.Names) < mostSorted {
			change.Names = append(change.Names, mark+x.Entry)
			return nil
		}
		return print(mark + x.Entry)
	})
	if err != nil {
		return err
	}
	slices.SortFunc(change.Names, func(a, b string) int { return cmp.Or(cmp.Compare(a[1:], b[1:]), cmp.Compare(a, b)) })
	if !asJSON {
		for _, entry := range change.Names {
			if err := print(entry); err != nil {
				return err
			}
		}
	}
	if held {
		if found, err := askImpact(c.Context(), off.Config, server, args[0]); err != nil {
			change.Missing = textImpactMissing.With(args[0], err).In(c.Lang)
		} else {
			change.Impact = &found
		}
	} else if len(args) == 2 {
		change.Missing = textImpactFile.With(args[0]).In(c.Lang)
	}
	if asJSON {
		return c.JSON(change)
	}
	c.Note(textDiffSum.With(change.Feed, change.Added, change.Removed))
	if change.Impact != nil {
		printImpact(c, change.Impact)
	} else if change.Missing != "" {
		fmt.Fprintln(c.ErrOrStderr(), change.Missing)
	}
	return nil
}

// versions are the one of a feed that is used, if there is one, and the one that
// is to be looked at: a file, or else the one that is held back, or else the
// one that is used.
func versions(o *offline.Offline, args []string) (was []blocklist.Source, is blocklist.Source, held bool, err error) {
	f := o.Config.Feed(args[0])
	store, _, err := o.OpenStores()
	if err != nil {
		return nil, is, false, err
	}
	status, err := store.Status(f.Name)
	if err != nil {
		return nil, is, false, err
	}
	source := func(c feed.Copy) blocklist.Source { return source.FileOf(f, c, o.Config.Timezone).Blocklist() }
	if status.Copy.Digest != "" {
		was, is = []blocklist.Source{source(status.Copy)}, source(status.Copy)
	}
	switch {
	case len(args) == 2:
		is = source(feed.Copy{Path: args[1], Format: f.Format})
	case status.Held.Copy.Digest != "":
		copied := status.Held.Copy
		copied.Path = store.HeldPath(f.Name, status.Held)
		is, held = source(copied), true
	case was == nil:
		return nil, is, false, command.Fail(textNoCopy.With(f.Name))
	}
	return was, is, held, nil
}

func approveCommand(l wording.Language) *cobra.Command {
	return decisionCommand(l, "approve FEED", textApprove, (*feed.Store).Approve, feed.ErrNothingHeld, textNotHeld)
}

func rollbackCommand(l wording.Language) *cobra.Command {
	return decisionCommand(l, "rollback FEED", textRollback, (*feed.Store).Rollback, feed.ErrNoPrevious, textNoPrevious)
}

// A decision decides which version of a feed is used; by is the person that does.
type decision func(s *feed.Store, ctx context.Context, source feed.Source, by string) (feed.Status, error)

// decisionCommand is a command by which a person, whose name is recorded, decides
// which version of a feed is used. The error without means that there is no
// version to decide on.
func decisionCommand(
	l wording.Language, use string, short wording.Text, decide decision, without error, nothing wording.Text,
) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use: use, Short: short.In(l), Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			err := runDecide(c, args[0], cmp.Or(by, command.User()), decide)
			if errors.Is(err, without) {
				return command.Fail(nothing.With(args[0]))
			}
			return err
		}),
	}
	c.Flags().StringVar(&by, "by", "", textFlagBy.In(l))
	return command.WithKeys(c, l)
}

// runDecide decides on a feed and compiles what is used now.
func runDecide(c command.Call, name, by string, decide decision) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	sources, err := chosen(off, []string{name})
	if err != nil {
		return err
	}
	store, compiled, err := off.OpenStores()
	if err != nil {
		return err
	}
	status, err := decide(store, c.Context(), sources[0], by)
	if err != nil {
		return err
	}
	c.Say(textDecided.With(name, short(status.Copy.Digest), status.Copy.Entries, by))
	return compile(off, c, store, compiled, false)
}

// short is the beginning of a digest, enough to tell versions apart.
func short(digest string) string { return digest[:min(len(digest), 12)] }
