package lists

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"lachan/blocklist/feed"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/blocklist/format/packed"
	"lachan/blocklist/publish"
	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// checkCommand is `lachan lists check`, which reads one file as a list.
func checkCommand(l wording.Language) *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check FILE",
		Short: textCheck.In(l),
		Args:  command.Exactly(1),
		RunE:  command.Run(l, func(c command.Call, args []string) error { return runCheck(c, args[0], &o) }),
	}
	o.format = format.Auto
	c.Flags().Var(&formatFlag{&o.format}, "format", textFormat.In(l))
	c.Flags().BoolVar(&o.subdomains, "subdomains", true, textFlagSub.In(l))
	c.Flags().BoolVar(&o.may.Suffixes, "allow-suffixes", false, textFlagSuffixes.In(l))
	c.Flags().BoolVar(&o.may.Rewrites, "rewrites", false, textFlagRewrites.In(l))
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	c.Flags().StringVar(&o.report, "report", "", textFlagCheckReport.In(l))
	return c
}

type checkOptions struct {
	format           format.Format
	subdomains, json bool
	may              format.May
	report           string
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
	Idle     int            `json:"without_effect"` // exceptions that lift nothing of the list
	ByReason map[string]int `json:"by_reason"`
	Rejects  []listReject   `json:"rejects"` // all of them
	Widened  []widening     `json:"widened"` // pages that block the whole site; all of them
	Doubts   []doubt.Entry  `json:"doubts"`  // of a table: entries that wait at nodes for a word

	Over    []publish.Passed  `json:"over,omitempty"`               // entries whose last day has passed
	Unknown []publish.Unknown `json:"unknown_categories,omitempty"` // categories that are not in the catalogue
}

// A widening is an entry that is a page and blocks the whole site.
type widening struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Site string `json:"site"`
}

type listReject struct {
	File   string `json:"file,omitempty"` // of an archive's
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
	VI     string `json:"vi"`
	EN     string `json:"en"`
}

func runCheck(c command.Call, path string, o *checkOptions) error {
	file, err := os.Open(path)
	if err != nil {
		return explained(err)
	}
	defer file.Close()
	result := publish.Report{File: filepath.Base(path)}
	report := listReport{
		File: path, ByReason: map[string]int{},
		Rejects: []listReject{}, Widened: []widening{}, Doubts: []doubt.Entry{},
	}
	reasons := map[string]wording.Text{}
	exceptions := format.Exceptions{}
	doubts, err := newDoubts()
	if err != nil {
		return err
	}
	remarks, err := newRemarks()
	if err != nil {
		return err
	}
	widened := func(w format.Widening) {
		result.Widened = append(result.Widened, w)
		report.Widened = append(report.Widened, widening{w.Line, w.Text, w.Host})
	}
	summary, err := o.read(file, path, widened,
		func(r format.Rule) error {
			exceptions.Add(&r)
			doubts.add(&r)
			remarks.Add(&r)
			return nil
		},
		func(name string, r format.Reject) {
			result.Refused = append(result.Refused, r)
			text := r.Reason.Text()
			reasons[r.Reason.String()] = text
			report.Rejects = append(report.Rejects,
				listReject{name, r.Line, r.Text, r.Reason.String(), text.VI, text.EN})
		})
	if err != nil {
		return explained(err)
	}
	if report.Idle, err = idle(file, o, path, &exceptions); err != nil {
		return explained(err)
	}
	result.Remarks = *remarks
	if result.Taken = summary.Rules; o.report != "" {
		if err := sendBack(o.report, &result); err != nil {
			return err
		}
	}
	if summary.Format == format.CSV || summary.Format == format.XLSX {
		report.Doubts = append(report.Doubts, doubts.found...)
	}
	report.Over, report.Unknown = remarks.Over, remarks.Unknown
	report.Format, report.Lines = summary.Format, summary.Lines
	report.Entries, report.Rejected = summary.Rules, summary.Rejected
	for r, n := range summary.ByReason {
		report.ByReason[r.String()] = n
	}
	if o.json {
		return c.JSON(report)
	}
	printListReport(c, &report, reasons, remarks)
	return nil
}

// read reads the list, or those of an archive as one, as feeds do.
func (o *checkOptions) read(
	file *os.File, path string, widened func(format.Widening),
	emit func(format.Rule) error, reject func(name string, r format.Reject),
) (format.Summary, error) {
	all := format.Summary{ByReason: map[format.Reason]int{}}
	options := format.Options{
		Subdomains: o.subdomains, Name: path, May: o.may, Widened: widened, Costs: new(format.Costs),
	}
	contents, err := packed.Lists(file, feed.DefaultMaxBytes, func(name string, r io.Reader) error {
		one, err := format.Parse(r, o.format, options, emit, func(r format.Reject) { reject(name, r) })
		all.Format = one.Format
		all.Add(&one)
		return err
	})
	if contents.Several {
		all.Format = format.Directory
	}
	return all, err
}

// idle reads the list again and counts its exceptions that lift nothing of it.
func idle(file *os.File, o *checkOptions, path string, exceptions *format.Exceptions) (int, error) {
	if exceptions.None() {
		return 0, nil
	}
	_, err := o.read(file, path, nil,
		func(r format.Rule) error { exceptions.Meet(&r); return nil }, func(string, format.Reject) {})
	return exceptions.Idle(), err
}

const rejectsPrinted = 50

func printListReport(
	c command.Call, r *listReport, reasons map[string]wording.Text, remarks *publish.Remarks,
) {
	out := c.OutOrStdout()
	for i, x := range r.Rejects {
		if i == rejectsPrinted {
			fmt.Fprintln(out, "…")
			break
		}
		text := textLine.With(x.Line, x.Text, reasonText(x))
		if x.File != "" {
			text = wording.Join(wording.Text{VI: x.File + ": ", EN: x.File + ": "}, text)
		}
		c.Say(text)
	}
	for _, reason := range slices.Sorted(maps.Keys(r.ByReason)) {
		c.Say(textReason.With(r.ByReason[reason], reasons[reason]))
	}
	for i, w := range r.Widened {
		if i == rejectsPrinted {
			fmt.Fprintln(out, "…")
			break
		}
		c.Say(textWidened.With(w.Line, w.Text, w.Site))
	}
	if len(r.Widened) > 0 {
		c.Say(textWidenedSum.With(len(r.Widened)))
	}
	printDoubts(c, r.Doubts)
	printRemarks(c, remarks)
	if r.Idle > 0 {
		c.Say(textIdle.With(r.Idle))
	}
	c.Say(textSummary.With(r.File, r.Format, r.Lines, r.Entries, r.Rejected))
}

func reasonText(r listReject) wording.Text { return wording.Text{VI: r.VI, EN: r.EN} }
