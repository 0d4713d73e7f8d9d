// Package people is the pages about who may do what: accounts, their roles and tokens, and
// what waits for a second person.
package people

import (
	"embed"

	"lachan/internal/wording"
)

// Pages are the templates of this room.
//
//go:embed *.html
var Pages embed.FS

// The sentences that pages are given; their own stand in the pages.

var (
	textAccounts         = wording.Text{VI: "Người dùng", EN: "People"}
	textSecret           = wording.Text{VI: "Chép lại ngay: chỉ hiện một lần", EN: "Copy this now: it is shown once"}
	textProposals        = wording.Text{VI: "Chờ người thứ hai", EN: "Waiting for a second person"}
	textBeyond           = wording.Text{VI: "tài khoản này có vai trò mà bạn không giao được", EN: "this account has a role that you may not give"}
	textChangedMeanwhile = wording.Text{VI: "người khác đã ghi tài khoản này trong khi bạn sửa; mẫu dưới đây là bản đã ghi", EN: "somebody else saved this account while you were editing; the form below has the saved version"}
)

// whatText is what people call a decision that takes two of them.
func whatText(what string) wording.Text {
	if text, known := decisions[what]; known {
		return text
	}
	return wording.Text{VI: what}
}

var decisions = map[string]wording.Text{
	"set-unit":    {VI: "sửa đơn vị", EN: "change of a unit"},
	"remove-unit": {VI: "xóa đơn vị", EN: "removal of a unit"},
	"set-group":   {VI: "sửa nhóm", EN: "change of a group"},
	"lift":        {VI: "mở khóa", EN: "lifting of a lock"},
	"grant":       {VI: "giao quyền", EN: "grant"},
	"undo":        {VI: "hoàn tác", EN: "undo"},
	"tap":         {VI: "bật dnstap", EN: "dnstap"},
}
