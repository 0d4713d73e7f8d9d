package lachan_test

import (
	"bufio"
	"io"
	"io/fs"
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

	"lachan/internal/testserver"
)

// TestWhatUsersAreGivenWorks runs the real program on every configuration that
// is handed out, in a file or in a document, and on every command that a
// document names.
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
	t.Run("configuration in documents", func(t *testing.T) {
		checked := 0
		for _, document := range documents(t) {
			checked += checkSnippets(t, program, document)
		}
		if checked < 10 {
			t.Errorf("documents have %d configurations: are they still found?", checked)
		}
	})
	t.Run("commands in documents", func(t *testing.T) {
		help := map[string]string{}
		for _, document := range documents(t) {
			for _, c := range commands(read(t, document)) {
				if help[c.name] == "" {
					help[c.name] = run(t, program, append(strings.Fields(c.name), "--help")...)
				}
				if !strings.Contains(help[c.name], "lachan "+c.name) {
					t.Errorf("%s: there is no lachan %s", document, c.name)
				}
				for _, flag := range c.flags {
					if !strings.Contains(help[c.name], flag+" ") {
						t.Errorf("%s: lachan %s has no %s", document, c.name, flag)
					}
				}
			}
		}
	})
	t.Run("first query", func(t *testing.T) { firstQuery(t, program) })
}

// documents are the texts for people, from the root; what lies on disk is
// described in files called FORMAT.md.
func documents(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "state"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".md"):
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%d documents: %v", len(files), err)
	}
	return files
}

// A block is what stands between two lines of three backticks.
type block struct {
	language string
	title    string // the file that it shows: "policy.yaml" when it begins with "# policy.yaml"
	text     string
}

func blocks(text string) (found []block) {
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		b := block{language: m[1], text: m[2]}
		if title := regexp.MustCompile(`^# ([a-z0-9-]+\.(?:yaml|script))\n`).FindStringSubmatch(b.text); title != nil {
			b.title = title[1]
		}
		found = append(found, b)
	}
	return found
}

// checkSnippets has `lachan check` read each lachan.yaml of a document beside
// its policy.yaml and its policy scripts, and returns how many there were.
func checkSnippets(t *testing.T, program, document string) (checked int) {
	t.Helper()
	var configs, others []block
	for _, b := range blocks(read(t, document)) {
		switch {
		case b.title == "lachan.yaml":
			configs = append(configs, b)
		case b.title != "":
			others = append(others, b)
		case b.language == "yaml":
			t.Errorf("%s: a block of yaml that begins with no name of a file, so that nobody checks it:\n%s", document, b.text)
		}
	}
	if len(configs) == 0 && len(others) > 0 {
		configs = append(configs, block{title: "lachan.yaml", text: "policy: policy.yaml\n"})
	}
	cert, key, err := testserver.PEM("dns.example.vn")
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range configs {
		dir := t.TempDir()
		for name, text := range map[string]string{"cert.pem": string(cert), "key.pem": string(key)} {
			put(t, dir, name, text)
		}
		for _, b := range append([]block{config}, others...) {
			put(t, dir, b.title, b.text)
		}
		if out := run(t, program, "check", "--config", filepath.Join(dir, "lachan.yaml")); t.Failed() {
			t.Fatalf("%s: %s", document, out)
		}
	}
	return len(configs)
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A command is one that a document names.
type command struct {
	name  string   // "explain", "lists diff"
	flags []string // "--at"
}

func commands(text string) (found []command) {
	parents := []string{"lists", "requests", "catalogue", "except", "ledger", "policy", "account", "token", "fleet", "order"}
	expression := regexp.MustCompile("(?m)(?:^[ \\t]*|[`/])lachan ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+))?([^`\n]*)")
	for _, m := range expression.FindAllStringSubmatch(text, -1) {
		c := command{name: m[1]}
		if slices.Contains(parents, m[1]) && m[2] != "" {
			c.name += " " + m[2]
		}
		c.flags = regexp.MustCompile("--[a-z]+(?:-[a-z]+)*").FindAllString(m[3], -1)
		found = append(found, c)
	}
	return found
}

// firstQuery starts the quick start, away from the network and on a free port,
// and compares its answers with those that README shows, in both languages.
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
	f := func(name string, want ...string) {
		t.Helper()
		question := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, false)
		reply, _, err := new(dns.Client).Exchange(question, address)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if !strings.Contains(reply.String(), line) {
				t.Errorf("%s: want %q in\n%s", name, line, reply)
			}
			for _, readme := range []string{"README.md", "README.vi.md"} {
				if !strings.Contains(read(t, readme), line) {
					t.Errorf("%s does not show %q", readme, line)
				}
			}
		}
	}
	f("thu-chan.example.", "status: NXDOMAIN", "; EDE: 15 (Blocked): (local: blocked by the school or an authority above it)")
	f("www.google.com.", "forcesafesearch.google.com.", "216.239.38.120")
}

