package entrance

import (
	"errors"
	"net/http"

	"lachan/admin/account"
	"lachan/console/browser"
	"lachan/console/frame"
)

// The way in by a provider of OpenID Connect.

// StartProvider sends the browser to the provider. It is a link, since a form of these pages
// leads nowhere else.
func StartProvider(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	to, kept, err := s.Door.ByProvider().Start(v.Context(), v.Now)
	if err != nil {
		return refusedByProvider(v, err)
	}
	begun := browser.NewCookie(v.Request, browser.Login, kept, browser.LoginKept)
	return frame.Reply{To: to, Cookies: []*http.Cookie{begun}}, nil
}

// FinishProvider is where the provider sends the browser back to. Those who may nothing are
// told whom to ask.
func FinishProvider(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	query, kept := v.URL.Query(), browser.Cookie(v.Request, browser.Login)
	pass, err := s.Door.ByProvider().Finish(
		v.Context(), browser.Visit(v.Request), query.Get("state"), query.Get("code"), kept, v.Now)
	if err != nil {
		return refusedByProvider(v, err)
	}
	to := "/"
	if pass.NeedsFactor {
		to = "/login/second"
	}
	done := browser.NewCookie(v.Request, browser.Login, "", -1)
	return frame.Reply{To: to, Cookies: append(browser.Passed(v.Request, &pass), done)}, nil
}

// refusedByProvider is the login again, with what is wrong; another error is one of the
// server.
func refusedByProvider(v *frame.Visit, err error) (frame.Reply, error) {
	var refused *account.Refusal
	if !errors.As(err, &refused) {
		return frame.Reply{}, err
	}
	v.Wrong = []frame.Wrong{{Field: "name", Text: refused.Text}}
	return drawLogin(v, http.StatusForbidden), nil
}
