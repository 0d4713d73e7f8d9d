package decide

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/internal/wording"
)

// OfLists makes the commands of `lachan lists` that decide on a version ask the server while
// one runs: what they decide is then a record of its ledger. While none does, they write the
// files, as before there was one. The reject command is added, which only a server offers.
func OfLists(l wording.Language, lists *cobra.Command) *cobra.Command {
	paths := map[string][]string{"approve": {"held", "approve"}, "rollback": {"roll-back"}}
	for _, c := range lists.Commands() {
		below, ok := paths[c.Name()]
		if !ok {
			continue
		}
		var o options
		o.decideFlags(c, l)
		c.RunE = running(l, listOffline(l, c.RunE), o.decideList(below))
	}
	var o options
	lists.AddCommand(line{
		use: "reject FEED", short: textReject, args: command.Exactly(1), run: o.decideList([]string{"held", "reject"}),
		example: `  lachan lists reject co-bac --why "chặn cả trang học"`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
		},
	}.make(l))
	lists.AddCommand(listAdd(l), listRemove(l))
	return lists
}

// listAdd is `lachan lists add`.
func listAdd(l wording.Language) *cobra.Command {
	var o options
	var category, format, name string
	return line{
		use: "add NAME|URL", short: textListAdd, long: textListAddLong, args: command.Exactly(1),
		example: `  lachan lists add hostsvn-gambling --preview
  lachan lists add https://lists.example/tro-choi.txt --category games --why "trò chơi mới"`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			c.Flags().StringVar(&category, "category", "", textListCategoryFlag.In(l))
			c.Flags().StringVar(&format, "format", "", textListFormatFlag.In(l))
			c.Flags().StringVar(&name, "name", "", textListNameFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			body := map[string]string{"name": name, "category": category, "format": format, "why": o.why}
			if strings.Contains(args[0], "://") {
				body["url"] = args[0]
			} else {
				body["name"] = args[0]
			}
			return o.decide(c, control.Question{Method: "POST", Path: "feeds", Body: body})
		},
	}.make(l)
}

// listRemove is `lachan lists remove`.
func listRemove(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "remove NAME", short: textListRemove, args: command.Exactly(1),
		example: `  lachan lists remove hostsvn-gambling --why "chặn cả trang học"`,
		flags:   func(c *cobra.Command, l wording.Language) { o.decideFlags(c, l) },
		run: func(c command.Call, args []string) error {
			body := map[string]string{"why": o.why}
			return o.decide(c, control.Question{Method: "DELETE", Path: path("feeds", args[0]), Body: body})
		},
	}.make(l)
}

// decideList asks the server for a decision on the version of a feed.
func (o *options) decideList(below []string) func(command.Call, []string) error {
	return func(c command.Call, args []string) error {
		why := o.why
		if by, err := c.Flags().GetString("by"); err == nil && by != "" {
			behalf := textBy.With(by)
			if why != "" {
				behalf.VI, behalf.EN = behalf.VI+": "+why, behalf.EN+": "+why
			}
			why = behalf.String()
		}
		at := path(slices.Concat([]string{"feeds", args[0]}, below)...)
		return o.decide(c, control.Question{Method: "POST", Path: at, Body: map[string]string{"why": why}})
	}
}

// listOffline refuses what only a server can do.
func listOffline(
	l wording.Language, offline func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		for _, name := range []string{"why", "preview", "json"} {
			if c.Flags().Changed(name) {
				_, err := ask(command.Call{Command: c, Lang: l}, control.Question{Method: "GET", Path: "feeds"})
				return err
			}
		}
		return offline(c, args)
	}
}
