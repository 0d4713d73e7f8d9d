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

// A calendarPage is what the page of a unit's hours and days shows.
type calendarPage struct {
	Frame              frame.Frame
	Unit, Name         string // Unit is "" for the calendar of all
	Units              []frame.Named
	Now                wording.Text
	Grid               *weekGrid
	Before, This, Next string // addresses of weeks
	Runs               []runRow
	Who                wording.Text // may change it; empty if the visitor may
	Home               wording.Text // where it is changed instead; empty if here
	Seen               string
	Add                runFields
	Why                string
	Preview            *calendarPreview
	Theirs             bool // somebody else has saved meanwhile
	Windows            []windowRow
	MayHours           bool // may change them
}

// runFields are what a form says of a run of days.
type runFields struct{ Kind, Name, From, To, As string }

type runRow struct {
	frame.Run
	Label wording.Text
	Past  bool
}

// A calendarPreview is what a form would change.
type calendarPreview struct {
	From, To      time.Time
	Before, After []wording.Text // kinds of the days
	Effect        *frame.Effect
}

// ShowCalendar is the page of a week and of the year of a unit.
func ShowCalendar(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	p := calendarPage{Unit: q.Get("unit"), Add: runFields{Kind: "exams", From: q.Get("from"), To: q.Get("from")}}
	if !q.Has("unit") {
		p.Unit = v.Who.Unit
	}
	return p.draw(s, v, http.StatusOK)
}

// draw fills in what there is of the unit.
func (p *calendarPage) draw(s *frame.Site, v *frame.Visit, status int) (frame.Reply, error) {
	p.Name = textAllUnits.VI
	if p.Unit != "" {
		u, err := s.Desk.Unit(v.Context(), v.Who.Actor, p.Unit)
		if err != nil {
			return frame.Reply{}, err
		}
		p.Name = nameOf(&u)
	}
	year := s.Year(p.Unit)
	if p.Who = v.WhoMay(account.Calendar, p.Unit); p.Unit == "" {
		p.Who = v.WhoMay(account.Structure, "")
	}
	if year.Home != "console" {
		p.Home = textHomeFile.With(year.Home)
	}
	if strings.Contains(p.Unit, "/") {
		p.Home = textOfSchool
	}
	if p.Seen == "" || p.Theirs {
		p.Seen = strconv.FormatUint(year.Seq, 10)
	}
	for _, r := range year.Runs {
		p.Runs = append(p.Runs, runRow{r, runText(r.Kind), r.To.Before(v.Now.AddDate(0, 0, -1))})
	}
	p.addWeek(s, v)
	p.MayHours = v.May(account.Structure, "")
	p.Windows, p.Units = windowRows(s.Windows()), v.Units()
	p.Frame = v.Frame(textCalendar.With(frame.Line(p.Name)))
	return frame.Reply{Page: "calendar", Status: status, Data: p}, nil
}

// addWeek fills in the week that was asked for, or this one.
func (p *calendarPage) addWeek(s *frame.Site, v *frame.Visit) {
	at, err := time.ParseInLocation(time.DateOnly, v.FormValue("week"), v.Now.Location())
	if err != nil || at.Year() < 2000 || at.Year() > 2200 {
		at = v.Now
	}
	monday := at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
	address := func(week time.Time) string {
		return "/calendar?" + url.Values{"unit": {p.Unit}, "week": {week.Format(time.DateOnly)}}.Encode() + "#week"
	}
	p.This = monday.Format(time.DateOnly)
	p.Before, p.Next = address(monday.AddDate(0, 0, -7)), address(monday.AddDate(0, 0, 7))
	p.Grid = gridOf(s.Week(p.Unit, monday, 7), v.Now, func(day time.Time) string {
		q := url.Values{"unit": {p.Unit}, "week": {p.This}, "from": {day.Format(time.DateOnly)}}
		return "/calendar?" + q.Encode() + "#add"
	})
	if h, err := s.Holds(p.Unit); err == nil {
		if p.Now = textNoLessons; h.InLessons {
			p.Now = textInLessons
		}
	}
}

