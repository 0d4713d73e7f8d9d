package admin

import (
	"context"
	"encoding/json"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/internal/printable"
)

// Accounts, grants, tokens: who they are and what they may is public, and here. What
// proves who somebody is stays with Accounts.

// Accounts keep the secrets of people.
type Accounts interface {
	// Create makes an account, and a code by which its owner sets a password.
	Create(name string) (id, code string, err error)
	// Reset takes all secrets of an account away, and makes such a code.
	Reset(account string) (code string, err error)
	// End ends an account: its sessions, its tokens, its secrets.
	End(account string) error
	// Issue makes a token of an account, whose text is shown once.
	Issue(by account.Actor, of string, wish account.TokenWish) (id, text string, err error)
	// EndToken ends a token.
	EndToken(token string) error
}

type accountValue struct {
	Name     string `json:"name"`
	Language string `json:"language,omitempty"`
	Notify   string `json:"notify,omitempty"`
	Mail     string `json:"mail,omitempty"`
	Webhook  string `json:"webhook,omitempty"`
	// CodeBy is the account that was last told a code by which this one is entered, CodeAt
	// when: until its owner has used it, that one can come in as this one.
	CodeBy string `json:"code_by,omitempty"`
	CodeAt string `json:"code_at,omitempty"` // RFC 3339
}

// coded is a value whose code an actor is told.
func (v accountValue) coded(q *asking) accountValue {
	v.CodeBy, v.CodeAt = q.by.ID, q.now.Format(time.RFC3339)
	return v
}

type grantValue struct {
	Until string `json:"until,omitempty"`
}

type tokenValue struct {
	Account string          `json:"account"`
	Name    string          `json:"name,omitempty"`
	Scopes  []account.Right `json:"scopes"`
	Within  string          `json:"within,omitempty"`
	Until   string          `json:"until"`
}

