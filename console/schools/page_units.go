package schools

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A unitsPage is what the page of units shows.
type unitsPage struct {
	Frame         frame.Frame
	Search, Below string
	Above         []frame.Named
	Rows          []unitRow
	Count         int
	More          string
	Parent        string       // of what is added
	AddWho        wording.Text // may add; empty if the visitor may
}

type unitRow struct {
	ID, Name  string
	Kind      wording.Text
	Below     int
	State     wording.Text
	StateKind string
}

// ShowUnits is the page of the units that the visitor sees.
func ShowUnits(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	p := unitsPage{Search: strings.TrimSpace(q.Get("search")), Below: q.Get("below")}
	filter, page := admin.Filter{Unit: p.Below, Name: p.Search}, admin.Page{After: q.Get("after"), Limit: frame.RowsOfPage + 1}
	list, err := s.Desk.Units(v.Context(), v.Who.Actor, filter, page)
	if err != nil {
		return frame.Reply{}, err
	}
	if len(list) > frame.RowsOfPage {
		list = list[:frame.RowsOfPage]
		p.More = "/units?" + url.Values{"search": {p.Search}, "below": {p.Below}, "after": {list[frame.RowsOfPage-1].ID}}.Encode()
	}
	for i := range list {
		p.Rows = append(p.Rows, unitRow{ID: list[i].ID, Name: nameOf(&list[i]), Kind: kindText(list[i].Kind)})
	}
	if p.Below != "" {
		if h, err := s.Holds(p.Below); err == nil {
			p.Above = h.Above
		}
	}
	p.Count = len(p.Rows)
	p.Parent = cmp.Or(p.Below, v.Who.Unit)
	p.AddWho = v.WhoMay(account.Structure, p.Parent)
	p.Frame = v.Frame(textUnits)
	return frame.Reply{Page: "units", Data: p}, nil
}

func nameOf(u *admin.Unit) string {
	if u.Name == "" {
		return u.ID
	}
	return u.Name
}

type unitPage struct {
	Frame                      frame.Frame
	ID, Name, Code, Profile    string
	ProfileName                wording.Text // of a ready-made one
	Kind, Lessons, Home        wording.Text
	Above, Groups              []frame.Named
	BlockedNow, BlockedLessons []frame.BlockedLabel
	Networks                   []string
	Exceptions                 int
	Snippet                    string
	Ours                       bool // at home in the console
	MayAdopt                   bool // it is not, and the visitor may take it over
	EditWho, LockWho           wording.Text
	Locks, MayBeLocked         []lockRow
}

// A lockRow is a category that a unit locks, or may lock.
type lockRow struct {
	Code  string
	Label wording.Text
}

// ShowUnit is the page of one unit: what holds now, where it is written.
func ShowUnit(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	id := v.PathValue("id")
	u, err := s.Desk.Unit(v.Context(), v.Who.Actor, id)
	if err != nil {
		return frame.Reply{}, err
	}
	h, err := s.Holds(id)
	if err != nil {
		return frame.Reply{}, err
	}
	p := unitPage{
		ID: id, Name: nameOf(&u), Code: h.Code, Kind: kindText(u.Kind),
		Above: h.Above, Groups: h.Groups, Networks: h.Networks,
		Profile: h.Now.Profile, BlockedNow: frame.Labels(&h.Now, h.Locked),
		Lessons: textNoLessons, Home: textHomeConsole,
	}
	for _, label := range frame.Labels(&h.Lessons, h.Locked) {
		if !slices.Contains(p.BlockedNow, label) {
			p.BlockedLessons = append(p.BlockedLessons, label)
		}
	}
	for _, ready := range s.Profiles() {
		if ready.Name == h.Now.Profile {
			p.ProfileName = ready.Label
		}
	}
	if h.InLessons {
		p.Lessons = textInLessons
	}
	if u.Home != "console" {
		p.Home = textHomeFile.With(u.Home)
	}
	if u.Home != "console" && v.May(account.Structure, id) {
		p.Snippet = string(u.Value)
	}
	filter := admin.Filter{Unit: id}
	exceptions, err := s.Desk.Exceptions(v.Context(), v.Who.Actor, filter, admin.Page{Limit: frame.RowsOfPage})
	if err != nil {
		return frame.Reply{}, err
	}
	p.Exceptions = len(exceptions)
	p.Ours = u.Home == "console" && u.Value != nil
	p.MayAdopt = u.Home != "console" && !strings.Contains(id, "/") && v.May(account.Structure, id)
	p.EditWho, p.LockWho = v.WhoMay(account.Structure, id), v.WhoMay(account.Lock, id)
	p.Locks, p.MayBeLocked = locksOf(u.Value, &h)
	p.Frame = v.Frame(wording.Text{VI: p.Name})
	return frame.Reply{Page: "unit", Status: http.StatusOK, Data: p}, nil
}

// locksOf are the categories that a unit locks itself, and those that it blocks and may
// lock.
func locksOf(text json.RawMessage, h *frame.Holds) (locks, open []lockRow) {
	var written struct {
		Lock []string `json:"lock"`
	}
	_ = json.Unmarshal(text, &written) // a unit of a file has none here
	for _, code := range written.Lock {
		row := lockRow{code, wording.Text{VI: code}}
		if i := slices.Index(h.Now.Codes, code); i >= 0 {
			row.Label = h.Now.Labels[i]
		}
		locks = append(locks, row)
	}
	for i, code := range h.Now.Codes {
		if !slices.Contains(h.Locked, code) {
			open = append(open, lockRow{code, h.Now.Labels[i]})
		}
	}
	return locks, open
}

// DecideLock takes the form that locks a category for a unit, or lifts a lock.
func DecideLock(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	unit, category := f.Get("unit"), f.Get("category")
	var what admin.Decision
	switch f.Get("do") {
	case "lock":
		what = admin.Lock{Unit: unit, Category: category}
	case "lift":
		what = admin.Lift{Unit: unit, Category: category}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	return s.Decide(v, what, admin.How{}, "/units/"+unit)
}
