// Package explain asks why a name is answered as it is: what the command
// `lachan explain` and the server's /api/explain have in common.
package explain

import (
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
	"lachan/policy"
)

// A Question is whom a name is explained for, and when.
type Question struct {
	Client string // an address, or "" if Unit is given
	Unit   string // the id of a unit, or "" if Client is given
	Type   string // of DNS records: A, AAAA, HTTPS
	At     string // a moment; "" is now
	// Serves reports whether a client that no unit claims gets answers. Nil: it does.
	Serves func(client netip.Addr) bool
}

// Check reports a question that names both a client and a unit, or neither.
func (q *Question) Check() error {
	if (q.Client == "") == (q.Unit == "") {
		return usage(textWho)
	}
	return nil
}

// Ask explains a name by the rules of a moment. All its errors are the
// caller's.
func (q *Question) Ask(
	name string, zone *time.Location, rulesAt func(time.Time) *policy.Rules,
) (policy.Explanation, error) {
	if err := q.Check(); err != nil {
		return policy.Explanation{}, err
	}
	qtype, ok := dns.StringToType[strings.ToUpper(q.Type)]
	if !ok {
		return policy.Explanation{}, usage(textType.With(q.Type))
	}
	at, err := q.moment(zone)
	if err != nil {
		return policy.Explanation{}, err
	}
	rules := rulesAt(at)
	group, served, err := q.group(rules)
	if err != nil {
		return policy.Explanation{}, err
	}
	if !served {
		return policy.ExplainRefused(rules.Time(), name, qtype), nil
	}
	return rules.Explain(group, name, qtype)
}

func (q *Question) moment(zone *time.Location) (time.Time, error) {
	if q.At == "" {
		return time.Now().In(zone), nil
	}
	if t, err := time.Parse(time.RFC3339, q.At); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, q.At, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage(textAt.With(q.At))
}

// group is the group of the client, and whether it is served at all.
func (q *Question) group(rules *policy.Rules) (g policy.GroupID, served bool, err error) {
	if q.Unit != "" {
		group, ok := rules.Policy().GroupOf(q.Unit)
		if !ok {
			return 0, false, command.Fail(NoUnit.With(q.Unit))
		}
		return group, true, nil
	}
	addr, err := netip.ParseAddr(q.Client)
	if err != nil {
		return 0, false, usage(NotAnAddress.With(q.Client))
	}
	group, known := rules.Identify(addr)
	return group, known || q.Serves == nil || q.Serves(addr), nil
}

func usage(t wording.Text) error { return command.UsageError{Command: "lachan explain", Text: t} }
