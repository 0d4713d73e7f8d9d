// Package report makes the documents that schools and authorities receive: for
// `lachan report`, and for the server, which makes those of its schedule and
// those that are asked for over HTTP.
package report

import (
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/offline"
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
	"lachan/policy"
)

// Command is `lachan report`.
func Command(l wording.Language) *cobra.Command {
	var o Request
	var verified string
	c := &cobra.Command{
		Use:   "report --unit ID --period PERIOD",
		Short: textShort.In(l),
		Example: `  lachan report --unit lao-cai --period 2026-Q3 --out bao-cao.pdf
  lachan report --unit all --period hc-2026 --format xlsx
  lachan report --unit lao-cai --document 15/A05
  lachan report --unit th-kim-dong --period 2026-10 --format json --out -
  lachan report --verify bao-cao.pdf`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			if verified != "" {
				return verify(c, verified)
			}
			return run(c, &o)
		}),
	}
	flags := c.Flags()
	flags.StringVar(&verified, "verify", "", textVerify.In(l))
	flags.StringVar(&o.Unit, "unit", "", textUnit.In(l))
	flags.StringVar(&o.Period, "period", "", textPeriod.In(l))
	flags.StringVar(&o.Document, "document", "", textDocument.In(l))
	flags.StringVar(&o.Format, "format", "", textFormat.In(l))
	flags.StringVar(&o.Out, "out", "", textOut.In(l))
	flags.StringVar(&o.Typed, "typed", "", textTyped.In(l))
	return command.WithKeys(c, l)
}

func run(c command.Call, o *Request) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	if id, known := policy.UnitNamed(off.Policy, o.Unit); known {
		o.Unit = id // it may be said by its name
	} else if o.Unit != "" && o.Unit != everySchool {
		return command.Fail(explain.NoUnit(off.Policy, o.Unit))
	}
	now := time.Now()
	carried, err := Carried(off.Config)
	if err != nil {
		return err
	}
	period, format, err := o.Complete(off.Config.Reports.Calendar(off.Config.Timezone.Location, now), carried)
	if err != nil {
		return err
	}
	var typed figures.Typed
	if o.Typed != "" {
		made, err := readTyped(o.Typed, &typed)
		if err != nil {
			return err
		}
		if made {
			c.Note(textTemplate.With(o.Typed))
		}
	}
	m, err := Build(c, off, o.Unit, o.Document, period, carried, typed, now)
	if err != nil {
		return err
	}
	for _, why := range m.Reasons {
		c.Note(textDraft.With(why))
	}
	if err := Keep(off.Config, m); err != nil {
		c.Note(textNotKept.With(err))
	}
	if o.Out == "-" {
		return format.Write(c.Raw(), m)
	}
	if err := writeFile(o.Out, format, m); err != nil {
		return err
	}
	c.Say(textDone.With(o.Out))
	return nil
}
