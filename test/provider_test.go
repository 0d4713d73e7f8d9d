package test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"lachan/console/api"
)

// TestAProviderLetsPeopleIn logs in by a provider of OpenID Connect, in the console and by
// the API: somebody of whom nothing matches gets the page that says whom to ask, and no
// account; a teacher is in, with the role that the claim is worth, and out of it again
// once the claim is gone.
func TestAProviderLetsPeopleIn(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Server.Close() })
	p := newProcess(t, `console:
  listen: 127.0.0.1:0
  url: http://localhost
  oidc:
    issuer: `+m.Issuer()+`
    client_id: `+m.ClientID+`
    secret_file: oidc.secret
    scopes: [profile, groups]
    ask: Phòng CNTT
    grants: [{claim: groups, value: it-teachers, role: school, unit: th-kim-dong}]
`, country, startStandIn(t).addr)
	p.write("oidc.secret", m.ClientSecret+"\n")
	p.people("operator@")
	p.start()
	// to follows the browser to the provider, and is the path by which it is sent back.
	to := func(u *person, start string, groups ...string) string {
		t.Helper()
		m.QueueUser(&mockoidc.MockUser{Subject: "42", PreferredUsername: "co-lan", Groups: groups})
		stop := &http.Client{Jar: u.http.Jar, Timeout: oneReply, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		next := start
		if strings.HasPrefix(start, u.at) {
			first, err := stop.Get(start)
			if err != nil {
				t.Fatal(err)
			}
			_ = first.Body.Close()
			next = first.Header.Get("Location")
		}
		second, err := stop.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		_ = second.Body.Close()
		_, query, found := strings.Cut(second.Header.Get("Location"), "http://localhost/api/v1/session/oidc?")
		if !found {
			t.Fatalf("the provider at %s sends back to %q", next, second.Header.Get("Location"))
		}
		return "/api/v1/session/oidc?" + query
	}
	u := p.person()
	link := regexp.MustCompile(`href="(/login/oidc)"`)
	if _, page, _ := u.get("/login"); !link.MatchString(page) {
		t.Fatalf("the login leads to no provider:\n%s", page)
	}
	status, page, _ := u.get(to(u, u.at+"/login/oidc", "pupils"))
	if _, _, at := u.get("/"); status != http.StatusForbidden || !strings.Contains(page, "Phòng CNTT") || !strings.Contains(page, "co-lan") || at != "/login" {
		t.Errorf("a pupil: %d, then at %s\n%s", status, at, page)
	}
	if out, err := p.command(os.Getuid(), "account", "list"); err != nil || strings.Contains(out, "co-lan") {
		t.Errorf("a pupil has an account: %v\n%s", err, out)
	}
	if status, page, final := u.get(to(u, u.at+"/login/oidc", "it-teachers")); status != http.StatusOK || final != "/" {
		t.Errorf("a teacher: %d at %s\n%s", status, final, page)
	}
	if _, page, _ := u.get("/units/th-kim-dong"); !strings.Contains(page, "Trường Kim Đồng") {
		t.Errorf("the own school:\n%s", page)
	}
	if status, _, _ := u.get("/units/th-sa-pa"); status == http.StatusOK {
		t.Errorf("the school beside: %d", status)
	}
	if out, err := p.command(os.Getuid(), "ledger", "show"); err != nil || !strings.Contains(out, "oidc") || !strings.Contains(out, "/school") {
		t.Errorf("the grant is on no record: %v\n%s", err, out)
	}
	// By the API, in a browser of its own.
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	program := &person{t, p.http, &http.Client{Jar: jar, Timeout: oneReply}}
	answer, err := program.http.Post(p.http+api.Prefix+"session/oidc", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	var start api.Start
	err = json.NewDecoder(answer.Body).Decode(&start)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(answer.Status, err)
	}
	answer, err = program.http.Get(p.http + to(program, start.URL, "it-teachers"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "co-lan") {
		t.Errorf("by the API: %d %s %v", answer.StatusCode, text, err)
	}
	other := p.person()
	// What the provider no longer claims is taken back, and the sessions with it.
	if status, _, _ := other.get(to(other, u.at+"/login/oidc", "pupils")); status == http.StatusOK {
		t.Error("let in without the claim")
	}
	if _, _, at := u.get("/units/th-kim-dong"); at != "/login" {
		t.Errorf("still in without the claim: %s", at)
	}
}
