package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lachan/admin/account/oidc"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// A ProviderSettings is how accounts of a provider of OpenID Connect are let in.
type ProviderSettings struct {
	Provider *oidc.Provider
	Rules    []ClaimRule
	// Strong are the values of the claim amr (RFC 8176) that stand for two factors.
	Strong []string
	// Ask is whom those are told to ask who may nothing; "" is nobody in particular.
	Ask string
	// Regrant makes the grants that the provider gives an account these, in records, and
	// leaves alone those that people gave. Made reports an account that is new.
	Regrant func(ctx context.Context, a Account, made bool, grants []Grant) error
}

// A ClaimRule gives a role to those of whom a provider claims something.
type ClaimRule struct {
	Claim string // with dots for one that is in another
	Value string
	Role  Role
	Unit  string
	// UnitClaim is the claim whose values are the units, in place of Unit.
	UnitClaim string
}

// mostProvided is how many grants a provider may give an account.
const mostProvided = 100

// grantsOf are what claims are worth.
func grantsOf(rules []ClaimRule, c oidc.Claims, account string) (grants []Grant) {
	for _, r := range rules {
		if !c.Has(r.Claim, r.Value) {
			continue
		}
		units := []string{r.Unit}
		if r.UnitClaim != "" {
			units = c.Of(r.UnitClaim)
		}
		for _, unit := range units {
			if r.UnitClaim != "" && unit == "" || len(grants) == mostProvided {
				continue // nothing is not everything
			}
			grants = append(grants, Grant{Account: account, Role: r.Role, Unit: unit})
		}
	}
	return grants
}

// ByProvider is the way in for those who log in elsewhere.
type ByProvider struct {
	door *Door
	ProviderSettings
}

// On reports whether a provider is configured.
func (p *ByProvider) On() bool { return p.Provider != nil }

// Name is what people know the provider by: the host of its address. It is "" if there is
// none.
func (p *ByProvider) Name() string {
	if !p.On() {
		return ""
	}
	return p.Provider.Host()
}

// Start begins a login at the provider: the browser is sent to url, and keeps kept until
// it comes back.
func (p *ByProvider) Start(ctx context.Context, now time.Time) (url, kept string, err error) {
	if !p.On() {
		return "", "", refuse(Off, "", textNoProvider)
	}
	url, sealed, err := p.Provider.Start(ctx, p.door.Store.key, now)
	if err != nil {
		return "", "", errors.Join(refuse(Off, "", textProviderDown), err)
	}
	return url, base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Finish ends a login with what the provider sent back. Its claims give the
// account its grants anew; who has none is not let in, and no account is made.
func (p *ByProvider) Finish(
	ctx context.Context, v Visit, state, code, kept string, now time.Time,
) (Pass, error) {
	d := p.door
	if !p.On() {
		return Pass{}, refuse(Off, "", textNoProvider)
	}
	try, err := d.begin("oidc", "", v, now)
	if err != nil {
		return Pass{}, err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil {
		return Pass{}, refuse(Wrong, "state", textNotYours)
	}
	c, err := p.Provider.Finish(ctx, d.Store.key, sealed, state, code, now)
	if errors.Is(err, oidc.ErrNotYours) {
		return Pass{}, refuse(Wrong, "state", textNotYours)
	}
	if err != nil {
		return Pass{}, errors.Join(refuse(Wrong, "code", textProviderRefused), err)
	}
	try.Succeeded()
	a, err := p.provided(ctx, c, now)
	if err != nil {
		return Pass{}, err
	}
	strong := false
	for _, method := range p.Strong {
		strong = strong || c.Has("amr", method)
	}
	return d.enter(ctx, a, "oidc", strong, now)
}

// provided is the account of somebody whom the provider knows, with the grants that its
// claims give now.
func (p *ByProvider) provided(ctx context.Context, c oidc.Claims, now time.Time) (a Account, err error) {
	d := p.door
	identity := Identity{c.Issuer, c.Subject}
	id := d.Store.identified(identity)
	grants := grantsOf(p.Rules, c, id)
	made := id == ""
	switch {
	case made && len(grants) == 0:
		return a, p.nothingGranted(c)
	case made:
		a, err = d.Store.addProvided(c, identity, now)
		for i := range grants {
			grants[i].Account = a.ID
		}
	default:
		a, err = d.Store.Get(id)
	}
	if err != nil {
		return a, err
	}
	if err := p.Regrant(ctx, a, made, grants); err != nil {
		if made { // without grants it would be an account that nobody recorded
			err = errors.Join(err, d.Remove(a.ID))
		}
		return a, fmt.Errorf("record what %s may: %w", a.Name, err)
	}
	hold := false
	for _, g := range d.grants.Grants(a.ID) {
		hold = hold || g.Holds(now)
	}
	if !hold {
		return a, errors.Join(p.nothingGranted(c), d.sessions.EndAll(a.ID, ""))
	}
	return a, nil
}

// nothingGranted is what somebody is told who may nothing: whom to ask, and for whom.
func (p *ByProvider) nothingGranted(c oidc.Claims) error {
	ask := wording.Text{VI: p.Ask, EN: p.Ask}
	if p.Ask == "" {
		ask = textAskAnybody
	}
	who := c.First("preferred_username", "email", "name")
	return refuse(Denied, "", textNothingGranted.With(printableClaim(who), ask, printableClaim(c.Subject)))
}

// addProvided makes the account of an identity, by a name like the one that the provider
// has for it. Another account of that name is another account.
func (s *Store) addProvided(c oidc.Claims, i Identity, now time.Time) (a Account, err error) {
	sum := sha256.Sum256([]byte(i.Issuer + "\x00" + i.Subject))
	unnamed := "oidc-" + hex.EncodeToString(sum[:6])
	names := []string{unnamed}
	if name, err := canonicalName(c.First("preferred_username", "email")); err == nil && len(name) <= mostNameLen-3 {
		names = []string{name}
		for n := 2; n <= 20; n++ {
			names = append(names, name+"-"+strconv.Itoa(n))
		}
		names = append(names, unnamed)
	}
	for _, name := range names {
		a, err = s.add(file{Name: strings.ToLower(name), Made: now.UTC(), OIDC: &i})
		var refused *Refusal
		if !errors.As(err, &refused) || refused.Kind != Taken {
			return a, err
		}
	}
	return a, err
}

// printableClaim is what a provider says, fit to be shown.
func printableClaim(text string) string { return printable.Line(text, mostNameLen) }
