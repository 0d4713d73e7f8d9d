package watch

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// The page of the lists that are fetched.

type listsPage struct {
	Frame  frame.Frame
	Rows   []listRow
	Public []frame.PublicFeed
	Trials []frame.Trial
	// Categories are what a list that is pasted can block; Who may have one tried, empty if
	// the visitor may.
	Categories        []frame.Choice
	Who               wording.Text
	Address, Category string
}

type listRow struct {
	frame.Feed
	Age       wording.Text
	MayDecide bool
}

// ShowLists is the page of the feeds.
func ShowLists(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return (&listsPage{}).draw(s, v, http.StatusOK), nil
}

func (p *listsPage) draw(s *frame.Site, v *frame.Visit, status int) frame.Reply {
	p.Frame, p.Public, p.Who = v.Frame(textLists), s.PublicFeeds(), v.WhoMay(account.Lists, "")
	if p.Trials = s.Trials(v.Who.Actor); p.Who.VI == "" {
		p.Categories = slices.DeleteFunc(slices.Clone(s.Choices()), func(c frame.Choice) bool {
			return strings.HasPrefix(c.Code, "service:")
		})
	}
	for _, f := range s.Feeds(v.Who.Actor) {
		row := listRow{Feed: f, Age: textNotInForce, MayDecide: f.Held.VI != "" && f.MayDecide}
		if !f.InForce.IsZero() {
			row.Age = ageText(v.Now.Sub(f.Succeeded))
		}
		p.Rows = append(p.Rows, row)
	}
	return frame.Reply{Page: "lists", Status: status, Data: p}
}

// TryList takes the form that has a list tried before anybody uses it.
func TryList(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := listsPage{Address: strings.TrimSpace(f.Get("address")), Category: f.Get("category")}
	err := s.Try(v.Who.Actor, f.Get("name"), p.Address, p.Category)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && (r.Kind == admin.Invalid || r.Kind == admin.Standing):
		v.Wrong = frame.WrongOf(err, "address")
		return p.draw(s, v, http.StatusUnprocessableEntity), nil
	case err != nil:
		return frame.Reply{}, err
	}
	return frame.Reply{To: "/lists#tried"}, nil
}

// ageText is how long something is ago.
func ageText(d time.Duration) wording.Text {
	switch {
	case d < time.Minute:
		return textJustNow
	case d < time.Hour:
		return textMinutesAgo.With(int(d / time.Minute))
	case d < 48*time.Hour:
		return textHoursAgo.With(int(d / time.Hour))
	}
	return textDaysAgo.With(int(d / (24 * time.Hour)))
}

// DecideList takes what is decided on a version that is held back.
func DecideList(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	feed := v.PathValue("feed")
	var what admin.Decision
	switch v.PostForm.Get("do") {
	case "approve":
		what = admin.ApproveList{Feed: feed}
	case "reject":
		what = admin.RejectList{Feed: feed}
	case "roll-back":
		what = admin.RollBackList{Feed: feed}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	return s.Decide(v, what, admin.How{}, "/lists")
}
