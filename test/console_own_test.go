package test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// Whoever has no right over accounts chooses the own language and notices, and nothing else
// of the own account; a token may what was ticked, at most what its owner may.
func TestPeopleChooseHowTheyAreTold(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, country, startStandIn(t).addr)
	codes := p.invites("viewer@th-kim-dong")
	p.start()
	u := p.comesIn("viewer@th-kim-dong", codes["viewer@th-kim-dong"])
	_, page, _ := u.get("/account")
	own := regexp.MustCompile(`href="(/accounts/[^"]+)"`).FindStringSubmatch(page)
	if own == nil {
		t.Fatalf("no way to the own roles:\n%s", page)
	}
	if page, _ := u.sends("/account", "do", "told", "language", "en", "notify", "never"); !strings.Contains(page, `<html lang="en">`) || !strings.Contains(page, `"en" selected`) || !strings.Contains(page, `"never" selected`) {
		t.Errorf("the language that was chosen:\n%s", page)
	}
	_, page, _ = u.get(own[1])
	for _, other := range [][]string{{"name", "giam-doc"}, {"mail", "toi@example.test"}, {"webhook", "https://hook.example/"}} {
		form := values("do", "change", "seen", "0", "unit", "th-kim-dong", "name", nameOf["viewer"], other[0], other[1])
		if status, _, _ := u.do("POST", own[1], form); status == http.StatusOK {
			t.Errorf("a viewer changes %s of the own account", other[0])
		}
	}
	if !strings.Contains(page, `value="view" checked`) || strings.Contains(page, `value="except"`) {
		t.Errorf("the rights of a token that are offered:\n%s", page)
	}
	form := values("do", "token", "token", "bảng theo dõi")
	form["right"] = []string{"view", "except"}
	if status, page, _ := u.do("POST", own[1], form); status == http.StatusOK && !strings.Contains(page, "lachan_") {
		t.Errorf("a token: %d\n%s", status, page)
	}
	form["right"] = []string{"view"}
	if _, page, _ := u.do("POST", own[1], form); !strings.Contains(page, "lachan_") {
		t.Errorf("a token that may look:\n%s", page)
	}
}

// A unit of a file is taken over: the page shows the lines to delete, before and after, and
// writes none of them.
func TestAUnitOfAFileIsTakenOver(t *testing.T) {
	t.Parallel()
	const policy = "units:\n  - {id: sa-pa, kind: commune}\n  - id: th-mot\n    parent: sa-pa\n    level: primary\n    networks: [\"127.31.0.0/16\"]\n"
	p := newProcess(t, consoleConfig, policy, startStandIn(t).addr)
	codes := p.invites("operator@", "school@th-mot")
	p.start()
	teacher, u := p.comesIn("school@th-mot", codes["school@th-mot"]), p.comesIn("operator@", codes["operator@"])
	if _, page, _ := teacher.get("/units/th-mot"); strings.Contains(page, "/edit/adopt") {
		t.Error("a teacher is offered to take a unit over")
	}
	if status, _, _ := teacher.do("POST", "/edit/adopt", values("unit", "th-mot", "do", "save")); status != http.StatusForbidden {
		t.Errorf("a teacher takes a unit over: %d", status)
	}
	if _, page, _ := u.get("/units/th-mot"); !strings.Contains(page, "/edit/adopt") {
		t.Errorf("no way to take it over:\n%s", page)
	}
	for _, do := range []string{"preview", "save"} {
		page, _ := u.sends("/edit/adopt", "unit", "th-mot", "do", do)
		if page = unescaped(page); !strings.Contains(page, "policy.yaml:3-6") || !strings.Contains(page, `    networks: ["127.31.0.0/16"]`) {
			t.Errorf("%s does not say which lines to delete:\n%s", do, page)
		}
	}
	if p.read("policy.yaml") != policy {
		t.Error("a file that people write was written")
	}
	p.write("policy.yaml", "units:\n  - {id: sa-pa, kind: commune}\n")
	p.until("the unit is at home in the console", func() bool {
		_, page, _ := u.get("/edit/unit?id=th-mot")
		return strings.Contains(page, "127.31.0.0/16")
	})
	if !p.blocked("127.31.1.1", "tiktok.com") {
		t.Error("the school is filtered no longer")
	}
}

