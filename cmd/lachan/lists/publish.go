package lists

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/format"
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

	replace, yes bool
	withdraw     []string
}

func publishCommand(l wording.Language) *cobra.Command {
	p := publication{feed: publish.Feed{Lifetime: 7 * 24 * time.Hour}}
	c := &cobra.Command{
		Use:   "publish FILE.csv|FILE.xlsx",
		Short: textPublish.In(l),
		Long:  textPublishLong.Paragraphs(l, "\n\n"),
		Example: `  lachan lists publish thang-9.xlsx --key a05.key --out /var/www/a05 --id a05-co-bac --authority "Cục A05"
  lachan lists publish thang-9.csv --key a05.key --password-file mat-khau.txt --out a05 --id a05 --authority A05 --expires 30d --json
  lachan lists publish --withdraw 15/A05 --key a05.key --out /var/www/a05 --id a05-co-bac --authority "Cục A05"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && len(p.withdraw) > 0 { // nothing to add
				return nil
			}
			return command.Exactly(1)(c, args)
		},
		RunE: command.Run(l, func(c command.Call, args []string) error {
			return p.run(c, strings.Join(args, ""))
		}),
	}
	p.addFlags(c.Flags(), l)
	c.Flags().StringVar(&p.feed.Dir, "out", "", textFlagOut.In(l))
	c.Flags().StringVar(&p.feed.ID, "id", "", textFlagID.In(l))
	c.Flags().StringVar(&p.feed.Authority, "authority", "", textFlagAuthority.In(l))
	c.Flags().Var(daysFlag{&p.feed.Lifetime}, "expires", textFlagExpires.In(l))
	c.Flags().Uint64Var(&p.feed.LeastVersion, "version-from", 0, textFlagVersionFrom.In(l))
	c.Flags().StringVar(&p.report, "report", "", textFlagReport.In(l))
	c.Flags().BoolVar(&p.replace, "replace", false, textFlagReplace.In(l))
	c.Flags().StringSliceVar(&p.withdraw, "withdraw", nil, textFlagWithdraw.In(l))
	c.Flags().BoolVar(&p.yes, "yes", false, textFlagYes.In(l))
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
	table, err := p.table(c, file)
	if err != nil {
		return err
	}
	plan, err := p.plan(table.Rows)
	if err == nil {
		err = p.confirm(c, &plan)
	}
	if err != nil {
		return err
	}
	result, err := p.feed.PublishPlan(&plan)
	if err != nil {
		return explained(err)
	}
	if p.json {
		return c.JSON(publicationReport{result, table.Summary.Rejected, plan.Kept, plan.Ended, plan.Lifted, plan.Left})
	}
	if plan.From > 0 && !p.replace {
		c.Say(textAdded.With(plan.Kept, plan.Ended))
	}
	for _, document := range publish.Documents(plan.Left) {
		c.Say(left(document, plan.Left))
	}
	c.Say(published(p.feed.Dir, &result))
	if result.Unsaid {
		c.Note(textUnsaid)
	}
	return nil
}

// table reads the table and says what of it cannot be used; "" is none.
func (p *publication) table(c command.Call, file string) (publish.Table, error) {
	if file == "" {
		return publish.Table{}, nil
	}
	remarks, err := newRemarks()
	if err != nil {
		return publish.Table{}, err
	}
	table, err := readTable(file, remarks)
	empty := errors.Is(err, publish.ErrNoEntries)
	if err != nil && !empty {
		return table, explained(err)
	}
	if err := p.tell(c, file, &table, remarks); err != nil {
		return table, err
	}
	if empty {
		return table, command.Fail(textPublishNothing.With(file))
	}
	return table, nil
}

// plan is the version to publish: what is in force and the rows of the table, unless
// the table is to replace it.
func (p *publication) plan(rows []string) (publish.Plan, error) {
	now := time.Now()
	var plan publish.Plan
	var err error
	switch {
	case p.replace && len(p.withdraw) > 0:
		return plan, command.Fail(textReplaceWithdraw)
	case p.replace:
		plan, err = p.feed.Replace(rows, now)
	case len(p.withdraw) > 0:
		plan, err = p.feed.Withdraw(p.withdraw, rows, now)
	default:
		plan, err = p.feed.Add(rows, now)
	}
	if errors.Is(err, publish.ErrLost) && p.replace {
		return publish.Plan{Rows: rows, From: plan.From}, nil // what it lifts is not known
	}
	if errors.Is(err, publish.ErrLost) {
		return plan, command.Fail(textPublishLost.With(p.feed.Dir))
	}
	if err == nil && len(plan.Absent) > 0 {
		stood := strings.Join(plan.Stood[:min(len(plan.Stood), documentsNamed)], ", ")
		absent := strings.Join(plan.Absent, ", ")
		if stood == "" {
			return plan, command.Fail(textWithdrawNone.With(absent))
		}
		return plan, command.Fail(textWithdrawAbsent.With(absent, stood))
	}
	return plan, explained(err)
}

// documentsNamed is how many documents in force a message names.
const documentsNamed = 20

// liftedPrinted is how many entries are named that would be lifted.
const liftedPrinted = 50

// confirm tells what would no longer be blocked, and asks whether that is meant.
func (p *publication) confirm(c command.Call, plan *publish.Plan) error {
	if len(plan.Lifted) == 0 {
		return nil
	}
	out := c.ErrOrStderr()
	for i, e := range plan.Lifted {
		if i == liftedPrinted {
			fmt.Fprintln(out, "…")
			break
		}
		fmt.Fprintln(out, strings.TrimSpace("-"+e.Name+" "+e.Document))
	}
	lifts := textLiftsAlone.With(len(plan.Lifted))
	if documents := publish.Documents(plan.Lifted); len(documents) > 0 {
		lifts = textLifts.With(len(plan.Lifted), strings.Join(documents, ", "))
	}
	fmt.Fprintln(out, lifts.In(c.Lang))
	if p.yes {
		return nil
	}
	fmt.Fprint(out, textAsk.In(c.Lang), " ")
	answer, _ := bufio.NewReader(c.InOrStdin()).ReadString('\n') // no answer is no
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "c", "có", "co":
		return nil
	}
	return command.Fail(textNotPublished)
}

// A publicationReport is what `lachan lists publish --json` prints.
type publicationReport struct {
	publish.Result
	Refused int             `json:"refused"`
	Kept    int             `json:"kept"`             // entries of the version before that stay
	Ended   int             `json:"ended"`            // of it, whose time is over
	Lifted  []publish.Entry `json:"lifted,omitempty"` // of it, that are no longer blocked
	Left    []publish.Entry `json:"left,omitempty"`   // of Kept, of documents that the table has without them
}

// left tells which names of a document stay that the table does not have: whoever
// corrects an order has to learn that the slip is still in force.
func left(document string, entries []publish.Entry) wording.Text {
	var names []string
	for _, e := range entries {
		if e.Document == document {
			names = append(names, e.Name)
		}
	}
	shown := strings.Join(names[:min(len(names), leftNamed)], ", ")
	if len(names) > leftNamed {
		shown += ", …"
	}
	return textLeft.With(document, len(names), shown, document)
}

// leftNamed is how many names left gives.
const leftNamed = 5

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
func readTable(name string, remarks *publish.Remarks) (publish.Table, error) {
	file, err := os.Open(name)
	if err != nil {
		return publish.Table{}, err
	}
	defer file.Close()
	return publish.ReadTable(file, time.FixedZone("UTC+7", 7*60*60), remarks)
}

// tell says which rows were refused, and writes the report to send back.
func (p *publication) tell(c command.Call, file string, t *publish.Table, remarks *publish.Remarks) error {
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
	found, err := newDoubts()
	if err != nil {
		return err
	}
	for _, name := range t.Names {
		found.add(&format.Rule{Name: name})
	}
	if !p.json {
		printDoubts(c, found.found)
		printRemarks(c, remarks)
	}
	report := t.Report(filepath.Base(file))
	report.Doubts, report.Remarks = found.found, *remarks
	err = sendBack(p.report, &report)
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
