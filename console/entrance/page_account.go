package entrance

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image/png"
	"net/http"
	"strings"

	"github.com/pquerna/otp"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/account/session"
	"lachan/console/browser"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// An accountPage is what the page of somebody's own account shows.
type accountPage struct {
	Frame      frame.Frame
	Name       string
	Roles      []roleRow
	MustEnroll []wording.Text
	TOTP       bool
	Passkeys   []account.Passkey
	MayPasskey bool   // they can work here
	By         string // the provider that the account comes in by; "" if none
	Codes      int    // recovery codes that are left
	Made       *account.NewTOTP
	Picture    template.URL // of Made, for the app to photograph; "" if there is none
	Recovery   []string     // shown once
	Password   bool
	Told       *told // how the account is told things; nil if the ledger does not have it
	Sessions   []session.Session
	Current    string
}

// A told is how an account is told things.
type told struct {
	ID, Language, Notify string
}

// mostSeen bounds the accounts that are looked through for the own one.
const mostSeen = 1000

// person is the account of a visit as the ledger has it.
func person(s *frame.Site, v *frame.Visit) (frame.Person, bool) {
	id := v.Who.Actor.ID
	for _, a := range s.Accounts(v.Who.Actor, admin.Filter{Name: id}, admin.Page{Limit: mostSeen}) {
		if a.ID == id {
			return a, true
		}
	}
	return frame.Person{}, false
}

// changeTold is the decision on how the own account is told things.
func changeTold(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	is, ok := person(s, v)
	if !ok {
		return frame.Reply{}, &admin.Refusal{Kind: admin.NotFound, Text: frame.TextNoPage}
	}
	f := v.PostForm
	return s.Decide(v, admin.AddAccount{
		ID: is.ID, Unit: is.Unit, Name: is.Name, Mail: is.Mail, Webhook: is.Webhook,
		Language: f.Get("language"), Notify: f.Get("notify"),
	}, admin.How{}, "/account")
}

type roleRow struct {
	Role  wording.Text
	Unit  string
	Until string
}

// ownAccount is the account of a visit's session.
func ownAccount(s *frame.Site, v *frame.Visit) (*account.Own, error) {
	return s.Door.Own(v.Context(), browser.Cookie(v.Request, browser.Session))
}

// ShowAccount is the page of somebody's own account.
func ShowAccount(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	o, err := ownAccount(s, v)
	if err != nil {
		return frame.Reply{}, err
	}
	return drawAccount(s, v, o, accountPage{}, http.StatusOK), nil
}

func drawAccount(s *frame.Site, v *frame.Visit, o *account.Own, p accountPage, status int) frame.Reply {
	p.Name, p.TOTP, p.Codes, p.Password = o.Name, o.TOTP, o.RecoveryCodes, o.Password
	p.Passkeys, p.MayPasskey, p.By = o.Passkeys, s.Door.ByPasskey().On(), o.Issuer
	p.Sessions, p.Current = o.Sessions(), o.Current().ID
	if is, ok := person(s, v); ok {
		p.Told = &told{is.ID, is.Language, is.Notify}
	}
	for _, g := range v.Who.Actor.Grants {
		row := roleRow{Role: g.Role.Text(), Unit: g.Unit}
		if !g.Until.IsZero() {
			row.Until = g.Until.In(v.Now.Location()).Format("02/01/2006")
		}
		p.Roles = append(p.Roles, row)
	}
	for _, r := range v.Who.MustEnroll {
		p.MustEnroll = append(p.MustEnroll, r.Text())
	}
	p.Frame = v.Frame(textAccount)
	return frame.Reply{Page: "account", Status: status, Data: p}
}

// ChangeAccount takes a form of the page of the own account.
func ChangeAccount(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	o, err := ownAccount(s, v)
	if err != nil {
		return frame.Reply{}, err
	}
	f, p := v.PostForm, accountPage{}
	switch f.Get("do") {
	case "told":
		return changeTold(s, v)
	case "password":
		if err = o.SetPassword(v.Context(), browser.Visit(v.Request), f.Get("old"), f.Get("password"), v.Now); err == nil {
			return frame.Reply{To: "/account"}, nil
		}
	case "totp":
		var made account.NewTOTP
		if made, err = o.StartTOTP("Lá Chắn"); err == nil {
			p.Made, p.Picture = &made, pictureOf(made.URL)
			return drawAccount(s, v, o, p, http.StatusOK), nil
		}
	case "totp-code":
		return confirmTOTP(s, v, o)
	case "totp-remove":
		if err = o.RemoveTOTP(); err == nil {
			return frame.Reply{To: "/account"}, nil
		}
	case "recovery":
		if p.Recovery, err = o.NewRecovery(); err == nil {
			return drawAccount(s, v, o, p, http.StatusOK), nil
		}
	case "session":
		if err = o.EndSession(f.Get("id")); err == nil {
			return frame.Reply{To: "/account"}, nil
		}
	case "others":
		if err = o.EndOthers(); err == nil {
			return frame.Reply{To: "/account"}, nil
		}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	v.Wrong = frame.WrongOf(err, "old")
	return drawAccount(s, v, o, p, http.StatusUnprocessableEntity), nil
}

// confirmTOTP takes the first code of an app. The session is another one from then on.
func confirmTOTP(s *frame.Site, v *frame.Visit, o *account.Own) (frame.Reply, error) {
	code := strings.TrimSpace(v.PostForm.Get("code"))
	pass, recovery, err := o.ConfirmTOTP(v.Context(), browser.Visit(v.Request), code, v.Now)
	if err != nil {
		v.Wrong = frame.WrongOf(err, "code")
		return drawAccount(s, v, o, accountPage{}, http.StatusUnprocessableEntity), nil
	}
	return enrolled(s, v, &pass, recovery)
}

// enrolled shows the account that has a second factor from now on, with the codes to keep.
func enrolled(s *frame.Site, v *frame.Visit, pass *account.Pass, recovery []string) (frame.Reply, error) {
	now, err := s.Door.Own(v.Context(), pass.Token)
	if err != nil {
		return frame.Reply{}, err
	}
	v.Who.MustEnroll = nil
	rep := drawAccount(s, v, now, accountPage{Recovery: recovery}, http.StatusOK)
	rep.Cookies = browser.Passed(v.Request, pass)
	return rep, nil
}

// pictureOf is the QR code of a key, as the address of a picture; "" if the key is none.
func pictureOf(address string) template.URL {
	const side = 220 // pixels
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return ""
	}
	code, err := key.Image(side, side)
	if err != nil {
		return ""
	}
	var text bytes.Buffer
	if png.Encode(&text, code) != nil {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(text.Bytes()))
}