// DecideCalendar takes the form that adds days to a calendar or takes some out.
func DecideCalendar(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := calendarPage{Unit: f.Get("unit"), Seen: f.Get("seen"), Why: f.Get("why"), Add: runFields{
		f.Get("kind"), strings.TrimSpace(f.Get("name")), f.Get("from"), f.Get("to"), f.Get("as"),
	}}
	seen, err := strconv.ParseUint(p.Seen, 10, 64)
	do := f.Get("do")
	if err != nil || runText(p.Add.Kind).EN == "" || !slices.Contains([]string{"preview", "save", "remove"}, do) {
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	if _, ok := dayOf(p.Add.From); !ok {
		v.Wrong = []frame.Wrong{{Field: "from", Text: textDay}}
		return p.draw(s, v, http.StatusUnprocessableEntity)
	}
	if p.Unit != "" && !v.May(account.View, p.Unit) {
		_, err := s.Desk.Unit(v.Context(), v.Who.Actor, p.Unit)
		return frame.Reply{}, err
	}
	written, err := p.Add.into(s.Year(p.Unit), do == "remove")
	if err != nil {
		return frame.Reply{}, err
	}
	how := admin.How{Why: p.Why, Expect: &seen, Preview: do == "preview"}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, admin.SetCalendar{Unit: p.Unit, Calendar: written}, how)
	switch {
	case err != nil:
		return p.refused(s, v, err)
	case how.Preview:
		p.Preview = p.preview(s, v)
		p.Preview.Effect = v.EffectOf(out.Impact)
		return p.draw(s, v, http.StatusOK)
	}
	return frame.Reply{To: frame.SaidAt("/calendar?"+url.Values{"unit": {p.Unit}, "week": {p.Add.From}}.Encode(), out)}, nil
}

// refused shows the form again with what is wrong with it, below what somebody else has
// saved meanwhile.
func (p *calendarPage) refused(s *frame.Site, v *frame.Visit, err error) (frame.Reply, error) {
	var r *admin.Refusal
	if !errors.As(err, &r) || r.Kind != admin.Conflict && r.Kind != admin.Invalid {
		return frame.Reply{}, err
	}
	if r.Kind == admin.Conflict {
		p.Theirs, v.Wrong = true, []frame.Wrong{{Field: "year", Text: textCalendarMeanwhile}}
		return p.draw(s, v, http.StatusConflict)
	}
	v.Wrong = []frame.Wrong{{Field: "from", Text: r.Text}}
	return p.draw(s, v, http.StatusUnprocessableEntity)
}

// preview is what kinds the days are now, and what kind they would be.
func (p *calendarPage) preview(s *frame.Site, v *frame.Visit) *calendarPreview {
	from, _ := dayOf(p.Add.From)
	to, ok := dayOf(p.Add.To)
	if !ok {
		to = from
	}
	days := int(to.Sub(from)/(24*time.Hour)) + 1
	c := &calendarPreview{From: from, To: to, After: []wording.Text{runText(p.Add.Kind)}}
	for _, d := range s.Week(p.Unit, from.In(v.Now.Location()), min(days, mostPreviewed)) {
		if text := dayText(d.Kind.String()); !slices.Contains(c.Before, text) {
			c.Before = append(c.Before, text)
		}
	}
	return c
}

// mostPreviewed bounds the days that a preview looks at.
const mostPreviewed = 370

// into is the calendar of a unit with these days added, or taken out. What is inherited of
// their kind is written down with them: what a unit writes takes the place of all of it.
func (f *runFields) into(y frame.Year, remove bool) (json.RawMessage, error) {
	written := map[string][]map[string]any{}
	if y.Own != nil {
		if err := json.Unmarshal(y.Own, &written); err != nil {
			return nil, err
		}
	}
	list, own := written[f.Kind]
	if !own {
		for _, r := range y.Runs {
			if r.Kind == f.Kind {
				list = append(list, spanOf(&r))
			}
		}
	}
	from, _ := dayOf(f.From)
	if remove {
		list = slices.DeleteFunc(list, func(span map[string]any) bool {
			day, ok := dayOf(textOf(span, "from") + textOf(span, "date"))
			return ok && day.Equal(from) && textOf(span, "name") == f.Name
		})
	} else {
		r := frame.Run{Kind: f.Kind, Name: f.Name, From: from, As: f.As}
		if r.To, own = dayOf(f.To); !own {
			r.To = from
		}
		list = append(list, spanOf(&r))
	}
	if list == nil {
		list = []map[string]any{}
	}
	written[f.Kind] = list
	return json.Marshal(written)
}

// spanOf is a run as policies write it.
func spanOf(r *frame.Run) map[string]any {
	if r.Kind == "make_up" {
		return map[string]any{"date": r.From.Format(time.DateOnly), "as": r.As}
	}
	span := map[string]any{"from": r.From.Format(time.DateOnly), "to": r.To.Format(time.DateOnly)}
	if r.Name != "" {
		span["name"] = r.Name
	}
	return span
}

func textOf(span map[string]any, key string) string {
	text, _ := span[key].(string)
	return text
}

// dayOf is a day as forms and policies write it.
func dayOf(text string) (day time.Time, ok bool) {
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, true
		}
	}
	return day, false
}
