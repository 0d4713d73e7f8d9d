// Package decide holds the commands by which people on the machine decide: they ask the
// server that runs there, over its control socket, what its API offers, and print what it
// answers. With --json they print it as the API's document describes it.
package decide

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// Commands are the commands that decide, in a language.
func Commands(l wording.Language) []*cobra.Command {
	return []*cobra.Command{
		exceptCommand(l), requestsCommand(l), ledgerCommand(l), policyCommand(l), accountCommand(l), tokenCommand(l),
		orderCommand(l), tapCommand(l), selfTestCommand(l),
	}
}

// options are the flags of commands that decide.
type options struct {
	json, preview, yes bool
	why                string
}

// A line is a command that a parent has.
type line struct {
	use     string
	short   wording.Text
	long    wording.Text
	example string
	args    cobra.PositionalArgs // nil: none
	flags   func(c *cobra.Command, l wording.Language)
	run     func(c command.Call, args []string) error
}

// parent is a command of which others are parts.
func parent(l wording.Language, use string, short, long wording.Text, parts ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short.In(l), Long: short.In(l) + "\n\n" + long.Paragraphs(l, "\n"),
		Args: command.NoArguments, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(parts...)
	return c
}

// make is the command of a line.
func (n line) make(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use: n.use, Short: n.short.In(l), Long: n.short.In(l), Example: n.example, Args: n.args,
		RunE: command.Run(l, n.run),
	}
	if n.long != (wording.Text{}) {
		c.Long += "\n\n" + n.long.Paragraphs(l, "\n")
	}
	if c.Args == nil {
		c.Args = command.NoArguments
	}
	if n.flags != nil {
		n.flags(c, l)
	}
	return command.WithKeys(c, l)
}

// decideFlags are those of whatever decides.
func (o *options) decideFlags(c *cobra.Command, l wording.Language) {
	o.jsonFlag(c, l)
	c.Flags().StringVar(&o.why, "why", "", textWhyFlag.In(l))
	c.Flags().BoolVar(&o.preview, "preview", false, textPreviewFlag.In(l))
}

// sureFlags are those of what is asked about once more.
func (o *options) sureFlags(c *cobra.Command, l wording.Language) {
	o.decideFlags(c, l)
	c.Flags().BoolVar(&o.yes, "yes", false, textYesFlag.In(l))
}

func (o *options) jsonFlag(c *cobra.Command, l wording.Language) {
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
}

// server is the server that the configuration of a command is of.
func server(c command.Call) (*control.Client, error) {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return nil, problems
	}
	return control.NewClient(cfg.StateDir), nil
}

// ask asks the server.
func ask(c command.Call, q control.Question) (control.Answer, error) {
	s, err := server(c)
	if err != nil {
		return control.Answer{}, err
	}
	return s.Ask(c.Context(), q)
}

// decide has the server decide, and prints what came of it.
func (o *options) decide(c command.Call, q control.Question) error {
	if o.preview {
		q.Path += "?preview=true"
	}
	a, err := ask(c, q)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(c, a.Body)
	}
	var d api.Decided
	if err := json.Unmarshal(a.Body, &d); err != nil {
		return err
	}
	return printDecided(c, &d)
}

// surely is decide for what is not done by accident: what would change is shown, and a
// person on a terminal is asked; a program says --yes.
func (o *options) surely(c command.Call, q control.Question) error {
	if o.yes || o.preview {
		return o.decide(c, q)
	}
	if !onTerminal(c) {
		return command.Usage(c.Command, textSayYes)
	}
	first := *o
	first.preview, first.json = true, false
	if err := first.decide(c, q); err != nil {
		return err
	}
	fmt.Fprint(c.ErrOrStderr(), textSure.In(c.Lang)+" ")
	said, _ := bufio.NewReader(c.InOrStdin()).ReadString('\n') // without an end it is what there is
	switch strings.ToLower(strings.TrimSpace(said)) {
	case "y", "yes", "c", "có", "co":
		return o.decide(c, q)
	}
	return command.Fail(textNotDone)
}

