package watch

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/console/statistics"
	"lachan/internal/wording"
)

// A homePage is what the first page shows.
type homePage struct {
	Frame  frame.Frame
	Tasks  []task
	States []stateLine
	Week   *week
	Below  *below
	Adding bool // what is below is being added up
	Quiet  []frame.QuietSchool
	Quiets int // all of these
	Ledger *ledgerHead
	Ways   []task // to what is often done
	More   bool   // something is wrong, of which the page of servers has more
}

// A ledgerHead is the last record, for those who may verify the ledger.
type ledgerHead struct {
	Seq  uint64
	Hash string
}

// A below is what is known of the schools of a unit.
type below struct {
	Unit                     string
	Schools, Silent, Partial statistics.Number
	Coverage                 statistics.Share
	Made                     time.Time
}

// A task is something that waits for the visitor.
type task struct {
	Title   wording.Text
	Lines   []wording.Text
	Request string // that can be answered here
	Path    string // where it is done
	Act     wording.Text
}

type stateLine struct {
	Kind, Sign string
	Text       wording.Text
}

type week struct {
	Asked, Blocked int64
	Days           []frame.Day
	Chart          template.HTML
	Coverage       wording.Text
}

// mostSaid is from which length on, in bytes, a sentence on the state is cut to its beginning.
const mostSaid = 160

// beginning is what a long sentence says before it goes into what it is about, which the
// page of servers has whole.
func beginning(text wording.Text) wording.Text {
	cut := func(s string) string {
		if at := strings.Index(s, ": "); at > 0 && len(s) > mostSaid {
			return s[:at]
		}
		return s
	}
	return wording.Text{VI: cut(text.VI), EN: cut(text.EN)}
}

// ShowHome is the first page: what has to be done, then how things stand.
func ShowHome(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := homePage{}
	if err := addTasks(s, v, &p); err != nil {
		return frame.Reply{}, err
	}
	for _, st := range s.States() {
		line := stateLine{"good", "✔", st.Text}
		if st.Wrong {
			line.Kind, line.Sign, line.Text = "warn", "!", beginning(st.Text)
			p.More = true
		}
		p.States = append(p.States, line)
	}
	p.States = append(p.States, ordersState(s, v)...)
	p.Ways = waysOf(v)
	p.Quiet = s.Quiet(v.Who.Actor)
	p.Quiets, p.Quiet = len(p.Quiet), p.Quiet[:min(len(p.Quiet), mostQuiet)]
	if v.Who.Rank == "school" {
		p.Week = weekOf(s, v)
	} else if f, adding := belowOf(s, v); f != nil {
		c := &f.Coverage
		p.Below = &below{v.Who.Unit, c.Schools, c.Silent, c.Partial, c.Time, f.Made}
		p.Week = weekBelow(f)
	} else {
		p.Adding = adding
	}
	if v.May(account.Audit, v.Who.Unit) {
		seq, hash := s.Head()
		p.Ledger = &ledgerHead{seq, hash}
	}
	p.Frame = v.Frame(textHome)
	return frame.Reply{Page: "home", Status: http.StatusOK, Data: p}, nil
}

// mostQuiet bounds the quiet schools on the first page.
const mostQuiet = 20

// mostTasks bounds the tasks of a kind on the first page.
const mostTasks = 6

// addTasks are the requests that wait for the visitor, the versions of lists that are held
// back, the report that is due, and what a second person has to confirm.
func addTasks(s *frame.Site, v *frame.Visit, p *homePage) error {
	requests, err := s.Desk.Requests(v.Context(), v.Who.Actor, admin.Filter{}, admin.Page{Limit: mostTasks})
	if err != nil {
		return err
	}
	for i := range requests {
		row := rowOf(s, v, &requests[i])
		if !row.MayAnswer && row.Appeal.VI == "" {
			continue
		}
		t := task{Title: wording.Text{VI: row.Name}, Lines: []wording.Text{row.Who}}
		for _, why := range row.Reasons[:min(1, len(row.Reasons))] {
			t.Lines = append(t.Lines, wording.Text{VI: "“" + frame.Line(why) + "”"})
		}
		if row.Clock {
			t.Lines = append(t.Lines, row.ClockText)
		}
		if row.Appeal.VI != "" {
			t.Lines = append([]wording.Text{row.Appeal}, t.Lines...)
		}
		if row.MayOpen {
			t.Request = row.ID
		} else {
			t.Path, t.Act = "/requests", textLook
		}
		p.Tasks = append(p.Tasks, t)
	}
	for _, f := range s.Feeds(v.Who.Actor) {
		if f.Held.VI != "" && f.MayDecide && len(p.Tasks) < 2*mostTasks {
			held := task{Title: textHeldList.With(f.Name), Lines: []wording.Text{f.Label}, Path: "/lists", Act: textLook}
			p.Tasks = append(p.Tasks, held)
		}
	}
	if t := yearTask(s, v); t != nil {
		p.Tasks = append(p.Tasks, *t)
	}
	proposals, err := s.Desk.Proposals(v.Context(), v.Who.Actor)
	if err != nil {
		return err
	}
	for i := range proposals {
		if pr := &proposals[i]; pr.MayConfirm && i < mostTasks {
			m := frame.Matter{Object: pr.Object, Unit: pr.Unit, Old: pr.Old, New: pr.New}
			place := textAllUnits
			if pr.Unit != "" {
				place = wording.Text{VI: v.UnitName(pr.Unit)}
			}
			p.Tasks = append(p.Tasks, task{
				Title: textSecondPerson,
				Lines: []wording.Text{textProposed.With(v.Person(pr.By), verbText(pr.What), v.Subject(m), place)},
				Path:  "/proposals", Act: textLook,
			})
		}
	}
	return nil
}

