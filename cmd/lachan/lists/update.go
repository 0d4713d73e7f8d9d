package lists

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// updateCommand is `lachan lists update`, which fetches and compiles.
func updateCommand(l wording.Language, build command.Build) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "update [FEED...]",
		Short: textUpdate.In(l),
		RunE:  command.Run(l, func(c command.Call, names []string) error { return runUpdate(c, names, build, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

// runUpdate fetches feeds one after the other, then compiles. A feed that
// fails keeps its last good copy and does not hold up the others.
func runUpdate(c command.Call, names []string, build command.Build, asJSON bool) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	sources, err := chosen(off, names)
	if err != nil {
		return err
	}
	store, compiled, err := off.OpenStores()
	if err != nil {
		return err
	}
	store.UserAgent = "lachan/" + build.Version
	var failed error
	statuses := []feed.Status{}
	for _, s := range sources {
		status, err := store.Update(c.Context(), s)
		statuses = append(statuses, status)
		switch text := textUpdated; {
		case err != nil:
			failed = command.ErrReported
			fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", s.Name, reason(err).In(c.Lang))
		case asJSON:
		default:
			if !status.Changed {
				text = textSame
				c.Say(text.With(s.Name, status.Copy.Entries))
				continue
			}
			c.Say(text.With(s.Name, status.Copy.Entries, status.Copy.Rejected))
			if withdrawn := status.Copy.Withdrawn; withdrawn > 0 {
				c.Say(textWithdrawn.With(s.Name, withdrawn))
			}
		}
	}
	if err := compile(off, c, store, compiled, asJSON); err != nil {
		return err
	}
	if asJSON {
		return errors.Join(c.JSON(statuses), failed)
	}
	return failed
}

// reason is why a feed was not updated, for people.
func reason(err error) wording.Text {
	var e *feed.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return wording.Of(err)
}

func chosen(off *offline.Offline, names []string) ([]feed.Source, error) {
	for _, name := range names {
		if off.Config.Feed(name).Carried {
			return nil, command.Fail(textCarried.With(name))
		}
	}
	sources := off.Config.Sources(source.Core(off.Facts), off.Facts.Names)
	if len(sources) == 0 {
		return nil, command.Fail(textNone)
	}
	var all []string
	for _, s := range sources {
		all = append(all, s.Name)
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, command.Fail(textNoFeed.With(name, strings.Join(all, ", ")))
		}
	}
	if len(names) == 0 {
		return sources, nil
	}
	return slices.DeleteFunc(sources, func(s feed.Source) bool { return !slices.Contains(names, s.Name) }), nil
}

// compile brings the snapshot up to date with the copies on disk.
func compile(o *offline.Offline, c command.Call, store *feed.Store, compiled *blocklist.Store, quiet bool) error {
	old, _ := compiled.OpenLatest()
	copies := source.Good(o.Config, store)
	sources := source.All(source.Builtin(o.Facts), copies.Keep(old))
	if old != nil && old.UpToDate(sources) {
		return nil
	}
	bar := command.NewProgress(c, textCompiling)
	lists, report, err := compiled.Update(c.Context(), old, sources, blocklist.Options{Progress: bar.Show})
	bar.End()
	if err != nil {
		return err
	}
	if !quiet {
		c.Say(textCompiled.With(lists.Keys(), yamlfile.Bytes(report.Bytes).Rounded()))
	}
	return nil
}
