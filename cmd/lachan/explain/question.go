// Package explain asks why a name is answered as it is: what the command
// `lachan explain` and the server's /api/explain have in common.
package explain

import (
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/format/site"
	"lachan/cmd/lachan/command"
	"lachan/internal/dates"
	"lachan/internal/wording"
	"lachan/policy"
)

// A Question is whom a name is explained for, and when.
type Question struct {
	Client string // an address, or "" if Unit is given
	Unit   string // the id or name of a unit, or "" if Client is given; both are "" where there is one school
	Type   string // of DNS records: A, AAAA, HTTPS
	At     string // a moment, or a time of today; "" is now
	// Identify finds the group of a client by more than networks: sessions and links. Nil:
	// by networks.
	Identify func(client netip.Addr) (g policy.GroupID, known bool)
	// Serves reports whether a client that no unit claims gets answers. Nil: it does.
	Serves func(client netip.Addr) bool
	Server *Server // does what policy does not say
}

// Check reports a question that names both a client and a unit.
func (q *Question) Check() error {
	if q.Client != "" && q.Unit != "" {
		return usage(textWho)
	}
	return nil
}

// Ask explains a name, or that of a URL, by the rules of a moment. All its errors are
// the caller's.
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
	host, _ := site.SplitURL(site.Refang(strings.TrimSpace(name)))
	host, _ = site.CutTree(host)
	client, _ := netip.ParseAddr(q.Client) // it is not valid if a unit is asked for
	explanation, err := q.Server.explain(rules, client, group, host, qtype)
	if err != nil {
		return explanation, usage(textName.With(name))
	}
	return explanation, nil
}

// clock is a time of day in a moment. What is blocked is not the same all day.
var clock = regexp.MustCompile(`\d\s*(:|h|g)`)

func (q *Question) moment(zone *time.Location) (time.Time, error) {
	if q.At == "" {
		return time.Now().In(zone), nil
	}
	if t, day, ok := dates.Parse(q.At, zone); ok {
		if day && !clock.MatchString(q.At) {
			example := t.Format("02/01/2006") + " 10:15"
			return time.Time{}, usage(textAtHour.With(q.At, example))
		}
		return t, nil
	}
	today := time.Now().In(zone).Format(time.DateOnly)
	if t, day, ok := dates.Parse(today+" "+q.At, zone); ok && (!day || strings.Contains(q.At, ":")) {
		return t, nil
	}
	return time.Time{}, usage(textAt.With(q.At))
}

// group is the group of the client, and whether it is served at all.
func (q *Question) group(rules *policy.Rules) (g policy.GroupID, served bool, err error) {
	if q.Unit != "" {
		id, ok := policy.UnitNamed(rules.Policy(), q.Unit)
		if !ok {
			return 0, false, command.Fail(NoUnit(rules.Policy(), q.Unit))
		}
		group, _ := rules.Policy().GroupOf(id)
		return group, true, nil
	}
	if q.Client == "" {
		group, ok := onlySchool(rules.Policy())
		if !ok {
			return 0, false, usage(textWho)
		}
		return group, true, nil
	}
	addr, err := netip.ParseAddr(q.Client)
	if err != nil {
		return 0, false, usage(NotAnAddress.With(q.Client))
	}
	identify := rules.Identify
	if q.Identify != nil {
		identify = q.Identify
	}
	group, known := identify(addr)
	return group, known || q.Serves == nil || q.Serves(addr), nil
}

// onlySchool is the school of a policy that has one alone; where there is no unit at
// all, all clients are alike.
func onlySchool(p *policy.Policy) (school policy.GroupID, ok bool) {
	schools := 0
	for i, g := range p.Groups() {
		if g.Kind == policy.School {
			school, schools = i, schools+1
		}
	}
	return school, schools == 1 || p.NumGroups() == 1
}

// NoUnit says that a policy has no unit of an id, and which ones may be meant.
func NoUnit(p *policy.Policy, id string) wording.Text {
	return policy.NoUnit(textNoUnit.With(id), p, id, nil, "")
}

func usage(t wording.Text) error { return command.UsageError{Command: "lachan explain", Text: t} }
