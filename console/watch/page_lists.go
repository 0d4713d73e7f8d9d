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
	Trials []triedList
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
	MayDrop   bool
	Coming    bool // it is chosen, and fetched for the first time
}

// A tried list is one that was tried, and whether it is in use since.
type triedList struct {
	frame.Trial
	Used bool
}

// usualCategory is what a list that is pasted blocks unless somebody says otherwise.
const usualCategory = "games"

// ShowLists is the page of the feeds.
func ShowLists(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return (&listsPage{}).draw(s, v, http.StatusOK), nil
}

func (p *listsPage) draw(s *frame.Site, v *frame.Visit, status int) frame.Reply {
	p.Frame, p.Public, p.Who = v.Frame(textLists), s.PublicFeeds(), v.WhoMay(account.Lists, "")
	feeds := s.Feeds(v.Who.Actor)
	for _, t := range s.Trials(v.Who.Actor) {
		used := slices.ContainsFunc(feeds, func(f frame.Feed) bool { return f.Name == t.Name })
		p.Trials = append(p.Trials, triedList{t, used})
	}
	if p.Category == "" {
		p.Category = usualCategory
	}
	if p.Who.VI == "" {
		p.Categories = slices.DeleteFunc(slices.Clone(s.Choices()), func(c frame.Choice) bool {
			return strings.HasPrefix(c.Code, "service:")
		})
	}
	for _, f := range feeds {
		row := listRow{Feed: f, Age: textNotInForce, MayDecide: f.Held.VI != "" && f.MayDecide}
		row.MayDrop = f.Chosen != 0 && p.Who.VI == ""
		row.Coming = f.Chosen != 0 && f.InForce.IsZero() && f.Error == ""
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
		if v.Wrong = frame.WrongOf(err, "address"); v.Wrong[0].Field == "url" {
			v.Wrong[0].Field = "address"
		}
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

// DecideList takes what is decided on a list: on a version that is held back, on one that
// was tried, on one that was chosen.
func DecideList(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	feed := v.PathValue("feed")
	var what admin.Decision
	switch v.PostForm.Get("do") {
	case "use":
		for _, t := range s.Trials(v.Who.Actor) {
			if t.Name == feed && t.Why.VI == "" && !t.Ended.IsZero() {
				is := admin.List{Name: t.Name, URL: t.Address, Format: t.Format, Category: t.Category}
				what = admin.UseList{List: is}
				break
			}
		}
		if what == nil {
			return frame.Reply{}, &admin.Refusal{Kind: admin.Standing, Text: textTryFirst}
		}
	case "drop":
		what = admin.DropList{Name: feed}
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