// ordersState says whether each document that the visitor may read of is in force in time;
// nothing if there are none.
func ordersState(s *frame.Site, v *frame.Visit) []stateLine {
	type document struct{ authority, number string }
	waiting, late, all := map[document]bool{}, map[document]bool{}, map[document]bool{}
	for _, o := range s.Orders(v.Who.Actor) { // a document may have several versions
		is := document{o.Authority, o.Document}
		all[is] = true
		switch {
		case o.InForce.IsZero() && v.Now.After(o.Due), o.InForce.After(o.Due):
			late[is] = true
		case o.InForce.IsZero():
			waiting[is] = true
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(late) > 0:
		return []stateLine{{"warn", "!", textOrdersLate.With(len(late), len(all))}}
	}
	return []stateLine{{"good", "✔", textOrdersInTime.With(len(all), len(waiting))}}
}

// waysOf lead to what people of a role come for, where it is more than one page away.
func waysOf(v *frame.Visit) (ways []task) {
	if v.Who.Rank != "school" && v.May(account.Structure, v.Who.Unit) {
		ways = append(ways, task{Path: "/edit/table", Act: textManyUnits})
	}
	for _, g := range v.Who.Actor.Grants {
		if g.Role == account.Authority {
			return append(ways, task{Path: "/orders#hand-over", Act: textHandOver})
		}
	}
	return ways
}

// yearTask is the report on a year, for an officer of a province while it is due; nil
// otherwise.
func yearTask(s *frame.Site, v *frame.Visit) *task {
	if v.Who.Rank != "province" || !v.May(account.Report, v.Who.Unit) {
		return nil
	}
	for i, p := range s.Usual(v.Now) {
		if i == 0 && !p.Due.IsZero() {
			to := url.Values{"unit": {v.Who.Unit}, "period": {p.Code}}
			return &task{
				Title: textDraft.With(p.Label), Lines: []wording.Text{dueText(p.Due, v.Now)},
				Path: "/reports/write?" + to.Encode(), Act: textReadAndWrite,
			}
		}
	}
	return nil
}

// belowOf is what was counted in a unit above schools in the last seven days; nil if nobody
// is told, and while it is being added up.
func belowOf(s *frame.Site, v *frame.Visit) (f *statistics.Figures, adding bool) {
	if !v.May(account.View, v.Who.Unit) {
		return nil, false
	}
	f, err := s.Figures(v.Context(), v.Who.Unit, 7)
	return f, err == nil && f == nil
}

// weekBelow is a week of many schools: counted for all who look, as asking each school's
// history again would take seconds. It is nil if nothing is known.
func weekBelow(f *statistics.Figures) *week {
	if f.Hidden {
		return nil
	}
	var days []frame.Day
	for _, d := range f.Days {
		day := frame.Day{Day: d.Day, Known: d.Allowed.Known() && d.Blocked.Known()}
		if day.Known {
			day.Asked, day.Blocked = d.Allowed.Value+d.Blocked.Value, d.Blocked.Value
		}
		days = append(days, day)
	}
	return weekIn(days)
}

// weekOf is what was asked in a school in the last seven days; nil if nothing was counted.
func weekOf(s *frame.Site, v *frame.Visit) *week {
	y, m, d := v.Now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, v.Now.Location())
	days, err := s.Days(v.Context(), v.Who.Unit, today.AddDate(0, 0, -6), v.Now)
	if err != nil {
		return nil
	}
	return weekIn(days)
}

func weekIn(days []frame.Day) *week {
	w := &week{Days: days}
	known := 0
	for _, day := range days {
		w.Asked += day.Asked
		w.Blocked += day.Blocked
		if day.Known {
			known++
		}
	}
	if known == 0 {
		return nil
	}
	w.Coverage = textCoverage.With(known, len(days))
	w.Chart = bars(days)
	return w
}

// bars is a chart of days: questions, and the blocked ones among them. The table beside
// it has the figures, so it says nothing to a reader of screens.
func bars(days []frame.Day) template.HTML {
	const width, height, gap = 40, 100, 8
	most := int64(1)
	for _, d := range days {
		most = max(most, d.Asked)
	}
	var b strings.Builder
	total := strconv.Itoa(len(days) * (width + gap))
	b.WriteString(`<svg viewBox="0 0 ` + total + ` 120" width="` + total + `" height="120" aria-hidden="true" class="bars">`)
	rect := func(class string, x int, h int64) {
		b.WriteString(`<rect class="` + class + `" x="` + strconv.Itoa(x) + `" y="` + strconv.FormatInt(height-h, 10) +
			`" width="` + strconv.Itoa(width) + `" height="` + strconv.FormatInt(h, 10) + `"/>`)
	}
	for i, d := range days {
		x := i * (width + gap)
		rect("asked", x, d.Asked*height/most)
		rect("blocked", x, d.Blocked*height/most)
		b.WriteString(`<text x="` + strconv.Itoa(x+width/2) + `" y="115" text-anchor="middle">` + d.Day.Format("02/01") + `</text>`)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
