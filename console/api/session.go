package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/console/browser"
)

// Sessions are of people: a cookie that a password, or a code, has bought. Programs have
// tokens.

// A Door lets people in: *account.Door.
type Door interface {
	BySession(ctx context.Context, token string) (account.Entrance, error)
	ByToken(text string, now time.Time) (account.Actor, error)
	Login(ctx context.Context, v account.Visit, name, password string, now time.Time) (account.Pass, error)
	Second(ctx context.Context, v account.Visit, token, code string, now time.Time) (account.Pass, error)
	Redeem(ctx context.Context, v account.Visit, name, code, password string, now time.Time) (account.Pass, error)
	ByProvider() *account.ByProvider
	ByPasskey() *account.ByPasskey
	Logout(token string) error
	Own(ctx context.Context, token string) (*account.Own, error)
}

// Identify is who sends a request, by a token or a session that it shows; known is false
// if it shows neither, or one that is not valid. A token that is wrong is not made good by
// a cookie beside it.
func Identify(d Door, r *http.Request, now time.Time) (actor account.Actor, known bool) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return actor, false
		}
		actor, err := d.ByToken(strings.TrimSpace(token), now)
		return actor, err == nil
	}
	token := browser.Cookie(r, browser.Session)
	if token == "" {
		return actor, false
	}
	e, err := d.BySession(r.Context(), token)
	e.Actor.Via = "api"
	return e.Actor, err == nil
}

// A Session is somebody who is in.
type Session struct {
	ID    string  `json:"id"` // of the account
	Name  string  `json:"name"`
	Via   string  `json:"via"`
	Roles []Grant `json:"roles"`
	// Machine may do everything.
	Machine bool `json:"machine,omitempty"`
	// Scopes and Within restrict a token.
	Scopes []account.Right `json:"scopes,omitempty"`
	Within string          `json:"within,omitempty"`
	// NeedsFactor means that nothing may be done before the second factor.
	NeedsFactor bool `json:"needs_factor,omitempty"`
	// MustEnroll are roles that hold only with a second factor, which there is not.
	MustEnroll []account.Role `json:"must_enroll,omitempty"`
	// Until is when the session ends if nothing is asked.
	Until *time.Time `json:"until,omitempty"`
}

// A Grant is a role over a unit.
type Grant struct {
	Role  string     `json:"role"`
	Unit  string     `json:"unit"`
	Until *time.Time `json:"until,omitempty"` // absent: it has no end
}

func grantsOf(list []account.Grant) []Grant {
	out := []Grant{}
	for _, g := range list {
		out = append(out, Grant{string(g.Role), g.Unit, moment(g.Until)})
	}
	return out
}

// sessionRoutes are the routes by which people come in and leave.
func sessionRoutes() []route {
	return []route{
		{pattern: "POST /api/v1/session", open: true, serve: logIn},
		{pattern: "POST /api/v1/session/second", open: true, serve: showSecond},
		{pattern: "POST /api/v1/session/redeem", open: true, serve: redeem},
		{pattern: "POST /api/v1/session/first", open: true, serve: makeFirst},
		{pattern: "GET /api/v1/session", serve: showSession},
		{pattern: "DELETE /api/v1/session", open: true, serve: logOut},
	}
}

type loginBody struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

func logIn(a *API, c *call) (reply, error) {
	b, err := decode[loginBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, err := a.Door.Login(c.Context(), browser.Visit(c.Request), b.Name, b.Password, c.now)
	return passed(c, p, err)
}

type secondBody struct {
	Code string `json:"code"`
}

func showSecond(a *API, c *call) (reply, error) {
	b, err := decode[secondBody](c.text)
	if err != nil {
		return reply{}, err
	}
	token := browser.Cookie(c.Request, browser.Session)
	p, err := a.Door.Second(c.Context(), browser.Visit(c.Request), token, b.Code, c.now)
	return passed(c, p, err)
}

type redeemBody struct {
	Name     string `json:"name"`
	Code     string `json:"code"`
	Password string `json:"password"`
}

func redeem(a *API, c *call) (reply, error) {
	b, err := decode[redeemBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, err := a.Door.Redeem(c.Context(), browser.Visit(c.Request), b.Name, b.Code, b.Password, c.now)
	return passed(c, p, err)
}

// makeFirst makes the first account of a server, by the code that its terminal shows: the
// body is that of redeem.
func makeFirst(a *API, c *call) (reply, error) {
	b, err := decode[redeemBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, err := a.First(c.Context(), browser.Visit(c.Request), strings.TrimSpace(b.Code), b.Name, b.Password, c.now)
	return passed(c, p, err)
}

// passed is the answer to somebody who was let in, or why they were not.
func passed(c *call, p account.Pass, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	rep := reply{
		body: Session{
			ID: p.Account.ID, Name: p.Account.Name, Via: "api", Roles: []Grant{}, NeedsFactor: p.NeedsFactor,
			MustEnroll: p.MustEnroll, Until: moment(p.Session.Until),
		},
		cookies: browser.Passed(c.Request, &p),
	}
	return rep, nil
}

func showSession(a *API, c *call) (reply, error) {
	s := Session{
		ID: c.actor.ID, Name: c.actor.Name, Via: c.actor.Via, Roles: grantsOf(c.actor.Grants),
		Machine: c.actor.Machine, Scopes: c.actor.Scopes, Within: c.actor.Within,
	}
	if token := browser.Cookie(c.Request, browser.Session); token != "" && c.Header.Get("Authorization") == "" {
		if e, err := a.Door.BySession(c.Context(), token); err == nil {
			s.MustEnroll, s.Until = e.MustEnroll, moment(e.Session.Until)
		}
	}
	return reply{body: s}, nil
}

func logOut(a *API, c *call) (reply, error) {
	if token := browser.Cookie(c.Request, browser.Session); token != "" {
		if err := a.Door.Logout(token); err != nil {
			return reply{}, err
		}
	}
	return reply{cookies: []*http.Cookie{browser.NewCookie(c.Request, browser.Session, "", -1)}}, nil
}

// refusalOfDoor is what the door refuses, as a problem; nil if it is none of its refusals.
func refusalOfDoor(err error) *Problem {
	refused := (*account.Refusal)(nil)
	if !errors.As(err, &refused) {
		return nil
	}
	status := http.StatusUnprocessableEntity
	switch refused.Kind {
	case account.Wrong, account.Ended:
		status = http.StatusUnauthorized
	case account.TooSoon:
		status = http.StatusTooManyRequests
	case account.Denied:
		status = http.StatusForbidden
	case account.NotThere, account.Off:
		status = http.StatusNotFound
	case account.Taken:
		status = http.StatusConflict
	case account.Full:
		status = http.StatusInsufficientStorage
	}
	p := problem(status, string(refused.Kind), refused.Text)
	p.Field, p.retry = refused.Field, refused.Wait
	return p
}
