package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/order"
	"lachan/cmd/lachan/config"
	"lachan/internal/durable"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics/report"
	"lachan/metrics/report/docx"
	"lachan/metrics/report/html"
	"lachan/metrics/report/pdf"
	"lachan/metrics/report/xlsx"
)

func reportCommand() *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report --unit ID --period PERIOD",
		Short: wording.CLIReport.String(),
		Example: `  lachan report --unit lao-cai --period 2026-Q3 --out bao-cao.pdf
  lachan report --unit all --period hc-2026 --format xlsx
  lachan report --unit lao-cai --document 15/A05
  lachan report --unit th-kim-dong --period 2026-10 --format json --out -`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return makeReport(c, &o) },
	}
	flags := c.Flags()
	flags.StringVar(&o.unit, "unit", "", wording.CLIReportUnit.String())
	flags.StringVar(&o.period, "period", "", wording.CLIReportPeriod.String())
	flags.StringVar(&o.document, "document", "", wording.CLIReportDocument.String())
	flags.StringVar(&o.format, "format", "", wording.CLIReportFormat.String())
	flags.StringVar(&o.out, "out", "", wording.CLIReportOut.String())
	flags.StringVar(&o.typed, "typed", "", wording.CLIReportTyped.String())
	config.AddFlags(flags)
	return withConfig(c)
}

type reportOptions struct{ unit, period, document, format, out, typed string }

// everySchool is the unit of an operator's report.
const everySchool = "all"

// A reportFormat is one way of writing a report.
type reportFormat struct {
	name, mediaType string
	write           func(io.Writer, *report.Model) error
}

var reportFormats = []reportFormat{
	{"pdf", "application/pdf", pdf.Write},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx.Write},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.Write},
	{"html", "text/html; charset=utf-8", html.Write},
	{"json", "application/json", func(w io.Writer, m *report.Model) error { return m.WriteJSON(w) }},
}

// formatNamed finds a format; the error is for who asked.
func formatNamed(name string) (reportFormat, error) {
	var names []string
	for _, f := range reportFormats {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	return reportFormat{}, reportUsage(wording.CLIReportNoFormat.With(name, strings.Join(names, ", ")))
}

// complete fills in what is not given, and reports what cannot be.
func (o *reportOptions) complete(zone *time.Location, orders *order.Log, now time.Time) (period report.Period, format reportFormat, err error) {
	if o.unit == "" {
		return period, format, reportUsage(wording.CLIReportNoUnit)
	}
	if o.document != "" {
		if err := o.sinceOrdered(zone, orders, now); err != nil {
			return period, format, err
		}
	}
	if o.period == "" {
		return period, format, reportUsage(wording.CLIReportNoPeriod)
	}
	period, err = report.ParsePeriod(o.period, zone, report.SchoolYear{})
	if err != nil {
		return period, format, usageError{"lachan report", err.Error()}
	}
	if ending := strings.TrimPrefix(filepath.Ext(o.out), "."); o.format == "" {
		o.format = "pdf"
		if slices.ContainsFunc(reportFormats, func(f reportFormat) bool { return f.name == ending }) {
			o.format = ending
		}
	}
	if format, err = formatNamed(o.format); err != nil {
		return period, format, err
	}
	if o.out == "" {
		o.out = reportFile(o.unit, period, format)
		if o.document != "" {
			o.out = "van-ban-" + strings.NewReplacer("/", "-", `\`, "-", " ", "-").Replace(o.document) + "-" + o.out
		}
	}
	if o.typed == "" && o.out != "-" {
		o.typed = strings.TrimSuffix(o.out, filepath.Ext(o.out)) + ".yaml"
	}
	return period, format, nil
}

// sinceOrdered makes the period that from the first day of an order on, when no
// other is asked for, and reports an order that nothing is known of.
func (o *reportOptions) sinceOrdered(zone *time.Location, orders *order.Log, now time.Time) error {
	var known []string
	first := now
	for _, r := range orders.Records() {
		if r.Document == o.document && r.Received.Before(first) {
			first = r.Received
		}
		if r.Document != "" && !slices.Contains(known, r.Document) {
			known = append(known, r.Document)
		}
	}
	if !slices.Contains(known, o.document) {
		return reportUsage(wording.CLIReportNoDocument.With(o.document, strings.Join(known[max(0, len(known)-10):], ", ")))
	}
	if o.period == "" {
		o.period = first.In(zone).Format(time.DateOnly) + ".." + now.In(zone).Format(time.DateOnly)
	}
	return nil
}

func reportFile(unit string, p report.Period, f reportFormat) string {
	return "bao-cao-" + unit + "-" + p.Code + "." + f.name
}

func makeReport(c *cobra.Command, o *reportOptions) error {
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	now := time.Now()
	orders, _, err := openOrders(off.cfg)
	if err != nil {
		return err
	}
	period, format, err := o.complete(off.cfg.Timezone.Location, orders, now)
	if err != nil {
		return err
	}
	spec, err := off.reportSpec(o.unit, period, orders, now)
	if err != nil {
		return err
	}
	spec.Document = o.document
	if o.typed != "" {
		if err := readTyped(c.ErrOrStderr(), o.typed, &spec.Typed); err != nil {
			return err
		}
	}
	engine, closeEngine, err := reportEngine(c.Context(), off.cfg)
	if err != nil {
		return err
	}
	defer closeEngine()
	bar := newProgress(c.ErrOrStderr(), wording.CLIReportReading)
	spec.Progress = func(done, all int) { bar.show(100 * done / all) }
	m, err := report.Build(c.Context(), engine, spec)
	bar.end()
	if err != nil {
		return err
	}
	for _, why := range m.Provisional {
		fmt.Fprintln(c.ErrOrStderr(), wording.CLIReportDraft.With(why))
	}
	if o.out == "-" {
		return format.write(c.OutOrStdout(), m)
	}
	if err := writeReport(o.out, format, m); err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), wording.CLIReportDone.With(o.out))
	return nil
}

// readTyped reads what the officer has typed. Where there is no file yet it
// makes one to fill in, which is not changed again.
func readTyped(said io.Writer, file string, typed *report.Typed) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(file, []byte(report.TypedTemplate), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(said, wording.CLIReportTemplate.With(file))
		return nil
	}
	if err != nil {
		return err
	}
	if problems := yamlfile.Decode(file, text, typed); len(problems) > 0 {
		return problems
	}
	return nil
}

// writeReport writes the whole report or leaves what was there.
func writeReport(file string, format reportFormat, m *report.Model) error {
	var b bytes.Buffer
	if err := format.write(&b, m); err != nil {
		return err
	}
	if err := durable.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

func reportUsage(t wording.Text) error { return usageError{"lachan report", t.String()} }
