package test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A person uses the console as a browser without scripts does.
type person struct {
	t    *testing.T
	at   string // http://address
	http *http.Client
}

// person is somebody with an empty browser.
func (p *process) person() *person {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	at := strings.TrimSuffix(p.logged(`msg="serving the console" url=(\S+)`), "/")
	return &person{p.t, at, &http.Client{Jar: jar, Timeout: oneReply}}
}

// do sends a request and follows where it is sent.
func (u *person) do(method, path string, form url.Values, headers ...string) (status int, page, final string) {
	u.t.Helper()
	r, err := http.NewRequest(method, u.at+path, strings.NewReader(form.Encode()))
	if err != nil {
		u.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer, err := u.http.Do(r)
	if err != nil {
		u.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if answer.Header.Get(h) == "" {
			u.t.Errorf("%s %s has no %s", method, path, h)
		}
	}
	return answer.StatusCode, string(text), answer.Request.URL.Path
}

func (u *person) get(path string) (status int, page, final string) { return u.do("GET", path, nil) }

// sends is a form that has to be taken; given is key and value in turn.
func (u *person) sends(path string, given ...string) (page, final string) {
	u.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(given); i += 2 {
		form.Set(given[i], given[i+1])
	}
	status, page, final := u.do("POST", path, form)
	if status != http.StatusOK {
		u.t.Fatalf("POST %s: %d at %s\n%s", path, status, final, page)
	}
	return page, final
}

const consoleConfig = `console: {listen: "127.0.0.1:0"}
`

// everyConsolePage are all pages that somebody who is known can read.
func everyConsolePage() []string {
	return []string{
		"/", "/requests", "/requests?answered=1", "/explain", "/explain?name=tiktok.com&unit=th-kim-dong", "/exceptions", "/units",
		"/units?search=kim", "/units/th-kim-dong", "/edit/table", "/calendar", "/calendar?unit=th-kim-dong&week=2026-12-21", "/lists", "/orders", "/nodes", "/figures", "/figures?unit=th-kim-dong&days=1", "/reports", "/ledger", "/account", "/accounts", "/proposals", "/start/school",
		"/start/filter?unit=th-kim-dong", "/start/devices?unit=th-kim-dong",
	}
}

// A new user gets from an empty machine to a school that is filtered with a handful of
// fields; what is decided on a page is in force on the next query, and taken back again.
func TestANewSchoolIsFilteredFromTheConsole(t *testing.T) {
	p := newProcess(t, consoleConfig, "units: []\n", startStandIn(t).addr)
	p.start()
	u := p.person()
	if _, _, at := u.get("/"); at != "/start" {
		t.Fatalf("the first page is %s", at)
	}
	if status, page, _ := u.do("POST", "/start", url.Values{"code": {"aaaa-bbbb-cccc-dddd"}, "name": {"co-lan"}, "password": {"bon con meo ngu"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Lỗi: ") {
		t.Fatalf("a wrong code: %d\n%s", status, page)
	}
	if _, at := u.sends("/start", "code", p.logged(`code=([a-z0-9-]+)`), "name", "co-lan", "password", "bon con meo ngu"); at != "/start/school" {
		t.Fatalf("after the account: %s", at)
	}
	page, at := u.sends("/start/school", "name", "TH Kim Đồng", "level", "primary", "networks", "127.10.0.0/16")
	if at != "/start/filter" || !strings.Contains(page, "Trò chơi trực tuyến") {
		t.Fatalf("after the school: %s\n%s", at, page)
	}
	const pupil = "127.10.1.1"
	p.until("the school is filtered", func() bool { return blocked(p.from(pupil, "tiktok.com")) })
	u.sends("/exceptions", "unit", "th-kim-dong", "name", "tiktok.com", "effect", "allow", "for", "30d", "why", "bài học")
	if blocked(p.from(pupil, "tiktok.com")) {
		t.Error("what was opened is blocked")
	}
	_, page, _ = u.get("/ledger")
	undo := regexp.MustCompile(`action="(/ledger/\d+/undo)"`).FindStringSubmatch(page)
	if undo == nil || !strings.Contains(page, "mở tiktok.com") || !strings.Contains(page, "bài học") {
		t.Fatalf("the ledger:\n%s", page)
	}
	u.sends(undo[1])
	if !blocked(p.from(pupil, "tiktok.com")) {
		t.Error("what was undone is open")
	}
	_, page, _ = u.get("/lists")
	line := regexp.MustCompile(`<pre class="code">( {2}- \{name: hostsvn-[^<]*)</pre>`).FindStringSubmatch(page)
	if line == nil {
		t.Fatalf("no public list is offered:\n%s", page)
	}
	p.write("offered.yaml", p.read("lachan.yaml")+"feeds:\n"+html.UnescapeString(line[1])+"\n")
	if out, err := exec.Command(binary, "check", "--config", filepath.Join(p.dir, "offered.yaml")).CombinedOutput(); err != nil {
		t.Errorf("the line that is offered is refused: %v\n%s", err, out)
	}
	if page, _ := u.sends("/ledger/verify"); !strings.Contains(page, "Sổ nguyên vẹn") {
		t.Errorf("the ledger is not whole:\n%s", page)
	}
	p.signal(syscall.SIGTERM)
	p.wait()
	p.start()
	if !blocked(p.from(pupil, "tiktok.com")) {
		t.Error("the school is not filtered after a start")
	}
	again := p.person()
	again.http.Jar = u.http.Jar
	if _, _, at := again.get("/units/th-kim-dong"); at != "/units/th-kim-dong" {
		t.Errorf("the session ended with the process: %s", at)
	}
}

// Nobody sees or does anything who is not known, comes from another site or asks for
// another host; and no page writes when it is read.
func TestTheConsoleIsShutToOthers(t *testing.T) {
	p := newProcess(t, consoleConfig, "units: []\n", startStandIn(t).addr)
	p.start()
	u := p.person()
	u.sends("/start", "code", p.logged(`code=([a-z0-9-]+)`), "name", "co-lan", "password", "bon con meo ngu")
	u.sends("/start/school", "name", "TH Kim Đồng", "level", "primary", "networks", "127.10.0.0/16")
	_, before, _ := u.get("/ledger")
	head := regexp.MustCompile(`[0-9a-f]{64}`).FindString(before)
	stranger := p.person()
	for _, path := range everyConsolePage() {
		if status, _, at := u.get(path); status != http.StatusOK || !strings.HasPrefix(path, at) {
			t.Errorf("%s: %d at %s", path, status, at)
		}
		if _, _, at := stranger.get(path); at != "/login" {
			t.Errorf("a stranger sees %s at %s", path, at)
		}
	}
	if _, after, _ := u.get("/ledger"); head == "" || !strings.Contains(after, head) {
		t.Error("reading pages has written into the ledger")
	}
	for _, path := range []string{"/exceptions", "/exceptions/end", "/ledger/3/undo", "/requests/1", "/account", "/account/passkey", "/lists/a", "/lists", "/orders", "/nodes", "/start/school", "/calendar", "/edit/table", "/edit/adopt", "/edit/rules", "/edit/profile", "/calendar/hours", "/edit/unit", "/edit/lock", "/accounts", "/accounts/a", "/proposals/1", "/dnstap"} {
		if _, _, at := stranger.do("POST", path, url.Values{"unit": {"th-kim-dong"}, "name": {"tiktok.com"}, "effect": {"allow"}}); at != "/login" {
			t.Errorf("a stranger's form to %s comes to %s", path, at)
		}
		if status, _, _ := u.do("POST", path, nil, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
			t.Errorf("a form of another site to %s: %d", path, status)
		}
	}
	if status, _, _ := u.do("GET", "/", nil, "Host", "evil.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("asked as another host: %d", status)
	}
	if status, _, _ := u.get("/units/khong-co"); status != http.StatusNotFound {
		t.Errorf("a unit that is not there: %d", status)
	}
	if status, _, _ := u.get("/khong-co"); status != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", status)
	}
	if !blocked(p.from("127.10.1.1", "tiktok.com")) {
		t.Error("something was opened")
	}
	u.sends("/logout")
	if _, _, at := u.get("/"); at != "/login" {
		t.Errorf("after the logout: %s", at)
	}
}
