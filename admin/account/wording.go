package account

import "lachan/internal/wording"

// What people are told of accounts.

var roleNames = map[Role]wording.Text{
	School:    {VI: "trường", EN: "school"},
	Commune:   {VI: "xã, phường", EN: "commune"},
	Province:  {VI: "tỉnh", EN: "province"},
	Operator:  {VI: "người vận hành", EN: "operator"},
	Authority: {VI: "cơ quan ra văn bản", EN: "authority"},
	Viewer:    {VI: "người xem", EN: "viewer"},
	Machine:   {VI: "người quản trị máy chủ", EN: "administrator of the machine"},
}

var rightNames = map[Right]wording.Text{
	View:        {VI: "xem", EN: "view"},
	Answer:      {VI: "trả lời yêu cầu", EN: "answer requests"},
	Except:      {VI: "đặt ngoại lệ", EN: "make exceptions"},
	Structure:   {VI: "sửa đơn vị, hồ sơ, quy tắc", EN: "change units, profiles, rules"},
	Calendar:    {VI: "sửa lịch", EN: "change calendars"},
	Lock:        {VI: "khóa, mở khóa", EN: "lock and lift"},
	Lists:       {VI: "duyệt danh sách", EN: "approve lists"},
	Order:       {VI: "giao và thi hành văn bản", EN: "hand over and carry out orders"},
	ReadOrders:  {VI: "xem văn bản", EN: "read orders"},
	Release:     {VI: "tung bản mới", EN: "advance releases"},
	Hold:        {VI: "dừng bản mới", EN: "hold releases"},
	Report:      {VI: "lập báo cáo", EN: "make reports"},
	ReadReports: {VI: "xem báo cáo", EN: "read reports"},
	Accounts:    {VI: "quản lý người dùng", EN: "manage accounts"},
	Audit:       {VI: "xem sổ quyết định", EN: "read the ledger"},
}
