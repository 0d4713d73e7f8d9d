package watch

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A requestsPage is what the page of requests shows.
type requestsPage struct {
	Frame frame.Frame
	Kinds []requestKind
	Rows  []requestRow
	More  string
}

type requestKind struct {
	Path  string
	Name  wording.Text
	Count int
	Here  bool
}

type requestRow struct {
	ID, Name           string
	Who, Category      wording.Text
	ClockText, Answer  wording.Text
	LockedText         wording.Text
	Reasons            []string
	Clock, Late        bool
	Locked             bool
	MayAnswer, MayOpen bool
	Again              wording.Text // it is asked again after an answer; empty if not
	Appeal             wording.Text // that a document of the visitor blocks it by mistake; empty if not
}

// ShowRequests is the page of what schools ask to have opened, the longest waiting first.
func ShowRequests(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	answered := q.Get("answered") != ""
	filter := admin.Filter{Unit: q.Get("unit"), Ended: answered}
	page := admin.Page{After: q.Get("after"), Limit: frame.RowsOfPage + 1}
	rows, err := s.Desk.Requests(v.Context(), v.Who.Actor, filter, page)
	if err != nil {
		return frame.Reply{}, err
	}
	p := requestsPage{}
	if len(rows) > frame.RowsOfPage {
		rows = rows[:frame.RowsOfPage]
		p.More = "/requests?" + url.Values{"after": {rows[frame.RowsOfPage-1].Key}, "answered": {q.Get("answered")}}.Encode()
	}
	waiting := 0
	for i := range rows {
		if rows[i].Outcome == "" {
			waiting++
		}
		if answered != (rows[i].Outcome != "") {
			continue
		}
		p.Rows = append(p.Rows, rowOf(s, v, &rows[i]))
	}
	p.Kinds = []requestKind{
		{"/requests", textWaitingRequests, waiting, !answered},
		{"/requests?answered=1", textAnsweredRequests, len(rows) - waiting, answered},
	}
	if !answered {
		p.Kinds = p.Kinds[:1]
		p.Kinds = append(p.Kinds, requestKind{Path: "/requests?answered=1", Name: textAnsweredRequests})
	}
	p.Frame = v.Frame(textRequests)
	return frame.Reply{Page: "requests", Data: p}, nil
}

// rowOf is a row of requests for a visitor.
func rowOf(s *frame.Site, v *frame.Visit, r *admin.Request) requestRow {
	row := requestRow{
		ID: strings.Join(r.IDs, "+"), Name: r.Name, Reasons: r.Reasons, Late: r.Late,
		Clock: r.Outcome == "" && r.Target > 0, Locked: r.LockedBy != "",
		Category: s.Category(r.Category),
	}
	var who []string
	for _, unit := range r.Units[:min(len(r.Units), mostAskers)] {
		who = append(who, v.UnitName(unit))
	}
	if more := len(r.Units) - len(who); more > 0 {
		who = append(who, "+"+strconv.Itoa(more))
	}
	row.Who = textAskedBy.With(strings.Join(who, ", "), r.Times)
	row.ClockText = textClock.With(inHours(max(0, r.Target-r.Spent)))
	if r.Late {
		row.ClockText = textLate.With(inHours(r.Spent - r.Target))
	}
	row.LockedText = textLockedBy.With(v.UnitName(r.LockedBy))
	if len(r.Follows) > 0 {
		row.Again = textAskedAgain.With(strings.Join(r.Follows, ", "))
	}
	if r.Outcome != "" {
		answered := r.Answered.In(v.Now.Location()).Format("15:04 02/01/2006")
		row.Answer = textAnswerGiven.With(r.Outcome.Words(), s.Who(r.By), answered, r.Text)
		return row
	}
	row.MayAnswer = v.May(account.Answer, r.At)
	for _, g := range v.Who.Actor.Grants {
		if g.Role == account.Authority && g.Unit == r.At && r.Document != "" {
			row.Appeal = textAppeal.With(r.Document)
		}
	}
	row.MayOpen = row.MayAnswer && (r.LockedBy == "" || r.LockedBy == r.At)
	return row
}

// mostAskers bounds the units that a row names.
const mostAskers = 10

// inHours is a time of school hours as people say it.
func inHours(d time.Duration) wording.Text {
	minutes := int(d.Round(time.Minute) / time.Minute)
	return textHours.With(minutes/60, minutes%60)
}

// AnswerRequest takes an answer.
func AnswerRequest(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	what := admin.Answer{Requests: strings.Split(v.PathValue("id"), "+"), Text: f.Get("why")}
	switch choice := f.Get("answer"); choice {
	case "refuse":
		what.Outcome = admin.Refuse
	case "up":
		what.Outcome = admin.SendUp
	default:
		what.Outcome, what.Until = admin.Open, frame.Until(choice, v.Now)
	}
	to := "/requests"
	if back := f.Get("back"); back != "" {
		to = frame.Local(back)
	}
	return s.Decide(v, what, admin.How{}, to)
}
