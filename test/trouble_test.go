package test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

func TestWithoutUpstreamsBlocksHoldAndOldAnswersServe(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "cache: {max_ttl: 1s}\n", "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n", up.addr)
	if m := p.ask("lesson.example"); m.Rcode != dns.RcodeSuccess || len(m.Answer) != 1 {
		t.Fatal(m)
	}
	up.stop()
	p.until("the answer is past its TTL and still serves", func() bool {
		m := p.ask("lesson.example")
		if m.Rcode != dns.RcodeSuccess || len(m.Answer) != 1 {
			t.Fatalf("the cached name has no answer: %s", m)
		}
		return hasError(m, dns.ExtendedErrorCodeStaleAnswer)
	})
	if m := p.ask("game.example"); !blocked(m) {
		t.Errorf("a blocked name: %s", m)
	}
	if m := p.ask("new.example"); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("a name that was never asked: %s", m)
	}
	if status, body := p.get("/healthz"); status != 200 {
		t.Errorf("/healthz: %d %s", status, body)
	}
}

// hasError tells whether a reply has an extended error (RFC 8914).
func hasError(m *dns.Msg, code uint16) bool {
	for _, o := range m.IsEdns0().Option {
		if ede, ok := o.(*dns.EDNS0_EDE); ok && ede.InfoCode == code {
			return true
		}
	}
	return false
}

func TestADiskThatIsFullStopsNoAnswerAndIsTold(t *testing.T) {
	const size = 1 << 20
	f := func(how string, fill func(p *process), mend func(p *process), prepare func(p *process)) {
		t.Run(how, func(t *testing.T) {
			up := startStandIn(t)
			p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%}]\n", "", up.addr)
			p.write("bets.txt", numbered("small", 1000))
			prepare(p)
			p.start()
			p.metric(`lachan_feed_entries{feed="bets"}`, "1001")

			fill(p)
			p.write("bets.txt", numbered("large", 100_000))
			p.signal(syscall.SIGHUP)
			p.metric(`lachan_condition{name="feed-failing"}`, "1")
			if !blocked(p.ask("edition-small.example")) || blocked(p.ask("edition-large.example")) {
				t.Error("the copy before is not in force")
			}
			for i := range 100 {
				if m := p.ask(fmt.Sprintf("%d.lesson.example", i)); m.Rcode != dns.RcodeSuccess {
					t.Fatalf("answers have stopped: %s", m)
				}
			}
			p.kill()
			p.start() // on the same disk
			if !blocked(p.ask("edition-small.example")) {
				t.Error("the copy before is not in force after a start")
			}

			mend(p)
			p.write("bets.txt", numbered("middle", 2000))
			p.signal(syscall.SIGHUP)
			p.metric(`lachan_feed_entries{feed="bets"}`, "2001")
			if _, body := p.get("/metrics"); number(body, `lachan_condition{name="feed-failing"}`) == 1 {
				t.Error("the condition stays when there is room again")
			}
		})
	}
	limit := func(most uint64) func(p *process) {
		return func(p *process) {
			p.t.Helper()
			limits := unix.Rlimit{Cur: most, Max: unix.RLIM_INFINITY}
			if err := unix.Prlimit(p.child("manage"), unix.RLIMIT_FSIZE, &limits, nil); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	nothing := func(*process) {}
	f("files may not grow", limit(size/4), limit(unix.RLIM_INFINITY), nothing)
	if !mayMount(t) {
		t.Log("no space left on the device: needs the right to mount")
		return
	}
	ballast := func(p *process) string { return filepath.Join(p.dir, "state", "ballast") }
	f("no space left on the device", func(p *process) {
		p.t.Helper()
		if err := os.WriteFile(ballast(p), make([]byte, 2*size), 0o600); !errors.Is(err, unix.ENOSPC) {
			p.t.Fatalf("fill the disk: %v", err)
		}
	}, func(p *process) {
		if err := os.Remove(ballast(p)); err != nil {
			p.t.Fatal(err)
		}
	}, func(p *process) { mountDisk(p.t, filepath.Join(p.dir, "state"), size) })
}

// mountDisk makes a directory a small disk of its own until the test ends.
func mountDisk(t *testing.T, dir string, size int) {
	t.Helper()
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		err = unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
	}
	if err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
}

// mayMount tells whether the test has the right to mount.
func mayMount(t *testing.T) bool {
	dir := t.TempDir()
	if unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4096") != nil {
		return false
	}
	return unix.Unmount(dir, 0) == nil
}

