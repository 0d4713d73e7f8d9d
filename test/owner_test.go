package test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// serviceUser is the user of the service in these tests, otherUser another one.
const (
	serviceUser = 65534
	otherUser   = 65533
)

// needRoot skips a test that has to become other users.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("becoming another user needs root")
	}
}

// service is a process whose state belongs to the service's user and which runs
// as user; the one before root has done anything to it.
func service(t *testing.T, user int, config string, upstreams ...string) *process {
	t.Helper()
	needRoot(t)
	p := newProcess(t, config, "units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", upstreams...)
	p.user = user
	for _, name := range []string{"lachan.yaml", "policy.yaml"} {
		if err := os.Chmod(filepath.Join(p.dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{p.dir, filepath.Dir(p.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(p.state(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(p.state(), serviceUser, serviceUser); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) state() string { return filepath.Join(p.dir, "state") }

// list writes a list that everybody may read.
func (p *process) list(name, text string) {
	p.t.Helper()
	p.write(name, text)
	if err := os.Chmod(filepath.Join(p.dir, name), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// command runs the program beside the server, as a user.
func (p *process) command(user int, args ...string) (output string, err error) {
	c := exec.Command(binary, append(args, "--config", filepath.Join(p.dir, "lachan.yaml"))...)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}}
	out, err := c.CombinedOutput()
	return string(out), err
}

// strangers are the files of the state that do not belong to the service.
func (p *process) strangers() (names []string) {
	p.t.Helper()
	err := filepath.WalkDir(p.state(), func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // it was temporary
		}
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && info.Sys().(*syscall.Stat_t).Uid != serviceUser {
			names = append(names, path)
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

// TestRootIsToldWhatTheServerCannotRead, such as a key of root's: a service of its own user
// would not start. One that root starts does.
func TestRootIsToldWhatTheServerCannotRead(t *testing.T) {
	p := service(t, serviceUser, "", "127.0.0.1:1")
	const told = "the server's user nobody cannot read what root can"
	if out, err := p.command(0, "check", "--lang", "en"); err != nil || strings.Contains(out, told) {
		t.Errorf("all can be read: %v\n%s", err, out)
	}
	p.list("cert.pem", string(p.certify()))
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`,
		`server: {listen: ["127.0.0.1:0"], dot: ["127.0.0.1:0"], tls: {cert: cert.pem, key: key.pem, name: `+servedAs+`}}`, 1))
	if err := os.Chmod(filepath.Join(p.dir, "lachan.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := p.command(0, "check", "--lang", "en")
	if err != nil || !strings.Contains(out, told) || !strings.Contains(out, "key.pem: permission denied") {
		t.Errorf("a key of root's: %v\n%s", err, out)
	}
}

func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		p.t.Errorf("exit status %d", status)
	}
}

const twoFeeds = "feeds: [{name: f, url: l.txt, category: gambling}, {name: g, url: m.txt, category: gambling}]\n"

// Root types the commands of the documentation beside a service that is another
// user: the service has what they decided, goes on fetching, and filters as before
// after a restart.
func TestWhatRootDecidesIsOfTheUserThatServes(t *testing.T) {
	up := startStandIn(t)
	p := service(t, serviceUser, twoFeeds, up.addr)
	p.list("l.txt", "one.example\n")
	p.list("m.txt", "three.example\n")
	p.start()
	for _, step := range []struct {
		list string
		args []string
	}{
		{"one.example\ntwo.example\n", []string{"lists", "update"}},
		{"one.example\ntwo.example\nfour.example\n", []string{"lists", "update", "f"}},
		{"", []string{"lists", "rollback", "f"}},
		{"", []string{"lists", "status"}},
		{"", []string{"requests"}},
	} {
		if step.list != "" {
			p.list("l.txt", step.list)
		}
		out, err := p.command(0, step.args...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", step.args, err, out)
		}
		if of := p.strangers(); len(of) > 0 {
			t.Errorf("%v leaves %v", step.args, of)
		}
	}
	p.until("what root fetched is in force", func() bool { return blocked(p.ask("two.example")) })
	p.stop()
	p.start()
	for _, name := range []string{"one.example", "three.example"} {
		if !blocked(p.ask(name)) {
			t.Errorf("%s is open after a restart", name)
		}
	}
	p.list("m.txt", "three.example\nfive.example\n")
	p.until("the service fetches by itself", func() bool { return blocked(p.ask("five.example")) })
}

// A server that root starts on the state of another user writes as that user.
func TestRootServesAsTheUserOfTheState(t *testing.T) {
	up := startStandIn(t)
	p := service(t, 0, twoFeeds, up.addr)
	p.list("l.txt", "one.example\n")
	p.list("m.txt", "three.example\n")
	p.start()
	if !blocked(p.ask("one.example")) {
		t.Error("one.example is open")
	}
	p.stop()
	if of := p.strangers(); len(of) > 0 {
		t.Errorf("a server of root leaves %v", of)
	}
	p.user = serviceUser
	p.start()
	if !blocked(p.ask("one.example")) {
		t.Error("one.example is open to the service")
	}
}

func TestAnotherUserIsToldWhatToType(t *testing.T) {
	p := service(t, serviceUser, twoFeeds, "192.0.2.1")
	for _, args := range [][]string{{"lists", "update"}, {"lists", "approve", "f"}, {"requests", "answer", "1", "được"}} {
		out, err := p.command(otherUser, args...)
		if want := "sudo " + binary + " " + strings.Join(args, " "); err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v, want %q in\n%s", args, err, want, out)
		}
	}
}

// Whatever of its state the server may not read, nothing opens: lists in force
// stay, and where none are in force nobody is answered until the copy can be read.
func TestWhatMayNotBeReadOpensNothing(t *testing.T) {
	up := startStandIn(t)
	p := service(t, serviceUser, twoFeeds, up.addr)
	p.list("l.txt", "one.example\n")
	p.list("m.txt", "three.example\n")
	p.start()
	if !blocked(p.ask("one.example")) {
		t.Fatal("one.example is open")
	}
	p.stop()
	status := filepath.Join(p.state(), "feeds", "f", "status.json")
	own := func(path string, user int) {
		if err := os.Chown(path, user, user); err != nil {
			t.Fatal(err)
		}
	}
	own(status, 0)
	p.start()
	p.metric(`lachan_condition{name="feed-unreadable"}`, "1")
	if !blocked(p.ask("one.example")) {
		t.Error("with compiled lists: one.example is open")
	}
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.state(), "lists")); err != nil {
		t.Fatal(err)
	}
	p.start()
	for _, name := range []string{"one.example", "three.example", "lesson.example"} {
		if m := p.ask(name); m.Rcode == dns.RcodeSuccess {
			t.Errorf("without compiled lists: %s is answered", name)
		}
	}
	if status, body := p.get("/readyz?verbose"); status == http.StatusOK || !strings.Contains(body, "chown -R 65534:65534") {
		t.Errorf("/readyz: %d %s", status, body)
	}
	own(status, serviceUser)
	p.signal(syscall.SIGHUP)
	p.until("the server opens", func() bool { return p.ask("lesson.example").Rcode == dns.RcodeSuccess })
	if !blocked(p.ask("one.example")) {
		t.Error("mended: one.example is open")
	}
}

// What is on this machine is in force with the first answer, and the server is
// ready when every feed was tried and its list decides.
func TestAFirstStartAnswersNothingOfItsListsOpenly(t *testing.T) {
	const starts = 5
	up := startStandIn(t)
	var fetched atomic.Bool
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !fetched.Load() {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "far.example")
	}))
	defer web.Close()
	for range starts {
		p := newProcess(t, "feeds: [{name: here, url: l.txt, category: gambling}, {name: there, url: \""+web.URL+"\", category: gambling, format: domains}]\n",
			"units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", up.addr)
		p.write("l.txt", "one.example\n")
		p.start()
		if !blocked(p.ask("one.example")) {
			t.Error("the first answer is open")
		}
		p.until("the other list is missed", func() bool {
			status, body := p.get("/readyz")
			return status == http.StatusServiceUnavailable && strings.Contains(body, "there") && !strings.Contains(body, "here,")
		})
		p.stop()
	}
	t.Logf("%d first starts", starts)
	fetched.Store(true)
	p := newProcess(t, "feeds: [{name: there, url: \""+web.URL+"\", category: gambling, format: domains}]\n",
		"units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", up.addr)
	p.start()
	p.until("ready", func() bool { status, _ := p.get("/readyz"); return status == http.StatusOK })
	if !blocked(p.ask("far.example")) {
		t.Error("ready, and far.example is open")
	}
}
