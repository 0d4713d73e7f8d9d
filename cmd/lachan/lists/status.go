package lists

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/expression"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/internal/wording"
)

// statusCommand is `lachan lists status`, which says how each feed is.
func statusCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: textStatus.In(l),
		Args:  command.NoArguments,
		RunE:  command.Run(l, func(c command.Call, _ []string) error { return runStatus(c, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

// A statusReport is what `lachan lists status --json` prints.
type statusReport struct {
	Feeds  []feedState    `json:"feeds"`
	Orders order.Overview `json:"orders"`
}

// A feedState is what is known of a feed.
type feedState struct {
	Category string           `json:"category"`
	Age      float64          `json:"age_seconds"` // since the last success; -1 before the first
	Window   blocklist.Window `json:"-"`
	From     time.Time        `json:"holds_from,omitzero"`
	Until    time.Time        `json:"holds_until,omitzero"`
	// Refused are expressions that are left out, as all feeds together have too many.
	Refused *blocklist.Refusal `json:"refused_expressions,omitempty"`
	slips
	feed.Status
}

func runStatus(c command.Call, asJSON bool) error {
	off, _, err := offline.Open(c)
	if err != nil {
		return err
	}
	store, _, err := off.OpenStores()
	if err != nil {
		return err
	}
	refused := map[string]*blocklist.Refusal{}
	if compiled, _ := off.Newest(); compiled != nil { // what is damaged the server tells
		for _, r := range compiled.Refused() {
			refused[r.Feed] = &r
		}
	}
	states := []feedState{}
	for i := range off.Config.Feeds {
		state, err := stateOf(&off.Config.Feeds[i], store, off)
		if err != nil {
			return err
		}
		state.Refused = refused[state.Name]
		states = append(states, state)
	}
	orders, _, err := order.Open(off.Config.OrdersFile())
	if err != nil {
		return err
	}
	report := orders.Overview()
	if asJSON {
		return c.JSON(statusReport{states, report})
	}
	p := printer{c.OutOrStdout(), off.Config.Timezone.Location, c.Lang}
	if err := p.table(states); err != nil {
		return err
	}
	for i := range states {
		p.feed(&states[i])
	}
	p.orders(&report)
	return nil
}

func stateOf(f *config.Feed, store *feed.Store, off *offline.Offline) (feedState, error) {
	status, err := store.Status(f.Name)
	window := f.Authority.Window(off.Config.Timezone.Location)
	state := feedState{
		Category: f.Category, Age: -1, Window: window, From: window.From, Until: window.Until, Status: status,
	}
	if !status.LastSuccess.IsZero() {
		state.Age = time.Since(status.LastSuccess).Seconds()
	}
	if status.Copy.Path != "" {
		state.slips, _ = slipsOf(f, status.Copy, off, time.Now()) // a damaged copy is replaced by the next update
	}
	return state, err
}

// A printer tells people how the feeds are.
type printer struct {
	out  io.Writer
	zone *time.Location
	lang wording.Language
}

func (p printer) moment(t time.Time) string { return t.In(p.zone).Format(time.DateTime) }

func (p printer) table(states []feedState) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, textColumns.Paragraphs(p.lang, "\n"))
	for i := range states {
		f := &states[i]
		last := textNever.In(p.lang)
		if f.Age >= 0 {
			last = p.moment(f.LastSuccess)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%s\n", f.Name, f.Category, f.Copy.Entries, f.Copy.Rejected, last, f.health(time.Now()).In(p.lang))
	}
	return table.Flush()
}

// health is how a feed is, in a word.
func (f *feedState) health(now time.Time) wording.Text {
	switch {
	case f.Failure.EN != "":
		return f.Failure.Text()
	case f.Age < 0:
		return textNever
	case now.Before(f.Window.From):
		return textBefore
	case !f.Window.Has(now):
		return textOver
	}
	return textGood
}

// feed tells what is worth knowing of a feed besides its line in the table.
func (p printer) feed(f *feedState) {
	line := func(t wording.Text) { fmt.Fprintf(p.out, "%s: %s\n", f.Name, t.In(p.lang)) }
	if w := f.Window; w != (blocklist.Window{}) {
		from, until := "…", "…"
		if !w.From.IsZero() {
			from = p.moment(w.From)
		}
		if !w.Until.IsZero() {
			until = p.moment(w.Until)
		}
		line(textWindow.With(from, until))
	}
	if h := &f.Held; h.Copy.Digest != "" {
		line(textHeld.With(short(h.Copy.Digest), h.Copy.Entries, p.moment(h.Since), h.Text()))
	}
	if n := f.Copy.CoreHits; n > 0 {
		line(textCore.With(n, strings.Join(f.Copy.CoreNames, ", ")))
	}
	for _, e := range f.Copy.Doubts {
		if e.Waiting {
			line(textDoubt.With(e.Name, e.Why.Text()))
		}
	}
	if n := f.Copy.Widened; n > 0 {
		line(textWidenedIn.With(n, strings.Join(f.Copy.WidenedHosts, ", ")))
	}
	if skipped := f.Copy.Skipped; len(skipped) > 0 {
		line(textSkipped.With(strings.Join(skipped, ", ")))
	}
	if n := f.Copy.Idle; n > 0 {
		line(textIdle.With(n))
	}
	if r := f.Refused; r != nil {
		line(textRefusedExpressions.With(r.Expressions, expression.MostInAll, expression.MostCommon, r.Example))
	}
	p.slips(f, line)
	p.rejected(&f.Copy, line)
	for _, a := range f.Approvals {
		line(textApproved.With(short(a.Digest), a.Entries, a.By, p.moment(a.At)))
	}
	for _, a := range f.Rollbacks {
		line(textBack.With(short(a.Digest), a.Entries, a.By, p.moment(a.At)))
	}
}

// rejected tells for each reason how many entries of a list were rejected, and
// an example of them.
func (p printer) rejected(c *feed.Copy, line func(wording.Text)) {
	for _, code := range slices.Sorted(maps.Keys(c.ByReason)) {
		example := wording.Text{}
		for _, r := range c.Rejects {
			if r.Reason != code || example != (wording.Text{}) {
				continue
			}
			example = textRejectAt.With(r.Line)
			if r.File != "" {
				example = textRejectIn.With(r.File, r.Line)
			}
			text := ": " + r.Text
			example = wording.Join(example, wording.Text{VI: text, EN: text})
		}
		line(textRejected.With(c.ByReason[code], format.ReasonOf(code).Text(), example))
	}
}

// latePrinted is how many late orders are named.
const latePrinted = 20

// orders tells how authorities' orders were carried out, and names the late
// ones, the newest first.
func (p printer) orders(report *order.Overview) {
	o := &report.Summary
	if o.Orders == 0 {
		return
	}
	share := fmt.Sprintf("%.1f%%", 100*float64(o.Within24h)/float64(o.Orders))
	orders := textOrders.With(
		o.Orders, rounded(o.Median), rounded(o.Worst), o.Within24h, share, o.UrgentWithin6h, o.Urgent,
	)
	fmt.Fprintf(p.out, "\n%s\n", orders.In(p.lang))
	late := slices.Clone(report.Late)
	slices.SortStableFunc(late, func(a, b order.Record) int { return b.InForce.Compare(a.InForce) })
	for i := range late[:min(len(late), latePrinted)] {
		r := &late[i]
		document := cmp.Or(r.Document, short(r.Digest))
		line := textOrderLate.With(document, r.Feed, p.moment(r.Received), p.moment(r.InForce), rounded(r.Took()))
		fmt.Fprintln(p.out, line.In(p.lang))
	}
	if more := len(late) - latePrinted; more > 0 {
		fmt.Fprintln(p.out, textOrdersMore.With(more).In(p.lang))
	}
}

func rounded(d time.Duration) time.Duration { return d.Round(time.Second) }