// TestADecisionThatCannotBeWrittenIsRefused fills the disk under decisions: each is refused
// with what to do, none is half there, DNS goes on, and with room again all is as before.
func TestADecisionThatCannotBeWrittenIsRefused(t *testing.T) {
	if !mayMount(t) {
		t.Log("needs the right to mount")
		return
	}
	p := newProcess(t, "", country, startStandIn(t).addr)
	state := filepath.Join(p.dir, "state")
	mountDisk(t, state, 8<<20)
	clients := p.people("school@th-kim-dong", "operator@")
	p.start()
	school, operator := clients["school@th-kim-dong"], clients["operator@"]
	block := func(name string) (status int, text string) {
		return school.ask("POST", "units/th-kim-dong/exceptions", fmt.Sprintf(`{"name":%q,"block":true,"until":"2036-12-31"}`, name))
	}
	if status, text := block("first.example"); status >= 300 || !p.blocked("127.10.1.1", "first.example") {
		t.Fatal(status, text)
	}
	ballast := filepath.Join(state, "ballast")
	fill := func() {
		t.Helper()
		if err := os.WriteFile(ballast, make([]byte, 16<<20), 0o600); !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("fill the disk: %v", err)
		}
	}
	refused := func(what string, status int, text string) {
		t.Helper()
		told := strings.Contains(text, "make room") || strings.Contains(text, "nothing was written; try again")
		if status != http.StatusServiceUnavailable || !strings.Contains(text, "no space left on device") || !told {
			t.Errorf("%s on a full disk: %d %s", what, status, text)
		}
	}
	verified := func(when string) {
		t.Helper()
		if out, err := p.command(os.Getuid(), "ledger", "verify"); err != nil {
			t.Errorf("%s: %v %s", when, err, out)
		}
	}
	fill()
	tried := 0
	var late []string
	for i := range 200 { // what is left of the last page may hold a few
		name := fmt.Sprintf("full-%d.example", i)
		status, text := block(name)
		if status < 300 {
			if !p.blocked("127.10.1.1", name) {
				t.Errorf("%s is confirmed and open", name)
			}
			continue
		}
		if strings.Contains(text, "is written but not in force yet, it is tried again") {
			late = append(late, name) // the last page had room for its line
			continue
		}
		tried++
		refused("an exception", status, text)
		if p.blocked("127.10.1.1", name) {
			t.Errorf("%s is refused and blocked", name)
		}
		if tried == 1 {
			t.Log(text)
		}
		if tried == 20 {
			break
		}
	}
	if tried < 20 {
		t.Fatalf("the disk is not full: %d refused", tried)
	}
	status, text := operator.ask("PUT", "profiles/thi", `{"profile":{"block":["games"]}}`, `If-Match: "0"`)
	refused("a profile", status, text)
	if out, err := p.command(os.Getuid(), "except", "add", "cli.example", "--unit", "sa-pa", "--block", "--until", "2036-12-31", "--why", "x", "--lang", "en"); err == nil || !strings.Contains(string(out), "no space left on device") {
		t.Errorf("a command on a full disk: %v %s", err, out)
	}
	for i := range 50 {
		if m := p.from("127.10.1.1", fmt.Sprintf("%d.lesson.example", i)); m.Rcode != dns.RcodeSuccess {
			t.Fatalf("answers have stopped: %s", m)
		}
	}
	p.kill()
	p.start() // on the same disk
	if !p.blocked("127.10.1.1", "first.example") || p.blocked("127.11.1.1", "cli.example") {
		t.Error("after a start what is in force is not what was confirmed")
	}
	if out, err := p.command(os.Getuid(), "ledger", "verify", "--lang", "en"); err != nil && !strings.Contains(string(out), "make room") {
		t.Errorf("on a full disk: %v %s", err, out)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if status, text := block("again.example"); status >= 300 || !p.blocked("127.10.1.1", "again.example") {
		t.Errorf("with room again: %d %s", status, text)
	}
	for _, name := range late {
		if !p.blocked("127.10.1.1", name) {
			t.Errorf("%s was written and is not in force with room again", name)
		}
	}
	t.Logf("%d refused, %d written and in force later", tried, len(late))
	verified("with room again")
	p.stop()
	p.start()
	if !p.blocked("127.10.1.1", "again.example") || !p.blocked("127.10.1.1", "first.example") {
		t.Error("after all of it something is lost")
	}
	verified("in the end")
}