var isAccount = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}$`)

// own reports whether people change of their own account how they are told things, and
// nothing else.
func own(q *asking, o *AddAccount) bool {
	unit, there := q.accountUnit(o.ID)
	is, ok := valueOf(q.state, unit, o.ID)
	return there && ok && q.by.ID == o.ID && q.by.Scopes == nil && unit == o.Unit &&
		is.Name == o.Name && is.Mail == o.Mail && is.Webhook == o.Webhook
}

func (o AddAccount) plan(d *Desk, q *asking) (plan, error) {
	if !own(q, &o) { // one's own is where it is: an authority's is below no unit
		if err := q.mayPeople(o.Unit); err != nil {
			return plan{}, err
		}
		if err := q.there(o.Unit); err != nil {
			return plan{}, err
		}
	}
	if unit, ok := q.accountUnit(o.ID); o.ID != "" && ok && unit != o.Unit {
		return plan{}, invalid("id", textAccountThere.With(o.ID))
	}
	if o.ID != "" && !isAccount.MatchString(o.ID) {
		return plan{}, invalid("id", textNoID.With(shown(o.ID)))
	}
	name := printable.Line(o.Name, mostWords)
	if name == "" {
		return plan{}, invalid("name", textNameEmpty)
	}
	value := accountValue{Name: name, Language: o.Language, Notify: o.Notify, Mail: o.Mail, Webhook: o.Webhook}
	if err := value.check(); err != nil {
		return plan{}, err
	}
	if o.ID == "" {
		value = value.coded(q)
	} else if before, ok := valueOf(q.state, o.Unit, o.ID); ok {
		value.CodeBy, value.CodeAt = before.CodeBy, before.CodeAt
	}
	p := planOf(none, q.draft(account.Accounts, "account", o.Unit, "account/"+o.ID, value))
	if o.ID == "" {
		p.first = func(p *plan, out *Outcome) (func(), error) {
			id, code, err := d.parts.Accounts.Create(name)
			p.drafts[0].Object, out.Object, out.Secret = "account/"+id, "account/"+id, code
			return func() { _ = d.parts.Accounts.End(id) }, err // nobody has its code
		}
	}
	return p, nil
}

func (o ResetAccount) plan(d *Desk, q *asking) (plan, error) {
	unit, ok := q.accountUnit(o.ID)
	if !ok || !q.sees(unit) {
		return plan{}, &Refusal{Kind: NotFound, Field: "account", Text: textNoAccount.With(shown(o.ID))}
	}
	if !q.by.MayManage(unit, GrantsOf(q.state, o.ID, q.now.Location()), q.tree, q.now) {
		return plan{}, q.beyond(unit)
	}
	draft := q.draft(account.Accounts, "reset", unit, "account/"+o.ID, nil)
	if value, ok := valueOf(q.state, unit, o.ID); ok {
		draft.New = canonical(value.coded(q))
	}
	p := planOf(none, draft)
	p.done = func(_ context.Context, out *Outcome) (err error) {
		out.Secret, err = d.parts.Accounts.Reset(o.ID)
		return err
	}
	return p, nil
}

// mayPeople is may for accounts, which no token makes.
func (q *asking) mayPeople(unit string) error {
	if q.by.Scopes != nil {
		return &Refusal{Kind: NotAllowed, Text: textNoToken}
	}
	return q.may(account.Accounts, unit)
}

// accountUnit is the unit of an account.
func (q *asking) accountUnit(id string) (unit string, ok bool) {
	for v := range q.state.Kind("account/" + id) {
		if v.Object == "account/"+id && v.New != nil {
			return v.Unit, true
		}
	}
	return "", false
}

// valueOf is what the state says of an account.
func valueOf(state *ledger.State, unit, id string) (value accountValue, ok bool) {
	v, ok := state.Get(unit, "account/"+id)
	ok = ok && v.New != nil && json.Unmarshal(v.New, &value) == nil
	return value, ok
}

// GrantsOf are the roles that an account has by the ledger.
func GrantsOf(state *ledger.State, id string, zone *time.Location) (grants []account.Grant) {
	for v := range state.Kind("grant/" + id + "/") {
		var value grantValue
		if v.New == nil || json.Unmarshal(v.New, &value) != nil {
			continue
		}
		until, err := Moment(value.Until, zone)
		if err != nil {
			continue // it gives nothing
		}
		role := strings.TrimPrefix(v.Object, "grant/"+id+"/")
		grants = append(grants, account.Grant{Account: id, Role: account.Role(role), Unit: v.Unit, Until: until})
	}
	return grants
}

func (o RemoveAccount) plan(d *Desk, q *asking) (plan, error) {
	unit, ok := q.accountUnit(o.ID)
	if !ok || !q.sees(unit) {
		return plan{}, &Refusal{Kind: NotFound, Field: "account", Text: textNoAccount.With(shown(o.ID))}
	}
	grants := GrantsOf(q.state, o.ID, q.now.Location())
	if !q.by.MayManage(unit, grants, q.tree, q.now) {
		return plan{}, q.beyond(unit)
	}
	p := planOf(none, q.draft(account.Accounts, "remove", unit, "account/"+o.ID, nil))
	for _, g := range grants {
		p = p.then(q.draft(account.Accounts, "revoke", g.Unit, "grant/"+o.ID+"/"+string(g.Role), nil))
	}
	for v := range q.state.Kind("token/") {
		var token tokenValue
		if v.New != nil && json.Unmarshal(v.New, &token) == nil && token.Account == o.ID {
			p = p.then(q.draft(account.Accounts, "end-token", v.Unit, v.Object, nil))
		}
	}
	p.done = func(context.Context, *Outcome) error { return d.parts.Accounts.End(o.ID) }
	return p, nil
}

// beyond refuses what is beyond the actor's own role.
func (q *asking) beyond(unit string) error {
	who := account.WhoMay(account.Accounts, unit, q.tree)
	return &Refusal{Kind: NotAllowed, Text: textBeyond.With(place(unit)), WhoMay: who}
}

func (o GrantRole) plan(_ *Desk, q *asking) (plan, error) {
	if _, ok := q.accountUnit(o.Account); !ok {
		return plan{}, &Refusal{Kind: NotFound, Field: "account", Text: textNoAccount.With(shown(o.Account))}
	}
	if _, known := account.ParseRole(string(o.Role)); !known {
		return plan{}, invalid("role", textNoRole.With(shown(string(o.Role))))
	}
	if err := q.there(o.Unit); err != nil {
		return plan{}, err
	}
	if !q.by.MayGrant(o.Role, o.Unit, q.tree, q.now) {
		return plan{}, q.beyond(o.Unit)
	}
	if until, err := Moment(o.Until, q.now.Location()); err != nil || o.Until != "" && !until.After(q.now) {
		return plan{}, invalid("until", textUntil.With(shown(o.Until)))
	}
	object := "grant/" + o.Account + "/" + string(o.Role)
	p := planOf(none, q.draft(account.Accounts, "grant", o.Unit, object, grantValue{o.Until}))
	p.second = o.Role.NeedsSecondPerson()
	return p, nil
}

func (o RevokeRole) plan(_ *Desk, q *asking) (plan, error) {
	object := "grant/" + o.Account + "/" + string(o.Role)
	if v, ok := q.state.Get(o.Unit, object); !ok || v.New == nil || !q.sees(o.Unit) {
		return plan{}, &Refusal{Kind: NotFound, Field: "role", Text: textNoGrant.With(shown(o.Account), place(o.Unit))}
	}
	if !q.by.MayGrant(o.Role, o.Unit, q.tree, q.now) {
		return plan{}, q.beyond(o.Unit)
	}
	return planOf(none, q.draft(account.Accounts, "revoke", o.Unit, object, nil)), nil
}

// How long tokens last.
const (
	tokenDays     = 90
	mostTokenDays = 365
)

func (o IssueToken) plan(d *Desk, q *asking) (plan, error) {
	id, unit, err := q.owner(o.Account)
	if err != nil {
		return plan{}, err
	}
	if len(o.Scopes) == 0 {
		o.Scopes = account.ReadOnly()
	}
	for _, right := range o.Scopes {
		if _, known := account.ParseRight(string(right)); !known {
			return plan{}, invalid("scopes", textNoRight.With(shown(string(right)), rightsText()))
		}
		if id != q.by.ID && !q.by.Machine && !slices.Contains(account.ReadOnly(), right) {
			return plan{}, invalid("scopes", textTokenOfOther.With(right.Text()))
		}
	}
	if err := q.there(o.Unit); err != nil {
		return plan{}, err
	}
	last := q.now.AddDate(0, 0, tokenDays)
	if o.Until == "" {
		o.Until = last.Format(time.DateOnly)
	}
	until, err := Moment(o.Until, q.now.Location())
	if err != nil || !until.After(q.now) || until.After(q.now.AddDate(0, 0, mostTokenDays)) {
		return plan{}, invalid("until", textTokenEnd.With(shown(o.Until)))
	}
	name := printable.Line(o.Name, mostWords)
	if name == "" {
		return plan{}, invalid("name", textTokenName)
	}
	value := tokenValue{id, name, o.Scopes, o.Unit, o.Until}
	p := planOf(none, q.draft(account.Accounts, "token", unit, "token/", value))
	p.first = func(p *plan, out *Outcome) (func(), error) {
		wish := account.TokenWish{Name: name, Scopes: o.Scopes, Unit: o.Unit, Until: until}
		token, text, err := d.parts.Accounts.Issue(q.by, id, wish)
		p.drafts[0].Object, out.Object, out.Secret = "token/"+token, "token/"+token, text
		return func() { _ = d.parts.Accounts.EndToken(token) }, err // nobody has it
	}
	return p, nil
}

// rightsText are the codes of all rights.
func rightsText() string {
	var codes []string
	for _, r := range account.Rights() {
		codes = append(codes, string(r))
	}
	return strings.Join(codes, ", ")
}

func (o EndToken) plan(d *Desk, q *asking) (plan, error) {
	for v := range q.state.Kind("token/" + o.Token) {
		var value tokenValue
		if v.Object != "token/"+o.Token || v.New == nil || json.Unmarshal(v.New, &value) != nil {
			continue
		}
		if _, _, err := q.owner(value.Account); err != nil {
			return plan{}, err
		}
		p := planOf(none, q.draft(account.Accounts, "end-token", v.Unit, v.Object, nil))
		p.done = func(context.Context, *Outcome) error { return d.parts.Accounts.EndToken(o.Token) }
		return p, nil
	}
	return plan{}, &Refusal{Kind: NotFound, Field: "token", Text: textNoSuchToken.With(shown(o.Token))}
}

// owner is the account, and its unit, that the actor may change: the actor's own, or one
// that is the actor's to manage.
func (q *asking) owner(id string) (of, unit string, err error) {
	if q.by.Scopes != nil {
		return "", "", &Refusal{Kind: NotAllowed, Text: textNoToken}
	}
	if id == "" {
		id = q.by.ID
	}
	unit, ok := q.accountUnit(id)
	if !ok {
		return "", "", &Refusal{Kind: NotFound, Field: "account", Text: textNoAccount.With(shown(id))}
	}
	if id != q.by.ID && !q.by.MayManage(unit, GrantsOf(q.state, id, q.now.Location()), q.tree, q.now) {
		return "", "", q.beyond(unit)
	}
	return id, unit, nil
}

// Languages and ways of telling that an account can have.
var (
	languages = []string{"", "both", "vi", "en"}
	notifies  = []string{"", "school-day", "at-once", "hourly", "daily", "never"}
)

func (v *accountValue) check() error {
	if !slices.Contains(languages, v.Language) {
		return invalid("language", textNoLanguage.With(shown(v.Language)))
	}
	if !slices.Contains(notifies, v.Notify) {
		return invalid("notify", textNoNotify.With(shown(v.Notify), strings.Join(notifies[1:], ", ")))
	}
	if v.Mail != "" && !isMail(v.Mail) {
		return invalid("mail", textNoMail.With(shown(v.Mail)))
	}
	if v.Webhook != "" && !isWebhook(v.Webhook) {
		return invalid("webhook", textNoWebhook.With(shown(v.Webhook)))
	}
	return nil
}

// isMail reports whether a text is an address for mail: one that is none would be found out
// only when something waits.
func isMail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

func isWebhook(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}
