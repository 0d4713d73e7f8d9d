package supervise

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/internal/message"
)

func endpoint(role message.Role, port uint16) message.Endpoint {
	return message.Endpoint{Role: role, Address: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}
}

// What is open stays open as long as it is wanted; with an error nothing changes.
func TestSocketsAreThoseThatAreWanted(t *testing.T) {
	s := sockets{}
	defer s.close()
	plain, page, zones := endpoint(message.RolePlain, 0), endpoint(message.RolePage, 0), endpoint(message.RoleZones, 0)
	if _, err := s.open([]message.Endpoint{plain, page, zones}); err != nil {
		t.Fatal(err)
	}
	if n := len(s[zones]); n != 2 || s[zones][0].bound != s[zones][1].bound {
		t.Errorf("zones are served at %d sockets: %+v", n, s[zones])
	}
	answers, err := s.message(true)
	if err != nil || len(answers.Files) != len(s[plain]) {
		t.Errorf("resolve gets %d sockets, %v, want %d", len(answers.Files), err, len(s[plain]))
	}
	others, err := s.message(false)
	if err != nil || len(others.Files) != 3 {
		t.Errorf("manage gets %d sockets, %v, want 3", len(others.Files), err)
	}

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	http := endpoint(message.RoleHTTP, taken.Addr().(*net.TCPAddr).AddrPort().Port())
	before := s[plain][0].bound
	if _, err := s.open([]message.Endpoint{http}); err == nil || !strings.Contains(err.Error(), http.Address.String()) {
		t.Errorf("an address that is taken: %v", err)
	}
	if len(s) != 3 || s[plain][0].bound != before {
		t.Error("an error has changed what is open")
	}
	if _, err := s.open([]message.Endpoint{plain}); err != nil {
		t.Fatal(err)
	}
	if len(s) != 1 || s[plain][0].bound != before {
		t.Error("what is still wanted was opened again, or what is not stays open")
	}
}

// A process that ends now and then is started again at once; one that ends soon
// after each start has to wait, longer and longer, until it lives again.
func TestALoopOfCrashesBacksOff(t *testing.T) {
	r := newRestarts()
	young := &child{started: time.Now().Add(-time.Minute)} // it was never ready
	old := &child{ready: true, began: time.Now().Add(-steadyTime)}
	for i := range freeRestarts {
		r.ended(young)
		if wait := r.wait(); wait != 0 {
			t.Errorf("end %d: waits %s", i+1, wait)
		}
	}
	before := time.Duration(0)
	for range 20 {
		r.ended(young)
		wait := r.wait()
		if wait <= 0 || wait > 2*longestWait {
			t.Errorf("waits %s", wait)
		}
		before = max(before, wait)
	}
	if before < longestWait/2 {
		t.Errorf("never waits longer than %s", before)
	}
	r.ended(old)
	if r.quick != 0 || r.wait() != 0 {
		t.Error("a process that has lived is not started again at once")
	}
	r.failed()
	if r.wait() == 0 {
		t.Error("a program that cannot be started is tried again at once")
	}
}

// A file that is no build of this program, or does not run here, is no upgrade.
func TestAProgramThatDoesNotRunIsNoUpgrade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lachan")
	for _, text := range []string{"", "half of a binary", "#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n", "#!/bin/sh\necho 2.0\n"} {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := tryProgram(file); err == nil {
			t.Errorf("%q is taken for an upgrade", text)
		}
	}
	if err := tryProgram(filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("what is not there is taken for an upgrade")
	}
}
