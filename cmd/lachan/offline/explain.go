package offline

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy"
)

// ExplainCommand is `lachan explain`.
func ExplainCommand(l wording.Language) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain NAME|URL [--client ADDR|--unit ID]",
		Short: textExplain.In(l),
		Example: `  lachan explain www.tiktok.com --client 10.20.1.7
  lachan explain https://www.tiktok.com/x --at "28/11/2026 10:15"
  lachan explain olm.vn --unit th-kim-dong --type AAAA --at 2026-11-20T10:15 --json`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error { return runExplain(c, args[0], &o) }),
	}
	flags := c.Flags()
	flags.StringVar(&o.Client, "client", "", textFlagClient.In(l))
	flags.StringVar(&o.Unit, "unit", "", textFlagUnit.In(l))
	flags.StringVar(&o.Type, "type", "A", textFlagType.In(l))
	flags.StringVar(&o.At, "at", "", textFlagAt.In(l))
	flags.BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

type explainOptions struct {
	explain.Question
	json bool
}

// runExplain prints every step of a decision. It works on what is on disk, as a
// server would that starts now.
func runExplain(c command.Call, name string, o *explainOptions) error {
	if err := o.Check(); err != nil {
		return err
	}
	off, _, err := Open(c)
	if err != nil {
		return err
	}
	list, note, err := off.Lists(c)
	if err != nil {
		return err
	}
	if note.EN != "" {
		c.Note(note)
	}
	o.Server = explain.NewServer(off.Config)
	o.Serves = func(client netip.Addr) bool { return source.ServesUnknown(off.Config, off.Policy, client) }
	rulesAt := func(at time.Time) *policy.Rules { return off.Policy.At(list, at, 1) }
	explanation, err := o.Ask(name, off.Config.Timezone.Location, rulesAt)
	if err != nil {
		return err
	}
	if o.json {
		return c.JSON(explanation)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), explanation.In(c.Lang))
	return err
}
