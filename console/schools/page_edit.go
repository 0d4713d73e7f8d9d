package schools

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// An editPage is the page on which a unit is added, changed or removed.
type editPage struct {
	Frame    frame.Frame
	ID, Seen string // Seen is the number of the record that the form was filled in from
	New      bool
	Unit     unitFields
	Why      string
	Levels   []frame.Level
	Units    []frame.Named
	Preview  *preview
	Theirs   *theirs
	Profiles []frame.Profile
	May      bool // change profiles
}

// unitFields are what a form says of a unit. What else the unit has stays as it is.
type unitFields struct {
	Name, Kind, Parent, Level, Code, Profile string
	Networks                                 string // one a line
}

// A preview is what a form would change.
type preview struct {
	Rows   []changeRow
	Second bool // it takes two people
	Effect *frame.Effect
}

type changeRow struct {
	Field, Before, After wording.Text // Before and After are empty if there is nothing
}

// Theirs is what somebody else has saved while a form was filled in.
type theirs struct {
	By   string
	At   time.Time
	Rows []changeRow // theirs, and yours
}

// ShowEdit is the page on which a unit is added below another, or changed.
func ShowEdit(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	id, parent := q.Get("id"), q.Get("parent")
	if id == "" {
		if err := mayEdit(v, parent); err != nil {
			return frame.Reply{}, err
		}
		p := editPage{New: true, Unit: unitFields{Kind: "school", Level: "primary", Parent: parent}}
		return drawEdit(s, v, p, http.StatusOK), nil
	}
	u, err := editable(s, v, id)
	if err != nil {
		return frame.Reply{}, err
	}
	p := editPage{ID: id, Seen: strconv.FormatUint(u.Seq, 10), Unit: fieldsOf(u.Value)}
	if q.Has("profile") {
		p.Unit.Profile = q.Get("profile") // chosen on its page, and not saved yet
	}
	return drawEdit(s, v, p, http.StatusOK), nil
}

// mayEdit is nil if the visitor may change the structure of a unit.
func mayEdit(v *frame.Visit, unit string) error {
	if v.May(account.Structure, unit) {
		return nil
	}
	return &admin.Refusal{
		Kind: admin.NotAllowed, Text: textMayNotEdit, WhoMay: account.WhoMay(account.Structure, unit, v.Site.Tree()),
	}
}

// editable is a unit that is changed here, by the visitor.
func editable(s *frame.Site, v *frame.Visit, id string) (admin.Unit, error) {
	u, err := s.Desk.Unit(v.Context(), v.Who.Actor, id)
	if err != nil {
		return u, err
	}
	if err := mayEdit(v, id); err != nil {
		return u, err
	}
	if u.Home != "console" || u.Value == nil {
		return u, &admin.Refusal{Kind: admin.FileHome, Text: textInFile, Place: u.Home}
	}
	return u, nil
}

func drawEdit(s *frame.Site, v *frame.Visit, p editPage, status int) frame.Reply {
	p.Levels, p.Units, p.Profiles, p.May = s.Levels(), v.Units(), s.Profiles(), v.May(account.Structure, "")
	title := textEdit.With(p.Unit.Name)
	if p.New {
		title = textAdd
	}
	p.Frame = v.Frame(title)
	return frame.Reply{Page: "edit", Status: status, Data: p}
}

