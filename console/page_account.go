package console

import (
	"net/http"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/account/session"
	"lachan/console/browser"
	"lachan/internal/wording"
)

// An accountPage is what the page of somebody's own account shows.
type accountPage struct {
	Frame      frame
	Name       string
	Roles      []roleRow
	MustEnroll []wording.Text
	TOTP       bool
	Codes      int // recovery codes that are left
	Made       *account.NewTOTP
	Recovery   []string // shown once
	Password   bool
	Sessions   []session.Session
	Current    string
}

type roleRow struct {
	Role  wording.Text
	Unit  string
	Until string
}

// ownAccount is the account of a visit's session.
func ownAccount(s *Site, v *visit) (*account.Own, error) {
	return s.Door.Own(v.Context(), browser.Cookie(v.Request, browser.Session))
}

// showAccount is the page of somebody's own account.
func showAccount(s *Site, v *visit) (reply, error) {
	o, err := ownAccount(s, v)
	if err != nil {
		return reply{}, err
	}
	return drawAccount(s, v, o, accountPage{}, http.StatusOK), nil
}

func drawAccount(s *Site, v *visit, o *account.Own, p accountPage, status int) reply {
	p.Name, p.TOTP, p.Codes, p.Password = o.Name, o.TOTP, o.RecoveryCodes, o.Password
	p.Sessions, p.Current = o.Sessions(), o.Current().ID
	for _, g := range v.who.Actor.Grants {
		row := roleRow{Role: g.Role.Text(), Unit: g.Unit}
		if !g.Until.IsZero() {
			row.Until = g.Until.In(v.now.Location()).Format("02/01/2006")
		}
		p.Roles = append(p.Roles, row)
	}
	for _, r := range v.who.MustEnroll {
		p.MustEnroll = append(p.MustEnroll, r.Text())
	}
	p.Frame = v.frame(textAccount)
	return reply{page: "account", status: status, data: p}
}

// changeAccount takes a form of the page of the own account.
func changeAccount(s *Site, v *visit) (reply, error) {
	o, err := ownAccount(s, v)
	if err != nil {
		return reply{}, err
	}
	f, p := v.PostForm, accountPage{}
	switch f.Get("do") {
	case "password":
		if err = o.SetPassword(v.Context(), browser.Visit(v.Request), f.Get("old"), f.Get("password"), v.now); err == nil {
			return reply{to: "/account"}, nil
		}
	case "totp":
		var made account.NewTOTP
		if made, err = o.StartTOTP("Lá Chắn"); err == nil {
			p.Made = &made
			return drawAccount(s, v, o, p, http.StatusOK), nil
		}
	case "totp-code":
		return confirmTOTP(s, v, o)
	case "totp-remove":
		if err = o.RemoveTOTP(); err == nil {
			return reply{to: "/account"}, nil
		}
	case "recovery":
		if p.Recovery, err = o.NewRecovery(); err == nil {
			return drawAccount(s, v, o, p, http.StatusOK), nil
		}
	case "session":
		if err = o.EndSession(f.Get("id")); err == nil {
			return reply{to: "/account"}, nil
		}
	case "others":
		if err = o.EndOthers(); err == nil {
			return reply{to: "/account"}, nil
		}
	default:
		return reply{}, &admin.Refusal{Kind: admin.Invalid, Text: textForm}
	}
	v.wrong = wrongOf(err, "old")
	return drawAccount(s, v, o, p, http.StatusUnprocessableEntity), nil
}

// confirmTOTP takes the first code of an app. The session is another one from then on.
func confirmTOTP(s *Site, v *visit, o *account.Own) (reply, error) {
	code := strings.TrimSpace(v.PostForm.Get("code"))
	pass, recovery, err := o.ConfirmTOTP(v.Context(), browser.Visit(v.Request), code, v.now)
	if err != nil {
		v.wrong = wrongOf(err, "code")
		return drawAccount(s, v, o, accountPage{}, http.StatusUnprocessableEntity), nil
	}
	now, err := s.Door.Own(v.Context(), pass.Token)
	if err != nil {
		return reply{}, err
	}
	v.who.MustEnroll = nil
	rep := drawAccount(s, v, now, accountPage{Recovery: recovery}, http.StatusOK)
	rep.cookies = browser.Passed(v.Request, &pass)
	return rep, nil
}
