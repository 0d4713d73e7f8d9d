package console

import "lachan/internal/wording"

// routes are all there are.
func routes() []route {
	return []route{
		{pattern: "GET /{$}", serve: showHome},
		{pattern: "GET /start", open: true, serve: showStart},
		{pattern: "POST /start", open: true, serve: beginFirst},
		{pattern: "GET /start/school", serve: askSchool},
		{pattern: "POST /start/school", serve: addSchool},
		{pattern: "GET /start/filter", serve: showFilter},
		{pattern: "GET /start/devices", serve: showDevices},
		{pattern: "GET /login", open: true, serve: askLogin},
		{pattern: "POST /login", open: true, serve: logIn},
		{pattern: "GET /login/second", open: true, serve: askSecond},
		{pattern: "POST /login/second", open: true, serve: showSecond},
		{pattern: "GET /login/new", open: true, serve: askPassword},
		{pattern: "POST /login/new", open: true, serve: redeemCode},
		{pattern: "POST /logout", serve: logOut},
		{pattern: "GET /account", serve: showAccount},
		{pattern: "POST /account", serve: changeAccount},
		{pattern: "GET /requests", serve: showRequests},
		{pattern: "POST /requests/{id}", serve: answerRequest},
		{pattern: "GET /explain", serve: showExplain},
		{pattern: "GET /exceptions", serve: showExceptions},
		{pattern: "POST /exceptions", serve: takeExceptions},
		{pattern: "POST /exceptions/end", serve: endException},
		{pattern: "GET /units", serve: showUnits},
		{pattern: "GET /units/{id...}", serve: showUnit},
		{pattern: "GET /lists", serve: showLists},
		{pattern: "POST /lists/{feed}", serve: decideList},
		{pattern: "GET /orders", serve: showOrders},
		{pattern: "GET /reports", serve: showReports},
		{pattern: "GET /reports/file", serve: reportFile},
		{pattern: "GET /ledger", serve: showLedger},
		{pattern: "POST /ledger/verify", serve: verifyLedger},
		{pattern: "POST /ledger/{seq}/undo", serve: undoRecord},
	}
}

// tabs are the pages that each page leads to.
var tabs = [...]tab{
	{Path: "/", Name: wording.Text{VI: "Tổng quan", EN: "Overview"}},
	{Path: "/requests", Name: wording.Text{VI: "Yêu cầu", EN: "Requests"}},
	{Path: "/explain", Name: wording.Text{VI: "Giải thích", EN: "Explain"}},
	{Path: "/units", Name: wording.Text{VI: "Đơn vị", EN: "Units"}},
	{Path: "/exceptions", Name: wording.Text{VI: "Ngoại lệ", EN: "Exceptions"}},
	{Path: "/lists", Name: wording.Text{VI: "Danh sách", EN: "Lists"}},
	{Path: "/orders", Name: wording.Text{VI: "Văn bản", EN: "Orders"}},
	{Path: "/reports", Name: wording.Text{VI: "Báo cáo", EN: "Reports"}},
	{Path: "/ledger", Name: wording.Text{VI: "Sổ quyết định", EN: "Ledger"}},
}
