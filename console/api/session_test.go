package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lachan/admin/account"
	"lachan/console/api"
)

const password = "con-mèo-trèo-cây-cau"

// A browser keeps cookies, as browsers do.
type browser struct {
	t       *testing.T
	h       http.Handler
	cookies map[string]*http.Cookie
}

func (b *browser) ask(method, path, body string) *httptest.ResponseRecorder {
	b.t.Helper()
	headers := []string{"Authorization: ", "Sec-Fetch-Site: same-origin"}
	var cookies []string
	for _, c := range b.cookies {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if len(cookies) > 0 {
		headers = append(headers, "Cookie: "+strings.Join(cookies, "; "))
	}
	w := ask(b.h, method, api.Prefix+path, body, headers...)
	for _, c := range w.Result().Cookies() {
		if c.HttpOnly != true || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			b.t.Errorf("the cookie %v", c)
		}
		if b.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

// somebody is a browser before an account that has its first password.
func somebody(t *testing.T, d *desk) (*browser, *account.Door, account.Account) {
	t.Helper()
	door, _, err := account.Open(account.Settings{Dir: t.TempDir(), Grants: grants{}})
	if err != nil {
		t.Fatal(err)
	}
	a, code, err := door.Store.Create("cntt-kim-dong", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t, check(t, openDoor(t, d, door, t.TempDir())), map[string]*http.Cookie{}}
	body, _ := json.Marshal(map[string]string{"name": "cntt-kim-dong", "code": code, "password": password})
	if w := b.ask("POST", "session/redeem", string(body)); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return b, door, a
}

func TestSomebodyComesInDecidesAndLeaves(t *testing.T) {
	d := &desk{}
	b, _, a := somebody(t, d)
	b.cookies = map[string]*http.Cookie{}
	if kind, field := problemOf(t, b.ask("POST", "session", `{"name":"cntt-kim-dong","password":"wrong"}`)); kind != "wrong" || field != "password" {
		t.Errorf("a wrong password: %s at %s", kind, field)
	}
	if w := b.ask("POST", "session", `{"name":"cntt-kim-dong","password":"`+password+`"}`); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	before := b.cookies["lachan"].Value
	var s api.Session
	if err := json.Unmarshal(b.ask("GET", "session", "").Body.Bytes(), &s); err != nil || s.ID != a.ID || s.Via != "api" || len(s.Roles) != 1 || s.Until == nil {
		t.Errorf("%+v %v", s, err)
	}
	if w := b.ask("POST", "units/th-kim-dong/exceptions", `{"name":"olm.vn"}`); w.Code != 200 || len(d.decided) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.ask("DELETE", "session", ""); w.Code != 204 || b.cookies["lachan"] != nil {
		t.Errorf("%d %v", w.Code, b.cookies)
	}
	b.cookies["lachan"] = &http.Cookie{Name: "lachan", Value: before}
	if kind, _ := problemOf(t, b.ask("GET", "session", "")); kind != "unknown" {
		t.Errorf("after leaving: %s", kind)
	}
	// Over TLS the cookie of a neighbour counts for nothing.
	r := httptest.NewRequest("GET", "https://lachan.example"+api.Prefix+"session", nil)
	r.AddCookie(&http.Cookie{Name: "lachan", Value: before})
	w := httptest.NewRecorder()
	if b.h.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
		t.Errorf("without the prefix: %d", w.Code)
	}
}

func TestOnesOwnAccountIsForThoseWhoAreLoggedIn(t *testing.T) {
	b, door, a := somebody(t, &desk{})
	for _, path := range []string{"account", "account/sessions"} {
		if kind, _ := problemOf(t, ask(b.h, "GET", api.Prefix+path, "")); kind != "no-session" {
			t.Errorf("the machine at %s: %s", path, kind)
		}
	}
	_, token, err := door.Tokens.Issue(account.Actor{ID: a.ID}, a.ID, account.TokenWish{Name: "x"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if kind, _ := problemOf(t, ask(b.h, "POST", api.Prefix+"account/password", `{"old":"x","password":"y"}`, "Authorization: Bearer "+token)); kind != "no-session" {
		t.Errorf("a token: %s", kind)
	}
	if w := ask(b.h, "GET", api.Prefix+"session", "", "Authorization: Bearer "+token); w.Code != 200 || !strings.Contains(w.Body.String(), `"scopes":["audit","read-orders"`) {
		t.Errorf("a token: %d %s", w.Code, w.Body)
	}
	var codes api.Codes
	if err := json.Unmarshal(b.ask("POST", "account/totp", "").Body.Bytes(), &codes); err != nil || codes.Secret == "" {
		t.Fatal(codes, err)
	}
	code, err := totp.GenerateCode(codes.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.ask("POST", "account/totp/confirm", `{"code":"`+code+`"}`).Body.Bytes(), &codes); err != nil || len(codes.Recovery) != 8 {
		t.Fatal(codes, err)
	}
	var own api.Own
	if err := json.Unmarshal(b.ask("GET", "account", "").Body.Bytes(), &own); err != nil || !own.TOTP || !own.Password || own.RecoveryCodes != 8 {
		t.Errorf("%+v %v", own, err)
	}
	// Another browser needs the second factor now, and may nothing before.
	other := &browser{t, b.h, map[string]*http.Cookie{}}
	var s api.Session
	if err := json.Unmarshal(other.ask("POST", "session", `{"name":"cntt-kim-dong","password":"`+password+`"}`).Body.Bytes(), &s); err != nil || !s.NeedsFactor {
		t.Fatalf("%+v %v", s, err)
	}
	if kind, _ := problemOf(t, other.ask("GET", "units", "")); kind != "unknown" {
		t.Errorf("half in: %s", kind)
	}
	half := other.cookies["lachan"].Value
	if w := other.ask("POST", "session/second", `{"code":"`+codes.Recovery[0]+`"}`); w.Code != 200 || other.cookies["lachan"].Value == half {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var logins api.Page[api.Login]
	if err := json.Unmarshal(b.ask("GET", "account/sessions", "").Body.Bytes(), &logins); err != nil || len(logins.Items) != 2 {
		t.Fatalf("%+v %v", logins, err)
	}
	for _, l := range logins.Items {
		if !l.Current {
			if w := b.ask("DELETE", "account/sessions/"+l.ID, ""); w.Code != 204 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
	}
	if kind, _ := problemOf(t, other.ask("GET", "units", "")); kind != "unknown" {
		t.Errorf("an ended session: %s", kind)
	}
	if w := b.ask("POST", "account/recovery", ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.ask("POST", "account/password", `{"old":"`+password+`","password":"`+password+`-2"}`); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.ask("DELETE", "account/totp", ""); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTooManyTriesAreToldWhenToTryAgain(t *testing.T) {
	b, _, _ := somebody(t, &desk{})
	b.cookies = map[string]*http.Cookie{}
	for range 50 {
		w := b.ask("POST", "session", `{"name":"nobody-there","password":"wrong"}`)
		if w.Code == http.StatusTooManyRequests {
			if kind, _ := problemOf(t, w); kind != "too-soon" || w.Header().Get("Retry-After") == "" {
				t.Errorf("%s %v", kind, w.Header())
			}
			return
		}
	}
	t.Error("nothing holds them up")
}

// TestTheFirstAccountIsMadeByTheCodeOnTheTerminal: once, and by nothing else.
func TestTheFirstAccountIsMadeByTheCodeOnTheTerminal(t *testing.T) {
	door, _, err := account.Open(account.Settings{Dir: t.TempDir(), Grants: grants{}})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t, check(t, openDoor(t, &desk{}, door, t.TempDir())), map[string]*http.Cookie{}}
	body := func(code string) string {
		return `{"name":"lan","code":"` + code + `","password":"` + password + `"}`
	}
	if kind, field := problemOf(t, b.ask("POST", "session/first", body("ABCD-EFGH"))); kind != "wrong" || field != "code" {
		t.Errorf("before there is a code: %s at %s", kind, field)
	}
	code, ok := door.FirstCode(time.Now())
	if !ok {
		t.Fatal("there is no code")
	}
	var s api.Session
	w := b.ask("POST", "session/first", body(code))
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK || s.Name != "lan" || b.cookies["lachan"] == nil {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if w := b.ask("GET", "session", ""); w.Code != http.StatusOK {
		t.Errorf("it is not in: %d %s", w.Code, w.Body)
	}
	if kind, _ := problemOf(t, b.ask("POST", "session/first", body(code))); kind != "wrong" {
		t.Errorf("a second time: %s", kind)
	}
}
