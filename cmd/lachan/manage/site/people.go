package site

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
)

// people shows accounts, as the ledger has them.
type people struct{ src *Sources }

// accounts are those that somebody may see, by id, with what they may: the actor's own, and
// those of the units whose accounts the actor looks after.
func (p people) accounts(by account.Actor, f admin.Filter, page admin.Page) (list []frame.Person) {
	office := p.src.Office
	tree, state, now := office.Tree(), office.Ledger.State(), time.Now()
	cfg, _, _, _ := p.src.InForce()
	zone := cfg.Timezone.Location
	for v := range state.Kind("account/") {
		id := strings.TrimPrefix(v.Object, "account/")
		seen := id == by.ID || by.May(account.Accounts, v.Unit, tree, now)
		if v.New == nil || id <= page.After || !seen {
			continue
		}
		is := frame.Person{ID: id, Unit: v.Unit, Seq: v.Seq}
		if json.Unmarshal(v.New, &is.Known) != nil || !mentions(is.Name+" "+id, f.Name) {
			continue
		}
		is.Grants = admin.GrantsOf(state, id, zone)
		for _, t := range office.Door.Tokens.Of(id) {
			is.Tokens = append(is.Tokens, frame.Token{
				ID: t.ID, Name: t.Name, Unit: t.Unit, Used: t.Used, Scopes: t.Scopes, Until: t.Until.In(zone),
			})
		}
		list = append(list, is)
	}
	slices.SortFunc(list, func(a, b frame.Person) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(len(list), page.Limit)]
}

// mentions reports whether a text has a part, whatever the case.
func mentions(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
