package people

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// An accountsPage is what the page of accounts shows.
type accountsPage struct {
	Frame  frame.Frame
	Search string
	Rows   []accountRow
	More   string
	AddWho wording.Text // may add; empty if the visitor may
	Add    frame.Known
	Unit   string
	Units  []frame.Named
}

type accountRow struct {
	ID, Name, Unit string
	Roles          []roleRow
}

type roleRow struct {
	Role  account.Role
	Name  wording.Text
	Unit  string // "" is everything
	Until time.Time
	Ended bool
	// MayRevoke reports whether the visitor may take it away.
	MayRevoke bool
}

// ShowAccounts is the page of the accounts that the visitor may see.
func ShowAccounts(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawAccounts(s, v, accountsPage{}, http.StatusOK), nil
}

func drawAccounts(s *frame.Site, v *frame.Visit, p accountsPage, status int) frame.Reply {
	q := v.URL.Query()
	p.Search = strings.TrimSpace(q.Get("search"))
	page := admin.Page{After: q.Get("after"), Limit: frame.RowsOfPage + 1}
	list := s.Accounts(v.Who.Actor, admin.Filter{Name: p.Search}, page)
	if len(list) > frame.RowsOfPage {
		list = list[:frame.RowsOfPage]
		after := list[frame.RowsOfPage-1].ID
		p.More = "/accounts?" + url.Values{"search": {p.Search}, "after": {after}}.Encode()
	}
	for i := range list {
		a := &list[i]
		p.Rows = append(p.Rows, accountRow{a.ID, a.Name, a.Unit, rolesOf(v, a)})
	}
	if v.Method != http.MethodPost {
		p.Unit = v.Who.Unit
	}
	p.AddWho, p.Units = v.WhoMay(account.Accounts, v.Who.Unit), v.Units()
	p.Frame = v.Frame(textAccounts)
	return frame.Reply{Page: "accounts", Status: status, Data: p}
}

func rolesOf(v *frame.Visit, a *frame.Person) (rows []roleRow) {
	for _, g := range a.Grants {
		rows = append(rows, roleRow{
			g.Role, g.Role.Text(), g.Unit, g.Until, !g.Holds(v.Now),
			v.Who.Actor.MayGrant(g.Role, g.Unit, v.Site.Tree(), v.Now),
		})
	}
	return rows
}

// knownOf is what a form says of an account.
func knownOf(f url.Values) frame.Known {
	return frame.Known{
		Name: strings.TrimSpace(f.Get("name")), Language: f.Get("language"), Notify: f.Get("notify"),
		Mail: strings.TrimSpace(f.Get("mail")), Webhook: strings.TrimSpace(f.Get("webhook")),
	}
}

// AddAccount takes the form that makes an account. Its code is shown once.
func AddAccount(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := accountsPage{Add: knownOf(f), Unit: strings.TrimSpace(f.Get("unit"))}
	what := admin.AddAccount{
		Unit: p.Unit, Name: p.Add.Name, Language: p.Add.Language, Notify: p.Add.Notify, Mail: p.Add.Mail,
		Webhook: p.Add.Webhook,
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Why: f.Get("why")})
	if err != nil {
		v.Wrong = frame.WrongOf(err, "name")
		return drawAccounts(s, v, p, http.StatusUnprocessableEntity), nil
	}
	made := secretPage{
		Name: p.Add.Name, Code: out.Secret, Next: "/accounts/" + strings.TrimPrefix(out.Object, "account/"),
	}
	return drawSecret(v, made), nil
}

// A secretPage shows what is shown once: the code of an account, or a token.
type secretPage struct {
	Frame       frame.Frame
	Name        string
	Code, Token string
	Next        string
}

func drawSecret(v *frame.Visit, p secretPage) frame.Reply {
	p.Frame = v.Frame(textSecret)
	return frame.Reply{Page: "secret", Data: p}
}
