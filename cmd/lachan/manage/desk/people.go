package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/account/oidc"
	"lachan/admin/account/session"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
)

// firstThere is the unit of the first of some grants that is there, else everything.
func (o *Office) firstThere(grants []account.Grant) string {
	tree := o.Tree()
	for _, g := range grants {
		if _, ok := tree.Parent(g.Unit); ok {
			return g.Unit
		}
	}
	return ""
}

// First makes the first account by the code on the terminal, for a program that asks.
func (o *Office) First(
	ctx context.Context, v account.Visit, code, name, password string, now time.Time,
) (account.Pass, error) {
	pass, err := o.Door.First(ctx, v, code, name, password, now)
	if err == nil {
		err = o.found(ctx, pass.Account, "api")
		pass.MustEnroll = []account.Role{account.Operator}
	}
	return pass, err
}

// Found gives the first account the role of the operator of everything, which holds once
// it has a second factor.
func (o *Office) Found(ctx context.Context, first account.Account) error {
	return o.found(ctx, first, "console")
}

func (o *Office) found(ctx context.Context, first account.Account, via string) error {
	by := account.Actor{ID: first.ID, Name: first.Name, Via: via, Machine: true}
	why := admin.How{Why: textFirst.VI}
	_, err := o.Decide(ctx, by, admin.AddAccount{ID: first.ID, Name: first.Name}, why)
	if err == nil {
		_, err = o.Decide(ctx, by, admin.GrantRole{Account: first.ID, Role: account.Operator}, why)
	}
	if err != nil {
		return fmt.Errorf("make the first account: %w", errors.Join(err, o.Door.Remove(first.ID)))
	}
	return nil
}

// TellFirst says in the journal by which code the first account is made over the API, if
// there is none: where there is a console, that says it.
func (o *Office) TellFirst(zone *time.Location) {
	now := time.Now()
	if code, ok := o.Door.FirstCode(now); ok {
		text := account.FirstText(code, now.In(zone))
		o.src.Log.Info("there is no account yet", "code", code, "say", text.EN)
	}
}

var textFirst = wording.Text{VI: "thiết lập lần đầu", EN: "first start"}

// openDoor opens what people come in by.
func (o *Office) openDoor(cfg *config.Config) error {
	c := &cfg.Console
	door, damaged, err := account.Open(account.Settings{
		Dir: cfg.StateDir, Grants: grants{o}, UnitName: o.unitName, Address: c.URL,
		Limits:   session.Limits{Idle: c.Session.Idle, Lifetime: c.Session.Lifetime},
		Provider: o.provider(cfg),
	})
	if err != nil {
		return err
	}
	o.tell("accounts-damaged", damaged)
	o.Door = door
	return nil
}

// provider is the one that people log in by, if any.
func (o *Office) provider(cfg *config.Config) (p account.ProviderSettings) {
	c := &cfg.Console.OIDC
	if c.Issuer == "" {
		return p
	}
	secret, err := c.Secret()
	if err != nil {
		o.src.Log.Error("nobody can log in by the provider", "error", err)
		return p
	}
	for _, g := range c.Grants {
		p.Rules = append(p.Rules, account.ClaimRule{
			Claim: g.Claim, Value: g.Value, Role: account.Role(g.Role), Unit: g.Unit, UnitClaim: g.UnitClaim,
		})
	}
	p.Strong, p.Ask, p.Regrant = c.Strong, c.Ask, o.regrant
	p.Provider = oidc.New(oidc.Settings{
		Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, Redirect: cfg.Console.Redirect(), Scopes: c.Scopes,
	})
	return p
}

// byProvider is the actor in the records of what a provider gives.
const byProvider = "oidc"

// regrant makes the grants that a provider gives an account these. A role that a unit of
// its kind does not have there is left out: the others hold.
func (o *Office) regrant(ctx context.Context, a account.Account, made bool, grants []account.Grant) error {
	by := account.Actor{ID: byProvider, Name: a.Issuer, Via: byProvider, Machine: true}
	decide := func(what admin.Decision) error {
		_, err := o.Decide(ctx, by, what, admin.How{})
		refused := (*admin.Refusal)(nil)
		if errors.As(err, &refused) && refused.Kind == admin.NotAllowed {
			o.src.Log.Warn("a provider grants what its unit cannot have", "account", a.ID, "error", refused.Text.EN)
			return nil
		}
		return err
	}
	if made {
		if err := decide(admin.AddAccount{ID: a.ID, Name: a.Name, Unit: o.firstThere(grants)}); err != nil {
			return err
		}
	}
	type place struct {
		role account.Role
		unit string
	}
	wanted, has := map[place]bool{}, map[place]bool{}
	for _, g := range grants {
		wanted[place{g.Role, g.Unit}] = true
	}
	state := o.Ledger.State()
	for v := range state.Kind("grant/" + a.ID + "/") {
		p := place{account.Role(v.Object[len("grant/"+a.ID+"/"):]), v.Unit}
		if v.New == nil {
			continue
		}
		has[p] = true
		if v.By == byProvider && !wanted[p] {
			if err := decide(admin.RevokeRole{Account: a.ID, Role: p.role, Unit: p.unit}); err != nil {
				return err
			}
		}
	}
	for _, g := range grants {
		if p := (place{g.Role, g.Unit}); !has[p] {
			has[p] = true
			if err := decide(admin.GrantRole{Account: a.ID, Role: g.Role, Unit: g.Unit}); err != nil {
				return err
			}
		}
	}
	return nil
}
