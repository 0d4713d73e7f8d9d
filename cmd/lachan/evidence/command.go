package evidence

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/report"
	"lachan/console/api"
	"lachan/internal/wording"
	documents "lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/policy"
)

// A wanted is which pack somebody wants.
type wanted struct {
	unit, period, out, at string
	json                  bool
}

// Command is `lachan evidence`.
func Command(l wording.Language) *cobra.Command {
	var o wanted
	c := &cobra.Command{
		Use: "evidence --unit ID --period PERIOD", Short: textShort.In(l),
		Long: textShort.In(l) + "\n\n" + textLong.Paragraphs(l, "\n"),
		Example: `  lachan evidence --unit lao-cai --period 2026-Q3
  lachan evidence --unit all --period bc-2026 --out thanh-tra.zip
  lachan evidence verify thanh-tra.zip`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return run(c, &o) }),
	}
	flags := c.Flags()
	flags.StringVar(&o.unit, "unit", "", textUnit.In(l))
	flags.StringVar(&o.period, "period", "", textPeriod.In(l))
	flags.StringVar(&o.out, "out", "", textOut.In(l))
	flags.StringVar(&o.at, "at", "", textAt.In(l))
	flags.BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	command.WithKeys(c, l)
	c.AddCommand(verifyCommand(l))
	return c
}

// everything is the unit of an operator's pack.
const everything = "all"

func run(c command.Call, o *wanted) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	switch id, known := policy.UnitNamed(off.Policy, o.unit); {
	case o.unit == "":
		return command.Usage(c.Command, textNoUnit)
	case known:
		o.unit = id
	case o.unit != everything:
		return command.Fail(explain.NoUnit(off.Policy, o.unit))
	}
	now := time.Now()
	period, err := figures.ParsePeriod(o.period, off.Config.Reports.Calendar(off.Config.Timezone.Location, now))
	if err != nil {
		return command.Usage(c.Command, wording.Of(err))
	}
	if now.Before(period.Start) {
		return command.Usage(c.Command, textFuture.With(period.Code))
	}
	at, err := o.asOf(c, period, now)
	if err != nil {
		return err
	}
	src, err := offlineSources(c, off, o.unit, period, at)
	if err != nil {
		return err
	}
	text, err := Make(c.Context(), src)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return command.Fail(textNoLedger.With(err))
		}
		return err
	}
	o.out = cmp.Or(o.out, File(o.unit, period.Code))
	if err := command.WriteOut(o.out, text, 0o600); err != nil {
		return err
	}
	m := made{File: o.out, Bytes: len(text), SHA256: digestOf(text), AsOf: at}
	if m.Record, err = noted(c, off.Config.StateDir, src.Model.Data.Unit, period.Code, m.SHA256); err != nil {
		c.Note(textNotNoted.With(wording.Of(err)))
	}
	if o.json {
		return c.JSON(m)
	}
	for _, why := range src.Model.Reasons {
		c.Note(textDraft.With(why))
	}
	return c.Say(textMade.With(o.out, m.SHA256))
}

// A made is what is said of a pack with --json.
type made struct {
	File   string    `json:"file"`
	Bytes  int       `json:"bytes"`
	SHA256 string    `json:"sha256"`
	AsOf   time.Time `json:"as_of"`
	Record uint64    `json:"record,omitempty"` // of the ledger, that it was made; 0: there is none
}

// noted has the server that runs here write into its ledger that a pack was made, and returns the
// number of the record. Without a server nobody can write there.
func noted(c command.Call, stateDir, unit, period, digest string) (record uint64, err error) {
	a, err := control.NewClient(stateDir).Ask(c.Context(), control.Question{
		Method: "POST", Path: "evidence", Body: map[string]string{"unit": unit, "period": period, "sha256": digest},
	})
	var d api.Decided
	if err == nil {
		err = json.Unmarshal(a.Body, &d)
	}
	return d.Seq, err
}

// asOf is what the pack is as of: what was asked for, or the usual.
func (o *wanted) asOf(c command.Call, p figures.Period, now time.Time) (time.Time, error) {
	if o.at == "" {
		return AsOf(p, now), nil
	}
	at, err := time.Parse(time.RFC3339, o.at)
	if err != nil || at.After(now) {
		return at, command.Usage(c.Command, textNoMoment.With(o.at))
	}
	if !at.After(p.Start) {
		return at, command.Usage(c.Command, textTooEarly.With(o.at, p.Code))
	}
	return AsOf(p, at), nil
}

// offlineSources are those of what is on disk, and of the figures of the server if one runs.
func offlineSources(
	c command.Call, off *offline.Offline, unit string, p figures.Period, at time.Time,
) (src Sources, err error) {
	src = Sources{Config: off.Config, Policy: off.Policy, Facts: off.Facts, At: at}
	if src.Orders, err = report.Carried(off.Config); err != nil {
		return src, err
	}
	store, err := feed.Open(off.Config.FeedsDir())
	if err != nil {
		return src, err
	}
	src.Status = store.Status
	typed := report.WordsIn(off.Config, unit, p)
	if src.Model, err = report.Build(c, off, unit, "", p, src.Orders, typed, at); err != nil {
		return src, err
	}
	src.Document = func(_ context.Context, name string) ([]byte, error) { return draw(name, src.Model) }
	return src, nil
}

func draw(name string, m *documents.Model) ([]byte, error) {
	format, err := report.FormatNamed(name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = format.Write(&b, m)
	return b.Bytes(), err
}

func verifyCommand(l wording.Language) *cobra.Command {
	var trusted string
	var asJSON bool
	c := &cobra.Command{
		Use: "verify FILE.zip", Short: textVerify.In(l), Long: textVerify.In(l) + "\n\n" + textVerifyLong.Paragraphs(l, "\n"),
		Example: `  lachan evidence verify ho-so-lao-cai-2026-Q3.zip
  lachan evidence verify thanh-tra.zip --key 8f0c...`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			v, err := verifyFile(args[0], trusted)
			if err != nil {
				return err
			}
			if asJSON {
				err = c.JSON(v)
			} else if err = c.Say(v.text()); err == nil && v.OK {
				c.Note(textWhose.With(v.Key))
			}
			if err == nil && !v.OK {
				return command.ErrReported
			}
			return err
		}),
	}
	c.Flags().StringVar(&trusted, "key", "", textKey.In(l))
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return c
}

// verifyFile verifies a file. An error is one of reading it. What has no size, such as a pipe or
// a device, is read as far as a pack can be long, and no further.
func verifyFile(name, trusted string) (v Verified, err error) {
	file, err := os.Open(name)
	if err != nil {
		return v, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return v, err
	}
	size := info.Size()
	var text []byte
	if size <= most {
		if text, err = io.ReadAll(io.LimitReader(file, most+1)); err != nil {
			return v, err
		}
		size = int64(len(text))
	}
	if size > most {
		text := textTooLarge.With(size, most)
		return Verified{VI: text.VI, EN: text.EN}, nil
	}
	return Verify(text, trusted), nil
}
