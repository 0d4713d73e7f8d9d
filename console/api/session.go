package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"lachan/admin/account"
)

// Sessions are of people: a cookie that a password, or a code, has bought. Programs have
// tokens.

// The names of cookies. Where there is TLS their names have the prefix that keeps other
// hosts of the domain from setting them.
const (
	sessionCookie = "lachan"
	deviceCookie  = "lachan-device"
	hostPrefix    = "__Host-"
	deviceKept    = 365 * 24 * 60 * 60 // seconds
)

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
	token := cookieOf(r, sessionCookie)
	if token == "" {
		return actor, false
	}
	e, err := d.BySession(r.Context(), token)
	e.Actor.Via = "api"
	return e.Actor, err == nil
}

// cookieOf is a cookie of ours, "" if there is none. Over TLS only that with the prefix
// counts.
func cookieOf(r *http.Request, name string) string {
	if r.TLS != nil {
		name = hostPrefix + name
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie is a cookie of ours; of no age it ends with the browser, of less than none at once.
func cookie(r *http.Request, name, value string, age int) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if r.TLS != nil {
		c.Name, c.Secure = hostPrefix+name, true
	}
	return c
}

// visit is from where a request comes.
func visit(r *http.Request) account.Visit {
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // none on the control socket
	return account.Visit{From: from.Addr().Unmap().WithZone(""), Device: cookieOf(r, deviceCookie)}
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
	p, err := a.Door.Login(c.Context(), visit(c.Request), b.Name, b.Password, c.now)
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
	p, err := a.Door.Second(c.Context(), visit(c.Request), cookieOf(c.Request, sessionCookie), b.Code, c.now)
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
	p, err := a.Door.Redeem(c.Context(), visit(c.Request), b.Name, b.Code, b.Password, c.now)
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
		cookies: []*http.Cookie{cookie(c.Request, sessionCookie, p.Token, 0)},
	}
	if p.Device != "" {
		rep.cookies = append(rep.cookies, cookie(c.Request, deviceCookie, p.Device, deviceKept))
	}
	return rep, nil
}

func showSession(a *API, c *call) (reply, error) {
	s := Session{
		ID: c.actor.ID, Name: c.actor.Name, Via: c.actor.Via, Roles: grantsOf(c.actor.Grants),
		Machine: c.actor.Machine, Scopes: c.actor.Scopes, Within: c.actor.Within,
	}
	if token := cookieOf(c.Request, sessionCookie); token != "" && c.Header.Get("Authorization") == "" {
		if e, err := a.Door.BySession(c.Context(), token); err == nil {
			s.MustEnroll, s.Until = e.MustEnroll, moment(e.Session.Until)
		}
	}
	return reply{body: s}, nil
}

func logOut(a *API, c *call) (reply, error) {
	if token := cookieOf(c.Request, sessionCookie); token != "" {
		if err := a.Door.Logout(token); err != nil {
			return reply{}, err
		}
	}
	return reply{cookies: []*http.Cookie{cookie(c.Request, sessionCookie, "", -1)}}, nil
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