// The hours of lessons are changed for everybody by those who may, after a preview, and
// hours for examinations alone are made. A rule is chosen by words, previewed by name, and
// in force at once; it is taken out again.
func TestHoursAndRulesAreWrittenFromTheConsole(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, "units: []\n", startStandIn(t).addr)
	p.start()
	u := p.first()
	for _, path := range []string{"/calendar/hours?name=gio-hoc", "/edit/rules?unit=th-kim-dong"} {
		if status, _, _ := u.get(path); status != http.StatusForbidden {
			t.Errorf("a teacher comes to %s: %d", path, status)
		}
	}
	u.strengthens()
	t.Run("hours", func(t *testing.T) {
		_, page, _ := u.get("/calendar/hours?name=gio-hoc")
		if !strings.Contains(page, `value="sat" checked`) || strings.Contains(page, `value="sun" checked`) || !strings.Contains(page, `value="17:00"`) {
			t.Fatalf("the hours that are built in:\n%s", page)
		}
		form := values("name", "gio-hoc", "seen", seen(t, page), "from", "07:15", "to", "11:30", "on", "study", "do", "preview")
		form["day"] = []string{"mon", "fri"}
		if _, page, _ := u.do("POST", "/calendar/hours", form); !strings.Contains(page, "07:00–17:00") || !strings.Contains(page, "07:15–11:30") || !strings.Contains(page, "T2, T6") || !strings.Contains(page, "Mới được mở") || !strings.Contains(page, "1 được mở thêm") {
			t.Errorf("the preview:\n%s", page)
		}
		if _, page, _ := u.get("/calendar"); strings.Contains(page, "07:15") {
			t.Error("a preview has written")
		}
		form.Set("do", "save")
		if status, page, _ := u.do("POST", "/calendar/hours", form); status != http.StatusOK || !strings.Contains(page, "07:15–11:30") {
			t.Errorf("the hours that were saved: %d\n%s", status, page)
		}
		if status, page, _ := u.do("POST", "/calendar/hours", form); status != http.StatusConflict || !strings.Contains(page, "Bản đã ghi") {
			t.Errorf("saved from an old page: %d", status)
		}
		exam := values("name", "gio-thi", "seen", "0", "from", "07:00", "to", "", "on", "exam", "do", "save")
		exam["day"] = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
		if status, page, _ := u.do("POST", "/calendar/hours", exam); status != http.StatusOK || !strings.Contains(page, "07:00–24:00") {
			t.Errorf("hours for examinations: %d\n%s", status, page)
		}
		exam.Del("day")
		if status, page, _ := u.do("POST", "/calendar/hours", exam); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="hours-name-wrong"`) {
			t.Errorf("no day: %d", status)
		}
		_, page, _ = u.get("/calendar/hours?name=gio-hoc")
		if page, _ := u.sends("/calendar/hours", "name", "gio-hoc", "seen", seen(t, page), "do", "remove"); !strings.Contains(page, "07:00–17:00") {
			t.Errorf("the hours that are built in again:\n%s", page)
		}
	})
	t.Run("profiles", func(t *testing.T) {
		_, page, _ := u.get("/edit/profile?base=tieu-hoc&unit=th-kim-dong")
		ticked := regexp.MustCompile(`name="(lessons|outside)" value="([a-z-]+)" checked`).FindAllStringSubmatch(page, -1)
		form := values("name", "phong-may", "base", "tieu-hoc", "unit", "th-kim-dong", "seen", seen(t, page), "reply", "nodata", "why", "phòng máy")
		for _, tick := range ticked {
			if tick[2] != "games" {
				form.Add(tick[1], tick[2])
			}
		}
		form.Add("lessons", "games")
		form.Set("do", "preview")
		if status, page, _ := u.do("POST", "/edit/profile", form); status != http.StatusOK || len(ticked) < 10 || !strings.Contains(page, "chặn trong giờ học") || !strings.Contains(page, "Không ai mới bị chặn") {
			t.Fatalf("the preview of a profile that nobody has: %d, %d are ticked\n%s", status, len(ticked), page)
		}
		form.Set("do", "save")
		status, page, at := u.do("POST", "/edit/profile", form)
		if status != http.StatusOK || at != "/edit/unit" || !strings.Contains(page, `value="phong-may"`) {
			t.Fatalf("after it is saved: %d at %s\n%s", status, at, page)
		}
		if status, page, _ := u.do("POST", "/edit/profile", form); status != http.StatusConflict || !strings.Contains(page, "Hai bản") {
			t.Errorf("saved from an old page: %d", status)
		}
		use := []string{"id", "th-kim-dong", "seen", seen(t, page), "name", "TH Kim Đồng", "kind", "school", "level", "primary", "networks", "127.10.0.0/16", "profile", "phong-may"}
		if page, _ := u.sends("/edit/unit", append(use, "do", "preview")...); !strings.Contains(page, "Newly open</span></strong>: Trò chơi") {
			t.Errorf("a preview of the unit with it:\n%s", page)
		}
		u.sends("/edit/unit", append(use, "do", "save")...)
		_, page, _ = u.get("/edit/profile?name=phong-may")
		if strings.Contains(page, `name="outside" value="games" checked`) || !strings.Contains(page, `name="lessons" value="games" checked`) || !strings.Contains(page, `value="nodata" selected`) {
			t.Errorf("the profile that was saved:\n%s", page)
		}
		form.Set("seen", seen(t, page))
		form["lessons"], form["outside"] = nil, nil
		form.Set("do", "preview")
		if status, page, _ := u.do("POST", "/edit/profile", form); status != http.StatusOK || !strings.Contains(page, "Mới được mở") || !strings.Contains(page, "<li>TH Kim Đồng</li>") {
			t.Errorf("a preview of nothing blocked: %d\n%s", status, page)
		}
		use[3] = seen(t, pageAt(u, "/edit/unit?id=th-kim-dong"))
		use[len(use)-1] = ""
		u.sends("/edit/unit", append(use, "do", "save")...)
		if page, _ := u.sends("/edit/profile", "name", "phong-may", "seen", form.Get("seen"), "do", "remove"); strings.Contains(page, "phong-may</a>") {
			t.Errorf("the profile that was taken out:\n%s", page)
		}
	})
	t.Run("rules", func(t *testing.T) {
		newlyOpen := regexp.MustCompile(`Mới được mở <span lang="en">Newly open</span></strong>: Trò chơi`)
		_, page, _ := u.get("/edit/rules?unit=th-kim-dong")
		form := []string{"unit", "th-kim-dong", "seen", seen(t, page), "when", "gio-hoc", "effect", "allow", "what", "games", "why", "tuần lễ tin học"}
		if page, _ := u.sends("/edit/rules", append(form, "do", "preview")...); !newlyOpen.MatchString(page) || !strings.Contains(page, "<li>TH Kim Đồng</li>") {
			t.Errorf("the preview:\n%s", page)
		}
		page, _ = u.sends("/edit/rules", append(form, "do", "save")...)
		if !strings.Contains(page, "gio-hoc</span>") || !strings.Contains(page, "Trò chơi") {
			t.Fatalf("the rule that was saved:\n%s", page)
		}
		if page, _ := u.sends("/edit/rules", append(form, "do", "preview", "seen", seen(t, page))...); !strings.Contains(page, "Không ai mới bị chặn") {
			t.Errorf("a preview of the same once more:\n%s", page)
		}
		if status, page, _ := u.do("POST", "/edit/rules", values(append(form, "do", "save")...)); status != http.StatusConflict || !strings.Contains(page, "gio-hoc</span>") {
			t.Errorf("saved from an old page: %d", status)
		}
		if page, _ := u.sends("/edit/rules", "unit", "th-kim-dong", "seen", seen(t, page), "index", "0", "do", "remove"); strings.Contains(page, "gio-hoc</span>") {
			t.Errorf("the rule that was taken out:\n%s", page)
		}
		later := append(form, "when", "ngoai-gio-hoc", "effect", "block", "what", "social")
		_, page, _ = u.get("/edit/rules?unit=th-kim-dong")
		if page, _ := u.sends("/edit/rules", append(later, "seen", seen(t, page), "do", "save")...); !strings.Contains(page, "ngoài giờ học") {
			t.Errorf("a rule for the time outside lessons:\n%s", page)
		}
		always := append(form, "when", "", "what", "service:tiktok")
		if page, _ := u.sends("/edit/rules", append(always, "do", "preview")...); !strings.Contains(page, "Newly open</span></strong>: TikTok") {
			t.Errorf("a preview of what is always open:\n%s", page)
		}
		u.sends("/edit/rules", append(always, "do", "save")...)
		if blocked(p.from("127.10.1.1", "tiktok.com")) {
			t.Error("what is always open is blocked")
		}
	})
}

// pageAt is a page that is there.
func pageAt(u *person, path string) string {
	u.t.Helper()
	status, page, _ := u.get(path)
	if status != http.StatusOK {
		u.t.Fatalf("%s: %d", path, status)
	}
	return page
}
