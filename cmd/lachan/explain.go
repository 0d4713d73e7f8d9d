package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/policy"
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
	config.AddFlags(flags)
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
		return explainUsage(wording.CLIExplainWho)
	}
	off, _, err := openOffline(c)
	if err != nil {
		return err
	}
	list, note, err := off.lists(c)
	if err != nil {
		return err
	}
	if note.EN != "" {
		fmt.Fprintln(c.ErrOrStderr(), note)
	}
	explanation, err := o.ask(name, off.cfg, func(at time.Time) *policy.Rules { return off.policy.At(list, at, 1) })
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(c.OutOrStdout(), explanation)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), explanation)
	return err
}

// serveExplain is GET /api/explain?name=&unit=|client=&type=&at=: what `lachan
// explain --json` prints, by the rules in force.
func (n *node) serveExplain(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	o := explainOptions{client: query.Get("client"), unit: query.Get("unit"), qtype: cmp.Or(query.Get("type"), "A"), at: query.Get("at")}
	v := n.view.Load()
	explanation, err := o.ask(query.Get("name"), v.cfg, func(at time.Time) *policy.Rules {
		if o.at == "" {
			return v.rules
		}
		return v.rules.Policy().At(v.list, at, v.rules.Serial())
	})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		_ = writeJSON(w, map[string]string{"error": err.Error()}) // the client is gone
		return
	}
	_ = writeJSON(w, explanation)
}

// ask explains a name by the rules of a moment. All its errors are the
// caller's.
func (o *explainOptions) ask(name string, cfg *config.Config, rulesAt func(time.Time) *policy.Rules) (policy.Explanation, error) {
	if (o.client == "") == (o.unit == "") {
		return policy.Explanation{}, explainUsage(wording.CLIExplainWho)
	}
	qtype, ok := dns.StringToType[strings.ToUpper(o.qtype)]
	if !ok {
		return policy.Explanation{}, explainUsage(wording.CLIExplainType.With(o.qtype))
	}
	at, err := o.moment(cfg.Timezone.Location)
	if err != nil {
		return policy.Explanation{}, err
	}
	rules := rulesAt(at)
	group, err := o.group(rules)
	if err != nil {
		return policy.Explanation{}, err
	}
	return rules.Explain(group, name, qtype)
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
	return time.Time{}, explainUsage(wording.CLIExplainAt.With(o.at))
}

func (o *explainOptions) group(rules *policy.Rules) (policy.GroupID, error) {
	if o.unit != "" {
		group, ok := rules.Policy().GroupOf(o.unit)
		if !ok {
			return 0, fail(wording.CLIExplainUnit.With(o.unit))
		}
		return group, nil
	}
	addr, err := netip.ParseAddr(o.client)
	if err != nil {
		return 0, explainUsage(wording.CLIExplainAddress.With(o.client))
	}
	group, _ := rules.Identify(addr)
	return group, nil
}

func explainUsage(t wording.Text) error { return usageError{"lachan explain", t.String()} }
