package script

import (
	"net/netip"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// Run asks every question of the script. It reports each whose result is not the
// expected one, with the reason, and each that cannot be asked of the policy. The
// list may be nil: then no name is on any list.
func (s *Script) Run(p *policy.Policy, list *blocklist.List) (problems yamlfile.Problems) {
	r := runner{policy: p}
	for i := range s.asks {
		a := &s.asks[i]
		if i == 0 || !a.at.Equal(s.asks[i-1].at) {
			r.rules = p.At(list, in(a.at, p.Location()), 1)
		}
		if problem := r.ask(a); problem != nil {
			problems.Add(s.file, a.line, *problem)
		}
	}
	return problems
}

// in is the moment at which the clocks of a time zone show the time of t.
func in(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, zone)
}

// A runner asks the questions of a script. It makes the table of groups by bare id
// when it needs it.
type runner struct {
	policy *policy.Policy
	rules  *policy.Rules
	bare   map[string][]policy.GroupID
}

// ask asks one question. It returns nil if the result is the expected one.
func (r *runner) ask(a *ask) *wording.Text {
	addr, group, problem := r.client(a.who)
	if problem != nil {
		return problem
	}
	want, problem := r.resolve(a.want)
	if problem != nil {
		return problem
	}
	var name domain.Name
	if name.SetText(a.name) != nil {
		text := textName.With(a.name) // cannot be: it is canonical
		return &text
	}
	decision := r.rules.DecideFor(addr, group, &name, a.qtype)
	decision = policy.DecideTraits(r.rules, group, decision, policy.Traits(r.rules, &name))
	if got := r.got(decision); !want.matches(got, decision.Excepted) {
		text := r.failed(a, group, got)
		return &text
	}
	return nil
}

// client finds the group of an address, a unit, SCHOOL/GROUP or a bare group. The
// address is not valid if none is given.
func (r *runner) client(who string) (addr netip.Addr, group policy.GroupID, problem *wording.Text) {
	if addr, err := netip.ParseAddr(who); err == nil {
		group, _ = r.rules.Identify(addr)
		return addr, group, nil
	}
	group, problem = r.unit(who)
	return addr, group, problem
}

// unit finds a unit by its id, SCHOOL/GROUP or the id of a group alone.
func (r *runner) unit(id string) (policy.GroupID, *wording.Text) {
	if group, ok := r.policy.GroupOf(id); ok {
		return group, nil
	}
	if r.bare == nil {
		r.bare = map[string][]policy.GroupID{}
		for g, group := range r.policy.Groups() {
			if group.ID != "" {
				r.bare[group.ID] = append(r.bare[group.ID], g)
			}
		}
	}
	text := textWho.With(id)
	switch found := r.bare[id]; {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		text = textWhoMany.With(id, r.unitID(found[0]), r.unitID(found[1]))
	}
	return 0, &text
}

// unitID is the id of a unit as policy.GroupOf finds it.
func (r *runner) unitID(g policy.GroupID) string {
	group := r.policy.Group(g)
	return group.UnitID()
}

// resolve replaces aliases and bare groups by the codes and ids of the policy.
func (r *runner) resolve(w want) (want, *wording.Text) {
	if w.category != "" {
		tag, ok := r.policy.Counted(w.category)
		if !ok {
			text := textCategory.With(w.category)
			return w, &text
		}
		w.category = r.policy.CategoryCode(tag)
	}
	if w.unit != "" {
		group, problem := r.unit(w.unit)
		if problem != nil {
			return w, problem
		}
		w.unit = r.unitID(group)
	}
	return w, nil
}

// got is a decision as a script would write it, with every field set.
func (r *runner) got(d policy.Decision) want {
	w := want{layer: d.Layer.String()}
	switch d.Action {
	case policy.Block:
		w.result, w.category = d.Reply.String(), r.policy.CategoryCode(d.Category)
	case policy.Rewrite:
		w.result, w.target = resultRewrite, d.Rewrite.Name.String()
	case policy.Local:
		w.result = resultLocal
	case policy.Pass:
		w.result = resultPass
		if d.Excepted {
			w.result = resultExcepted
		}
	}
	switch d.Layer {
	case policy.LayerLock, policy.LayerCategoryLock, policy.LayerOwn:
		w.unit = r.unitID(policy.GroupID(d.Unit))
	}
	return w
}

// matches reports whether got is what w expects. An excepted pass is a pass too.
func (w want) matches(got want, excepted bool) bool {
	result := w.result == got.result || w.result == resultPass && excepted && got.result == resultExcepted
	return result && fits(w.category, got.category) && fits(w.target, got.target) &&
		fits(w.layer, got.layer) && fits(w.unit, got.unit)
}

func fits(want, got string) bool { return want == "" || want == got }

// failed is the message about a question: expected and actual result, and why.
func (r *runner) failed(a *ask, g policy.GroupID, got want) wording.Text {
	explanation, err := r.rules.Explain(g, a.name, a.qtype)
	if err != nil {
		return textName.With(a.name)
	}
	why := explanation.Result
	for _, step := range explanation.Steps {
		if step.Decides {
			why = step.Sentence
		}
	}
	tell := func(reason string) wording.Text {
		return textFailed.With(a.at.Format("Mon 2006-01-02 15:04"), a.who,
			strings.TrimSuffix(a.name, "."), explanation.Type, a.want, got, reason)
	}
	return wording.Text{VI: tell(why.VI).VI, EN: tell(why.EN).EN}
}
