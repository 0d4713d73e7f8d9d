package test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
)

// This file has the people of the console: an account of each role, who have come in by
// its own pages.

// everyRole is somebody of each role, as role@unit, in the units of country.
func everyRole() []string {
	return []string{"school@th-kim-dong", "commune@sa-pa", "province@lao-cai", "operator@", "authority@A05", "viewer@sa-pa"}
}

// nameOf is the name of the account of a role.
var nameOf = map[string]string{
	"school": "co-lan", "commune": "anh-minh", "province": "chi-hoa", "operator": "anh-tuan", "authority": "chi-mai", "viewer": "bac-son",
}

// languageOf is the language of the accounts of a role, so that each is somebody's.
var languageOf = map[string]string{"commune": "vi", "operator": "en", "viewer": "vi"}

// invites puts accounts on the disk before there is a server, and returns the code by
// which each sets a password.
func (p *process) invites(roles ...string) map[string]string {
	p.t.Helper()
	state := filepath.Join(p.dir, "state")
	store, _, err := account.OpenStore(filepath.Join(state, "accounts"))
	if err != nil {
		p.t.Fatal(err)
	}
	l, err := ledger.Open(filepath.Join(state, "ledger"))
	if err != nil {
		p.t.Fatal(err)
	}
	codes := map[string]string{}
	for _, who := range roles {
		role, unit, _ := strings.Cut(who, "@")
		a, code, err := store.Create(nameOf[role], time.Now())
		if err != nil {
			p.t.Fatal(err)
		}
		codes[who] = code
		value := fmt.Sprintf(`{"name":%q,"language":%q}`, a.Name, languageOf[role])
		for _, given := range [][2]string{{"account/" + a.ID, value}, {"grant/" + a.ID + "/" + role, `{}`}} {
			d := ledger.Draft{
				Unit: unit, By: "uid:0", Role: "machine", Via: "cli", What: "grant", Object: given[0], New: json.RawMessage(given[1]),
			}
			if _, err := l.Append(context.Background(), d); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		p.t.Fatal(err)
	}
	return codes
}

// asks puts requests on the disk before there is a server: unit and name in turn.
func (p *process) asks(given ...string) {
	p.t.Helper()
	store, err := request.Open(filepath.Join(p.dir, "state", "requests"))
	for i := 0; i+1 < len(given) && err == nil; i += 2 {
		err = store.Add(given[i], given[i+1], "games", "học hình lớp 5A", time.Now())
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// comesIn sets the password of an account and, where its role holds only so, a second
// factor, by the pages for that.
func (p *process) comesIn(who, code string) *person {
	p.t.Helper()
	role, _, _ := strings.Cut(who, "@")
	u := p.person()
	if _, at := u.sends("/login/new", "name", nameOf[role], "code", code, "password", "bon con meo ngu"); at != "/" {
		p.t.Fatalf("%s comes to %s", who, at)
	}
	if account.Role(role).NeedsSecondFactor() {
		u.strengthens()
	}
	return u
}

// wares are lists, names and reasons that try to be markup.
const wares = `"><script>window.ran=1</script><img src=x onerror=window.ran=1>`

// hostile is a country as country is, whose names want to run in the reader's browser, and
// in which a school has what nobody outside may see.
var hostile = strings.NewReplacer(
	"name: Trường Kim Đồng", `name: 'Trường Kim Đồng `+wares+`'`,
	"name: Trường Sa Pa", `name: 'Trường bí mật'`,
).Replace(country)

// peopled is a server with somebody of each role, and each of them logged in.
func peopled(t *testing.T) (p *process, people map[string]*person) {
	t.Helper()
	p = newProcess(t, consoleConfig+`feeds:
  - {name: tro-choi, url: games.txt, format: domains, category: games}
  - {name: van-ban, url: order.txt, format: domains, category: authority-order, authority: {name: A05, document: 15/A05, date: 2026-11-20}}
`, hostile, startStandIn(t).addr)
	p.write("games.txt", "game.example\n")
	p.write("order.txt", "ordered.example\n")
	codes := p.invites(everyRole()...)
	p.asks("th-kim-dong", "game.example", "th-kim-dong", "olm.example", "th-sa-pa", "bi-mat.example")
	p.start()
	p.until("the list is in force", func() bool { return p.blocked("127.10.1.1", "game.example") })
	people = map[string]*person{}
	for who, code := range codes {
		people[who] = p.comesIn(who, code)
	}
	people["school@th-kim-dong"].sends("/exceptions", "unit", "th-kim-dong", "name", "mo.example", "effect", "allow", "for", "30d", "why", wares)
	if out, err := p.command(os.Getuid(), "except", "add", "rieng.example", "--unit", "th-sa-pa", "--block", "--why", "lý do bí mật"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	return p, people
}

var routePattern = regexp.MustCompile(`Pattern: "(GET|POST) (\S+)"`)

// routesOfConsole are the method and the path of all routes, as the table in the code has
// them, with unit in the place of what stands for one.
func routesOfConsole(t *testing.T, method, unit string) (paths []string) {
	t.Helper()
	text, err := os.ReadFile("../console/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	wild := regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)
	for _, m := range routePattern.FindAllStringSubmatch(string(text), -1) {
		if m[1] != method {
			continue
		}
		path := strings.ReplaceAll(m[2], "{$}", "")
		stands := unit
		if strings.HasPrefix(path, "/ledger/") || strings.HasPrefix(path, "/requests/") {
			stands = "1"
		}
		paths = append(paths, wild.ReplaceAllString(path, stands))
	}
	if len(paths) < 5 {
		t.Fatalf("%d routes of %s are found", len(paths), method)
	}
	return paths
}

// unescaped is a page as its reader sees it, more or less.
func unescaped(page string) string { return html.UnescapeString(page) }

// headersOfEveryAnswer are those that each answer has, errors too.
var headersOfEveryAnswer = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// raw sends a request and follows nothing.
func (u *person) raw(method, path, form string) *http.Response {
	u.t.Helper()
	r, err := http.NewRequest(method, u.at+path, strings.NewReader(form))
	if err != nil {
		u.t.Fatal(err)
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	still := *u.http
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := still.Do(r)
	if err != nil {
		u.t.Fatalf("%s %s: %v", method, path, err)
	}
	u.t.Cleanup(func() { answer.Body.Close() })
	return answer
}
