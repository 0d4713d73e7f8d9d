package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

const lineSchools = `
units:
  - {id: th-mot, profile: hs, radius_ids: [th-mot@isp.example]}
  - {id: th-hai, profile: mo, radius_ids: [th-hai@isp.example, "kênh thuê riêng 7"]}
profiles:
  hs: {block: [social]}
  mo: {block: [gambling]}
`

// An accessServer is radclient of FreeRADIUS.
type accessServer struct {
	p       *process
	program string
	secret  string
}

// says sends a request and reports whether it was answered.
func (s *accessServer) says(attributes ...string) bool {
	s.p.t.Helper()
	address := s.p.logged(`msg="serving accounting" address=(\S+)`)
	cmd := exec.Command(s.program, "-r", "2", "-t", "1", address, "acct", s.secret)
	cmd.Stdin = strings.NewReader(strings.Join(append(attributes, "NAS-Identifier = bras-1"), "\n") + "\n")
	out, err := cmd.CombinedOutput()
	answered := strings.Contains(string(out), "Received Accounting-Response")
	if answered != (err == nil) {
		s.p.t.Fatalf("radclient: %v %s", err, out)
	}
	return answered
}

func (s *accessServer) session(what, id, line, address string) []string {
	return []string{
		"Acct-Status-Type = " + what, fmt.Sprintf("Acct-Session-Id = %q", id), fmt.Sprintf("User-Name = %q", line),
		"Framed-IP-Address = " + address,
	}
}

// An address is the school's that has the session, from the next question after the
// access server has its answer, until Stop; also when processes die in between.
func TestAnAddressIsTheSchoolsWhileItsSessionLasts(t *testing.T) {
	p := newProcess(t, `
radius:
  listen: ["127.0.0.1:0"]
  clients:
    - {network: 127.0.0.1/32, secret_file: bras.key}
`, lineSchools, startStandIn(t).addr)
	p.write("bras.key", "between-us-two\n")
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=refuse"}
	p.start()
	program, err := exec.LookPath("radclient")
	if err != nil {
		t.Skip("radclient is not installed: run `make tools`")
	}
	s := &accessServer{p, program, "between-us-two"}
	const address, name = "127.0.9.7", "www.facebook.com"
	unknown := func() bool { return p.from(address, "www.school.example").Rcode == dns.RcodeRefused }
	is := func(when string, unit string) {
		t.Helper()
		got := "none"
		if !unknown() {
			if got = "th-hai"; p.blocked(address, name) {
				got = "th-mot"
			}
		}
		if got != unit {
			t.Errorf("%s the address is of %s, want %s", when, got, unit)
		}
	}
	is("before", "none")
	if !s.says(s.session("Start", "1", "th-mot@isp.example", address)...) {
		t.Fatal("a request has no answer")
	}
	is("after Start", "th-mot")
	for _, name := range []string{"resolve", "manage"} {
		if err := syscall.Kill(p.child(name), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.until("it is known again", func() bool { return !unknown() })
		is("after the end of "+name, "th-mot")
	}
	p.until("manage is there", p.alive)
	s.says(s.session("Start", "2", "kênh thuê riêng 7", address)...)
	is("after another Start", "th-hai")
	s.says(s.session("Interim-Update", "1", "th-mot@isp.example", address)...)
	s.says(s.session("Stop", "1", "th-mot@isp.example", address)...)
	is("after what is late of the first", "th-hai")
	p.kill()
	p.start()
	is("after a start anew", "th-hai")
	if status, body := p.get("/api/explain?name=" + name + "&client=" + address); !strings.Contains(body, "th-hai") {
		t.Errorf("explaining does not know the session: %d %s", status, body)
	}
	forger := &accessServer{p, s.program, "not-the-secret"}
	if forger.says(s.session("Stop", "2", "kênh thuê riêng 7", address)...) {
		t.Error("another secret is answered")
	}
	is("after a forged Stop", "th-hai")
	p.metric(`lachan_condition{name="radius-secret"}`, "1")
	s.says("Acct-Status-Type = Accounting-Off")
	is("after Accounting-Off", "none")
	p.metric("lachan_radius_sessions", "0")
	if text, err := os.ReadFile(filepath.Join(p.dir, "state", "sessions.jsonl")); err != nil || strings.Contains(string(text), "isp.example") {
		t.Errorf("what a customer is called is on the disk: %v %s", err, text)
	}
}
