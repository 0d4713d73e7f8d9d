package lachan_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// TestWhatUsersAreGivenWorks runs the real program on every configuration that
// is handed out and on every command that README names.
func TestWhatUsersAreGivenWorks(t *testing.T) {
	program := filepath.Join(t.TempDir(), "lachan")
	run(t, "go", "build", "-o", program, "./cmd/lachan")
	if t.Failed() {
		return
	}

	t.Run("configs", func(t *testing.T) {
		files, err := filepath.Glob("configs/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatalf("no configurations: %v", err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "policy.yaml") {
				run(t, program, "check", "--config", file)
			}
		}
	})
	t.Run("README configuration", func(t *testing.T) {
		dir, snippets := t.TempDir(), 0
		for _, m := range regexp.MustCompile("(?s)```yaml\n# ([a-z.]+)\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1) {
			snippets++
			if err := os.WriteFile(filepath.Join(dir, m[1]), []byte(m[2]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if snippets != 2 {
			t.Errorf("README has %d configurations, want lachan.yaml and policy.yaml", snippets)
		}
		run(t, program, "check", "--config", filepath.Join(dir, "lachan.yaml"))
	})
	t.Run("README commands", func(t *testing.T) {
		for _, command := range mentioned(t, "README.md", "`lachan ([a-z]+)") {
			run(t, program, command, "--help")
		}
	})
	t.Run("README first query", func(t *testing.T) { firstQuery(t, program) })
}

// firstQuery starts the quick start, away from the network and on a free port,
// and compares its answers with those that README shows.
func firstQuery(t *testing.T, program string) {
	server := exec.Command(program, "serve", "--config", "configs/quickstart.yaml", "--server.listen=127.0.0.1:0",
		"--http.listen=", "--feeds=", "--upstream.servers=127.0.0.1:9", "--state_dir="+t.TempDir())
	said, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	})
	var address string
	for lines := bufio.NewScanner(said); address == "" && lines.Scan(); {
		if _, rest, ok := strings.Cut(lines.Text(), "msg=serving address="); ok {
			address = rest
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	readme := read(t, "README.md")
	f := func(name string, want ...string) {
		t.Helper()
		question := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, false)
		reply, _, err := new(dns.Client).Exchange(question, address)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if !strings.Contains(reply.String(), line) || !strings.Contains(readme, line) {
				t.Errorf("%s: want %q in README and in\n%s", name, line, reply)
			}
		}
	}
	f("thu-chan.example.", "status: NXDOMAIN", "; EDE: 15 (Blocked): (local: blocked by the school or an authority above it)")
	f("www.google.com.", "forcesafesearch.google.com.", "216.239.38.120")
}

func TestREADMENamesTargetsOfTheMakefile(t *testing.T) {
	makefile := read(t, "Makefile")
	for _, target := range mentioned(t, "README.md", "(?m)(?:^|`)make ([a-z-]+)") {
		if !regexp.MustCompile("(?m)^" + target + ":").MatchString(makefile) {
			t.Errorf("README says make %s, the Makefile has no such target", target)
		}
	}
}

func TestDocumentsNameFilesThatAreThere(t *testing.T) {
	for _, document := range []string{"README.md", "ARCHITECTURE.md"} {
		for _, file := range mentioned(t, document, `\]\(([^):#]+)\)`) {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
	for _, dir := range mentioned(t, "ARCHITECTURE.md", "(?m)^\\| `([a-z/]+)` \\|") {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("ARCHITECTURE.md: %v", err)
		}
	}
}

// TestServiceIsHardened asks systemd itself; 2.0 of 10 is what it calls OK.
func TestServiceIsHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	unit := filepath.Join(t.TempDir(), "lachan.service")
	installed := strings.ReplaceAll(read(t, "configs/lachan.service"), "/usr/bin/lachan", "/bin/true")
	if err := os.WriteFile(unit, []byte(installed), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(t, "systemd-analyze", "verify", unit); strings.Contains(out, unit) {
		t.Error(out)
	}
	run(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit)
}

func TestImageIsTheStaticProgramAlone(t *testing.T) {
	dockerfile := read(t, "Dockerfile")
	for _, want := range []string{"CGO_ENABLED=0", "FROM scratch", "USER 65532", "HEALTHCHECK"} {
		if !strings.Contains(dockerfile, want) {
			t.Errorf("Dockerfile lacks %s", want)
		}
	}
	for _, file := range mentioned(t, "Dockerfile", `(configs/[a-z.-]+)`) {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("Dockerfile: %v", err)
		}
	}
}

// mentioned is what the group of an expression matches in a file, each once.
func mentioned(t *testing.T, file, expression string) (found []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(read(t, file), -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 0 {
		t.Errorf("%s has nothing like %s", file, strconv.Quote(expression))
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run runs a program that must succeed and returns what it says.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}
