package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/browser"
	"lachan/internal/wording"
)

// The pages by which somebody comes in: the first start, and the login.

type loginPage struct {
	Frame          frame
	Next, Name     string
	Provider, Code string
}

// askLogin is the page that asks who it is.
func askLogin(s *Site, v *visit) (reply, error) {
	if s.FirstStart() {
		return reply{to: "/start"}, nil
	}
	return v.loginPage(http.StatusOK), nil
}

func (v *visit) loginPage(status int) reply {
	v.known = false
	return reply{page: "login", status: status, data: loginPage{
		Frame: v.frame(textLogin), Next: local(v.FormValue("next")), Name: v.PostForm.Get("name"),
	}}
}

// logIn takes the login's form. Who has a second factor and did not show it with the
// password is asked for it.
func logIn(s *Site, v *visit) (reply, error) {
	f := v.PostForm
	code, next := strings.TrimSpace(f.Get("code")), local(f.Get("next"))
	pass, err := s.Door.Login(v.Context(), browser.Visit(v.Request), f.Get("name"), f.Get("password"), v.now)
	if err == nil && pass.NeedsFactor {
		if code == "" {
			return reply{to: "/login/second?next=" + url.QueryEscape(next), cookies: browser.Passed(v.Request, &pass)}, nil
		}
		pass, err = s.Door.Second(v.Context(), browser.Visit(v.Request), pass.Token, code, v.now)
	}
	if err != nil {
		v.wrong = wrongOf(err, "name")
		return v.loginPage(http.StatusUnauthorized), nil
	}
	return reply{to: next, cookies: browser.Passed(v.Request, &pass)}, nil
}

// askSecond is the page that asks for the second factor.
func askSecond(s *Site, v *visit) (reply, error) { return v.secondPage(http.StatusOK), nil }

func (v *visit) secondPage(status int) reply {
	v.known = false
	return reply{page: "second", status: status, data: loginPage{Frame: v.frame(textSecond), Next: local(v.FormValue("next"))}}
}

// showSecond takes the second factor.
func showSecond(s *Site, v *visit) (reply, error) {
	code := strings.TrimSpace(v.PostForm.Get("code"))
	token := browser.Cookie(v.Request, browser.Session)
	pass, err := s.Door.Second(v.Context(), browser.Visit(v.Request), token, code, v.now)
	if err != nil {
		v.wrong = wrongOf(err, "code")
		return v.secondPage(http.StatusUnauthorized), nil
	}
	return reply{to: local(v.PostForm.Get("next")), cookies: browser.Passed(v.Request, &pass)}, nil
}

// askPassword is the page on which a new account, or one that was reset, gets a password.
func askPassword(s *Site, v *visit) (reply, error) { return v.invitedPage(http.StatusOK), nil }

func (v *visit) invitedPage(status int) reply {
	v.known = false
	return reply{page: "invited", status: status, data: loginPage{
		Frame: v.frame(textInvited), Name: v.FormValue("name"), Code: v.FormValue("code"),
	}}
}

// redeemCode takes the new password.
func redeemCode(s *Site, v *visit) (reply, error) {
	f := v.PostForm
	code := strings.TrimSpace(f.Get("code"))
	pass, err := s.Door.Redeem(v.Context(), browser.Visit(v.Request), f.Get("name"), code, f.Get("password"), v.now)
	if err != nil {
		v.wrong = wrongOf(err, "code")
		return v.invitedPage(http.StatusUnprocessableEntity), nil
	}
	return reply{to: "/", cookies: browser.Passed(v.Request, &pass)}, nil
}

func logOut(s *Site, v *visit) (reply, error) {
	if token := browser.Cookie(v.Request, browser.Session); token != "" {
		if err := s.Door.Logout(token); err != nil {
			return reply{}, err
		}
	}
	return reply{to: "/login", cookies: []*http.Cookie{browser.NewCookie(v.Request, browser.Session, "", -1)}}, nil
}

// showStart is the page of the first start: an account, by the code on the terminal.
func showStart(s *Site, v *visit) (reply, error) {
	if !s.FirstStart() {
		return reply{to: "/"}, nil
	}
	return v.startPage(http.StatusOK), nil
}

func (v *visit) startPage(status int) reply {
	v.known = false
	return reply{page: "start", status: status, data: loginPage{
		Frame: v.frame(textStart), Name: v.PostForm.Get("name"), Code: v.FormValue("code"),
	}}
}

// beginFirst makes the first account.
func beginFirst(s *Site, v *visit) (reply, error) {
	if !s.FirstStart() {
		return reply{to: "/login"}, nil
	}
	f := v.PostForm
	code := strings.TrimSpace(f.Get("code"))
	pass, err := s.Door.First(v.Context(), browser.Visit(v.Request), code, f.Get("name"), f.Get("password"), v.now)
	if err == nil {
		err = s.Found(v.Context(), pass.Account)
	}
	if err != nil {
		v.wrong = wrongOf(err, "code")
		return v.startPage(http.StatusUnprocessableEntity), nil
	}
	return reply{to: "/start/school", cookies: browser.Passed(v.Request, &pass)}, nil
}

// wrongOf is what an error says is wrong with a form, at its field or at a usual one.
func wrongOf(err error, field string) []wrong {
	var r *admin.Refusal
	var p *account.Refusal
	switch {
	case errors.As(err, &r) && r.Field != "":
		field = r.Field
	case errors.As(err, &p) && p.Field != "":
		field = p.Field
	}
	return []wrong{{field, wording.Of(err)}}
}

// local is a path of this site; "/" for anything else.
func local(path string) string {
	u, err := url.Parse(path)
	own := strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, `\`)
	if err != nil || u.IsAbs() || u.Host != "" || !own {
		return "/"
	}
	return path
}
