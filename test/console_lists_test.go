package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A list is tried before anybody uses it: fetched and read once, it says how much is in it
// and what of what people ask would be blocked; the line that is offered is one that the
// configuration takes. Nothing is blocked by it, and it is not fetched from where only the
// server reaches.
func TestAListIsTriedBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	lists := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/used.txt":
			fmt.Fprint(w, "in-use.example\n")
		case "/new.txt":
			fmt.Fprint(w, "popular.example\nin-use.example\nopened.example\nforcesafesearch.google.com\nbad line here\n"+strings.Repeat("x", 5)+".example\n")
		case "/inside":
			http.Redirect(w, r, "http://127.0.0.1:9/secret", http.StatusFound)
		default:
			fmt.Fprint(w, "<html>"+wares+"</html>")
		}
	}))
	t.Cleanup(lists.Close)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("a server inside is asked")
		fmt.Fprint(w, "secret.example\n")
	}))
	t.Cleanup(other.Close)
	p := newProcess(t, consoleConfig+"feeds: [{name: dung, url: "+lists.URL+"/used.txt, format: domains, category: games}]\n", country, startStandIn(t).addr)
	codes := p.invites("operator@", "school@th-kim-dong")
	p.start()
	u, teacher := p.comesIn("operator@", codes["operator@"]), p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	p.until("the list is in force", func() bool { return p.blocked("127.10.1.1", "in-use.example") })
	teacher.sends("/exceptions", "unit", "th-kim-dong", "name", "opened.example", "effect", "allow", "for", "30d", "why", "bài học")
	for range 12 {
		p.from("127.10.1.1", "popular.example")
	}
	if status, _, _ := teacher.do("POST", "/lists", values("address", lists.URL+"/new.txt", "category", "games")); status != http.StatusForbidden {
		t.Errorf("a teacher has a list tried: %d", status)
	}
	for _, bad := range []string{"", "file:///etc/passwd", "/etc/passwd", "https://", "axfr://a.example/x", "https://a:b@c.example/x"} {
		if status, page, _ := u.do("POST", "/lists", values("address", bad, "category", "games")); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="address-wrong"`) {
			t.Errorf("the address %q: %d", bad, status)
		}
	}
	if status, _, _ := u.do("POST", "/lists", values("address", lists.URL+"/new.txt", "category", "fake-news")); status != http.StatusUnprocessableEntity {
		t.Errorf("a category for authorities: %d", status)
	}
	before := p.written()
	tried := func(address, want string) (page string) {
		t.Helper()
		u.sends("/lists", "address", address, "category", "social")
		p.until("the list was tried: "+address, func() bool {
			_, page, _ = u.get("/lists")
			return !strings.Contains(page, `href="/lists#tried"`)
		})
		if !strings.Contains(page, want) {
			t.Errorf("%s, no %q:\n%s", address, want, page[:strings.Index(page, `id="paste"`)])
		}
		return page
	}
	page := tried(lists.URL+"/new.txt", `<li class="code">popular.example</li>`)
	for _, want := range []string{`<li class="code">opened.example</li>`, `<li class="code">forcesafesearch.google.com</li>`, "1 dòng không dùng được"} {
		if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "dòng không dùng được", "lines are of no use")) {
			t.Errorf("no %q:\n%s", want, page[:strings.Index(page, `id="paste"`)])
		}
	}
	line := regexp.MustCompile(`<pre class="code">( {2}- \{name: 127[^<]*)</pre>`).FindStringSubmatch(page)
	if line == nil {
		t.Fatalf("no line to write:\n%s", page)
	}
	p.write("tried.yaml", consoleConfig+"policy: policy.yaml\nstate_dir: tried\nfeeds:\n"+unescaped(line[1])+"\n")
	if out, err := exec.Command(binary, "check", "--config", filepath.Join(p.dir, "tried.yaml")).CombinedOutput(); err != nil {
		t.Errorf("the line that is offered is refused: %v\n%s", err, out)
	}
	if p.blocked("127.10.1.1", "popular.example") {
		t.Error("a list that was tried blocks")
	}
	tried(other.URL+"/x.txt", "into the networks")
	tried(lists.URL+"/inside", "!")
	if page := tried(lists.URL+"/page", "!"); strings.Contains(page, "<script") {
		t.Error("what is no list is shown as it is")
	}
	if names := changed(before, p.written()); len(names) > 0 {
		t.Errorf("a trial has changed %q", names)
	}
	isChosen(t, p, u, teacher, page)
}

// isChosen has the list used that was tried, by one press: it is a record, blocks for
// everybody, is there after a restart, and goes as it came.
func isChosen(t *testing.T, p *process, u, teacher *person, page string) {
	t.Helper()
	form := regexp.MustCompile(`action="(/lists/127[^"]*)"`).FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("no button:\n%s", page)
	}
	name := strings.TrimPrefix(form[1], "/lists/")
	if status, _, _ := teacher.do("POST", form[1], values("do", "use")); status == http.StatusOK || status == http.StatusSeeOther {
		t.Errorf("a teacher uses a list: %d", status)
	}
	if status, _, _ := u.do("POST", "/lists/khong-thu", values("do", "use")); status != http.StatusConflict {
		t.Errorf("a list that was not tried: %d", status)
	}
	u.sends(form[1], "do", "use", "why", "trò chơi mới")
	p.until("the list is in force", func() bool { return p.blocked("127.10.1.1", "popular.example") })
	if p.blocked("127.10.1.1", "opened.example") {
		t.Error("an exception does not win over it")
	}
	_, lists, _ := u.get("/lists")
	for _, want := range []string{"This list is in use.", `value="drop"`, name} {
		if !strings.Contains(lists, want) {
			t.Errorf("no %q:\n%s", want, lists)
		}
	}
	if _, ledger, _ := u.get("/ledger"); !strings.Contains(ledger, "list used: <strong>"+name) {
		t.Errorf("no record:\n%s", ledger)
	}
	if out, err := p.command(os.Getuid(), "lists", "status"); err != nil || !strings.Contains(out, name) {
		t.Errorf("lachan lists status: %v\n%s", err, out)
	}
	if out, err := p.command(os.Getuid(), "ledger", "verify"); err != nil {
		t.Errorf("the ledger: %v\n%s", err, out)
	}
	if out, err := p.command(os.Getuid(), "lists", "remove", name, "--why", "thôi"); err != nil {
		t.Errorf("lachan lists remove: %v\n%s", err, out)
	}
	p.until("it blocks no more", func() bool { return !p.blocked("127.10.1.1", "popular.example") })
	if out, err := p.command(os.Getuid(), "lists", "remove", name); err == nil || !strings.Contains(out, name) {
		t.Errorf("removed twice: %v\n%s", err, out)
	}
	if out, err := p.command(os.Getuid(), "lists", "add", "handed-over-a05-1", "--preview"); err == nil {
		t.Errorf("a name of orders: %s", out)
	}
}
