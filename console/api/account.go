package api

import (
	"context"
	"net/http"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/account/session"
	"lachan/console/browser"
)

// Accounts: one's own, and those of others. What they may is the desk's to decide; by what
// they are entered is the door's.

// People shows accounts to those who may see them.
type People interface {
	// Accounts are those of a unit and below it that the actor may see, by id.
	Accounts(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]Account, error)
	// Tokens are those of an account, without what proves them.
	Tokens(ctx context.Context, by account.Actor, account string) ([]Token, error)
	// ID is the id of the account of a name; the name itself if there is none.
	ID(name string) string
}

// An Account is somebody who may log in.
type Account struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Unit     string  `json:"unit"`
	Language string  `json:"language,omitempty"`
	Notify   string  `json:"notify,omitempty"`
	Grants   []Grant `json:"grants"`
	Seq      uint64  `json:"seq"` // of the record that set it
}

// A Token is what a program shows.
type Token struct {
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Scopes []account.Right `json:"scopes"`
	Unit   string          `json:"unit"`
	Until  time.Time       `json:"until"`
	Used   string          `json:"used,omitempty"` // the day of the last use
}

// An Own is one's own account.
type Own struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Password      bool      `json:"password"`
	TOTP          bool      `json:"totp"`
	Passkeys      []Passkey `json:"passkeys"`
	RecoveryCodes int       `json:"recovery_codes"` // not used yet
	Issuer        string    `json:"issuer,omitempty"`
}

// A Passkey is a key that one is let in by.
type Passkey struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Login is a session of one's own.
type Login struct {
	ID      string    `json:"id"`
	By      string    `json:"by"` // password, passkey, oidc, code
	Strong  bool      `json:"strong"`
	Begun   time.Time `json:"begun"`
	Seen    time.Time `json:"seen"`
	Current bool      `json:"current"`
}

// Codes are shown once.
type Codes struct {
	Secret   string   `json:"secret,omitempty"` // of an app for codes
	URL      string   `json:"url,omitempty"`
	Recovery []string `json:"recovery,omitempty"`
}

// accountRoutes are the routes of accounts that decide nothing.
func accountRoutes() []route {
	return []route{
		{pattern: "GET /api/v1/accounts", serve: showAccounts},
		{pattern: "GET /api/v1/accounts/{id}", serve: showAccount},
		{pattern: "GET /api/v1/accounts/{id}/tokens", serve: showTokens},
		{pattern: "GET /api/v1/account", serve: own(showOwn)},
		{pattern: "POST /api/v1/account/password", serve: own(setPassword)},
		{pattern: "POST /api/v1/account/totp", serve: own(startTOTP)},
		{pattern: "POST /api/v1/account/totp/confirm", serve: own(confirmTOTP)},
		{pattern: "DELETE /api/v1/account/totp", serve: own(removeTOTP)},
		{pattern: "POST /api/v1/account/recovery", serve: own(newRecovery)},
		{pattern: "DELETE /api/v1/account/passkeys/{id}", serve: own(removePasskey)},
		{pattern: "GET /api/v1/account/sessions", serve: own(showSessions)},
		{pattern: "DELETE /api/v1/account/sessions/{id}", serve: own(endSession)},
	}
}

func showAccounts(a *API, c *call) (reply, error) {
	same := func(x *Account) Account { x.Grants = orEmpty(x.Grants); return *x }
	read := func(f admin.Filter, p admin.Page) ([]Account, error) {
		if err := a.Desk.Known(c.Context(), c.actor, f.Unit); err != nil {
			return nil, err
		}
		return a.People.Accounts(c.Context(), c.actor, f, p)
	}
	return rows(c, same, func(x *Account) string { return x.ID }, read)
}

func showAccount(a *API, c *call) (reply, error) {
	id := c.account()
	found, err := a.People.Accounts(c.Context(), c.actor, admin.Filter{Name: id}, admin.Page{Limit: mostPage})
	if err != nil {
		return reply{}, err
	}
	for i := range found {
		if found[i].ID == id {
			found[i].Grants = orEmpty(found[i].Grants)
			return reply{body: found[i], tag: found[i].Seq}, nil
		}
	}
	return reply{}, notFound(textNoAccount.With(id))
}

func showTokens(a *API, c *call) (reply, error) {
	found, err := a.People.Tokens(c.Context(), c.actor, c.account())
	return reply{body: Page[Token]{Items: orEmpty(found)}}, err
}

