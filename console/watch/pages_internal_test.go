package watch

import (
	"testing"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/console/statistics"
	"lachan/internal/wording"
	"lachan/metrics/report"
)

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both, at := drawn.Full(), drawn.Both(), drawn.At()
	units := []frame.Named{{ID: "truong-a", Name: drawn.Hostile}}
	differences := []frame.Difference{{What: both, Old: both, New: both}, {What: both, New: both}, {What: both}}
	days := []frame.Day{{Day: at, Asked: 12, Blocked: 3, Known: true}, {Day: at}}
	return map[string][]any{
		"requests": {requestsPage{}, requestsPage{f, []requestKind{{"/requests", both, 1234, true}}, []requestRow{
			{drawn.Hostile, drawn.Hostile, both, both, both, both, both, []string{drawn.Hostile}, true, true, true, true, true, both, both}, {Answer: both},
		}, "/requests?after=x"}},
		"ledger": {ledgerPage{}, ledgerPage{f, &stateLine{"bad", "✘", both}, 12, drawn.Hostile, []ledgerRow{
			{7, at, drawn.Hostile, drawn.Hostile, both, both, both, both, differences, drawn.Hostile, drawn.Hostile, true}, {},
		}, "/ledger?after=x"}},
		"home": {homePage{}, homePage{Adding: true}, homePage{f, []task{{both, []wording.Text{both}, drawn.Hostile, "", both}, {Title: both, Path: "/ledger", Act: both}}, []stateLine{{"warn", "!", both}}, &week{
			12, 3, days, bars(days), both,
		}, &below{drawn.Hostile, statistics.Number{Value: 8}, statistics.Number{Value: 1}, statistics.Number{Sign: "*"}, statistics.Share{PerMille: 875}, at}, false, []frame.QuietSchool{{ID: drawn.Hostile, Name: drawn.Hostile, Day: at, Asked: 40, Usual: 1200, Run: 2, Checks: true, Few: true, Sure: both}}, 21, &ledgerHead{7, drawn.Hostile}, []task{{Path: "/edit/table", Act: both}}, true}},
		"lists": {listsPage{}, listsPage{f, []listRow{{frame.Feed{Name: drawn.Hostile, Category: drawn.Hostile, Label: both, Entries: 12345, InForce: at, Succeeded: at, Held: both, MayDecide: true}, both, true, false, false}, {Feed: frame.Feed{Error: drawn.Hostile}}, {Feed: frame.Feed{Name: drawn.Hostile, Chosen: 12}, MayDrop: true, Coming: true}}, []frame.PublicFeed{{
			Name: drawn.Hostile, Licence: drawn.Hostile, KeptBy: drawn.Hostile, Label: both, Category: both, Entries: 12345, YAML: drawn.Hostile,
		}, {}}, []triedList{{Trial: frame.Trial{Name: drawn.Hostile, Host: drawn.Hostile, Label: both, Asked: at}}, {frame.Trial{Ended: at}, true}, {Trial: frame.Trial{Ended: at, Why: both}}, {Trial: frame.Trial{Name: drawn.Hostile, Ended: at, YAML: drawn.Hostile, Found: frame.Found{
			Format: drawn.Hostile, Bytes: 12345, Entries: 12345, Rejected: 1, Fresh: 2, Asked: 1234, Of: 12345, Shared: 1, Core: []string{drawn.Hostile},
			FreshNames: []string{drawn.Hostile, "game.example"}, Exceptions: []string{drawn.Hostile}, CoreHits: 1,
		}}}}, []frame.Choice{{Code: "games", Name: both}, {Code: "social", Name: both}}, wording.Text{}, drawn.Hostile, "social"}, listsPage{Frame: f, Who: both}},
		"nodes": {nodesPage{}, nodesPage{f, frame.Server{Name: drawn.Hostile, Version: drawn.Hostile, Revision: drawn.Hostile, Began: at, Policy: at, Units: 1234, Names: 12345, Test: frame.SelfTest{Text: wording.Text{VI: drawn.Hostile, EN: drawn.Hostile}, Failed: true, Failures: []frame.TestFailure{{Door: drawn.Hostile, Unit: drawn.Hostile, What: wording.Text{VI: drawn.Hostile, EN: drawn.Hostile}, Times: 3}}}}, frame.Fleet{Release: 3, Ring: "canary", Held: drawn.Hostile}, []fleetNode{
			{frame.Node{Name: drawn.Hostile, Area: drawn.Hostile, Joined: true, Seen: at, Refused: drawn.Hostile, Conditions: 2, Taken: 12, Left: 1, Why: drawn.Hostile}, both},
			{Node: frame.Node{Joined: true, Seen: at, Behind: true}}, {Node: frame.Node{Joined: true, Seen: at}}, {Node: frame.Node{Joined: true}}, {},
		}, both, both, []troubleRow{
			{frame.Trouble{Code: drawn.Hostile, Since: at, Text: both}, both}, {},
		}, []nodeList{{drawn.Hostile, both, both, true, false}, {Not: true}, {}}, 7, drawn.Hostile, both, both, true, true, wording.Text{}, []orderOnWay{
			{frame.FleetOrder{Name: drawn.Hostile, Ring: "canary", Held: drawn.Hostile, Linked: 12, Confirmed: 1, Refused: 1}, both, true, true, true}, {},
		}}, nodesPage{Fleet: frame.Fleet{Hub: drawn.Hostile}}, nodesPage{
			Fleet: frame.Fleet{Release: 3, Ring: "all"}, Nodes: []fleetNode{{}}, Who: both,
		}},
		"orders": {ordersPage{}, ordersPage{f, []orderRow{{frame.Order{
			Authority: drawn.Hostile, Document: drawn.Hostile, Feed: drawn.Hostile, Received: at, Due: at, InForce: at, Urgent: true, Names: 1234,
		}, both, "bad", true, []orderRow{{Clock: both, Kind: "good"}, {Order: frame.Order{InForce: at, Names: 12}}}}}, true, drawn.Hostile, drawn.Hostile, &admin.TableReport{
			Entries: 1234, Twice: 1, Refused: 1, Rows: []admin.RefusedRow{{Line: 7, Text: drawn.Hostile, Why: both}}, Doubtful: []string{drawn.Hostile},
		}, drawn.Hostile, "eA=="}},
		"figures": {figuresPage{}, figuresPage{Frame: f, Unit: drawn.Hostile, Name: drawn.Hostile, Units: units, Choices: []daysChoice{{7, both, true}, {}}, Shown: shownFigures()}, figuresPage{Frame: f, Wait: true}},
		"reports": {reportsPage{}, reportsPage{f, drawn.Hostile, drawn.Hostile, units, []usualRow{{frame.Period{Code: drawn.Hostile, Label: drawn.Hostile, First: at, Last: at, Due: at}, both}, {}}, shownPapers(), true, true}},
		"files":   nil, "progress": nil, "preview": nil, // parts of the pages
		"draft": {draftPage{}, draftPage{f, drawn.Hostile, drawn.Hostile, frame.Period{Code: drawn.Hostile, Label: drawn.Hostile, First: at, Last: at}, []partField{
			{frame.Part{Key: "name", Title: both, Text: drawn.Hostile, Seq: 7}, drawn.Hostile, drawn.Hostile}, {Part: frame.Part{Key: "date", Title: both, Line: true}},
		}, both, shownPapers()[2]}, draftPage{Frame: f, Paper: shownPapers()[0]}},
	}
}

