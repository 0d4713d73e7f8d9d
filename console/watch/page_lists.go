package watch

import (
	"net/http"
	"time"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// The pages of what is blocked by others: the lists that are fetched, and the documents
// of authorities.

type listsPage struct {
	Frame  frame.Frame
	Rows   []listRow
	Public []frame.PublicFeed
}

type listRow struct {
	frame.Feed
	Age       wording.Text
	MayDecide bool
}

// ShowLists is the page of the feeds.
func ShowLists(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := listsPage{Frame: v.Frame(textLists), Public: s.PublicFeeds()}
	for _, f := range s.Feeds(v.Who.Actor) {
		row := listRow{Feed: f, Age: textNotInForce, MayDecide: f.Held.VI != "" && f.MayDecide}
		if !f.InForce.IsZero() {
			row.Age = ageText(v.Now.Sub(f.Succeeded))
		}
		p.Rows = append(p.Rows, row)
	}
	return frame.Reply{Page: "lists", Status: http.StatusOK, Data: p}, nil
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

type ordersPage struct {
	Frame frame.Frame
	Rows  []orderRow
}

type orderRow struct {
	frame.Order
	Clock wording.Text
	Kind  string
}

// ShowOrders is the page of the documents, each with its clock.
func ShowOrders(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := ordersPage{Frame: v.Frame(textOrders)}
	for _, o := range s.Orders(v.Who.Actor) {
		row := orderRow{Order: o, Kind: "good", Clock: textInForceAfter.With(inHours(o.InForce.Sub(o.Received)))}
		switch {
		case o.InForce.IsZero() && v.Now.After(o.Due):
			row.Kind, row.Clock = "bad", textOrderLate.With(inHours(v.Now.Sub(o.Due)))
		case o.InForce.IsZero():
			row.Kind, row.Clock = "warn", textOrderLeft.With(inHours(o.Due.Sub(v.Now)))
		}
		p.Rows = append(p.Rows, row)
	}
	return frame.Reply{Page: "orders", Status: http.StatusOK, Data: p}, nil
}
