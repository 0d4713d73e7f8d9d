package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"lachan/policy"
	"lachan/wording"
)

func explainCommand() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain NAME --client ADDR|--unit ID",
		Short: wording.CLIExplain.String(),
		Example: `  lachan explain www.tiktok.com --client 10.20.1.7
  lachan explain olm.vn --unit th-kim-dong --type AAAA --at 2026-11-20T10:15 --json`,
		Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return explain(c, args[0], &o) },
	}
	flags := c.Flags()
	flags.StringVar(&o.client, "client", "", wording.CLIFlagClient.String())
	flags.StringVar(&o.unit, "unit", "", wording.CLIFlagUnit.String())
	flags.StringVar(&o.qtype, "type", "A", wording.CLIFlagType.String())
	flags.StringVar(&o.at, "at", "", wording.CLIFlagAt.String())
	flags.BoolVar(&o.json, "json", false, wording.CLIFlagJSON.String())
	addConfigFlags(flags)
	return withConfig(c)
}

type explainOptions struct {
	client, unit, qtype, at string
	json                    bool
}

// explain prints every step of a decision. It works on what is on disk, as a
// server would that starts now.
func explain(c *cobra.Command, name string, o *explainOptions) error {
	if (o.client == "") == (o.unit == "") {
		return usageError{c.CommandPath(), wording.CLIExplainWho.String()}
	}
	qtype, ok := dns.StringToType[strings.ToUpper(o.qtype)]
	if !ok {
		return usageError{c.CommandPath(), wording.CLIExplainType.With(o.qtype).String()}
	}
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	at, err := o.moment(off.cfg.Timezone.Location)
	if err != nil {
		return usageError{c.CommandPath(), err.Error()}
	}
	list, note, err := off.lists(c)
	if err != nil {
		return err
	}
	if note.EN != "" {
		fmt.Fprintln(c.ErrOrStderr(), note)
	}
	rules := off.policy.At(list, at, 1)
	group, err := o.group(c, rules)
	if err != nil {
		return err
	}
	explanation, err := rules.Explain(group, name, qtype)
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(c.OutOrStdout(), explanation)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), explanation)
	return err
}

func (o *explainOptions) moment(zone *time.Location) (time.Time, error) {
	if o.at == "" {
		return time.Now().In(zone), nil
	}
	if t, err := time.Parse(time.RFC3339, o.at); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, o.at, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fail(wording.CLIExplainAt.With(o.at))
}

func (o *explainOptions) group(c *cobra.Command, rules *policy.Rules) (policy.GroupID, error) {
	if o.unit != "" {
		group, ok := rules.Policy().GroupOf(o.unit)
		if !ok {
			return 0, fail(wording.CLIExplainUnit.With(o.unit))
		}
		return group, nil
	}
	addr, err := netip.ParseAddr(o.client)
	if err != nil {
		return 0, usageError{c.CommandPath(), wording.CLIExplainAddress.With(o.client).String()}
	}
	group, _ := rules.Identify(addr)
	return group, nil
}
