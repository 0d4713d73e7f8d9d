package console_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin/account"
	"lachan/cmd/lachan/config/console"
	"lachan/internal/wording"
)

func TestWhatIsWrongIsToldWithItsPath(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret in two\nlines\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(change func(c *console.Console), want string) {
		t.Helper()
		c := console.Default()
		c.URL = "https://loc.example"
		c.OIDC.Issuer, c.OIDC.ClientID = "https://id.example", "lachan"
		c.OIDC.Grants = []console.Grant{
			{Claim: "groups", Value: "it", Role: "school", UnitClaim: "code"}, {Claim: "groups", Value: "ops", Role: "operator"},
			{Claim: "groups", Value: "so", Role: "province", Unit: "lao-cai"},
		}
		change(&c)
		var got []string
		c.Check(func(path string, text wording.Text) {
			got = append(got, path)
			if text.VI == "" || text.EN == "" || strings.Contains(text.EN, "%!") {
				t.Errorf("%s: %+v", path, text)
			}
		})
		if strings.Join(got, " ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
	f(func(*console.Console) {}, "")
	f(func(c *console.Console) { *c = console.Default() }, "")
	for _, url := range []string{"http://loc.example", "loc.example", "https://", "https://loc.example/path", "https://a:b@loc.example", "https://loc.example?x", "ftp://loc.example", "https://%zz"} {
		f(func(c *console.Console) { c.URL = url }, "url")
	}
	for _, url := range []string{"https://loc.example:8443/", "http://127.0.0.1:8053", "http://localhost:8053", "https://[2001:db8::1]"} {
		f(func(c *console.Console) { c.URL = url }, "")
	}
	f(func(c *console.Console) { c.Session.Idle = time.Minute }, "session.idle")
	f(func(c *console.Console) { c.Session.Idle = 13 * time.Hour }, "session.idle")
	f(func(c *console.Console) { c.Session.Lifetime = 8 * 24 * time.Hour }, "session.lifetime")
	for _, target := range []time.Duration{0, 15*time.Minute - 1, 40*time.Hour + 1} {
		f(func(c *console.Console) { c.Requests.Target = target }, "requests.target")
	}
	f(func(c *console.Console) { c.Requests.Target = 15 * time.Minute }, "")
	f(func(c *console.Console) { c.Requests.Target = 40 * time.Hour }, "")
	f(func(c *console.Console) { c.URL = "" }, "oidc.issuer")
	f(func(c *console.Console) { c.OIDC.Issuer = "" }, "oidc.issuer")
	f(func(c *console.Console) { c.OIDC.Issuer = "http://id.example" }, "oidc.issuer")
	f(func(c *console.Console) { c.OIDC.ClientID = "" }, "oidc.client_id")
	f(func(c *console.Console) { c.OIDC.SecretFile = "/nowhere/at/all" }, "oidc.secret_file")
	f(func(c *console.Console) { c.OIDC.SecretFile = secret }, "oidc.secret_file")
	f(func(c *console.Console) { c.OIDC.Grants = nil }, "oidc.grants")
	f(func(c *console.Console) { c.OIDC.Grants[0].Claim = "" }, "oidc.grants[0]")
	f(func(c *console.Console) { c.OIDC.Grants[1].Role = "" }, "oidc.grants[1]")
	f(func(c *console.Console) { c.OIDC.Grants[1].UnitClaim = "code" }, "oidc.grants[1].unit_claim")
	f(func(c *console.Console) { c.OIDC.Grants[0].Unit = "th-kim-dong" }, "oidc.grants[0].unit_claim")
	f(func(c *console.Console) { c.OIDC.Grants[2].Unit = "" }, "oidc.grants[2].unit")
}

func TestRolesAreThoseThatCanBeGranted(t *testing.T) {
	var want []console.Role
	for _, role := range account.Roles() {
		want = append(want, console.Role(role))
	}
	if !slices.Equal(console.Roles(), want) {
		t.Errorf("got %v, want %v", console.Roles(), want)
	}
	for _, role := range append(want, "machine", "") {
		err := new(console.Role).UnmarshalText([]byte(role))
		if (err == nil) != slices.Contains(want, role) {
			t.Errorf("%q: %v", role, err)
		}
	}
}

func TestTheProviderSendsPeopleBackHere(t *testing.T) {
	c := console.Console{URL: "https://loc.example:8443/"}
	if got := c.Redirect(); got != "https://loc.example:8443/api/v1/session/oidc" {
		t.Error(got)
	}
}

// TestAnEndIsDaysOrTheTerm: an end is written as it is read.
func TestAnEndIsDaysOrTheTerm(t *testing.T) {
	for text, days := range map[string]int{"1d": 1, "30d": 30, "366d": 366, "term": 0} {
		var e console.End
		if err := e.UnmarshalText([]byte(text)); err != nil || e.Days != days {
			t.Errorf("%s: %+v %v", text, e, err)
		}
		if again, err := e.MarshalText(); err != nil || string(again) != text {
			t.Errorf("%s is written %s: %v", text, again, err)
		}
	}
	for _, text := range []string{"", "d", "0d", "367d", "-1d", "30", "never", "1h"} {
		var e console.End
		if err := e.UnmarshalText([]byte(text)); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "term") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
