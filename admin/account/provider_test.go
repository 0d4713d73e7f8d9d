package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"lachan/admin/account"
	"lachan/admin/account/oidc"
)

// somebody is a person at a provider, with claims.
type somebody map[string]any

func (s somebody) ID() string                        { return fmt.Sprint(s["sub"]) }
func (s somebody) Userinfo([]string) ([]byte, error) { return json.Marshal(s) }
func (s somebody) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	c := jwt.MapClaims{"nonce": base.Nonce, "iss": base.Issuer, "sub": base.Subject, "aud": base.Audience, "exp": base.ExpiresAt, "iat": base.IssuedAt}
	maps.Copy(c, s)
	return c, nil
}

// A school district is a door, and a provider that is started for it.
type district struct {
	*account.Door
	*mockoidc.MockOIDC
	grants ledger
	made   int
}

func newDistrict(t *testing.T) *district {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := m.Server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	d := &district{MockOIDC: m, grants: ledger{}}
	d.Door, _, err = account.Open(account.Settings{Dir: t.TempDir(), Grants: d.grants, Provider: account.ProviderSettings{
		Provider: oidc.New(oidc.Settings{
			Issuer: m.Issuer(), ClientID: m.ClientID, Secret: m.ClientSecret,
			Redirect: "https://loc.example/api/v1/session/oidc/callback", Scopes: []string{"profile", "email", "groups"},
		}),
		Rules: []account.ClaimRule{
			{Claim: "groups", Value: "it-teachers", Role: account.School, UnitClaim: "school_code"},
			{Claim: "realm.roles", Value: "district", Role: account.Province, Unit: "province-1"},
		},
		Strong: []string{"mfa"}, Ask: "Phòng CNTT, Sở GD&ĐT",
		Regrant: func(_ context.Context, a account.Account, made bool, grants []account.Grant) error {
			if made {
				d.made++
			}
			d.grants[a.ID] = grants
			return nil
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// login is what a browser does: it goes where it is sent, and comes back.
func (d *district) login(t *testing.T, as somebody) (account.Pass, error) {
	t.Helper()
	state, code, kept := d.browser(t, as)
	return d.Provider.Finish(t.Context(), home, state, code, kept, time.Now())
}

func (d *district) browser(t *testing.T, as somebody) (state, code, kept string) {
	t.Helper()
	d.QueueUser(as)
	to, kept, err := d.Provider.Start(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || back.Host != "loc.example" {
		t.Fatal(answer.Status, back, err)
	}
	return back.Query().Get("state"), back.Query().Get("code"), kept
}

func TestAProviderLetsInThoseWhomItsClaimsGrantSomething(t *testing.T) {
	d := newDistrict(t)
	lan := somebody{"sub": "42", "preferred_username": "Lan@so.example", "groups": []string{"staff", "it-teachers"}, "school_code": "school-111"}
	p, err := d.login(t, lan)
	if err != nil || p.Account.Name != "lan@so.example" || p.Account.Issuer != d.Issuer() || p.NeedsFactor {
		t.Fatal(p, err)
	}
	e, err := d.BySession(t.Context(), p.Token)
	if err != nil || !e.Actor.May(account.Except, "school-111", country(), now) || e.Actor.May(account.Except, "school-112", country(), now) {
		t.Error(e, err)
	}
	// It is the subject that counts, not the name; and the claims of today.
	again := maps.Clone(lan)
	again["preferred_username"], again["school_code"] = "lan-2@so.example", []string{"school-112", "school-122", ""}
	q, err := d.login(t, again)
	if err != nil || q.Account.ID != p.Account.ID || d.made != 1 {
		t.Fatal(q, d.made, err)
	}
	if e, err = d.BySession(t.Context(), p.Token); err != nil || e.Actor.May(account.Except, "school-111", country(), now) || !e.Actor.May(account.Except, "school-122", country(), now) || e.Actor.May(account.View, "", country(), now) {
		t.Error(e, err)
	}
	// Another subject by the same name is another account.
	other := maps.Clone(lan)
	other["sub"] = "43"
	o, err := d.login(t, other)
	if err != nil || o.Account.ID == p.Account.ID || o.Account.Name != "lan@so.example-2" {
		t.Error(o.Account, err)
	}
	// What is claimed no more ends the sessions of before.
	delete(again, "groups")
	_, err = d.login(t, again)
	refused(t, err, account.Denied)
	_, err = d.BySession(t.Context(), q.Token)
	refused(t, err, account.Ended)
	// It has no password, whatever is tried.
	_, err = d.Login(t.Context(), home, "lan@so.example", "", now)
	refused(t, err, account.Wrong)
	if code, err := d.Reset(p.Account.ID, now); code != "" || err != nil {
		t.Error(code, err)
	}
	own, err := d.Own(t.Context(), o.Token)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, own.SetPassword(t.Context(), home, "", password, now), account.Invalid)
}

func TestWithoutAMatchingClaimOneIsToldWhomToAsk(t *testing.T) {
	d := newDistrict(t)
	for _, who := range []somebody{
		{"sub": "42", "preferred_username": "lan"},
		{"sub": "43", "preferred_username": "minh", "groups": []string{"it-teachers"}},                   // of no school
		{"sub": "44", "preferred_username": "hoa", "groups": []string{"it-teachers"}, "school_code": ""}, // likewise
		{"sub": "45", "preferred_username": "an", "groups": map[string]any{"it-teachers": true}, "school_code": "school-111"},
		{"sub": "46", "preferred_username": "binh", "realm": "roles.district"},
	} {
		_, err := d.login(t, who)
		r := refused(t, err, account.Denied)
		if !strings.Contains(r.Text.VI, "Phòng CNTT, Sở GD&ĐT") || !strings.Contains(r.Text.EN, who.ID()) {
			t.Error(r.Text)
		}
		t.Log(r.Text)
	}
	if n := len(d.Store.List()); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestRolesOfAProviderNeedTwoFactorsToo(t *testing.T) {
	d := newDistrict(t)
	hoa := somebody{"sub": "7", "preferred_username": "hoa", "realm": map[string]any{"roles": []string{"district"}}}
	may := func(p account.Pass) bool {
		e, err := d.BySession(t.Context(), p.Token)
		return err == nil && e.Actor.May(account.Structure, "school-111", country(), now)
	}
	p, err := d.login(t, hoa)
	if err != nil || may(p) || fmt.Sprint(p.MustEnroll) != "[province]" {
		t.Error("with one factor", p, err)
	}
	hoa["amr"] = []string{"pwd", "mfa"}
	if p, err = d.login(t, hoa); err != nil || !may(p) || p.MustEnroll != nil {
		t.Error("with two factors", p, err)
	}
}

// TestALoginBelongsToTheBrowserThatBeganIt: state, code and what was kept have to be of
// one login, one browser, one time.
func TestALoginBelongsToTheBrowserThatBeganIt(t *testing.T) {
	d := newDistrict(t)
	lan := somebody{"sub": "42", "preferred_username": "lan", "groups": []string{"it-teachers"}, "school_code": "school-111"}
	state, code, kept := d.browser(t, lan)
	other, otherCode, otherKept := d.browser(t, lan)
	tried := byte(0)
	f := func(state, code, kept string, at time.Time) {
		t.Helper()
		tried++
		_, err := d.Provider.Finish(t.Context(), account.Visit{From: netip.AddrFrom4([4]byte{127, 3, tried, 1})}, state, code, kept, at)
		refused(t, err, account.Wrong)
	}
	f(state, code, "", time.Now())
	f(state, code, otherKept, time.Now()) // a stranger's link
	f(other, code, kept, time.Now())
	f("", code, kept, time.Now())
	f(state, "", kept, time.Now())
	f(state, code, kept[:len(kept)-2], time.Now())
	f(state, code, strings.Repeat("A", 10_000), time.Now())
	f(state, code, kept, time.Now().Add(11*time.Minute))
	f(state, otherCode, kept, time.Now()) // the code of another: PKCE and nonce
	if _, err := d.Provider.Finish(t.Context(), home, state, code, kept, time.Now()); err != nil {
		t.Fatal(err)
	}
	f(state, code, kept, time.Now()) // once
}

func TestAProviderThatIsDownOrOffIsTold(t *testing.T) {
	d := openDoor(t, t.TempDir(), ledger{})
	_, _, err := d.Provider.Start(t.Context(), now)
	refused(t, err, account.Off)
	_, err = d.Provider.Finish(t.Context(), home, "", "", "", now)
	refused(t, err, account.Off)
	down, _, err := account.Open(account.Settings{Dir: t.TempDir(), Grants: ledger{}, Provider: account.ProviderSettings{
		Provider: oidc.New(oidc.Settings{Issuer: "http://127.0.0.1:1", ClientID: "lachan"}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = down.Provider.Start(t.Context(), now)
	refused(t, err, account.Off)

	failing := newDistrict(t)
	failing.QueueError(&mockoidc.ServerError{Code: 500, Error: "down"})
	if _, _, err := failing.Provider.Start(t.Context(), now); err == nil {
		t.Error("a provider that fails begins a login")
	}
	if _, _, err := failing.Provider.Start(t.Context(), now); err != nil {
		t.Error("a provider that failed once is never asked again:", err)
	}
	var refusal *account.Refusal
	if !errors.As(err, &refusal) {
		t.Error(err)
	}
}
