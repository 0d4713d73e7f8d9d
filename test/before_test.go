package test

import (
	"cmp"
	"crypto/tls"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// beforePackages is the commit before there was a package of Debian, a backup or sessions of
// RADIUS.
const beforePackages = "cb3406b82dd0fd68aa37974097dd6a95ba6b7061"

// A state goes from a version that ran for a while to this one, back and forth again: the same
// list without its publisher, exception, request, linked address, and each question counted once.
// In the gate both are this version.
func TestAStateOfTheVersionBeforeIsTakenOverAndGivenBack(t *testing.T) {
	t.Parallel()
	versions := []string{binary, binary}
	if proving() {
		old := formerOf(t, beforePackages)
		versions = []string{old, binary, old, binary}
	}
	p, d := everyDoorWith(t, "", func(p *process) {
		p.program = versions[0]
		p.write("bets.txt", "bet.example\n")
		p.write("policy.yaml", `
units: [{id: truong, name: Trường A, level: thcs, profile: hs, link_tokens: [token-of-the-school-1]}]
profiles: {hs: {block: [social, gambling], reply: page}}
`)
		p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `listen: ["127.0.0.1:0"]`,
			"listen: [\"127.0.0.1:0\"]\n  page: {a: 127.10.0.9, http: [\"127.0.0.1:0\"]}", 1)+
			"feeds: [{name: f, url: bets.txt, category: gambling, format: domains}]\n")
	})
	says := func(want string, args ...string) {
		t.Helper()
		args = append(args, "--lang", "en", "--config", filepath.Join(p.dir, "lachan.yaml"))
		out, err := exec.Command(cmp.Or(p.program, binary), args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("lachan %s: %v\n%s", args, err, out)
		}
	}
	post := func(client *http.Client, url, host, body string) {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		reply, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if reply.Body.Close(); reply.StatusCode/100 > 3 {
			t.Fatalf("%s: %s", url, reply.Status)
		}
	}
	trusting := &http.Client{Timeout: oneReply, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: d.trust, ServerName: servedAs}}}
	post(trusting, "https://"+d.doh+"/link/token-of-the-school-1", servedAs, "")
	p.until("the list is in force", func() bool { return paged(p.ask("bet.example")) })
	says("", "except", "add", "decided.example", "--unit", "truong", "--block", "--until", "2036-12-31", "--why", "thi")
	post(&http.Client{Timeout: oneReply}, "http://"+p.logged(`msg="serving the block page" address=(\S+)`)+"/lachan-request", "bet.example", "reason=bài+tập")
	p.until("the request is kept", func() bool { return strings.Contains(p.requests(), "bet.example") })
	p.write("bets.txt", "") // a publisher whose list has become empty: the copy before stays

	asked := 0.0
	for i, program := range versions {
		if i > 0 {
			p.stop()
			p.program = program
			p.start()
		}
		for _, name := range []string{"bet.example", "www.facebook.com"} {
			if !paged(p.ask(name)) {
				t.Errorf("version %d opens %s", i, name)
			}
		}
		p.until("the exception is in force", func() bool { return paged(p.ask("decided.example")) })
		if text := p.requests(); !strings.Contains(text, "bet.example") || !strings.Contains(text, "bài tập") {
			t.Errorf("version %d has requests %s", i, text)
		}
		says("the ledger is whole", "ledger", "verify")
		before := p.exposed("truong", "blocked")
		if before < asked {
			t.Errorf("version %d has counted %v, the one before it %v", i, before, asked)
		}
		p.ask("bet.example")
		p.until("it is counted", func() bool { asked = p.exposed("truong", "blocked"); return asked >= before+1 })
	}
}
