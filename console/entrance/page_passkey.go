package entrance

import (
	"net/http"

	"lachan/admin"
	"lachan/admin/account/passkey"
	"lachan/console/browser"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A passkeyPage is the page on which a device is asked for a key: to make one, or to show
// that it has one. It is the only page that needs a script: browsers have no other way.
type passkeyPage struct {
	Frame         frame.Frame
	Action        string // where the answer goes
	Kind          string // create, get
	Options, Kept string
	Next          string
}

func drawPasskey(v *frame.Visit, p passkeyPage, asked passkey.Ceremony, title wording.Text) frame.Reply {
	p.Options, p.Kept, p.Frame = string(asked.Options), asked.Kept, v.Frame(title)
	return frame.Reply{Page: "passkey", Status: http.StatusOK, Data: p}
}

// ChangePasskeys takes the forms of the own account that make a passkey and take one away.
func ChangePasskeys(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	o, err := ownAccount(s, v)
	if err != nil {
		return frame.Reply{}, err
	}
	f := v.PostForm
	switch f.Get("do") {
	case "ask":
		asked, err := o.StartPasskey()
		if err == nil {
			return drawPasskey(v, passkeyPage{Action: "/account/passkey", Kind: "create"}, asked, textNewPasskey), nil
		}
		v.Wrong = frame.WrongOf(err, "passkeys")
	case "answer":
		name, response := f.Get("name"), []byte(f.Get("response"))
		pass, recovery, err := o.FinishPasskey(v.Context(), name, f.Get("kept"), response, v.Now)
		if err == nil {
			return enrolled(s, v, &pass, recovery)
		}
		v.Wrong = frame.WrongOf(err, "passkeys")
	case "remove":
		if err = o.RemovePasskey(f.Get("id")); err == nil {
			return frame.Reply{To: "/account"}, nil
		}
		v.Wrong = frame.WrongOf(err, "passkeys")
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	v.Wrong[0].Field = "passkeys"
	return drawAccount(s, v, o, accountPage{}, http.StatusUnprocessableEntity), nil
}

// LogInByPasskey asks a device whose key it has, and lets its owner in.
func LogInByPasskey(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	next, by := frame.Local(f.Get("next")), s.Door.ByPasskey()
	v.Known = false
	if f.Get("do") != "answer" {
		asked, err := by.Start()
		if err == nil {
			return drawPasskey(v, passkeyPage{Action: "/login/passkey", Kind: "get", Next: next}, asked, textLogin), nil
		}
		v.Wrong = frame.WrongOf(err, "name")
		return drawLogin(v, http.StatusUnprocessableEntity), nil
	}
	pass, err := by.Finish(v.Context(), browser.Visit(v.Request), f.Get("kept"), []byte(f.Get("response")), v.Now)
	if err != nil {
		v.Wrong = frame.WrongOf(err, "name")
		v.Wrong[0].Field = "name"
		return drawLogin(v, http.StatusUnauthorized), nil
	}
	return frame.Reply{To: next, Cookies: browser.Passed(v.Request, &pass)}, nil
}
