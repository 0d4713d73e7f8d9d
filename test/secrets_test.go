package test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWhatIsWrittenIsForItsOwnerAlone: whatever umask the program is started
// with, and a directory that others could look into before is told.
func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n", twoSchools, up.addr)
	p.write("bets.txt", "bet.example\n")
	state := filepath.Join(p.dir, "state")
	if err := os.Mkdir(state, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(state, 0o755); err != nil { // whatever the umask of the test
		t.Fatal(err)
	}
	before := syscall.Umask(0o022)
	p.start()
	syscall.Umask(before)
	p.metric(`lachan_condition{name="state-dir"}`, "1")
	p.metric(`lachan_feed_entries{feed="bets"}`, "1")
	p.until("history is written", func() bool { status, _ := p.get("/metrics/compliance"); return status == 200 })
	files := 0
	err := filepath.WalkDir(state, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // a temporary one that is gone
		}
		info, err := d.Info()
		if err == nil && path != state && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		files++
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files: %v", files, err)
	}
	t.Logf("%d files and directories, none of them for others", files)
}

func TestCheckWarnsOfSecretsThatOthersCanRead(t *testing.T) {
	p := newProcess(t, "", "units: [{id: a, links: [k3v9x2m8q1w7e5r4]}]\n", "127.0.0.1:9")
	p.write("token", "0123456789abcdef\n")
	p.write("lachan.yaml", "state_dir: state\nserver: {listen: [\"127.0.0.1:0\"]}\nhttp: {token_file: token}\n")
	check := func() string {
		t.Helper()
		out, err := exec.Command(binary, "check", "--config", filepath.Join(p.dir, "lachan.yaml")).CombinedOutput()
		if err != nil {
			t.Errorf("check: %v\n%s", err, out)
		}
		return string(out)
	}
	if out := check(); strings.Contains(out, "chmod") {
		t.Errorf("secrets of mode 0600:\n%s", out)
	}
	for _, name := range []string{"token", "policy.yaml"} {
		if err := os.Chmod(filepath.Join(p.dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := check()
	for _, want := range []string{"http.token_file", "chmod o-rwx " + p.dir + "/token", "chmod o-rwx " + p.dir + "/policy.yaml"} {
		if !strings.Contains(out, want) {
			t.Errorf("secrets of mode 0644: %q is missing in\n%s", want, out)
		}
	}
}