// TestInspectorsHaveThePythonOfTheFormat, in which it is tested on ledgers that were changed.
func TestInspectorsHaveThePythonOfTheFormat(t *testing.T) {
	for _, b := range blocks(read(t, "admin/ledger/FORMAT.md")) {
		for _, page := range []string{"docs/for-inspectors.md", "docs/vi/for-inspectors.md"} {
			if b.language == "python" && !strings.Contains(read(t, page), b.text) {
				t.Errorf("%s does not have what admin/ledger/FORMAT.md has to verify a ledger elsewhere", page)
			}
		}
	}
}

// TestTranslationsSayTheSame: a reader of either language is shown the same
// files and the same commands.
func TestTranslationsSayTheSame(t *testing.T) {
	pairs := [][2]string{{"README.md", "README.vi.md"}, {"PRIVACY.md", "PRIVACY.vi.md"}}
	pages, err := filepath.Glob("docs/vi/*.md")
	if err != nil || len(pages) < 6 {
		t.Fatalf("%d pages in Vietnamese: %v", len(pages), err)
	}
	for _, page := range pages {
		pairs = append(pairs, [2]string{filepath.Join("docs", filepath.Base(page)), page})
	}
	comment := regexp.MustCompile(`(?m)\s*(?:^|\s)#.*$`)
	for _, pair := range pairs {
		english, vietnamese := blocks(read(t, pair[0])), blocks(read(t, pair[1]))
		if len(english) != len(vietnamese) {
			t.Errorf("%s has %d blocks, %s %d", pair[0], len(english), pair[1], len(vietnamese))
			continue
		}
		for i := range english {
			if a, b := comment.ReplaceAllString(english[i].text, ""), comment.ReplaceAllString(vietnamese[i].text, ""); a != b {
				t.Errorf("%s has\n%s\n%s has\n%s", pair[0], a, pair[1], b)
			}
		}
		a, b := names(commands(read(t, pair[0]))), names(commands(read(t, pair[1])))
		if !slices.Equal(a, b) {
			t.Errorf("%s names the commands %q, %s %q", pair[0], a, pair[1], b)
		}
	}
}

func names(of []command) (names []string) {
	for _, c := range of {
		names = append(names, c.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestPagesAreShort keeps pages to what a reader takes in at once, and lines to
// what a terminal shows. Code and tables are as long as they have to be.
func TestPagesAreShort(t *testing.T) {
	const columns = 100
	most := map[string]int{"README.md": 110, "README.vi.md": 110}
	for _, document := range documents(t) {
		page := filepath.Dir(document) == "." || strings.HasPrefix(document, "docs/")
		if !page || document == "BENCHMARKS.md" {
			continue
		}
		lines, code := strings.Split(strings.TrimSuffix(read(t, document), "\n"), "\n"), false
		if limit := most[document]; limit > 0 && len(lines) > limit || strings.HasPrefix(document, "docs/") && len(lines) > 150 {
			t.Errorf("%s has %d lines: which two things are in it?", document, len(lines))
		}
		for i, line := range lines {
			if strings.HasPrefix(line, "```") {
				code = !code
			}
			if length := len([]rune(line)); !code && !strings.HasPrefix(line, "|") && length > columns {
				t.Errorf("%s:%d has %d columns, more than %d", document, i+1, length, columns)
			}
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
	if found = matches(read(t, file), expression); len(found) == 0 {
		t.Errorf("%s has nothing like %s", file, strconv.Quote(expression))
	}
	return found
}

func matches(text, expression string) (found []string) {
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
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
