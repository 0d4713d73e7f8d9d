package admin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lachan/admin/ledger"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// check refuses a decision that would make the policy a mistake, with the sentence of the
// mistake. What the policy had wrong before is not the decision's. What a preview would
// change is known then.
func (d *Desk) check(q *asking, p *plan) error {
	var problems yamlfile.Problems
	var err error
	if q.how.Preview {
		var tried *policy.Policy
		if tried, problems, err = d.parts.Force.Try(q.ctx, consoleText(q, p)); tried != nil {
			problems = nil // what is left is that of tables
			p.impact = func() Impact { return impactOf(policy.Differences(q.rules.Policy(), tried, q.now)) }
		}
	} else {
		problems, err = d.parts.Force.Check(q.ctx, consoleText(q, p))
	}
	switch {
	case err != nil:
		return &Refusal{Kind: Trouble, Text: textNotChecked.With(err)}
	case len(problems) > 0:
		return &Refusal{Kind: Invalid, Field: cmp.Or(p.field, "unit"), Text: textMistake.With(problems[0].Text)}
	}
	return nil
}

// consoleText is console.yaml as it would be with the drafts of a plan, without the
// exceptions for names, which compile to nothing.
func consoleText(q *asking, p *plan) []byte {
	values := map[string]json.RawMessage{}
	var entries []string
	collect := func(unit, object string, value json.RawMessage) {
		if !isException(object) {
			values[object] = value
		} else if !IsName(object) && value != nil {
			entries = append(entries, entryText(unit, object, value))
		}
	}
	for _, kind := range []string{"profile/", "timetable/", "calendar", "unit/", "allow/", "block/"} {
		for v := range q.state.Kind(kind) {
			same := func(d ledger.Draft) bool { return d.Unit == v.Unit && d.Object == v.Object }
			if !slices.ContainsFunc(p.drafts, same) {
				collect(v.Unit, v.Object, v.New)
			}
		}
	}
	for i := range p.drafts {
		collect(p.drafts[i].Unit, p.drafts[i].Object, p.drafts[i].New)
	}
	var b bytes.Buffer
	section := func(key, kind, begin string) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(values)), func(object string) bool {
			return strings.HasPrefix(object, kind) && values[object] != nil
		}) {
			return
		}
		fmt.Fprintf(&b, "%s:\n", key)
		for _, object := range slices.Sorted(maps.Keys(values)) {
			if name, ok := strings.CutPrefix(object, kind); ok && values[object] != nil {
				fmt.Fprintf(&b, begin, name)
				b.Write(values[object])
				b.WriteByte('\n')
			}
		}
	}
	section("profiles", "profile/", "  %q: ")
	section("timetables", "timetable/", "  %q: ")
	if values["calendar"] != nil {
		fmt.Fprintf(&b, "calendar: %s\n", values["calendar"])
	}
	section("units", "unit/", "- %.0s")
	if len(entries) > 0 {
		fmt.Fprintf(&b, "decisions:\n%s\n", strings.Join(entries, "\n"))
	}
	return b.Bytes()
}

// entryText is an exception for a category or a service as a line of console.yaml.
func entryText(unit, object string, value json.RawMessage) string {
	name, block := nameOf(object)
	line := map[string]json.RawMessage{}
	_ = json.Unmarshal(value, &line) // it was written here
	line["unit"], _ = json.Marshal(unit)
	key := "allow"
	if block {
		key = "block"
	}
	line[key], _ = json.Marshal(name)
	text, _ := json.Marshal(line)
	return "- " + string(text)
}
