package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"lachan/admin/account"
	"lachan/admin/account/oidc"
	"lachan/console/api"
)

// visitor is a browser before a door of these settings.
func visitor(t *testing.T, s account.Settings) (*browser, *account.Door) {
	t.Helper()
	s.Dir, s.Grants = t.TempDir(), grants{}
	door, _, err := account.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, check(t, openDoor(t, &desk{}, door, t.TempDir())), map[string]*http.Cookie{}}, door
}

// name is who the browser is logged in as; "" if nobody.
func (b *browser) name() string {
	var s api.Session
	_ = json.Unmarshal(b.ask("GET", "session", "").Body.Bytes(), &s)
	return s.Name
}

func TestSomebodyComesInByAProvider(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Server.Close() })
	b, _ := visitor(t, account.Settings{Provider: account.ProviderSettings{
		Provider: oidc.New(oidc.Settings{
			Issuer: m.Issuer(), ClientID: m.ClientID, Secret: m.ClientSecret, Redirect: "http://localhost/api/v1/session/oidc",
			Scopes: []string{"profile", "groups"},
		}),
		Rules:   []account.ClaimRule{{Claim: "groups", Value: "it-teachers", Role: account.School, Unit: "th-kim-dong"}},
		Regrant: func(context.Context, account.Account, bool, []account.Grant) error { return nil },
		Ask:     "Phòng CNTT",
	}})
	login := func(groups ...string) string {
		t.Helper()
		m.QueueUser(&mockoidc.MockUser{Subject: "42", PreferredUsername: "lan", Groups: groups})
		var start api.Start
		if w := b.ask("POST", "session/oidc", ""); json.Unmarshal(w.Body.Bytes(), &start) != nil || b.cookies["lachan-login"] == nil {
			t.Fatal(w.Code, w.Body)
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Get(start.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		back, err := url.Parse(answer.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return "session/oidc?" + back.RawQuery
	}
	w := b.ask("GET", login("pupils"), "")
	if kind, _ := problemOf(t, w); kind != "denied" || !strings.Contains(w.Body.String(), "Phòng CNTT") || w.Code != 403 {
		t.Error(kind, w.Body)
	}
	stranger := &browser{t, b.h, map[string]*http.Cookie{}}
	back := login("it-teachers")
	if kind, _ := problemOf(t, stranger.ask("GET", back, "")); kind != "wrong" || stranger.name() != "" {
		t.Error("the login of another browser:", kind)
	}
	if w := b.ask("GET", back, ""); w.Code != 200 || b.name() != "lan" || b.cookies["lachan-login"] != nil {
		t.Error(w.Code, w.Body, b.cookies)
	}
}

// TestDevicesAreAskedAndAnswerBadly: what a device says right is tried where its keys
// are, in admin/account.
func TestDevicesAreAskedAndAnswerBadly(t *testing.T) {
	b, door := visitor(t, account.Settings{Address: "https://loc.example"})
	a, code, err := door.Store.Create("lan", time.Now())
	if err != nil {
		t.Fatal(err, a)
	}
	if w := b.ask("POST", "session/redeem", `{"name":"lan","code":"`+code+`","password":"`+password+`"}`); w.Code != 200 {
		t.Fatal(w.Body)
	}
	for _, path := range []string{"account/passkeys", "session/passkey"} {
		var c api.Ceremony
		if w := b.ask("POST", path, ""); json.Unmarshal(w.Body.Bytes(), &c) != nil || c.Kept == "" || !strings.Contains(string(c.Options), "challenge") {
			t.Error(w.Code, w.Body)
		}
		if kind, _ := problemOf(t, b.ask("POST", path+"/answer", `{"kept":"`+c.Kept+`","response":{"id":"AAAA"}}`)); kind != "wrong" {
			t.Errorf("%s: %s", path, kind)
		}
		if kind, _ := problemOf(t, b.ask("POST", path+"/answer", `{"kept":"","response":{},"more":1}`)); kind != "json" {
			t.Errorf("%s: %s", path, kind)
		}
	}
	if kind, _ := problemOf(t, b.ask("POST", "session/second/passkey", "")); kind != "not-there" {
		t.Error(kind)
	}
	off, _ := visitor(t, account.Settings{})
	if kind, _ := problemOf(t, off.ask("POST", "session/passkey", "")); kind != "off" {
		t.Error(kind)
	}
}
