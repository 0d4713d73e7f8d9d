package schools

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// An hoursPage is the page of a timetable: the hours of some days that rules can name.
type hoursPage struct {
	Frame    frame.Frame
	Name     string
	New      bool
	Seen     string
	Days, On []hoursChoice
	From, To string
	Why      string
	Here     bool // the console has it, and not only a file or the program
	Preview  *preview
	Theirs   *windowRow // what somebody else has saved meanwhile
}

type hoursChoice struct {
	Value   string
	Name    wording.Text
	Checked bool
}

// midnight is the end of a day, which the fields of browsers do not know.
const midnight = "24:00"

// ShowHours is the page of a timetable, or of a new one.
func ShowHours(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := hoursPage{Name: v.URL.Query().Get("name"), From: "07:00", To: "17:00"}
	days, on := []string{"mon", "tue", "wed", "thu", "fri", "sat"}, []string{"study", "exam"}
	if is := p.saved(s); is != nil {
		p.From, p.To, days, on = is.From, strings.TrimSuffix(is.To, midnight), nil, nil
		for _, day := range is.Days {
			days = append(days, strings.ToLower(day.EN))
		}
		on = is.kinds
	}
	return p.draw(s, v, days, on, http.StatusOK)
}

// saved is the timetable as it is in force; nil if there is none.
func (p *hoursPage) saved(s *frame.Site) *windowRow {
	rows := windowRows(s.Windows())
	for i := range rows {
		if rows[i].Name == p.Name {
			return &rows[i]
		}
	}
	return nil
}

func (p *hoursPage) draw(s *frame.Site, v *frame.Visit, days, on []string, status int) (frame.Reply, error) {
	if err := mayEdit(v, ""); err != nil {
		return frame.Reply{}, err
	}
	for i := 1; i <= 7; i++ {
		name := weekdays[i%7]
		value := strings.ToLower(name[1].EN)
		p.Days = append(p.Days, hoursChoice{value, name[0], slices.Contains(days, value)})
	}
	for _, kind := range []string{"study", "exam", "holiday", "off"} {
		p.On = append(p.On, hoursChoice{kind, dayText(kind), slices.Contains(on, kind)})
	}
	seq, here := s.Timetable(p.Name)
	if p.Here = here; p.Seen == "" || p.Theirs != nil {
		p.Seen = strconv.FormatUint(seq, 10)
	}
	title := textNewHours
	if p.New = p.saved(s) == nil; !p.New {
		title = textHours.With(frame.Line(p.Name))
	}
	p.Frame = v.Frame(title)
	return frame.Reply{Page: "hours", Status: status, Data: p}, nil
}

// DecideHours takes the form that writes a timetable, or takes one out of the console.
func DecideHours(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := hoursPage{Name: strings.TrimSpace(f.Get("name")), Seen: f.Get("seen"), From: f.Get("from"), To: f.Get("to"), Why: f.Get("why")}
	do := f.Get("do")
	seen, err := strconv.ParseUint(p.Seen, 10, 64)
	if err != nil || !slices.Contains([]string{"preview", "save", "remove"}, do) {
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	written := map[string]string{
		"days": strings.Join(f["day"], ","), "on": strings.Join(f["on"], ","), "from": p.From, "to": cmp.Or(p.To, midnight),
	}
	if do != "remove" && (len(f["day"]) == 0 || len(f["on"]) == 0) {
		v.Wrong = []frame.Wrong{{Field: "hours-name", Text: textChooseDays}}
		return p.draw(s, v, f["day"], f["on"], http.StatusUnprocessableEntity)
	}
	what := admin.SetTimetable{Name: p.Name}
	if do != "remove" {
		if what.Timetable, err = json.Marshal(written); err != nil {
			return frame.Reply{}, err
		}
	}
	how := admin.How{Why: p.Why, Expect: &seen, Preview: do == "preview"}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && r.Kind == admin.Conflict && v.May(account.Structure, ""):
		p.Theirs, v.Wrong = p.saved(s), []frame.Wrong{{Field: "theirs", Text: textHoursMeanwhile}}
		return p.draw(s, v, f["day"], f["on"], http.StatusConflict)
	case errors.As(err, &r) && r.Kind == admin.Invalid:
		v.Wrong = []frame.Wrong{{Field: "hours-name", Text: r.Text}}
		return p.draw(s, v, f["day"], f["on"], http.StatusUnprocessableEntity)
	case err != nil:
		return frame.Reply{}, err
	case how.Preview:
		p.Preview = &preview{Rows: p.changes(s, f), Effect: v.EffectOf(out.Impact)}
		return p.draw(s, v, f["day"], f["on"], http.StatusOK)
	}
	return frame.Reply{To: frame.SaidAt("/calendar?"+url.Values{"unit": {""}}.Encode(), out)}, nil
}

// changes are the hours, the days and the kinds of day before and after.
func (p *hoursPage) changes(s *frame.Site, f url.Values) (rows []changeRow) {
	was := p.saved(s)
	if was == nil {
		was = &windowRow{}
	}
	after := windowRow{From: p.From, To: cmp.Or(p.To, midnight)}
	for i := 1; i <= 7; i++ {
		if slices.Contains(f["day"], strings.ToLower(weekdays[i%7][1].EN)) {
			after.Days = append(after.Days, weekdays[i%7][1])
		}
	}
	for _, kind := range f["on"] {
		after.On = append(after.On, dayText(kind))
	}
	hours := func(r *windowRow) wording.Text { return wording.Text{VI: frame.Line(r.From + "–" + r.To)} }
	for _, row := range []changeRow{
		{textFieldHours, hours(was), hours(&after)}, {textFieldDays, joined(was.Days), joined(after.Days)},
		{textFieldOn, joined(was.On), joined(after.On)},
	} {
		if row.Before != row.After {
			rows = append(rows, row)
		}
	}
	return rows
}

// joined are sentences with commas between them.
func joined(list []wording.Text) (text wording.Text) {
	var vi, en []string
	for _, one := range list {
		vi, en = append(vi, one.VI), append(en, one.EN)
	}
	return wording.Text{VI: strings.Join(vi, ", "), EN: strings.Join(en, ", ")}
}
