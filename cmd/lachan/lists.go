package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/wording"
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
	addConfigFlags(c.Flags())
	return withConfig(c)
}

// listsUpdate fetches feeds one after the other, then compiles. A feed that
// fails keeps its last good copy and does not hold up the others.
func listsUpdate(c *cobra.Command, names []string, asJSON bool) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	sources, err := chosen(updaterSources(off.cfg, coreNames(off.facts)), names)
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
	files, _ := goodFiles(o.cfg, store)
	sources := sourcesOf(builtinSources(o.facts), files)
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

func listsCheckCommand() *cobra.Command {
	var o listsCheckOptions
	c := &cobra.Command{
		Use:   "check FILE",
		Short: wording.CLIListsCheck.String(),
		Args:  exactly(1),
		RunE:  func(c *cobra.Command, args []string) error { return listsCheck(c, args[0], &o) },
	}
	o.format = format.Auto
	c.Flags().Var(&formatFlag{&o.format}, "format", wording.CLIListsFormat.String())
	c.Flags().BoolVar(&o.subdomains, "subdomains", true, wording.CLIListsFlagSub.String())
	c.Flags().BoolVar(&o.json, "json", false, wording.CLIFlagJSON.String())
	return c
}

type listsCheckOptions struct {
	format           format.Format
	subdomains, json bool
}

// A formatFlag reads a format from the command line.
type formatFlag struct{ *format.Format }

func (f *formatFlag) Set(s string) error { return f.UnmarshalText([]byte(s)) }
func (f *formatFlag) String() string     { return string(*f.Format) }
func (f *formatFlag) Type() string       { return "FORMAT" }

// A listReport is what `lachan lists check --json` prints.
type listReport struct {
	File     string         `json:"file"`
	Format   format.Format  `json:"format"`
	Lines    int            `json:"lines"`
	Entries  int            `json:"entries"`
	Rejected int            `json:"rejected"`
	ByReason map[string]int `json:"by_reason"`
	Rejects  []listReject   `json:"rejects"` // all of them
}

type listReject struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
	VI     string `json:"vi"`
	EN     string `json:"en"`
}

func listsCheck(c *cobra.Command, path string, o *listsCheckOptions) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	report := listReport{File: path, ByReason: map[string]int{}, Rejects: []listReject{}}
	reasons := map[string]wording.Text{}
	summary, err := format.Parse(file, o.format, format.Options{Subdomains: o.subdomains, Name: path},
		func(format.Rule) error { return nil },
		func(r format.Reject) {
			text := r.Reason.Text()
			reasons[r.Reason.String()] = text
			report.Rejects = append(report.Rejects, listReject{r.Line, r.Text, r.Reason.String(), text.VI, text.EN})
		})
	if err != nil {
		return err
	}
	report.Format, report.Lines, report.Entries, report.Rejected = summary.Format, summary.Lines, summary.Rules, summary.Rejected
	for r, n := range summary.ByReason {
		report.ByReason[r.String()] = n
	}
	if o.json {
		return writeJSON(c.OutOrStdout(), report)
	}
	printListReport(c, &report, reasons)
	return nil
}

const rejectsPrinted = 50

func printListReport(c *cobra.Command, r *listReport, reasons map[string]wording.Text) {
	out := c.OutOrStdout()
	for i, x := range r.Rejects {
		if i == rejectsPrinted {
			fmt.Fprintln(out, "…")
			break
		}
		fmt.Fprintln(out, wording.CLIListsLine.With(x.Line, x.Text, reasonText(x)))
	}
	for _, reason := range slices.Sorted(maps.Keys(r.ByReason)) {
		fmt.Fprintln(out, wording.CLIListsReason.With(r.ByReason[reason], reasons[reason]))
	}
	fmt.Fprintln(out, wording.CLIListsSummary.With(r.File, r.Format, r.Lines, r.Entries, r.Rejected))
}

func reasonText(r listReject) wording.Text { return wording.Text{VI: r.VI, EN: r.EN} }
