package api

import (
	"encoding/json"
	"net/http"

	"lachan/admin/account"
	"lachan/admin/account/passkey"
	"lachan/console/browser"
)

// Ways in other than a password: a provider of OpenID Connect, the key of a device.

// entranceRoutes are the routes of these ways.
func entranceRoutes() []route {
	return []route{
		{pattern: "POST /api/v1/session/oidc", open: true, serve: startProvider},
		{pattern: "GET /api/v1/session/oidc", open: true, serve: finishProvider},
		{pattern: "POST /api/v1/session/passkey", open: true, serve: askPasskey},
		{pattern: "POST /api/v1/session/passkey/answer", open: true, serve: answerPasskey},
		{pattern: "POST /api/v1/session/second/passkey", open: true, serve: askSecond},
		{pattern: "POST /api/v1/session/second/passkey/answer", open: true, serve: answerSecond},
		{pattern: "POST /api/v1/account/passkeys", serve: own(askNewPasskey)},
		{pattern: "POST /api/v1/account/passkeys/answer", serve: own(answerNewPasskey)},
	}
}

// A Start is where the browser has to go.
type Start struct {
	URL string `json:"url"`
}

func startProvider(a *API, c *call) (reply, error) {
	url, kept, err := a.Door.ByProvider().Start(c.Context(), c.now)
	if err != nil {
		return reply{}, err
	}
	keep := browser.NewCookie(c.Request, browser.Login, kept, browser.LoginKept)
	return reply{body: Start{url}, cookies: []*http.Cookie{keep}}, nil
}

// finishProvider is where the provider sends the browser back to.
func finishProvider(a *API, c *call) (reply, error) {
	query, kept := c.URL.Query(), browser.Cookie(c.Request, browser.Login)
	p, err := a.Door.ByProvider().Finish(
		c.Context(), browser.Visit(c.Request), query.Get("state"), query.Get("code"), kept, c.now)
	rep, err := passed(c, p, err)
	if err == nil {
		rep.cookies = append(rep.cookies, browser.NewCookie(c.Request, browser.Login, "", -1))
	}
	return rep, err
}

// A Ceremony is what a device is asked for.
type Ceremony struct {
	Options json.RawMessage `json:"options"` // for navigator.credentials
	Kept    string          `json:"kept"`    // to be sent back with the answer
}

func ceremony(asked passkey.Ceremony, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	return reply{body: Ceremony{asked.Options, asked.Kept}, secret: true}, nil
}

type deviceBody struct {
	Name     string          `json:"name"` // of a new key
	Kept     string          `json:"kept"`
	Response json.RawMessage `json:"response"` // of the device
}

func askPasskey(a *API, _ *call) (reply, error) { return ceremony(a.Door.ByPasskey().Start()) }

func answerPasskey(a *API, c *call) (reply, error) {
	b, err := decode[deviceBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, err := a.Door.ByPasskey().Finish(c.Context(), browser.Visit(c.Request), b.Kept, b.Response, c.now)
	return passed(c, p, err)
}

func askSecond(a *API, c *call) (reply, error) {
	return ceremony(a.Door.ByPasskey().StartSecond(c.Context(), browser.Cookie(c.Request, browser.Session)))
}

func answerSecond(a *API, c *call) (reply, error) {
	b, err := decode[deviceBody](c.text)
	if err != nil {
		return reply{}, err
	}
	token := browser.Cookie(c.Request, browser.Session)
	p, err := a.Door.ByPasskey().FinishSecond(c.Context(), browser.Visit(c.Request), token, b.Kept, b.Response, c.now)
	return passed(c, p, err)
}

func askNewPasskey(_ *API, _ *call, o *account.Own) (reply, error) { return ceremony(o.StartPasskey()) }

func answerNewPasskey(_ *API, c *call, o *account.Own) (reply, error) {
	b, err := decode[deviceBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, recovery, err := o.FinishPasskey(c.Context(), b.Name, b.Kept, b.Response, c.now)
	if err != nil {
		return reply{}, err
	}
	return reply{
		body: Codes{Recovery: recovery}, secret: true,
		cookies: []*http.Cookie{browser.NewCookie(c.Request, browser.Session, p.Token, 0)},
	}, nil
}
