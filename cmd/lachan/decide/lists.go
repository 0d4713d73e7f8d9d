package decide

import (
	"slices"

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
	return lists
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