// EditUnit takes the form: a preview first, then the decision.
func EditUnit(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := editPage{ID: f.Get("id"), Seen: f.Get("seen"), New: f.Get("new") != "", Why: f.Get("why"), Unit: unitFields{
		Name: strings.TrimSpace(f.Get("name")), Kind: f.Get("kind"), Parent: strings.TrimSpace(f.Get("parent")),
		Level: f.Get("level"), Code: strings.TrimSpace(f.Get("code")), Profile: strings.TrimSpace(f.Get("profile")),
		Networks: f.Get("networks"),
	}}
	if f.Get("do") == "remove" {
		return removeUnit(s, v, p)
	}
	what, how, err := p.decision(s, v)
	if err != nil {
		return frame.Reply{}, err
	}
	if what.ID == "" {
		v.Wrong = []frame.Wrong{{Field: "name", Text: textUnitName}}
		return drawEdit(s, v, p, http.StatusUnprocessableEntity), nil
	}
	how.Preview = f.Get("do") != "save"
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	switch {
	case err != nil:
		return p.refused(s, v, what.ID, err)
	case how.Preview:
		p.Preview = &preview{changed(out.Old, what.Unit, s.Levels()), out.Waiting, v.EffectOf(out.Impact)}
		return drawEdit(s, v, p, http.StatusOK), nil
	}
	to := "/units/" + url.PathEscape(what.ID)
	if p.New && out.Waiting {
		to = "/units"
	}
	return frame.Reply{To: frame.SaidAt(to, out)}, nil
}

// decision is what the form decides.
func (p *editPage) decision(s *frame.Site, v *frame.Visit) (what admin.SetUnit, how admin.How, err error) {
	how.Why = p.Why
	unit := map[string]json.RawMessage{}
	var seen uint64
	if p.New {
		if p.Unit.Parent == "" {
			if err := mayEdit(v, ""); err != nil {
				return what, how, err
			}
		}
		if p.ID == "" {
			p.ID = wording.Plain(p.Unit.Name, '-')
			p.ID = p.ID[:min(len(p.ID), mostID)]
		}
	} else {
		u, err := editable(s, v, p.ID)
		if err != nil {
			return what, how, err
		}
		if err := json.Unmarshal(u.Value, &unit); err != nil {
			return what, how, err
		}
		if seen, err = strconv.ParseUint(p.Seen, 10, 64); err != nil {
			return what, how, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
		}
	}
	how.Expect = &seen
	p.Unit.into(unit)
	text, err := json.Marshal(unit)
	return admin.SetUnit{ID: p.ID, Unit: text}, how, err
}

// mostID is how long the id of a unit may be.
const mostID = 63

// refused shows the form again with what is wrong with it; with both versions if somebody
// else has saved the unit meanwhile.
func (p *editPage) refused(s *frame.Site, v *frame.Visit, id string, err error) (frame.Reply, error) {
	var r *admin.Refusal
	if !errors.As(err, &r) || r.Kind == admin.NotAllowed || r.Kind == admin.NotFound && r.Field == "" {
		return frame.Reply{}, err
	}
	if r.Kind != admin.Conflict {
		v.Wrong = frame.WrongOf(err, "name")
		v.Wrong[0].Field = p.fieldAt(v.Wrong[0].Field, r.Text.VI)
		return drawEdit(s, v, *p, http.StatusUnprocessableEntity), nil
	}
	u, gone := s.Desk.Unit(v.Context(), v.Who.Actor, id)
	if gone != nil || u.Seq == 0 {
		return frame.Reply{}, err
	}
	if p.New {
		v.Wrong = []frame.Wrong{{Field: "id", Text: textIDTaken.With(id)}}
		return drawEdit(s, v, *p, http.StatusConflict), nil
	}
	p.Theirs = &theirs{Rows: differ(fieldsOf(u.Value), p.Unit, s.Levels())}
	lines, _, err := s.Desk.Ledger(v.Context(), v.Who.Actor, admin.Filter{Unit: id}, u.Seq-1, 1)
	if err == nil && len(lines) > 0 {
		p.Theirs.By, p.Theirs.At = s.Who(lines[0].By), lines[0].At
	}
	p.Seen = strconv.FormatUint(u.Seq, 10)
	v.Wrong = []frame.Wrong{{Field: "theirs", Text: textSavedMeanwhile}}
	return drawEdit(s, v, *p, http.StatusConflict), nil
}

// fieldAt is the field of the form at which something is wrong. The policy says only what
// is wrong in the unit: it names the value.
func (p *editPage) fieldAt(part, said string) string {
	switch part {
	case "name", "id", "kind", "level", "parent", "profile", "networks":
		return part
	}
	for _, network := range networksOf(p.Unit.Networks) {
		if strings.Contains(said, network) {
			return "networks"
		}
	}
	for _, field := range p.Unit.all() {
		if field.key != "kind" && field.key != "code" && field.value != "" && strings.Contains(said, `"`+field.value+`"`) {
			return field.key
		}
	}
	return "name"
}

