package people

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A personPage is what the page of one account shows.
type personPage struct {
	Frame      frame.Frame
	ID, Unit   string
	Seen       uint64 // number of the record that the form was filled in from
	Is         frame.Known
	Own        bool
	ManageWho  wording.Text // may change it; empty if the visitor may
	Roles      []roleRow
	MayGive    []roleChoice
	Role, Over string // as they were sent
	Until      string
	Tokens     []tokenRow
	Scopes     []scopeChoice // that a token may have
	Units      []frame.Named
}

type roleChoice struct {
	Role   account.Role
	Name   wording.Text
	Second bool // it takes two people
}

// A scopeChoice is a right that a token may have: one that the actor has somewhere.
type scopeChoice struct {
	Right   account.Right
	Name    wording.Text
	Reads   bool // it changes nothing
	Checked bool
}

// scopesFor are the rights of a token that a visitor may make: the own rights, and of
// others' those that change nothing.
func scopesFor(v *frame.Visit, own bool) (list []scopeChoice) {
	for _, right := range account.Rights() {
		reads := slices.Contains(account.ReadOnly(), right)
		holds := slices.ContainsFunc(v.Who.Actor.Grants, func(g account.Grant) bool { return v.May(right, g.Unit) })
		if own && holds || !own && reads {
			checked := reads && v.PostForm == nil || slices.Contains(v.PostForm["right"], string(right))
			list = append(list, scopeChoice{right, right.Text(), reads, checked})
		}
	}
	return list
}

type tokenRow struct {
	ID, Name, Unit, Used string
	Rights               []wording.Text
	Until                time.Time
}

// ShowPerson is the page of one account: its roles, its tokens.
func ShowPerson(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawPerson(s, v, personPage{Over: v.Who.Unit}, http.StatusOK)
}

func drawPerson(s *frame.Site, v *frame.Visit, p personPage, status int) (frame.Reply, error) {
	id := v.PathValue("id")
	var a frame.Person
	for _, each := range s.Accounts(v.Who.Actor, admin.Filter{Name: id}, admin.Page{Limit: mostSeen}) {
		if each.ID == id {
			a = each
		}
	}
	if a.ID == "" {
		return frame.Reply{}, &admin.Refusal{Kind: admin.NotFound, Text: frame.TextNoPage}
	}
	p.ID, p.Unit, p.Own, p.Roles, p.Units = a.ID, a.Unit, a.ID == v.Who.Actor.ID, rolesOf(v, &a), v.Units()
	if p.Is == (frame.Known{}) {
		p.Is, p.Seen = a.Known, a.Seq
	}
	if !v.Who.Actor.MayManage(a.Unit, a.Grants, s.Tree(), v.Now) {
		p.ManageWho = textBeyond
		if who := v.WhoMay(account.Accounts, a.Unit); who.VI != "" {
			p.ManageWho = who
		}
	}
	for _, role := range account.Roles() {
		p.MayGive = append(p.MayGive, roleChoice{role, role.Text(), role.NeedsSecondPerson()})
	}
	for _, t := range a.Tokens {
		row := tokenRow{ID: t.ID, Name: t.Name, Unit: t.Unit, Used: t.Used, Until: t.Until}
		for _, right := range t.Scopes {
			row.Rights = append(row.Rights, right.Text())
		}
		p.Tokens = append(p.Tokens, row)
	}
	p.Scopes = scopesFor(v, p.Own)
	p.Frame = v.Frame(wording.Text{VI: frame.Line(a.Name)})
	return frame.Reply{Page: "person", Status: status, Data: p}, nil
}

// mostSeen bounds how many accounts are looked through for one.
const mostSeen = 1000

// ChangePerson takes a form of the page of one account: each is one decision.
func ChangePerson(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f, id := v.PostForm, v.PathValue("id")
	how, to := admin.How{Why: f.Get("why")}, "/accounts/"+id
	p := personPage{Over: strings.TrimSpace(f.Get("over")), Role: f.Get("role"), Until: strings.TrimSpace(f.Get("until"))}
	var what admin.Decision
	usual := "name" // where it is told what is wrong
	switch f.Get("do") {
	case "change":
		p.Is = knownOf(f)
		seen, err := strconv.ParseUint(f.Get("seen"), 10, 64)
		if err != nil {
			return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
		}
		p.Seen, how.Expect = seen, &seen
		what = admin.AddAccount{
			ID: id, Unit: f.Get("unit"), Name: p.Is.Name, Language: p.Is.Language, Notify: p.Is.Notify,
			Mail: p.Is.Mail, Webhook: p.Is.Webhook,
		}
	case "grant":
		usual, what = "role", admin.GrantRole{Account: id, Role: account.Role(p.Role), Unit: p.Over, Until: p.Until}
	case "revoke":
		usual, what = "role", admin.RevokeRole{Account: id, Role: account.Role(p.Role), Unit: p.Over}
	case "reset":
		what = admin.ResetAccount{ID: id}
	case "remove":
		what, to = admin.RemoveAccount{ID: id}, "/accounts"
	case "token":
		usual, what = "token", admin.IssueToken{
			Account: id, Name: strings.TrimSpace(f.Get("token")), Unit: p.Over, Until: p.Until, Scopes: scopesOf(f["right"]),
		}
	case "end-token":
		usual, what = "token", admin.EndToken{Account: id, Token: f.Get("id")}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	if err != nil {
		return p.refused(s, v, usual, err)
	}
	if out.Secret == "" {
		return frame.Reply{To: frame.SaidAt(to, out)}, nil
	}
	shown := secretPage{Name: frame.Line(s.Who(id)), Next: to}
	if f.Get("do") == "token" {
		shown.Token = out.Secret
	} else {
		shown.Code = out.Secret
	}
	return drawSecret(v, shown), nil
}

// refused shows the page again with what is wrong. Whoever may not do it is told who may.
func (p *personPage) refused(s *frame.Site, v *frame.Visit, usual string, err error) (frame.Reply, error) {
	var r *admin.Refusal
	if !errors.As(err, &r) || r.Kind == admin.NotAllowed || r.Kind == admin.NotFound || r.Kind == admin.Trouble {
		return frame.Reply{}, err
	}
	v.Wrong = frame.WrongOf(err, usual)
	switch v.Wrong[0].Field {
	case "name", "mail", "webhook", "role":
	case "until":
		if usual == "token" {
			v.Wrong[0].Field = "token-until"
		}
	default:
		v.Wrong[0].Field = usual
	}
	status := http.StatusUnprocessableEntity
	if r.Kind == admin.Conflict {
		status, v.Wrong[0].Text, p.Is = http.StatusConflict, textChangedMeanwhile, frame.Known{}
	}
	return drawPerson(s, v, *p, status)
}

// scopesOf are the rights of a token; nil are those that change nothing.
func scopesOf(chosen []string) (rights []account.Right) {
	for _, right := range chosen {
		rights = append(rights, account.Right(right))
	}
	return rights
}
