package entrance

import (
	"net/http"
	"net/url"
	"strings"

	"lachan/console/browser"
	"lachan/console/frame"
)

// The pages by which somebody comes in: the first start, and the login.

type loginPage struct {
	Frame          frame.Frame
	Next, Name     string
	Provider, Code string
	Passkey        bool // they can work here
}

// AskLogin is the page that asks who it is.
func AskLogin(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	if s.FirstStart() {
		return frame.Reply{To: "/start"}, nil
	}
	return drawLogin(v, http.StatusOK), nil
}

func drawLogin(v *frame.Visit, status int) frame.Reply {
	v.Known = false
	return frame.Reply{Page: "login", Status: status, Data: loginPage{
		Frame: v.Frame(textLogin), Next: frame.Local(v.FormValue("next")), Name: v.PostForm.Get("name"),
		Provider: v.Site.Door.ByProvider().Name(), Passkey: v.Site.Door.ByPasskey().On(),
	}}
}

// LogIn takes the login's form. Who has a second factor and did not show it with the
// password is asked for it.
func LogIn(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	code, next := strings.TrimSpace(f.Get("code")), frame.Local(f.Get("next"))
	pass, err := s.Door.Login(v.Context(), browser.Visit(v.Request), f.Get("name"), f.Get("password"), v.Now)
	if err == nil && pass.NeedsFactor {
		if code == "" {
			to := "/login/second?next=" + url.QueryEscape(next)
			return frame.Reply{To: to, Cookies: browser.Passed(v.Request, &pass)}, nil
		}
		pass, err = s.Door.Second(v.Context(), browser.Visit(v.Request), pass.Token, code, v.Now)
	}
	if err != nil {
		v.Wrong = frame.WrongOf(err, "name")
		return drawLogin(v, http.StatusUnauthorized), nil
	}
	return frame.Reply{To: next, Cookies: browser.Passed(v.Request, &pass)}, nil
}

// AskSecond is the page that asks for the second factor.
func AskSecond(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawSecond(v, http.StatusOK), nil
}

func drawSecond(v *frame.Visit, status int) frame.Reply {
	v.Known = false
	p := loginPage{Frame: v.Frame(textSecond), Next: frame.Local(v.FormValue("next")), Passkey: v.Site.Door.ByPasskey().On()}
	return frame.Reply{Page: "second", Status: status, Data: p}
}

// ShowSecond takes the second factor.
func ShowSecond(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	code := strings.TrimSpace(v.PostForm.Get("code"))
	token := browser.Cookie(v.Request, browser.Session)
	pass, err := s.Door.Second(v.Context(), browser.Visit(v.Request), token, code, v.Now)
	if err != nil {
		v.Wrong = frame.WrongOf(err, "code")
		return drawSecond(v, http.StatusUnauthorized), nil
	}
	return frame.Reply{To: frame.Local(v.PostForm.Get("next")), Cookies: browser.Passed(v.Request, &pass)}, nil
}

// AskPassword is the page on which a new account, or one that was reset, gets a password.
func AskPassword(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawInvited(v, http.StatusOK), nil
}

func drawInvited(v *frame.Visit, status int) frame.Reply {
	v.Known = false
	return frame.Reply{Page: "invited", Status: status, Data: loginPage{
		Frame: v.Frame(textInvited), Name: v.FormValue("name"), Code: v.FormValue("code"),
	}}
}

// RedeemCode takes the new password.
func RedeemCode(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	code := strings.TrimSpace(f.Get("code"))
	pass, err := s.Door.Redeem(v.Context(), browser.Visit(v.Request), f.Get("name"), code, f.Get("password"), v.Now)
	if err != nil {
		v.Wrong = frame.WrongOf(err, "code")
		return drawInvited(v, http.StatusUnprocessableEntity), nil
	}
	return frame.Reply{To: "/", Cookies: browser.Passed(v.Request, &pass)}, nil
}

// LogOut ends the session.
func LogOut(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	if token := browser.Cookie(v.Request, browser.Session); token != "" {
		if err := s.Door.Logout(token); err != nil {
			return frame.Reply{}, err
		}
	}
	return frame.Reply{To: "/login", Cookies: []*http.Cookie{browser.NewCookie(v.Request, browser.Session, "", -1)}}, nil
}

// ShowStart is the page of the first start: an account, by the code on the terminal.
func ShowStart(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	if !s.FirstStart() {
		return frame.Reply{To: "/"}, nil
	}
	return drawStart(v, http.StatusOK), nil
}

func drawStart(v *frame.Visit, status int) frame.Reply {
	v.Known = false
	return frame.Reply{Page: "start", Status: status, Data: loginPage{
		Frame: v.Frame(textStart), Name: v.PostForm.Get("name"), Code: v.FormValue("code"),
	}}
}

// BeginFirst makes the first account.
func BeginFirst(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	if !s.FirstStart() {
		return frame.Reply{To: "/login"}, nil
	}
	f := v.PostForm
	code := strings.TrimSpace(f.Get("code"))
	pass, err := s.Door.First(v.Context(), browser.Visit(v.Request), code, f.Get("name"), f.Get("password"), v.Now)
	if err == nil {
		err = s.Found(v.Context(), pass.Account)
	}
	if err != nil {
		v.Wrong = frame.WrongOf(err, "code")
		return drawStart(v, http.StatusUnprocessableEntity), nil
	}
	return frame.Reply{To: "/start/school", Cookies: browser.Passed(v.Request, &pass)}, nil
}
