package counter

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/api"
)

// people shows accounts, as the ledger has them, to those who may see them.
type people struct{ *Counter }

func (p people) Accounts(
	_ context.Context, by account.Actor, f admin.Filter, page admin.Page,
) (list []api.Account, _ error) {
	tree, now := p.src.Tree(), time.Now()
	for v := range p.src.Ledger.State().Kind("account/") {
		id := strings.TrimPrefix(v.Object, "account/")
		if v.New == nil || id <= page.After || !within(tree, v.Unit, f.Unit) {
			continue
		}
		if id != by.ID && !by.May(account.Accounts, v.Unit, tree, now) {
			continue
		}
		value, ok := decodeAccount(v.New)
		if !ok || f.Name != "" && !strings.Contains(strings.ToLower(value.Name+" "+id), strings.ToLower(f.Name)) {
			continue
		}
		shown := api.Account{
			ID: id, Name: value.Name, Unit: v.Unit, Language: value.Language, Notify: value.Notify, Seq: v.Seq,
		}
		for _, g := range p.src.Grants(id) {
			shown.Grants = append(shown.Grants, api.Grant{Role: string(g.Role), Unit: g.Unit, Until: moment(g.Until)})
		}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b api.Account) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(len(list), page.Limit)], nil
}

// mostAbove bounds how many units stand above each other.
const mostAbove = 16

// within reports whether a unit is another one or below it; everything is below "".
func within(t account.Tree, unit, top string) bool {
	for range mostAbove {
		if unit == top || top == "" {
			return true
		}
		above, ok := t.Parent(unit)
		if !ok || above == "" {
			return false
		}
		unit = above
	}
	return false
}

func (p people) Tokens(ctx context.Context, by account.Actor, id string) (list []api.Token, _ error) {
	if id != by.ID {
		seen, err := p.Accounts(ctx, by, admin.Filter{Name: id}, admin.Page{Limit: mostSeen})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(seen, func(a api.Account) bool { return a.ID == id }) {
			return nil, api.NewProblem(http.StatusNotFound, "not-found", textNoAccount.With(id))
		}
	}
	cfg, _, _, _ := p.src.InForce()
	zone := cfg.Timezone.Location
	for _, t := range p.src.Door.Tokens.Of(id) {
		list = append(list, api.Token{
			ID: t.ID, Name: t.Name, Scopes: t.Scopes, Unit: t.Unit, Until: t.Until.In(zone), Used: t.Used,
		})
	}
	return list, nil
}

// mostSeen bounds how many accounts are looked through for one.
const mostSeen = 1000

func (p people) ID(name string) string {
	if a, err := p.src.Door.Store.Named(name); err == nil {
		return a.ID
	}
	return name
}
