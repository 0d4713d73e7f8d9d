package test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// first is the first account of a new machine, with its school.
func (p *process) first() *person {
	p.t.Helper()
	u := p.person()
	u.sends("/start", "code", p.logged(`code=([a-z0-9-]+)`), "name", "co-lan", "password", "bon con meo ngu")
	u.sends("/start/school", "name", "TH Kim Đồng", "level", "primary", "networks", "127.10.0.0/16")
	return u
}

// strengthens sets up a second factor, with which the roles over everything hold.
func (u *person) strengthens() {
	u.t.Helper()
	page, _ := u.sends("/account", "do", "totp")
	key := regexp.MustCompile(`secret=([A-Z2-7]+)`).FindStringSubmatch(html.UnescapeString(page))
	if key == nil || !strings.Contains(page, `src="data:image/png;base64,`) {
		u.t.Fatalf("no key for an app, or no picture of it:\n%s", page)
	}
	code, err := totp.GenerateCode(key[1], time.Now())
	if err != nil {
		u.t.Fatal(err)
	}
	u.sends("/account", "do", "totp-code", "code", code)
}

// seen is what a page's form was filled in from.
func seen(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no form that was filled in:\n%s", page)
	}
	return found[1]
}

// A unit is added and changed by those who may: after a preview that writes nothing, with a
// mistake told at its field, and with both versions if somebody else was faster.
func TestUnitsAreChangedFromTheConsole(t *testing.T) {
	p := newProcess(t, consoleConfig, "units: []\n", startStandIn(t).addr)
	p.start()
	u := p.first()
	if _, page, _ := u.get("/units"); !strings.Contains(page, `disabled aria-describedby="add-who"`) {
		t.Errorf("a teacher is offered to add units, or not told who may:\n%s", page)
	}
	form := []string{"new", "1", "name", "TH Lê Văn Tám", "kind", "school", "level", "primary", "networks", "127.20.0.0/16"}
	if status, _, _ := u.do("POST", "/edit/unit", values(append(form, "do", "save")...)); status != http.StatusForbidden {
		t.Errorf("a teacher adds a unit: %d", status)
	}
	u.strengthens()
	if page, _ := u.sends("/edit/unit", append(form, "do", "preview")...); !strings.Contains(page, "chưa ghi gì") || !strings.Contains(page, "127.20.0.0/16") || !strings.Contains(page, "Mới bị chặn") {
		t.Errorf("the preview:\n%s", page)
	}
	if status, _, _ := u.get("/units/th-le-van-tam"); status != http.StatusNotFound {
		t.Errorf("a preview has added the unit: %d", status)
	}
	bad := append(form, "networks", "127.20.0.0/99", "do", "save")
	if status, page, _ := u.do("POST", "/edit/unit", values(bad...)); status != http.StatusUnprocessableEntity || !strings.Contains(page, "<title>Lỗi: ") || !strings.Contains(page, `id="networks-wrong"`) {
		t.Errorf("a network that is none: %d\n%s", status, page)
	}
	u.sends("/edit/unit", append(form, "do", "save")...)
	p.until("the new school is filtered", func() bool { return blocked(p.from("127.20.1.1", "tiktok.com")) })
	if status, page, _ := u.do("POST", "/edit/unit", values(append(form, "do", "save")...)); status != http.StatusConflict || !strings.Contains(page, "th-le-van-tam") {
		t.Errorf("the same unit once more: %d\n%s", status, page)
	}

	_, page, _ := u.get("/edit/unit?id=th-le-van-tam")
	before := seen(t, page)
	change := []string{"id", "th-le-van-tam", "kind", "school", "level", "primary", "networks", "127.20.0.0/16", "do", "save"}
	u.sends("/edit/unit", append(change, "seen", before, "name", "Tên của người nhanh")...)
	late := append(change, "seen", before, "name", "Tên của người chậm")
	status, page, _ := u.do("POST", "/edit/unit", values(late...))
	if status != http.StatusConflict || !strings.Contains(page, "Tên của người nhanh") || !strings.Contains(page, "Tên của người chậm") || !strings.Contains(page, "co-lan") {
		t.Fatalf("saved from an old form: %d\n%s", status, page)
	}
	if page, _ := u.sends("/edit/unit", append(late, "seen", seen(t, page))...); !strings.Contains(page, "Tên của người chậm") {
		t.Errorf("saved after both versions were seen:\n%s", page)
	}
	u.sends("/edit/lock", "unit", "th-le-van-tam", "category", "games", "do", "lock")
	if page, _ := u.sends("/edit/lock", "unit", "th-le-van-tam", "category", "games", "do", "lift"); !strings.Contains(page, "cần người thứ hai") {
		t.Errorf("a lock is lifted by one:\n%s", page)
	}
	if page, _ := u.sends("/edit/unit", "id", "th-le-van-tam", "why", "sáp nhập", "do", "remove"); !strings.Contains(page, "cần người thứ hai") {
		t.Errorf("a unit is removed by one:\n%s", page)
	}
}

