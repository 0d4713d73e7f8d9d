package console

import (
	"net/http"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/wording"
)

// The pages of what is blocked by others: the lists that are fetched, and the documents
// of authorities.

type listsPage struct {
	Frame  frame
	Rows   []listRow
	Public []PublicFeed
}

type listRow struct {
	Feed
	Age       wording.Text
	MayDecide bool
}

// showLists is the page of the feeds.
func showLists(s *Site, v *visit) (reply, error) {
	p := listsPage{Frame: v.frame(textLists), Public: s.PublicFeeds()}
	for _, f := range s.Feeds(v.who.Actor) {
		row := listRow{Feed: f, Age: textNotInForce, MayDecide: f.Held.VI != "" && f.MayDecide}
		if !f.InForce.IsZero() {
			row.Age = ageText(v.now.Sub(f.Succeeded))
		}
		p.Rows = append(p.Rows, row)
	}
	return reply{page: "lists", status: http.StatusOK, data: p}, nil
}

// ageText is how long something is ago.
func ageText(d time.Duration) wording.Text {
	switch {
	case d < time.Hour:
		return textMinutesAgo.With(int(max(0, d) / time.Minute))
	case d < 48*time.Hour:
		return textHoursAgo.With(int(d / time.Hour))
	}
	return textDaysAgo.With(int(d / (24 * time.Hour)))
}

// decideList takes what is decided on a version that is held back.
func decideList(s *Site, v *visit) (reply, error) {
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
		return reply{}, &admin.Refusal{Kind: admin.Invalid, Text: textForm}
	}
	return s.decide(v, what, admin.How{}, "/lists")
}

type ordersPage struct {
	Frame frame
	Rows  []orderRow
}

type orderRow struct {
	Order
	Clock wording.Text
	Kind  string
}

// showOrders is the page of the documents, each with its clock.
func showOrders(s *Site, v *visit) (reply, error) {
	p := ordersPage{Frame: v.frame(textOrders)}
	for _, o := range s.Orders(v.who.Actor) {
		row := orderRow{Order: o, Kind: "good", Clock: textInForceAfter.With(inHours(o.InForce.Sub(o.Received)))}
		switch {
		case o.InForce.IsZero() && v.now.After(o.Due):
			row.Kind, row.Clock = "bad", textOrderLate.With(inHours(v.now.Sub(o.Due)))
		case o.InForce.IsZero():
			row.Kind, row.Clock = "warn", textOrderLeft.With(inHours(o.Due.Sub(v.now)))
		}
		p.Rows = append(p.Rows, row)
	}
	return reply{page: "orders", status: http.StatusOK, data: p}, nil
}

type reportsPage struct {
	Frame                frame
	Unit, Period, Format string
	Units                []Named
}

// showReports is the page that makes reports.
func showReports(s *Site, v *visit) (reply, error) { return drawReports(s, v, http.StatusOK) }

func drawReports(s *Site, v *visit, status int) (reply, error) {
	q := v.URL.Query()
	p := reportsPage{Unit: q.Get("unit"), Period: q.Get("period"), Format: q.Get("format"), Units: unitsOf(s, v)}
	if p.Unit == "" {
		p.Unit = v.who.Unit
	}
	p.Frame = v.frame(textReports)
	return reply{page: "reports", status: status, data: p}, nil
}

// reportFile is a report to keep.
func reportFile(s *Site, v *visit) (reply, error) {
	q := v.URL.Query()
	unit := q.Get("unit")
	if !may(s, v, account.ReadReports, unit) {
		return reply{}, &admin.Refusal{
			Kind: admin.NotAllowed, Text: textMayNotReport, WhoMay: account.WhoMay(account.ReadReports, unit, s.Tree()),
		}
	}
	file, err := s.Report(v.Context(), v.who.Actor, unit, q.Get("period"), q.Get("format"))
	if err != nil {
		v.wrong = wrongOf(err, "period")
		return drawReports(s, v, http.StatusUnprocessableEntity)
	}
	return reply{file: file}, nil
}
