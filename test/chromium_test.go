package test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// insideNamespace has the program where the test runs a second time, in a network of
// its own in which the browser's resolver finds the server on port 53.
const insideNamespace = "CHROMIUM_TEST_IN_NAMESPACE"

// safeGoogle is the address of forcesafesearch.google.com.
const safeGoogle = "216.239.38.120"

// TestChromiumOpensAllowedPagesOnly lets a real browser with its own resolver
// ask the server.
func TestChromiumOpensAllowedPagesOnly(t *testing.T) {
	inNamespace(t, browse, "chromium", "mount")
}

// inNamespace runs a test, which takes some tools, in a network and with mounts of its
// own.
func inNamespace(t *testing.T, run func(*testing.T), tools ...string) {
	t.Helper()
	if os.Getenv(insideNamespace) != "" {
		run(t)
		return
	}
	for _, tool := range append(tools, "ip", "unshare") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%v: run make tools", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--net", "--mount"}
	if os.Getuid() != 0 { // root of a namespace of users
		args = append(args, "--user", "--map-root-user")
		if said, err := exec.Command("unshare", append(args, "true")...).CombinedOutput(); err != nil {
			t.Skipf("a network namespace takes root, or namespaces of users that the kernel allows: %s", said)
		}
	}
	cmd := exec.Command("unshare", append(args, self, "-test.run=^"+t.Name()+"$", "-test.v")...)
	cmd.Env = append(os.Environ(), insideNamespace+"="+binary)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("in the namespace: %v\n%s", err, out)
	}
}

// serveSites makes the namespace a web in which every name's page says where it
// is, and a machine whose resolver is at 127.0.0.1.
func serveSites(t *testing.T) {
	t.Helper()
	resolv := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(resolv, []byte("nameserver 127.0.0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"ip link set lo up",
		"ip addr add " + answered + "/32 dev lo", // where the stand-in upstream says every name is
		"ip addr add " + safeGoogle + "/32 dev lo",
		"mount --bind " + resolv + " /etc/resolv.conf",
	} {
		words := strings.Fields(command)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	page, err := net.Listen("tcp", "0.0.0.0:80")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		_, _ = fmt.Fprintf(w, "<p>page of %s at %s</p>", r.Host, at) // the browser may be gone
	})}
	go func() { _ = server.Serve(page) }() // ends when it is closed
	t.Cleanup(func() { server.Close() })
}

// browse runs in the namespace.
func browse(t *testing.T) {
	serveSites(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.hosts, category: gambling}]", `
profiles: {hs: {block: [gambling], safe_search: strict}}
units: [{id: a, kind: school, profile: hs, networks: [127.0.0.0/8]}]
`, startStandIn(t).addr)
	p.write("bets.hosts", "0.0.0.0 bet.example\n")
	config, err := os.ReadFile(filepath.Join(p.dir, "lachan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("lachan.yaml", strings.Replace(string(config), `"127.0.0.1:0"`, `"127.0.0.1:53"`, 1))
	p.start()
	p.until("the list is in force", func() bool { return blocked(p.ask("bet.example")) })

	if got := opens(t, "http://lesson.example/"); !strings.Contains(got, "page of lesson.example at "+answered) {
		t.Errorf("the allowed page: %s", got)
	}
	if got := opens(t, "http://www.google.com.vn/"); !strings.Contains(got, "page of www.google.com.vn at "+safeGoogle) {
		t.Errorf("the search engine: %s", got)
	}
	before := p.blocks()
	if got := opens(t, "http://bet.example/"); strings.Contains(got, "page of") {
		t.Errorf("the blocked page: %s", got)
	}
	p.until("what the browser asked of the blocked page is counted", func() bool { return p.blocks() > before })
}

// blocks counts the queries of the school that were blocked for gambling.
func (p *process) blocks() float64 {
	_, page := p.get("/metrics/compliance")
	for line := range strings.Lines(page) {
		if strings.Contains(line, `school="a"`) && strings.Contains(line, `decision="blocked"`) {
			series, _, _ := strings.Cut(line, "} ")
			return number(page, series+"}")
		}
	}
	return 0
}

// opens is what Chromium shows of a page.
func opens(t *testing.T, url string, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	flags = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-features=AsyncDns",
		"--user-data-dir=" + t.TempDir()}, flags...)
	cmd := exec.CommandContext(ctx, "chromium", append(flags, "--dump-dom", url)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium %s: %v\n%s", url, err, out)
	}
	return string(out)
}
