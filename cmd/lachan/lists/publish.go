package lists

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// A publication is what `lachan lists publish` is told.
type publication struct {
	signing
	feed   publish.Feed
	report string
	json   bool
}

func publishCommand(l wording.Language) *cobra.Command {
	p := publication{feed: publish.Feed{Lifetime: 7 * 24 * time.Hour}}
	c := &cobra.Command{
		Use:   "publish FILE.csv|FILE.xlsx",
		Short: textPublish.In(l),
		Long:  textPublishLong.Paragraphs(l, "\n\n"),
		Example: `  lachan lists publish thang-9.xlsx --key a05.key --out /var/www/a05 --id a05-co-bac --authority "Cục A05"
  lachan lists publish thang-9.csv --key a05.key --password-file mat-khau.txt --out a05 --id a05 --authority A05 --expires 30d --json`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error { return p.run(c, args[0]) }),
	}
	p.addFlags(c.Flags(), l)
	c.Flags().StringVar(&p.feed.Dir, "out", "", textFlagOut.In(l))
	c.Flags().StringVar(&p.feed.ID, "id", "", textFlagID.In(l))
	c.Flags().StringVar(&p.feed.Authority, "authority", "", textFlagAuthority.In(l))
	c.Flags().Var(daysFlag{&p.feed.Lifetime}, "expires", textFlagExpires.In(l))
	c.Flags().Uint64Var(&p.feed.LeastVersion, "version-from", 0, textFlagVersionFrom.In(l))
	c.Flags().StringVar(&p.report, "report", "", textFlagReport.In(l))
	c.Flags().BoolVar(&p.json, "json", false, command.FlagJSON.In(l))
	return c
}

func (p *publication) run(c command.Call, file string) error {
	if p.feed.Dir == "" || !release.ValidID(p.feed.ID) || p.feed.Authority == "" || p.feed.Lifetime < time.Hour {
		return command.Usage(c.Command, textPublishFlags)
	}
	var err error
	if p.feed.Key, err = p.secret(c); err != nil {
		return err
	}
	table, err := readTable(file)
	empty := errors.Is(err, publish.ErrNoEntries)
	if err != nil && !empty {
		return explained(err)
	}
	if err := p.tell(c, file, &table); err != nil {
		return err
	}
	if empty {
		return command.Fail(textPublishNothing.With(file))
	}
	result, err := p.feed.Publish(table.Rows)
	if err != nil {
		return explained(err)
	}
	if p.json {
		return c.JSON(publicationReport{result, table.Summary.Rejected})
	}
	c.Say(published(p.feed.Dir, &result))
	return nil
}

// A publicationReport is what `lachan lists publish --json` prints.
type publicationReport struct {
	publish.Result
	Refused int `json:"refused"`
}

func published(dir string, r *publish.Result) wording.Text {
	switch {
	case r.Changed:
		return textPublished.With(r.Version, dir, r.Count, r.Added, r.Removed)
	case r.Renewed:
		return textRenewed.With(r.Version, dir)
	}
	return textPublishedSame.With(r.Version, dir)
}

// readTable reads what an office wrote. Its days are those of Vietnam.
func readTable(name string) (publish.Table, error) {
	file, err := os.Open(name)
	if err != nil {
		return publish.Table{}, err
	}
	defer file.Close()
	return publish.ReadTable(file, time.FixedZone("UTC+7", 7*60*60))
}

// tell says which rows were refused, and writes the report to send back.
func (p *publication) tell(c command.Call, file string, t *publish.Table) error {
	if !p.json {
		for i, r := range t.Refused {
			if i == rejectsPrinted {
				fmt.Fprintln(c.OutOrStdout(), "…")
				break
			}
			c.Say(textLine.With(r.Line, r.Text, r.Reason.Text()))
		}
		for i, w := range t.Widened {
			if i == rejectsPrinted {
				fmt.Fprintln(c.OutOrStdout(), "…")
				break
			}
			c.Say(textWidened.With(w.Line, w.Text, w.Host))
		}
	}
	if p.report == "" {
		p.report = strings.TrimSuffix(file, filepath.Ext(file)) + ".ket-qua.csv"
	}
	report := t.Report(filepath.Base(file))
	err := sendBack(p.report, &report)
	if err == nil && !p.json {
		c.Say(textReported.With(report.Taken, len(report.Refused), p.report))
	}
	return err
}

// sendBack writes the file to send back.
func sendBack(name string, r *publish.Report) error {
	out, err := os.Create(name)
	if err != nil {
		return explained(err)
	}
	return explained(errors.Join(r.Write(out), out.Close()))
}