// account is the id of the account in the path, which may be told by its name.
func (c *call) account() string { return c.named(c.PathValue("id")) }

// own is what a route does that is of one's own account: only somebody who is logged in
// may, no token and not the machine.
func own(do func(*API, *call, *account.Own) (reply, error)) func(*API, *call) (reply, error) {
	return func(a *API, c *call) (reply, error) {
		token := browser.Cookie(c.Request, browser.Session)
		if token == "" || c.Header.Get("Authorization") != "" || c.actor.Machine {
			return reply{}, problem(http.StatusForbidden, "no-session", textNoSession)
		}
		o, err := a.Door.Own(c.Context(), token)
		if err != nil {
			return reply{}, err
		}
		return do(a, c, o)
	}
}

func showOwn(_ *API, _ *call, o *account.Own) (reply, error) {
	shown := Own{
		ID: o.ID, Name: o.Name, Password: o.Password, TOTP: o.TOTP, Passkeys: []Passkey{},
		RecoveryCodes: o.RecoveryCodes, Issuer: o.Issuer,
	}
	for _, k := range o.Passkeys {
		shown.Passkeys = append(shown.Passkeys, Passkey{k.ID, k.Name})
	}
	return reply{body: shown}, nil
}

type passwordBody struct {
	Old      string `json:"old"`
	Password string `json:"password"`
}

func setPassword(_ *API, c *call, o *account.Own) (reply, error) {
	b, err := decode[passwordBody](c.text)
	if err != nil {
		return reply{}, err
	}
	return reply{}, o.SetPassword(c.Context(), browser.Visit(c.Request), b.Old, b.Password, c.now)
}

// issuer is what apps for codes call this program.
const issuer = "Lá Chắn"

func startTOTP(_ *API, _ *call, o *account.Own) (reply, error) {
	made, err := o.StartTOTP(issuer)
	return reply{body: Codes{Secret: made.Secret, URL: made.URL}, secret: true}, err
}

func confirmTOTP(_ *API, c *call, o *account.Own) (reply, error) {
	b, err := decode[secondBody](c.text)
	if err != nil {
		return reply{}, err
	}
	p, recovery, err := o.ConfirmTOTP(c.Context(), browser.Visit(c.Request), b.Code, c.now)
	if err != nil {
		return reply{}, err
	}
	return reply{
		body: Codes{Recovery: recovery}, secret: true,
		cookies: []*http.Cookie{browser.NewCookie(c.Request, browser.Session, p.Token, 0)},
	}, nil
}

func removeTOTP(_ *API, _ *call, o *account.Own) (reply, error) { return reply{}, o.RemoveTOTP() }

func newRecovery(_ *API, _ *call, o *account.Own) (reply, error) {
	codes, err := o.NewRecovery()
	return reply{body: Codes{Recovery: codes}, secret: true}, err
}

func removePasskey(_ *API, c *call, o *account.Own) (reply, error) {
	return reply{}, o.RemovePasskey(c.PathValue("id"))
}

func showSessions(_ *API, _ *call, o *account.Own) (reply, error) {
	p := Page[Login]{Items: []Login{}}
	for _, s := range o.Sessions() {
		p.Items = append(p.Items, loginOf(&s, s.ID == o.Current().ID))
	}
	return reply{body: p}, nil
}

func loginOf(s *session.Session, current bool) Login {
	return Login{ID: s.ID, By: s.By, Strong: s.Strong, Begun: s.Begun, Seen: s.Seen, Current: current}
}

func endSession(_ *API, c *call, o *account.Own) (reply, error) {
	return reply{}, o.EndSession(c.PathValue("id"))
}

// A RoleFacts is a role that can be granted, with the rights that it has over some unit.
type RoleFacts struct {
	Role         string   `json:"role"`
	VI           string   `json:"vi"`
	EN           string   `json:"en"`
	Rights       []string `json:"rights"`
	SecondFactor bool     `json:"second_factor"`
	TwoPeople    bool     `json:"two_people"` // granting it takes them
}

// Roles are all that can be granted.
func Roles() (list []RoleFacts) {
	for _, r := range account.Roles() {
		one := RoleFacts{
			Role: string(r), VI: r.Text().VI, EN: r.Text().EN,
			SecondFactor: r.NeedsSecondFactor(), TwoPeople: r.NeedsSecondPerson(),
		}
		for _, right := range account.Rights() {
			if r.Has(right) {
				one.Rights = append(one.Rights, string(right))
			}
		}
		list = append(list, one)
	}
	return list
}