// removeUnit takes the form that removes a unit.
func removeUnit(s *frame.Site, v *frame.Visit, p editPage) (frame.Reply, error) {
	rep, err := s.Decide(v, admin.RemoveUnit{ID: p.ID}, admin.How{Why: p.Why}, "/units")
	if err == nil {
		return rep, nil
	}
	u, gone := editable(s, v, p.ID)
	if gone != nil {
		return frame.Reply{}, err
	}
	p.Unit, p.Seen, v.Wrong = fieldsOf(u.Value), strconv.FormatUint(u.Seq, 10), frame.WrongOf(err, "remove-why")
	v.Wrong[0].Field = "remove-why"
	return drawEdit(s, v, p, http.StatusUnprocessableEntity), nil
}

// fieldsOf are the fields of a unit as it is written.
func fieldsOf(text json.RawMessage) unitFields {
	var u struct {
		Name, Kind, Parent, Level, Code, Profile string
		Networks                                 []string
	}
	_ = json.Unmarshal(text, &u) // what is no text is not shown, and stays as it is
	if u.Kind == "" {
		u.Kind = "school"
	}
	return unitFields{u.Name, u.Kind, u.Parent, u.Level, u.Code, u.Profile, strings.Join(u.Networks, "\n")}
}

// into writes the fields into a unit. An empty one is taken out.
func (f *unitFields) into(unit map[string]json.RawMessage) {
	for _, field := range f.all() {
		delete(unit, field.key)
		if field.value != "" {
			unit[field.key], _ = json.Marshal(field.value) // a text
		}
	}
	delete(unit, "networks")
	if list := networksOf(f.Networks); len(list) > 0 {
		unit["networks"], _ = json.Marshal(list) // texts
	}
	if f.Kind != "school" {
		delete(unit, "level")
	}
}

// networksOf are the networks of a field, one a line or with commas between them.
func networksOf(text string) []string { return strings.Fields(strings.ReplaceAll(text, ",", " ")) }

type unitField struct {
	key, value string
	name       wording.Text
}

func (f *unitFields) all() []unitField {
	return []unitField{
		{"name", f.Name, textFieldName}, {"kind", f.Kind, textFieldKind}, {"parent", f.Parent, textFieldParent},
		{"level", f.Level, textFieldLevel}, {"code", f.Code, textFieldCode}, {"profile", f.Profile, textFieldProfile},
	}
}

// shown is a value as people read it.
func (f *unitField) shown(levels []frame.Level) wording.Text {
	switch f.key {
	case "kind":
		return kindText(f.value)
	case "level":
		for _, l := range levels {
			if l.ID == f.value {
				return l.Name
			}
		}
	}
	return wording.Text{VI: frame.Line(f.value)}
}

// differ are the fields in which two versions differ.
func differ(before, after unitFields, levels []frame.Level) (rows []changeRow) {
	now := after.all()
	for i, was := range before.all() {
		if was.value != now[i].value {
			rows = append(rows, changeRow{was.name, was.shown(levels), now[i].shown(levels)})
		}
	}
	if a, b := networksOf(before.Networks), networksOf(after.Networks); !slices.Equal(a, b) {
		was, is := frame.Line(strings.Join(a, " ")), frame.Line(strings.Join(b, " "))
		rows = append(rows, changeRow{textFieldNetworks, wording.Text{VI: was}, wording.Text{VI: is}})
	}
	return rows
}

// changed are the fields that a decision changes; those that a new unit has.
func changed(before, after json.RawMessage, levels []frame.Level) []changeRow {
	if len(before) == 0 || string(before) == "null" {
		return differ(unitFields{}, fieldsOf(after), levels)
	}
	return differ(fieldsOf(before), fieldsOf(after), levels)
}