// shownPapers are reports in each state.
func shownPapers() (list []frame.Paper) {
	for _, state := range []frame.PaperState{frame.PaperWaits, frame.PaperMaking, frame.PaperMade, frame.PaperFailed} {
		q := frame.PaperQuestion{Unit: drawn.Hostile, Period: drawn.Hostile, Format: "pdf"}
		list = append(list, frame.Paper{ID: drawn.Hostile + string(state), PaperQuestion: q, State: state, Label: drawn.Hostile, Ahead: 2, Asked: drawn.At(), Why: drawn.Both()})
	}
	list[2].Preview = statistics.PreviewOf(&report.Model{
		Subject: drawn.Hostile, Draft: true, Reasons: []wording.Text{{VI: drawn.Hostile, EN: drawn.Hostile}}, Annexes: []report.Section{{Number: "I", Title: drawn.Hostile}},
		Sections: []report.Section{{Number: "I", Title: drawn.Hostile, Blocks: []report.Block{
			{Kind: report.Heading, Text: drawn.Hostile}, {Kind: report.Item, Text: drawn.Hostile}, {Kind: report.Missing, Text: drawn.Hostile}, {Kind: report.Paragraph, Text: drawn.Hostile},
			{Kind: report.TableKind, Table: &report.Table{Title: drawn.Hostile, Columns: []report.Column{{Head: drawn.Hostile, Number: true}}, Rows: make([]report.TableRow, 50)}},
			{Kind: report.ChartKind, Chart: &report.Chart{Labels: []string{drawn.Hostile}, Series: []report.ChartSeries{{Name: drawn.Hostile, Values: []int64{3}}}}},
		}}},
	})
	return list
}

// shownFigures are figures with everything in them, some not known and some not told.
func shownFigures() *shown {
	n, star, none := statistics.Number{Value: 12345}, statistics.Number{Sign: "*"}, statistics.Number{Sign: "–"}
	f := &statistics.Figures{
		Days:       []statistics.Day{{Day: drawn.At(), Allowed: n, Blocked: n}, {Day: drawn.At(), Allowed: none, Blocked: none}},
		Hours:      []statistics.Hour{{Hour: 7, Content: n, Technical: star}},
		Categories: []statistics.Category{{Label: drawn.Both(), Blocked: n}, {Label: drawn.Both(), Technical: true, Blocked: star}},
		Before:     &statistics.Before{Asked: n, Blocked: none, AskedChange: statistics.Share{PerMille: 34}, Why: drawn.Both()},
		Parts:      []statistics.Part{{ID: drawn.Hostile, Name: drawn.Hostile, Schools: n, Silent: n, Queries: star, Blocked: star}},
		Open:       2,
	}
	return draw(f, wording.Both)
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
