package test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNoKeyInAnAddressIsShown writes a key wherever an address may hold one, and looks
// for it in the log, in every page of http.listen, in what commands say, and in the
// files of the state: while the addresses fail, when they answer, and with mistakes in
// them.
func TestNoKeyInAnAddressIsShown(t *testing.T) {
	const key = "S3CRET-KEY"
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "gone") {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("bet.example\n"))
	}))
	defer good.Close()
	host := strings.TrimPrefix(good.URL, "http://")
	up := startStandIn(t)
	config := `feeds:
  - {name: good, url: "http://u:` + key + `@` + host + `/l.txt?key=` + key + `", format: domains, category: gambling}
  - {name: gone, url: "http://` + host + `/gone.txt?token=` + key + `#` + key + `", format: domains, category: games}
  - {name: dead, url: "http://` + key + `@127.0.0.1:9/l.txt", verify: {sha256_url: "http://127.0.0.1:9/l.sha256?` + key + `"}, category: games}
  - {name: page, url: "http://` + host + `/l.txt", verify: {sha256_url: "http://` + host + `/gone.sha256?` + key + `"}, category: games}
metrics: {write_url: "http://u:` + key + `@127.0.0.1:9/` + "w?token=" + key + `", query_url: "http://u:` + key + `@127.0.0.1:9/"}
log: {level: debug}
`
	p := newProcess(t, config, "units: [{id: truong, name: T, kind: school, level: primary, networks: [127.0.0.0/8]}]\n",
		up.addr, `"https://127.0.0.1:9/`+key+`/dns-query"`, `"https://nowhere.example/`+key+`#ip=127.0.0.1"`)
	p.start()
	p.metric(`lachan_feed_entries{feed="good"}`, "1")
	for _, name := range []string{"a.example", "b.example", "bet.example"} {
		p.ask(name)
	}
	p.until("dead feeds are told", func() bool {
		_, body := p.get("/api/conditions")
		return strings.Contains(body, "dead") && strings.Contains(body, "gone") && strings.Contains(body, "page")
	})
	look := func(where, text string) {
		t.Helper()
		if at := strings.Index(text, key); at >= 0 {
			t.Errorf("%s: ...%s...", where, text[max(0, at-80):min(len(text), at+40)])
		}
	}
	pages := func(when string) {
		t.Helper()
		for _, page := range []string{
			"/metrics", "/metrics/compliance", "/readyz?verbose", "/api/conditions", "/api/orders", "/api/report",
			"/api/explain?name=bet.example&unit=truong", "/api/lists/impact?feed=good", "/api/lists/impact?feed=dead", "/api/v1/query?query=up",
		} {
			_, body := p.get(page)
			look(when+page, body)
		}
		look(when+"log", p.log.String())
	}
	commands := func(when string) {
		t.Helper()
		for _, args := range []string{
			"check", "check --json", "lists status", "lists status --json", "explain bet.example --unit truong", "lists update",
			"lists diff good", "lists approve dead", "report --month 2026-10", "health", "requests",
		} {
			args := append(strings.Fields(args), "--config", filepath.Join(p.dir, "lachan.yaml"))
			said, _ := exec.Command(binary, args...).CombinedOutput()
			look(when+strings.Join(args[:len(args)-2], " "), string(said))
		}
	}
	pages("")
	commands("")
	err := filepath.WalkDir(filepath.Join(p.dir, "state"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // files come and go
		}
		text, _ := os.ReadFile(path)
		look(path, string(text))
		return nil
	})
	if err != nil {
		t.Error(err)
	}

	for _, mistake := range []string{
		`feeds: [{name: bad, url: "ftp://u:` + key + `@h.example/l?` + key + `", category: games}]`,
		`feeds: [{name: bad, url: "https://u:` + key + `?@/l?` + key + `", category: games}]`,
		`metrics: {write_url: "ftp://` + key + `@h.example/?` + key + `"}`,
		`metrics: {query_url: "ftp://` + key + `@h.example/?` + key + `"}`,
	} {
		p.writeConfig(mistake, up.addr)
		before := strings.Count(p.log.String(), "reload")
		p.signal(syscall.SIGHUP)
		p.until("the mistake is told", func() bool { return strings.Count(p.log.String(), "reload") > before })
		pages(mistake[:20] + ": ")
		commands(mistake[:20] + ": ")
	}
	for _, server := range []string{
		`"https://h.example/` + key + `/a b"`, `"https://h.example:x/` + key + `"`, `"https://h.example/` + key + `#pin=` + key + `"`,
		`"ftp://` + key + `@h.example"`, `"https://` + key + `@h.example/"`, `"https://h.example/` + key + `#what=` + key + `"`,
	} {
		p.writeConfig("", server)
		before := strings.Count(p.log.String(), "reload")
		p.signal(syscall.SIGHUP)
		p.until("the mistake is told", func() bool { return strings.Count(p.log.String(), "reload") > before })
		pages(server[:12] + ": ")
		commands(server[:12] + ": ")
	}
}
