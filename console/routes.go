package console

import (
	"lachan/admin/account"
	"lachan/console/entrance"
	"lachan/console/frame"
	"lachan/console/people"
	"lachan/console/schools"
	"lachan/console/watch"
	"lachan/internal/wording"
)

// routes are all there are.
func routes() []frame.Route {
	return []frame.Route{
		{Pattern: "GET /{$}", Serve: watch.ShowHome},
		{Pattern: "GET /start", Open: true, Serve: entrance.ShowStart},
		{Pattern: "POST /start", Open: true, Serve: entrance.BeginFirst},
		{Pattern: "GET /start/school", Serve: entrance.AskSchool},
		{Pattern: "POST /start/school", Serve: entrance.AddSchool},
		{Pattern: "GET /start/filter", Serve: entrance.ShowFilter},
		{Pattern: "GET /start/devices", Serve: entrance.ShowDevices},
		{Pattern: "GET /login", Open: true, Serve: entrance.AskLogin},
		{Pattern: "POST /login", Open: true, Serve: entrance.LogIn},
		{Pattern: "GET /login/oidc", Open: true, Serve: entrance.StartProvider},
		{Pattern: "GET /api/v1/session/oidc", Open: true, Serve: entrance.FinishProvider}, // as in the API
		{Pattern: "GET /login/second", Open: true, Serve: entrance.AskSecond},
		{Pattern: "POST /login/second", Open: true, Serve: entrance.ShowSecond},
		{Pattern: "GET /login/new", Open: true, Serve: entrance.AskPassword},
		{Pattern: "POST /login/new", Open: true, Serve: entrance.RedeemCode},
		{Pattern: "POST /logout", Serve: entrance.LogOut},
		{Pattern: "GET /account", Serve: entrance.ShowAccount},
		{Pattern: "POST /account", Serve: entrance.ChangeAccount},
		{Pattern: "POST /account/passkey", Serve: entrance.ChangePasskeys},
		{Pattern: "POST /login/passkey", Open: true, Serve: entrance.LogInByPasskey},
		{Pattern: "GET /requests", Serve: watch.ShowRequests},
		{Pattern: "POST /requests/{id}", Serve: watch.AnswerRequest},
		{Pattern: "GET /explain", Serve: schools.ShowExplain},
		{Pattern: "POST /explain/device", Serve: schools.WatchDevice},
		{Pattern: "GET /exceptions", Serve: schools.ShowExceptions},
		{Pattern: "POST /exceptions", Serve: schools.TakeExceptions},
		{Pattern: "POST /exceptions/end", Serve: schools.EndException},
		{Pattern: "GET /units", Serve: schools.ShowUnits},
		{Pattern: "GET /units/{id...}", Serve: schools.ShowUnit},
		{Pattern: "GET /calendar", Serve: schools.ShowCalendar},
		{Pattern: "POST /calendar", Serve: schools.DecideCalendar},
		{Pattern: "GET /calendar/hours", Serve: schools.ShowHours},
		{Pattern: "POST /calendar/hours", Serve: schools.DecideHours},
		{Pattern: "GET /edit/unit", Serve: schools.ShowEdit},
		{Pattern: "POST /edit/unit", Serve: schools.EditUnit},
		{Pattern: "GET /edit/table", Serve: schools.ShowTable},
		{Pattern: "POST /edit/table", Table: true, Serve: schools.TakeTable},
		{Pattern: "GET /edit/rules", Serve: schools.ShowRules},
		{Pattern: "POST /edit/rules", Serve: schools.DecideRule},
		{Pattern: "GET /edit/profile", Serve: schools.ShowProfile},
		{Pattern: "POST /edit/profile", Serve: schools.DecideProfile},
		{Pattern: "POST /edit/adopt", Serve: schools.AdoptUnit},
		{Pattern: "POST /edit/lock", Serve: schools.DecideLock},
		{Pattern: "GET /accounts", Serve: people.ShowAccounts},
		{Pattern: "POST /accounts", Serve: people.AddAccount},
		{Pattern: "GET /accounts/{id}", Serve: people.ShowPerson},
		{Pattern: "POST /accounts/{id}", Serve: people.ChangePerson},
		{Pattern: "GET /proposals", Serve: people.ShowProposals},
		{Pattern: "POST /proposals/{seq}", Serve: people.DecideProposal},
		{Pattern: "POST /dnstap", Serve: people.DecideTap},
		{Pattern: "GET /lists", Serve: watch.ShowLists},
		{Pattern: "POST /lists", Serve: watch.TryList},
		{Pattern: "POST /lists/{feed}", Serve: watch.DecideList},
		{Pattern: "GET /orders", Serve: watch.ShowOrders},
		{Pattern: "POST /orders", Table: true, Serve: watch.HandOver},
		{Pattern: "GET /nodes", Serve: watch.ShowNodes},
		{Pattern: "POST /nodes", Serve: watch.DecideRelease},
		{Pattern: "GET /figures", Serve: watch.ShowFigures},
		{Pattern: "GET /reports", Serve: watch.ShowReports},
		{Pattern: "GET /reports/file", Serve: watch.ReportFile},
		{Pattern: "GET /reports/write", Serve: watch.ShowDraft},
		{Pattern: "POST /reports/words", Serve: watch.WriteWords},
		{Pattern: "GET /ledger", Serve: watch.ShowLedger},
		{Pattern: "POST /ledger/verify", Serve: watch.VerifyLedger},
		{Pattern: "POST /ledger/{seq}/undo", Serve: watch.UndoRecord},
	}
}

// answering are the roles that requests wait for.
var answering = frame.Roles{account.School, account.Commune, account.Province, account.Authority}

// tabs are the pages that each page leads to: those that a role's week is on stand open, all
// others are one tap away.
var tabs = []frame.Tab{
	{Path: "/", Name: wording.Text{VI: "Tổng quan", EN: "Overview"}},
	{Path: "/requests", Name: wording.Text{VI: "Yêu cầu", EN: "Requests"}, For: answering},
	{Path: "/explain", Name: wording.Text{VI: "Giải thích", EN: "Explain"}},
	{Path: "/units", Name: wording.Text{VI: "Đơn vị", EN: "Units"}, For: frame.Roles{account.Viewer}},
	{Path: "/calendar", Name: wording.Text{VI: "Lịch", EN: "Calendar"}, For: frame.Roles{account.School}},
	{Path: "/exceptions", Name: wording.Text{VI: "Ngoại lệ", EN: "Exceptions"}},
	{Path: "/lists", Name: wording.Text{VI: "Danh sách", EN: "Lists"}, For: frame.Roles{account.Operator}},
	{Path: "/orders", Name: wording.Text{VI: "Văn bản", EN: "Orders"}, For: frame.Roles{account.Operator, account.Authority}},
	{Path: "/figures", Name: wording.Text{VI: "Số liệu", EN: "Figures"}},
	{Path: "/reports", Name: wording.Text{VI: "Báo cáo", EN: "Reports"}, For: frame.Roles{account.Commune, account.Province, account.Viewer}},
	{Path: "/nodes", Name: wording.Text{VI: "Máy chủ", EN: "Servers"}, For: frame.Roles{account.Operator}},
	{Path: "/ledger", Name: wording.Text{VI: "Sổ quyết định", EN: "Ledger"}},
	{Path: "/accounts", Name: wording.Text{VI: "Người dùng", EN: "People"}},
}
