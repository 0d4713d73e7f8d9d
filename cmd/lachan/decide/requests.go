package decide

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/offline"
	"lachan/console/api"
	"lachan/internal/wording"
)

// requestsCommand is `lachan requests`. While a server runs, it is asked, and what is
// answered is a decision of its ledger; while none does, the files are read and written, as
// before there was one.
func requestsCommand(l wording.Language) *cobra.Command {
	root := offline.RequestsCommand(l)
	root.RunE = running(l, root.RunE, listRequests)
	for _, c := range root.Commands() {
		switch c.Name() {
		case "answer":
			outcomeFlags(c, l)
			answerFlags(c, l)
			c.RunE = running(l, answerOffline(l, c.RunE), answerRequest)
		case "close":
			answerFlags(c, l)
			c.RunE = running(l, answerOffline(l, c.RunE), answerRequest)
		case "reopen":
			answerFlags(c, l)
			c.RunE = running(l, answerOffline(l, c.RunE), func(c command.Call, args []string) error {
				return answered(c).decide(c, control.Question{Method: "POST", Path: path("requests", args[0], "reopen")})
			})
		}
	}
	return root
}

// running is what a command does: online while a server runs, else offline.
func running(
	l wording.Language, offline func(*cobra.Command, []string) error, online func(command.Call, []string) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		call := command.Call{Command: c, Lang: l}
		s, err := server(call)
		if err != nil {
			return err
		}
		if s.Running(c.Context()) {
			return online(call, args)
		}
		return offline(c, args)
	}
}

// outcomes are the flags of what can become of a request.
func outcomes() []string { return []string{"open", "refuse", "up", "authority"} }

// answerFlags are those of every answer to a request.
func answerFlags(c *cobra.Command, l wording.Language) {
	c.Flags().Bool("preview", false, textPreviewFlag.In(l))
	c.Flags().Bool("json", false, command.FlagJSON.In(l))
}

// answered is what these flags say.
func answered(c command.Call) *options {
	var o options
	o.preview, _ = c.Flags().GetBool("preview")
	o.json, _ = c.Flags().GetBool("json")
	return &o
}

func outcomeFlags(c *cobra.Command, l wording.Language) {
	texts := []wording.Text{textOpenFlag, textRefuseFlag, textUpFlag, textAuthorityFlag}
	for i, name := range outcomes() {
		c.Flags().Bool(name, false, texts[i].In(l))
	}
	c.Flags().String("until", "", textUntilFlag.In(l))
	c.MarkFlagsMutuallyExclusive(outcomes()...)
	c.Example = `  lachan requests answer 3f9a0c51b2de "đã mở cho lớp 5A" --open --until 2026-12-31
  lachan requests answer 3f9a0c51b2de "trang cá cược" --refuse
  lachan requests answer 3f9a0c51b2de "nhờ Sở xem" --up`
}

// answerOffline refuses what only a server can do.
func answerOffline(
	l wording.Language, offline func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		for _, name := range append(outcomes(), "until", "preview", "json") {
			if f := c.Flags().Lookup(name); f != nil && f.Changed {
				_, err := ask(command.Call{Command: c, Lang: l}, control.Question{Method: "GET", Path: "requests"})
				return err
			}
		}
		return offline(c, args)
	}
}

func answerRequest(c command.Call, args []string) error {
	body := map[string]any{"outcome": "close", "text": strings.Join(args[1:], "")}
	for _, name := range outcomes() {
		if set, err := c.Flags().GetBool(name); err == nil && set {
			body["outcome"] = name
		}
	}
	if until, err := c.Flags().GetString("until"); err == nil && until != "" {
		body["until"] = until
	}
	if by, err := c.Flags().GetString("by"); err == nil && by != "" {
		body["why"] = textBy.With(by).String()
	}
	return answered(c).decide(c, control.Question{Method: "POST", Path: path("requests", args[0], "answer"), Body: body})
}

func listRequests(c command.Call, _ []string) error {
	unit, err := c.Flags().GetString("unit")
	if err != nil {
		return err
	}
	all, err := c.Flags().GetBool("all")
	if err != nil {
		return err
	}
	o := list{query: url.Values{"unit": {unit}, "ended": {fmt.Sprint(all)}}}
	if o.json, err = c.Flags().GetBool("json"); err != nil {
		return err
	}
	rows, err := each(c, &o, "requests", func(r *api.Request) error { return printRequest(c, r) })
	if err == nil && rows == 0 && !o.json {
		return c.Say(textRequestsNone)
	}
	return err
}

func printRequest(c command.Call, r *api.Request) error {
	units := strings.Join(r.Units, ", ")
	text := textRequestLine.With(
		strings.Join(r.IDs, " "), units, r.Name, r.Category, r.Times, hours(r.Spent), hours(r.Target),
	)
	switch {
	case r.Outcome != "":
		text = wording.Join(text, textAnswered.With(r.Words(), cmp.Or(r.By, "?"), r.Text))
	case r.LockedBy != "":
		text = wording.Join(text, textLockedBy.With(r.LockedBy))
	case r.Late:
		text = wording.Join(text, textLate)
	}
	if err := c.Say(text); err != nil {
		return err
	}
	for _, reason := range r.Reasons {
		fmt.Fprintf(c.OutOrStdout(), "    \"%s\"\n", reason)
	}
	if len(r.Follows) > 0 {
		fmt.Fprintf(c.OutOrStdout(), "    %s\n", textFollows.With(strings.Join(r.Follows, " ")).In(c.Lang))
	}
	return nil
}

// hours is school hours as people read them.
func hours(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/3600, seconds/60%60) }
