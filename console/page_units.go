package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/wording"
	"lachan/policy"
)

// A unitsPage is what the page of units shows.
type unitsPage struct {
	Frame         frame
	Search, Below string
	Above         []Named
	Rows          []unitRow
	Count         int
	More          string
	MayAdd        bool
}

type unitRow struct {
	ID, Name  string
	Kind      wording.Text
	Below     int
	State     wording.Text
	StateKind string
}

// showUnits is the page of the units that the visitor sees.
func showUnits(s *Site, v *visit) (reply, error) {
	q := v.URL.Query()
	p := unitsPage{Search: strings.TrimSpace(q.Get("search")), Below: q.Get("below")}
	filter, page := admin.Filter{Unit: p.Below, Name: p.Search}, admin.Page{After: q.Get("after"), Limit: rowsOfPage + 1}
	list, err := s.Desk.Units(v.Context(), v.who.Actor, filter, page)
	if err != nil {
		return reply{}, err
	}
	if len(list) > rowsOfPage {
		list = list[:rowsOfPage]
		p.More = "/units?" + url.Values{"search": {p.Search}, "below": {p.Below}, "after": {list[rowsOfPage-1].ID}}.Encode()
	}
	for i := range list {
		p.Rows = append(p.Rows, unitRow{ID: list[i].ID, Name: nameOf(&list[i]), Kind: kindText(list[i].Kind)})
	}
	if p.Below != "" {
		if h, err := s.Holds(p.Below); err == nil {
			p.Above = h.Above
		}
	}
	p.Count, p.MayAdd = len(p.Rows), false
	p.Frame = v.frame(textUnits)
	return reply{page: "units", data: p}, nil
}

func nameOf(u *admin.Unit) string {
	if u.Name == "" {
		return u.ID
	}
	return u.Name
}

type unitPage struct {
	Frame                      frame
	ID, Name, Code, Profile    string
	Kind, Lessons, Home        wording.Text
	Above, Groups              []Named
	BlockedNow, BlockedLessons []blockedLabel
	Networks                   []string
	Exceptions                 int
	Snippet                    string
}

type blockedLabel struct {
	Label  wording.Text
	Locked bool
}

// showUnit is the page of one unit: what holds now, where it is written.
func showUnit(s *Site, v *visit) (reply, error) {
	id := v.PathValue("id")
	u, err := s.Desk.Unit(v.Context(), v.who.Actor, id)
	if err != nil {
		return reply{}, err
	}
	h, err := s.Holds(id)
	if err != nil {
		return reply{}, err
	}
	p := unitPage{
		ID: id, Name: nameOf(&u), Code: h.Code, Kind: kindText(u.Kind),
		Above: h.Above, Groups: h.Groups, Networks: h.Networks,
		Profile: h.Now.Profile, BlockedNow: labels(&h.Now, h.Locked),
		BlockedLessons: labels(&h.Lessons, h.Locked),
		Lessons:        textNoLessons, Home: textHomeConsole,
	}
	if h.InLessons {
		p.Lessons = textInLessons
	}
	if u.Home != "console" {
		p.Home = textHomeFile.With(u.Home)
	}
	if u.Home != "console" && may(s, v, account.Structure, id) {
		p.Snippet = string(u.Value)
	}
	filter := admin.Filter{Unit: id}
	exceptions, err := s.Desk.Exceptions(v.Context(), v.who.Actor, filter, admin.Page{Limit: rowsOfPage})
	if err != nil {
		return reply{}, err
	}
	p.Exceptions = len(exceptions)
	p.Frame = v.frame(wording.Text{VI: p.Name})
	return reply{page: "unit", status: http.StatusOK, data: p}, nil
}

// labels are what a unit is kept from, with what is locked marked.
func labels(b *policy.Blocked, locked []string) (list []blockedLabel) {
	for i, code := range b.Codes {
		list = append(list, blockedLabel{b.Labels[i], slices.Contains(locked, code)})
	}
	return list
}
