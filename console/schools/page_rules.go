package schools

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/policy"
)

// A rulesPage is the page of what a unit blocks and opens at some times.
type rulesPage struct {
	Frame      frame.Frame
	ID, Name   string
	Seen       string
	Rows       []ruleRow
	Windows    []windowRow
	Outside    bool // there is a timetable of the time outside lessons
	Categories []frame.Choice
	Services   []frame.Choice
	Rule       ruleFields
	Why        string
	Preview    *rulePreview
	Theirs     bool // somebody else has saved meanwhile
}

// ruleFields are what a form says: block or allow something during a timetable, "" always.
type ruleFields struct{ When, Effect, What string }

type ruleRow struct {
	Index  int
	When   string
	Blocks []wording.Text
	Allows []wording.Text
	Only   []wording.Text
	Said   string // the profile that it names; "" if none
}

// A rulePreview is for whom a rule changes anything.
type rulePreview struct {
	Effect *frame.Effect
	Locked int  // of the unit and those in it, for whom it stays blocked by a lock
	More   bool // there are more units than were looked at
}

// ShowRules is the page of the rules of a unit.
func ShowRules(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := rulesPage{ID: v.URL.Query().Get("unit"), Rule: ruleFields{When: lessons, Effect: "block"}}
	return p.draw(s, v, http.StatusOK)
}

// lessons is the timetable of lessons, outside that of all other time.
const (
	lessons = "gio-hoc"
	outside = "ngoai-gio-hoc"
)

func (p *rulesPage) draw(s *frame.Site, v *frame.Visit, status int) (frame.Reply, error) {
	u, err := editable(s, v, p.ID)
	if err != nil {
		return frame.Reply{}, err
	}
	if p.Seen == "" || p.Theirs {
		p.Seen = strconv.FormatUint(u.Seq, 10)
	}
	for i, rule := range rulesOf(u.Value) {
		row := ruleRow{Index: i, When: textOf(rule, "during"), Said: textOf(rule, "profile")}
		row.Blocks, row.Allows, row.Only = labelsOf(s, rule["block"]), labelsOf(s, rule["allow"]), labelsOf(s, rule["only"])
		p.Rows = append(p.Rows, row)
	}
	p.Outside = slices.ContainsFunc(s.Windows(), func(w policy.Window) bool { return w.Outside && w.Name == outside })
	p.Windows, p.Name = windowRows(s.Windows()), nameOf(&u)
	for _, c := range s.Choices() {
		if strings.HasPrefix(c.Code, "service:") {
			p.Services = append(p.Services, c)
		} else {
			p.Categories = append(p.Categories, c)
		}
	}
	p.Frame = v.Frame(textRules.With(frame.Line(p.Name)))
	return frame.Reply{Page: "rules", Status: status, Data: p}, nil
}

// rulesOf are the rules of a unit as it is written.
func rulesOf(unit json.RawMessage) []map[string]any {
	var written struct {
		Rules []map[string]any `json:"rules"`
	}
	_ = json.Unmarshal(unit, &written) // it was compiled
	return written.Rules
}

// labelsOf are what people call the entries of a rule.
func labelsOf(s *frame.Site, entries any) (labels []wording.Text) {
	list, _ := entries.([]any)
	for _, e := range list {
		if is, ok := e.(map[string]any); ok {
			labels = append(labels, wording.Text{VI: frame.Line(textOf(is, "name") + textOf(is, "category") + textOf(is, "service"))})
			continue
		}
		labels = append(labels, labelOf(s, fmt.Sprint(e)))
	}
	return labels
}

func labelOf(s *frame.Site, code string) wording.Text {
	for _, c := range s.Choices() {
		if c.Code == code {
			return c.Name
		}
	}
	return wording.Text{VI: frame.Line(code)}
}

// DecideRule takes the form that adds a rule to a unit, or takes one out.
func DecideRule(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := rulesPage{ID: f.Get("unit"), Seen: f.Get("seen"), Why: f.Get("why"), Rule: ruleFields{f.Get("when"), f.Get("effect"), f.Get("what")}}
	u, err := editable(s, v, p.ID)
	if err != nil {
		return frame.Reply{}, err
	}
	do := f.Get("do")
	seen, err := strconv.ParseUint(p.Seen, 10, 64)
	known := slices.ContainsFunc(s.Choices(), func(c frame.Choice) bool { return c.Code == p.Rule.What })
	adds := (do == "preview" || do == "save") && known && (p.Rule.Effect == "block" || p.Rule.Effect == "allow")
	if err != nil || !adds && do != "remove" {
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	how := admin.How{Why: p.Why, Expect: &seen, Preview: do == "preview"}
	what, err := p.decision(u.Value, do == "remove", f.Get("index"))
	if err != nil {
		return frame.Reply{}, err
	}
	if _, always := what.(admin.Except); always {
		how.Expect = nil // it stands beside the unit, not in it
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && r.Kind == admin.Conflict:
		p.Theirs, v.Wrong = true, []frame.Wrong{{Field: "rules", Text: textRulesMeanwhile}}
		return p.draw(s, v, http.StatusConflict)
	case errors.As(err, &r) && (r.Kind == admin.Invalid || r.Kind == admin.Locked):
		v.Wrong = []frame.Wrong{{Field: "what", Text: r.Text}}
		return p.draw(s, v, http.StatusUnprocessableEntity)
	case err != nil:
		return frame.Reply{}, err
	case how.Preview:
		p.Preview = p.preview(s, v, out.Impact)
		return p.draw(s, v, http.StatusOK)
	}
	return frame.Reply{To: frame.SaidAt("/edit/rules?"+url.Values{"unit": {p.ID}}.Encode(), out)}, nil
}

// decision is what the form decides: the rules with one more or one fewer; what holds
// always is an entry of the unit's own.
func (p *rulesPage) decision(unit json.RawMessage, remove bool, index string) (admin.Decision, error) {
	r := &p.Rule
	if !remove && r.When == "" {
		name := r.What
		if !strings.HasPrefix(name, "service:") {
			name = "category:" + name
		}
		return admin.Except{Unit: p.ID, Name: name, Block: r.Effect == "block", Until: "never"}, nil
	}
	rules := rulesOf(unit)
	if remove {
		i, err := strconv.Atoi(index)
		if err != nil || i < 0 || i >= len(rules) {
			return nil, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
		}
		rules = slices.Delete(rules, i, i+1)
	} else {
		rules = append(rules, map[string]any{"during": r.When, r.Effect: []string{r.What}})
	}
	text, err := json.Marshal(rules)
	if len(rules) == 0 {
		text = nil // the key is taken out
	}
	return admin.SetRules{Unit: p.ID, Rules: text}, err
}

// mostLooked bounds the units of which a preview says that a lock holds.
const mostLooked = 50

// preview is for whom the rule changes anything, and who stays blocked by a lock.
func (p *rulesPage) preview(s *frame.Site, v *frame.Visit, impact admin.Impact) *rulePreview {
	c := &rulePreview{Effect: v.EffectOf(impact)}
	if p.Rule.Effect == "block" {
		return c
	}
	units, err := s.Desk.Units(v.Context(), v.Who.Actor, admin.Filter{Unit: p.ID}, admin.Page{Limit: mostLooked + 1})
	if err != nil {
		return c
	}
	c.More = len(units) > mostLooked
	for i := range units[:min(len(units), mostLooked)] {
		if h, err := s.Holds(units[i].ID); err == nil && slices.Contains(h.Locked, p.Rule.What) {
			c.Locked++
		}
	}
	return c
}
