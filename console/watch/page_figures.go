package watch

import (
	"html/template"
	"net/http"
	"strconv"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/console/statistics"
	"lachan/internal/wording"
)

// A figuresPage is what was counted in a unit in some days.
type figuresPage struct {
	Frame      frame.Frame
	Unit, Name string
	Units      []frame.Named
	Choices    []daysChoice
	Days       int
	Wait       bool // they are being added up
	Shown      *shown
}

// A daysChoice is some days that figures can be of.
type daysChoice struct {
	Days int
	Name wording.Text
	Here bool
}

// A shown is figures with their charts.
type shown struct {
	*statistics.Figures
	ByDay, ByHour, ByCategory, Grid template.HTML
}

// ShowFigures is the page of what was counted.
func ShowFigures(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	p := figuresPage{Unit: q.Get("unit"), Days: 7}
	if !q.Has("unit") {
		p.Unit = v.Who.Unit
	}
	if !v.May(account.View, p.Unit) {
		return frame.Reply{}, &admin.Refusal{
			Kind: admin.NotAllowed, Text: textMayNotFigures, WhoMay: account.WhoMay(account.View, p.Unit, s.Tree()),
		}
	}
	p.Units = v.Units()
	p.Choices = []daysChoice{
		{0, textToday, false}, {1, textYesterday, false}, {7, textSevenDays, false}, {30, textThirtyDays, false},
	}
	for i := range p.Choices {
		if c := &p.Choices[i]; strconv.Itoa(c.Days) == q.Get("days") {
			p.Days = c.Days
		}
	}
	for i := range p.Choices {
		p.Choices[i].Here = p.Choices[i].Days == p.Days
	}
	counted, err := s.Figures(v.Context(), p.Unit, p.Days)
	if err != nil {
		return frame.Reply{}, err
	}
	if p.Wait = counted == nil; !p.Wait {
		p.Shown = draw(counted, v.Who.Language)
	}
	p.Frame = v.Frame(textFigures)
	return frame.Reply{Page: "figures", Status: http.StatusOK, Data: p}, nil
}

// draw is figures with their charts, in one language: a chart has no room for two.
func draw(f *statistics.Figures, l wording.Language) *shown {
	return &shown{
		f, template.HTML(f.DaysChart(l)), template.HTML(f.HoursChart(l)), template.HTML(f.CategoriesChart(l)),
		template.HTML(f.CoverageGrid(l)),
	}
}