// onTerminal reports whether a person can be asked.
func onTerminal(c command.Call) bool {
	file, ok := c.InOrStdin().(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// printJSON prints what the API answered.
func printJSON(c command.Call, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v json.RawMessage
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("read the answer of the server: %w", err)
	}
	return c.JSON(v)
}

func printDecided(c command.Call, d *api.Decided) error {
	switch {
	case d.Preview:
		c.Say(textPreview.With(d.Object, unitOf(d.Unit)))
	case d.Waiting:
		c.Say(textWaiting.With(d.Seq, d.Object, unitOf(d.Unit)))
	default:
		c.Say(textDone.With(d.Seq, d.Object, unitOf(d.Unit)))
	}
	if i := d.Impact; i.Units > 0 {
		c.Say(textImpact.With(i.Units, i.Now.Opened, i.Now.Blocked, i.Lessons.Opened, i.Lessons.Blocked))
	}
	if d.Names > 0 {
		c.Say(textNames.With(d.Names))
	}
	if d.VoidBy != "" {
		c.Say(textVoid.With(d.VoidBy))
	}
	if d.Text != "" {
		fmt.Fprintln(c.OutOrStdout(), d.Text)
	}
	if d.Secret != "" {
		c.Say(textSecret.With(d.Secret))
	}
	printTable(c, d)
	return nil
}

// rowsShown is how many rows that cannot be used are printed; --json has more of them.
const rowsShown = 50

// printTable says what became of the rows of the table of an order.
func printTable(c command.Call, d *api.Decided) {
	t := d.Table
	if t == nil {
		return
	}
	if t.Entries > 0 {
		c.Say(textTableRows.With(t.Entries, t.Twice, t.Refused))
	}
	for _, r := range t.Rows[:min(len(t.Rows), rowsShown)] {
		c.Say(textTableRow.With(r.Line, r.Text, wording.Text{VI: r.VI, EN: r.EN}))
	}
	if len(t.Doubtful) > 0 {
		c.Say(textTableDoubtful.With(len(t.Doubtful), strings.Join(t.Doubtful[:min(len(t.Doubtful), rowsShown)], ", ")))
	}
	if !d.Preview && !t.InForce {
		c.Say(textTableLater)
	}
}

// unitOf is a unit as people are told of it.
func unitOf(id string) any {
	if id == "" {
		return textAll
	}
	return id
}

// path joins the parts of a path, whatever is in them.
func path(parts ...string) string {
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// A list is a part of one that the API has in pages.
type list struct {
	options
	query url.Values
	limit int
}

// flags are those of any list.
func (o *list) flags(c *cobra.Command, l wording.Language) {
	o.jsonFlag(c, l)
	c.Flags().IntVar(&o.limit, "limit", 0, textLimitFlag.In(l))
}

// each calls show with each row of a list, or prints all as one page of JSON.
func each[T any](c command.Call, o *list, at string, show func(*T) error) (rows int, err error) {
	s, err := server(c)
	if err != nil {
		return 0, err
	}
	all, query := api.Page[json.RawMessage]{Items: []json.RawMessage{}}, url.Values{}
	for name, values := range o.query {
		query[name] = values
	}
	for {
		if query.Del("limit"); o.limit > 0 {
			query.Set("limit", fmt.Sprint(min(o.limit-rows, 500)))
		}
		a, err := s.Ask(c.Context(), control.Question{Method: "GET", Path: at + "?" + query.Encode()})
		if err != nil {
			return rows, err
		}
		var p api.Page[json.RawMessage]
		if err := json.Unmarshal(a.Body, &p); err != nil {
			return rows, err
		}
		rows += len(p.Items)
		if o.json {
			all.Items = append(all.Items, p.Items...)
		}
		for _, text := range p.Items {
			var row T
			if err := json.Unmarshal(text, &row); err != nil {
				return rows, err
			}
			if o.json {
				continue
			}
			if err := show(&row); err != nil {
				return rows, err
			}
		}
		if p.Next == "" || o.limit > 0 && rows >= o.limit {
			break
		}
		query.Set("after", p.Next)
	}
	if o.json {
		return rows, c.JSON(all)
	}
	return rows, nil
}