// Somebody new is let in by a code that is shown once, given a role, and is the second
// person; what two people decide waits on one page until then.
func TestPeopleAndSecondPersonsAreOfTheConsole(t *testing.T) {
	p := newProcess(t, consoleConfig, "units: []\n", startStandIn(t).addr)
	p.start()
	u := p.first()
	u.strengthens()
	if status, page, _ := u.do("POST", "/accounts", values("name", "anh-ba", "mail", "không phải thư")); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="mail-wrong"`) {
		t.Errorf("an address that is none: %d\n%s", status, page)
	}
	page, _ := u.sends("/accounts", "name", "anh-ba", "language", "vi")
	code := regexp.MustCompile(`<strong>([^<]+)</strong>`).FindStringSubmatch(page)
	id := regexp.MustCompile(`href="/accounts/(acc_\w+)"`).FindStringSubmatch(page)
	if code == nil || id == nil {
		t.Fatalf("no code for the new account:\n%s", page)
	}
	if page, _ := u.sends("/accounts/"+id[1], "do", "grant", "role", "operator", "over", ""); !strings.Contains(page, "cần người thứ hai") {
		t.Errorf("an operator is made by one:\n%s", page)
	}
	u.sends("/accounts/"+id[1], "do", "grant", "role", "school", "over", "th-kim-dong")
	_, page, _ = u.get("/proposals")
	path := regexp.MustCompile(`action="(/proposals/\d+)"`).FindStringSubmatch(page)
	if path == nil || strings.Contains(page, `value="confirm"`) {
		t.Fatalf("the one who proposed may confirm, or there is no proposal:\n%s", page)
	}
	if status, _, _ := u.do("POST", path[1], values("do", "confirm")); status != http.StatusConflict {
		t.Errorf("the same person twice: %d", status)
	}
	second := p.person()
	second.sends("/login/new", "name", "anh-ba", "code", code[1], "password", "nam con ga trong")
	if _, page, _ := second.get("/"); !strings.Contains(page, "Kim Đồng") || strings.Contains(page, `<span lang="en">`) {
		t.Errorf("the new teacher's first page, in Vietnamese alone:\n%s", page)
	}
	if status, _, _ := second.do("POST", path[1], values("do", "confirm")); status == http.StatusOK {
		t.Error("a teacher makes an operator of himself")
	}
	if _, page, _ := second.get("/accounts"); !strings.Contains(page, "anh-ba") || strings.Contains(page, "co-lan") {
		t.Errorf("accounts that a teacher sees:\n%s", page)
	}
	if page, _ := u.sends("/accounts/"+id[1], "do", "token", "token", "đồng bộ"); !strings.Contains(page, "lachan_") {
		t.Errorf("no token:\n%s", page)
	}
	u.sends(path[1], "do", "decline")
	if _, page, _ := u.get("/proposals"); strings.Contains(page, path[1]) {
		t.Error("what was dropped still waits")
	}
	for _, f := range []struct{ do, why, until, want string }{
		{"propose", "", "", `id="why-wrong"`}, {"propose", "tên olm.vn lỗi ở Sa Pa", "2020-01-01", `id="until-wrong"`}, {"end", "", "", "dnstap không bật"},
	} {
		status, page, _ := u.do("POST", "/dnstap", values("do", f.do, "why", f.why, "until", f.until))
		if status != http.StatusUnprocessableEntity && status != http.StatusNotFound || !strings.Contains(page, f.want) {
			t.Errorf("dnstap, %s for %q until %q: %d\n%s", f.do, f.why, f.until, status, page)
		}
	}
	if status, _, _ := second.do("POST", "/dnstap", values("do", "propose", "why", "tò mò")); status != http.StatusNotFound {
		t.Errorf("a teacher proposes dnstap: %d", status)
	}
	if page, _ := u.sends("/dnstap", "do", "propose", "why", "tên olm.vn lỗi ở Sa Pa"); !strings.Contains(page, "cần người thứ hai") || !strings.Contains(page, "bật dnstap") {
		t.Errorf("what was proposed of dnstap:\n%s", page)
	}
	u.sends("/accounts/"+id[1], "do", "revoke", "role", "school", "over", "th-kim-dong")
	if status, _, _ := second.get("/units/th-kim-dong"); status != http.StatusNotFound {
		t.Errorf("without a role the school is seen: %d", status)
	}
	u.sends("/accounts/"+id[1], "do", "remove", "why", "chuyển trường")
	if _, _, at := second.get("/"); at != "/login" {
		t.Errorf("the session of a removed account goes on at %s", at)
	}
}

// values is a form of keys and values in turn; the last of a key holds.
func values(given ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(given); i += 2 {
		form.Set(given[i], given[i+1])
	}
	return form
}
