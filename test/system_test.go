package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The hosts of feeds are known to the upstream alone, and the policy refuses
// clients that it does not know: the server asks its own upstream, past the policy.
func TestOwnLookUpsGoToTheUpstreamsPastThePolicy(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "bad.example") }))
	defer web.Close()
	_, port, err := net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	feed := "feeds: [{name: f, url: \"http://127-0-0-1.addr.example:" + port + "/\", category: gambling, format: domains%s}]\n"
	const units = "units: [{id: a, networks: [127.0.0.5/32], block: [gambling]}]\n"
	f := func(name, config, policy string) {
		t.Run(name, func(t *testing.T) {
			up := startStandIn(t)
			p := serveProcess(t, config, policy, up.addr)
			p.until("the list is in force", func() bool { return blocked(p.from("127.0.0.5", "bad.example")) })
			out, err := exec.Command(binary, "lists", "update", "--config", filepath.Join(p.dir, "lachan.yaml")).CombinedOutput()
			if err != nil {
				t.Errorf("the command: %v\n%s", err, out)
			}
		})
	}
	plain := fmt.Sprintf(feed, "")
	f("plain", plain, units)
	f("on_missing", fmt.Sprintf(feed, ", on_missing: refuse"), units)
	f("default deny", plain, "profiles: {exam: {block: [], default: deny, allow: [olm.vn]}}\ndefault_profile: exam\n"+units)
	f("host is blocked", plain, "units: [{id: b, networks: [127.0.0.0/8], block: [{name: addr.example}, gambling]}]\n")
}

// underResolvConf is a program that runs the one under test with a resolv.conf of
// its own, which it returns too.
func underResolvConf(t *testing.T, text string) (program, file string) {
	t.Helper()
	if err := exec.Command("unshare", "-m", "true").Run(); err != nil {
		t.Skip("a resolv.conf of one's own needs a mount namespace:", err)
	}
	dir := t.TempDir()
	file, program = filepath.Join(dir, "resolv.conf"), filepath.Join(dir, "lachan")
	script := fmt.Sprintf("#!/bin/sh\nexec unshare -m sh -c 'mount --bind %s /etc/resolv.conf && exec %s \"$@\"' sh \"$@\"\n", file, binary)
	for name, text := range map[string]string{file: text, program: script} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return program, file
}

// The network of a machine comes up after its server, and its resolvers change:
// the server starts, refuses nothing that needs none, and follows.
func TestTheServersOfTheSystemAreFollowed(t *testing.T) {
	const bound = 10 * time.Second
	program, resolvConf := underResolvConf(t, "# no network yet\n")
	first, second := startStandInAt(t, "127.0.0.77:53"), startStandInAt(t, "127.0.0.78:53")
	p := newProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n", "system")
	p.program = program
	p.start()
	if m := p.ask("early.example"); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("without servers: %s", m)
	}
	if !blocked(p.ask("game.example")) {
		t.Error("without servers nothing is blocked")
	}
	p.metric(`lachan_condition{name="upstream-system"}`, "1")
	out, err := exec.Command(program, "check", "--config", filepath.Join(p.dir, "lachan.yaml")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "resolv.conf") {
		t.Errorf("check: %v\n%s", err, out)
	}
	name := 0
	answers := func() bool {
		name++
		return p.ask(fmt.Sprintf("n%d.example", name)).Rcode == dns.RcodeSuccess
	}
	change := func(what, text string) {
		t.Helper()
		if err := os.WriteFile(resolvConf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		p.within(bound, what, answers)
		t.Logf("%s: after %v", what, time.Since(began).Round(time.Millisecond))
	}
	change("the network comes up", "nameserver 127.0.0.77\n")
	if _, body := p.get("/metrics"); strings.Contains(body, `lachan_condition{name="upstream-system"}`) {
		t.Error("the condition has not ended")
	}
	first.stop()
	change("the resolver changes", "nameserver 127.0.0.78\n")
	if second.asked.Load() == 0 {
		t.Error("the second resolver was not asked")
	}
	change("the file is emptied", "")
}
