// Package report makes the documents that schools and authorities receive: for
// `lachan report`, and for the server, which makes those of its schedule and
// those that are asked for over HTTP.
package report

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/internal/wording"
	"lachan/metrics/report"
)

// Command is `lachan report`.
func Command() *cobra.Command {
	var o Request
	c := &cobra.Command{
		Use:   "report --unit ID --period PERIOD",
		Short: wording.CLIReport.String(),
		Example: `  lachan report --unit lao-cai --period 2026-Q3 --out bao-cao.pdf
  lachan report --unit all --period hc-2026 --format xlsx
  lachan report --unit lao-cai --document 15/A05
  lachan report --unit th-kim-dong --period 2026-10 --format json --out -`,
		Args: command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error { return run(c, &o) },
	}
	flags := c.Flags()
	flags.StringVar(&o.Unit, "unit", "", wording.CLIReportUnit.String())
	flags.StringVar(&o.Period, "period", "", wording.CLIReportPeriod.String())
	flags.StringVar(&o.Document, "document", "", wording.CLIReportDocument.String())
	flags.StringVar(&o.Format, "format", "", wording.CLIReportFormat.String())
	flags.StringVar(&o.Out, "out", "", wording.CLIReportOut.String())
	flags.StringVar(&o.Typed, "typed", "", wording.CLIReportTyped.String())
	config.AddFlags(flags)
	return command.WithConfig(c)
}

func run(c *cobra.Command, o *Request) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	now := time.Now()
	orders, _, err := order.Open(off.Config.OrdersFile())
	if err != nil {
		return err
	}
	period, format, err := o.Complete(off.Config.Timezone.Location, orders, now)
	if err != nil {
		return err
	}
	spec, err := offlineSpec(off, o.Unit, period, orders, now)
	if err != nil {
		return err
	}
	spec.Document = o.Document
	if o.Typed != "" {
		if err := readTyped(c.ErrOrStderr(), o.Typed, &spec.Typed); err != nil {
			return err
		}
	}
	figures, closeEngine, err := engineOf(c.Context(), off.Config)
	if err != nil {
		return err
	}
	defer closeEngine()
	bar := command.NewProgress(c.ErrOrStderr(), wording.CLIReportReading)
	spec.Progress = func(done, all int) { bar.Show(100 * done / all) }
	m, err := report.Build(c.Context(), figures, spec)
	bar.End()
	if err != nil {
		return err
	}
	for _, why := range m.Provisional {
		fmt.Fprintln(c.ErrOrStderr(), wording.CLIReportDraft.With(why))
	}
	if o.Out == "-" {
		return format.Write(c.OutOrStdout(), m)
	}
	if err := writeFile(o.Out, format, m); err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), wording.CLIReportDone.With(o.Out))
	return nil
}
