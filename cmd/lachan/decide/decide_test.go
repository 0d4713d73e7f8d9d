package decide_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/decide"
	"lachan/cmd/lachan/lists"
	"lachan/console/api"
	"lachan/internal/wording"
)

// A machine has a state directory, and a server that notes what it is asked and answers
// what it is told to.
type machine struct {
	t      *testing.T
	config string

	mu     sync.Mutex
	asked  []string // mu; "METHOD path body"
	answer func(r *http.Request) (status int, body string)
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, config: filepath.Join(t.TempDir(), "lachan.yaml")}
	state := filepath.Join(filepath.Dir(m.config), "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.config, []byte("policy: \"\"\nstate_dir: "+state+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// serve starts its server.
func (m *machine) serve() {
	l, err := control.Listen(filepath.Join(filepath.Dir(m.config), "state"))
	if err != nil {
		m.t.Fatal(err)
	}
	s := control.NewServer(m)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	m.t.Cleanup(func() { _ = s.Close(); <-done })
}

func (m *machine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), api.Prefix)+" "+string(body)))
	status, text := http.StatusOK, `{"seq":1287,"unit":"th-kim-dong","object":"allow/olm.vn","old":null,"new":{},"impact":{"units":3,"now":{"opened":2,"blocked":0},"lessons":{"opened":3,"blocked":1}}}`
	if m.answer != nil {
		status, text = m.answer(r)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// run runs a command in English.
func (m *machine) run(in string, args ...string) (out string, err error) {
	m.t.Helper()
	root := &cobra.Command{Use: "lachan", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(decide.Commands(wording.English)...)
	root.AddCommand(decide.OfLists(wording.English, lists.Command(wording.English, command.BuildOf("test"))))
	var text bytes.Buffer
	root.SetOut(&text)
	root.SetErr(&text)
	root.SetIn(strings.NewReader(in))
	root.SetArgs(append(args, "--config", m.config))
	err = root.Execute()
	return text.String(), err
}

func TestEachCommandAsksTheServer(t *testing.T) {
	m := newMachine(t)
	m.serve()
	f := func(want string, args ...string) {
		t.Helper()
		m.asked = nil
		out, err := m.run("", args...)
		if err != nil || strings.Join(m.asked, "\n") != want {
			t.Errorf("%q: %v, asked\n%s\nwant\n%s", args, err, strings.Join(m.asked, "\n"), want)
		}
		if !strings.Contains(out, "1287") {
			t.Errorf("%q says %s", args, out)
		}
	}
	f(`POST units/th-kim-dong/exceptions {"block":false,"document":"","name":"olm.vn","until":"term","why":"toán"}`,
		"except", "add", "olm.vn", "--unit", "th-kim-dong", "--until", "term", "--why", "toán")
	f(`POST units/th%2F5a/exceptions?preview=true {"block":true,"document":"15/A05","from":"2026-11-28T09:40:00+07:00","name":"service:zalo","until":"","why":""}`,
		"except", "add", "service:zalo", "--unit", "th/5a", "--block", "--document", "15/A05", "--from", "2026-11-28T09:40:00+07:00", "--preview", "--json")
	names := filepath.Join(t.TempDir(), "ten.txt")
	if err := os.WriteFile(names, []byte("\uFEFFolm.vn\r\nvnedu.vn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(`POST units/th-kim-dong/exceptions/many {"block":false,"document":"","text":"olm.vn\r\nvnedu.vn\n","until":"","why":""}`,
		"except", "add", "--file", names, "--unit", "th-kim-dong")
	f(`DELETE units/th-kim-dong/exceptions/block/olm.vn {"why":""}`, "except", "end", "olm.vn", "--unit", "th-kim-dong", "--block")
	f(`POST ledger/12/undo {"why":"nhầm"}`, "ledger", "undo", "12", "--yes", "--why", "nhầm")
	f(`POST proposals/9/confirm {"why":""}`, "ledger", "confirm", "9", "--yes")
	f(`POST proposals/9/decline {"why":""}`, "ledger", "decline", "9", "--yes")
	f(`POST units/th-kim-dong/adopt {"why":""}`, "policy", "adopt", "th-kim-dong", "--yes")
	table := filepath.Join(t.TempDir(), "bang.csv")
	if err := os.WriteFile(table, []byte("a.example"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(`POST orders {"authority":"a05","document":"15/A05","file":"bang.csv","table":"YS5leGFtcGxl","why":""}`,
		"order", "handover", table, "--authority", "a05", "--document", "15/A05")
	f(`DELETE orders {"authority":"a05","document":"15/A05","why":""}`, "order", "withdraw", "--authority", "a05", "--document", "15/A05", "--yes")
	f(`POST accounts {"language":"vi","mail":"","name":"lan","notify":"","unit":"sa-pa","webhook":"","why":""}`, "account", "add", "lan", "--unit", "sa-pa", "--language", "vi")
	f(`POST accounts/lan/grants {"role":"school","unit":"sa-pa","until":"2027-06-30","why":""}`, "account", "grant", "lan", "school", "--unit", "sa-pa", "--until", "2027-06-30")
	f(`DELETE accounts/lan/grants {"role":"school","unit":"sa-pa","why":""}`, "account", "revoke", "lan", "school", "--unit", "sa-pa", "--yes")
	f(`POST accounts/lan/reset {"why":""}`, "account", "reset", "lan", "--yes")
	f(`DELETE accounts/lan {"why":""}`, "account", "remove", "lan", "--yes")
	f(`POST accounts/lan/tokens {"name":"bảng","scopes":["view","except"],"unit":"","until":"","why":""}`, "token", "add", "bảng", "--account", "lan", "--scopes", "view,except")
	f(`DELETE accounts/lan/tokens/tok_1 {"why":""}`, "token", "end", "tok_1", "--account", "lan", "--yes")
	f(`POST requests/3f9a/answer {"outcome":"open","text":"đã mở","until":"lesson","why":"thay mặt lan | on behalf of lan"}`,
		"requests", "answer", "3f9a", "đã mở", "--open", "--until", "lesson", "--by", "lan")
	f(`POST requests/3f9a/answer {"outcome":"close","text":"xem lại"}`, "requests", "answer", "3f9a", "xem lại")
	f(`POST requests/3f9a/answer {"outcome":"close","text":""}`, "requests", "close", "3f9a")
	f(`POST requests/3f9a/reopen`, "requests", "reopen", "3f9a")
	f(`POST feeds/co-bac/held/approve {"why":"thay mặt lan: đã hỏi | on behalf of lan: đã hỏi"}`, "lists", "approve", "co-bac", "--by", "lan", "--why", "đã hỏi")
	f(`POST feeds/co-bac/held/reject {"why":"sai"}`, "lists", "reject", "co-bac", "--why", "sai")
	f(`POST feeds/co-bac/roll-back?preview=true {"why":""}`, "lists", "rollback", "co-bac", "--preview", "--json")
}

// TestWithoutAServerListsAreDecidedInTheirFiles: what only a server can do is refused.
func TestWithoutAServerListsAreDecidedInTheirFiles(t *testing.T) {
	m := newMachine(t)
	for _, args := range [][]string{{"lists", "reject", "f"}, {"lists", "approve", "f", "--why", "x"}, {"lists", "rollback", "f", "--preview"}} {
		if _, err := m.run("", args...); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "no server runs on") {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, err := m.run("", "lists", "approve", "f"); err == nil || strings.Contains(wording.ErrorIn(err, wording.English), "no server runs on") {
		t.Errorf("in the files: %v", err)
	}
}

func TestWhatComesOfItIsSaid(t *testing.T) {
	m := newMachine(t)
	m.serve()
	f := func(body, want string) {
		t.Helper()
		m.answer = func(*http.Request) (int, string) { return 200, body }
		out, err := m.run("", "token", "add", "x", "--account", "lan")
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%s\nsays %s %v\nwant %s", body, out, err, want)
		}
	}
	const rest = `"unit":"sa-pa","object":"token/t","old":null,"new":{},"impact":{"units":3,"now":{"opened":2,"blocked":0},"lessons":{"opened":3,"blocked":1}}}`
	f(`{"seq":7,`+rest, "done, record no. 7: token/t of sa-pa; lachan ledger undo 7 takes it back")
	f(`{"seq":7,`+rest, "units and groups: 3; now opened for 2, blocked for 0; during lessons opened for 3, blocked for 1")
	f(`{"seq":7,"waiting":true,`+rest, "lachan ledger confirm 7")
	f(`{"preview":true,`+rest, "nothing is done")
	f(`{"void_by":"policy.yaml:42",`+rest, "it has no effect, because of policy.yaml:42")
	f(`{"secret":"lachan_abc",`+rest, "shown once, keep it now: lachan_abc")
	m.answer = func(*http.Request) (int, string) {
		return 403, `{"type":"urn:lachan:problem:locked","status":403,"detail":"x","vi":"khóa","en":"locked by lao-cai"}`
	}
	if _, err := m.run("", "except", "add", "x.example", "--unit", "sa-pa"); err == nil || wording.ErrorIn(err, wording.English) != "locked by lao-cai" {
		t.Errorf("%v", err)
	}
}

// TestWhatIsNotDoneByAccidentIsAskedAbout: a program has to say --yes.
func TestWhatIsNotDoneByAccidentIsAskedAbout(t *testing.T) {
	m := newMachine(t)
	m.serve()
	var usage command.UsageError
	for _, args := range [][]string{{"ledger", "undo", "7"}, {"account", "remove", "lan"}, {"policy", "adopt", "th"}, {"except", "add", "olm.vn"}} {
		if _, err := m.run("y\n", args...); !errors.As(err, &usage) || len(m.asked) != 0 {
			t.Errorf("%q: %v, asked %q", args, err, m.asked)
		}
	}
	if out, err := m.run("", "ledger", "undo", "7", "--preview"); err != nil || m.asked[0] != `POST ledger/7/undo?preview=true {"why":""}` {
		t.Errorf("%s %v %q", out, err, m.asked)
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	m := newMachine(t)
	m.serve()
	const row = `{"unit":"sa-pa","object":"allow/olm.vn","name":"olm.vn","block":false,"from":"2026-11-28T09:40:11Z","ended":false,"who":"lan","why":"toán","seq":7}`
	m.answer = func(r *http.Request) (int, string) {
		if r.URL.Query().Get("after") == "" {
			return 200, `{"items":[` + row + `],"next":"k"}`
		}
		return 200, `{"items":[` + row + `]}`
	}
	out, err := m.run("", "except", "list", "--unit", "sa-pa")
	if err != nil || strings.Count(out, "7: sa-pa allow/olm.vn, from 2026-11-28 09:40 to no end, lan: toán\n") != 2 {
		t.Errorf("%s %v", out, err)
	}
	out, err = m.run("", "except", "list", "--json")
	var p api.Page[api.Exception]
	if err2 := json.Unmarshal([]byte(out), &p); err != nil || err2 != nil || len(p.Items) != 2 || p.Next != "" {
		t.Errorf("%s %v %v", out, err, err2)
	}
	if out, err = m.run("", "except", "list", "--limit", "1"); err != nil || strings.Count(out, "\n") != 1 {
		t.Errorf("%s %v", out, err)
	}
}

func TestABrokenLedgerEndsTheCommandWithAnError(t *testing.T) {
	m := newMachine(t)
	m.serve()
	m.answer = func(*http.Request) (int, string) {
		return 200, `{"ok":false,"records":9,"head":"ab","bad":4,"file":"00000001.jsonl","line":4,"vi":"dòng bị sửa","en":"the line was changed"}`
	}
	out, err := m.run("", "ledger", "verify")
	if !errors.Is(err, command.ErrReported) || !strings.Contains(out, "from record 4 on (00000001.jsonl line 4): the line was changed") {
		t.Errorf("%s %v", out, err)
	}
	m.answer = func(*http.Request) (int, string) { return 200, `{"ok":true,"records":9,"head":"ab"}` }
	if out, err = m.run("", "ledger", "verify"); err != nil || !strings.Contains(out, "9 records") {
		t.Errorf("%s %v", out, err)
	}
}

// TestALedgerIsVerifiedWithoutAServer: of a state directory, or a copy of it.
func TestALedgerIsVerifiedWithoutAServer(t *testing.T) {
	m := newMachine(t)
	dir := filepath.Join(filepath.Dir(m.config), "state", "ledger")
	l, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := l.Append(context.Background(), ledger.Draft{Unit: "sa-pa", What: "except", Object: fmt.Sprint("allow/olm", i, ".vn"), New: json.RawMessage(`{"until":"2026-12-31"}`)}); err != nil {
			t.Fatal(err)
		}
	}
	exported := filepath.Join(t.TempDir(), "so.tar")
	var out bytes.Buffer
	if err := errors.Join(l.WriteConsole(), l.Export(&out), os.WriteFile(exported, out.Bytes(), 0o600), l.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.run("", "ledger", "verify", "--since", "hôm qua"); err == nil {
		t.Error("it begins yesterday")
	}
	for _, args := range [][]string{
		{"ledger", "verify"}, {"ledger", "verify", dir}, {"ledger", "verify", exported}, {"ledger", "verify", "--since", "2026-11-28"},
	} {
		if out, err := m.run("", args...); err != nil || !strings.Contains(out, "3 records") {
			t.Errorf("%q: %s %v", args, out, err)
		}
	}
	file := filepath.Join(dir, "00000001.jsonl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte("2026-12-31"), []byte("2036-12-31"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := m.run("", "ledger", "verify"); !errors.Is(err, command.ErrReported) || !strings.Contains(out, "from record 1 on") {
		t.Errorf("%s %v", out, err)
	}
	if _, err := m.run("", "ledger", "verify", filepath.Join(dir, "absent")); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "cannot be read") {
		t.Errorf("%v", err)
	}
}

// TestAnExportOverwritesNothing: it is private, and whole.
func TestAnExportOverwritesNothing(t *testing.T) {
	m := newMachine(t)
	m.serve()
	m.answer = func(*http.Request) (int, string) { return 200, "units: []\n" }
	out := filepath.Join(t.TempDir(), "policy.yaml")
	if said, err := m.run("", "policy", "export", "--out", out); err != nil || !strings.Contains(said, out) {
		t.Errorf("%s %v", said, err)
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "units: []\n" {
		t.Errorf("%s %v", text, err)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := m.run("", "policy", "export", "--out", out); err == nil {
		t.Error("it was overwritten")
	}
	if said, err := m.run("", "ledger", "export"); err != nil || said != "units: []\n" {
		t.Errorf("%s %v", said, err)
	}
}

// TestWithoutAServerRequestsAreInTheirFiles: as before there was one; what only a server
// can do says so.
func TestWithoutAServerRequestsAreInTheirFiles(t *testing.T) {
	m := newMachine(t)
	if out, err := m.run("", "requests"); err != nil || !strings.Contains(out, "no request is open") {
		t.Errorf("%s %v", out, err)
	}
	for _, args := range [][]string{
		{"requests", "answer", "3f9a0c51b2de", "x", "--open"}, {"except", "list"}, {"ledger", "show"}, {"account", "list"},
		{"token", "list", "--account", "lan"}, {"policy", "export"}, {"ledger", "waiting"},
	} {
		if _, err := m.run("", args...); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "no server runs on") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// TestATestOfTheServerIsAwaited: until it has ended; then it says what was wrong, and ends as it
// came out.
func TestATestOfTheServerIsAwaited(t *testing.T) {
	m := newMachine(t)
	m.serve()
	glances, failed := 0, 0
	m.answer = func(r *http.Request) (int, string) {
		if glances++; glances < 3 {
			return 202, `{"running":true,"asked":12}`
		}
		wrong := ""
		if failed > 0 {
			wrong = `,"wrong":[{"vi":"cửa dot","en":"door dot 127.0.0.1:853: let past"}]`
		}
		return 200, fmt.Sprintf(`{"running":false,"asked":0,"last":{"day":"2026-11-30","failed":%d},"vi":"v","en":"what it came to"%s}`, failed, wrong)
	}
	if out, err := m.run("", "selftest"); err != nil || out != "what it came to\n" || strings.Join(m.asked, ", ") != "POST self-test, GET self-test, GET self-test" {
		t.Errorf("%q %v %q", out, err, m.asked)
	}
	failed = 1
	if out, err := m.run("", "selftest"); !errors.Is(err, command.ErrReported) || !strings.Contains(out, "- door dot 127.0.0.1:853: let past\n") {
		t.Errorf("%q %v", out, err)
	}
	if out, err := m.run("", "selftest", "--last", "--json"); !errors.Is(err, command.ErrReported) || !strings.Contains(out, `"failed": 1`) {
		t.Errorf("%q %v", out, err)
	}
	m.answer = func(*http.Request) (int, string) { return 200, `{"running":false,"asked":0}` }
	if _, err := m.run("", "selftest", "--last"); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "no test yet") {
		t.Errorf("%v", err)
	}
	m.answer = func(*http.Request) (int, string) {
		return 409, `{"type":"about:blank","title":"x","status":409,"code":"standing","vi":"v","en":"nobody to ask as"}`
	}
	if _, err := m.run("", "selftest"); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "nobody to ask as") {
		t.Errorf("%v", err)
	}
}

// TestHelpSaysHowEachCommandIsCalled: in both languages, with an example.
func TestHelpSaysHowEachCommandIsCalled(t *testing.T) {
	for _, l := range []wording.Language{wording.Vietnamese, wording.English} {
		for _, root := range decide.Commands(l) {
			for _, c := range append(root.Commands(), root) {
				if c.Short == "" || !strings.HasPrefix(c.Long, c.Short) {
					t.Errorf("%s does not say what it does", c.CommandPath())
				}
				if c.Example == "" && !c.HasSubCommands() && root.Name() != "requests" {
					t.Errorf("%s has no example", c.CommandPath())
				}
			}
		}
	}
}

// TestRolesAreToldByTheCommandLine: what each may do, and in the help of granting.
func TestRolesAreToldByTheCommandLine(t *testing.T) {
	m := newMachine(t)
	listed, err := m.run("", "account", "roles")
	if err != nil {
		t.Fatal(err)
	}
	help, err := m.run("", "account", "grant", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range api.Roles() {
		for _, text := range []string{listed, help} {
			if !strings.Contains(text, r.Role+": ") {
				t.Errorf("%s is not told:\n%s", r.Role, text)
			}
		}
	}
	out, err := m.run("", "account", "roles", "--json")
	var roles []struct {
		Role   string
		Rights []string
	}
	if err != nil || json.Unmarshal([]byte(out), &roles) != nil || len(roles) != 6 || len(roles[5].Rights) != 4 {
		t.Errorf("%v %s", err, out)
	}
}

// TestOneNameOrAFile: and standard input.
func TestOneNameOrAFile(t *testing.T) {
	m := newMachine(t)
	m.serve()
	for _, args := range [][]string{{}, {"olm.vn", "--file", "-"}} {
		if _, err := m.run("olm.vn\n", append([]string{"except", "add", "--unit", "x"}, args...)...); err == nil || len(m.asked) > 0 {
			t.Errorf("%q: %v, %q", args, err, m.asked)
		}
	}
	if _, err := m.run("olm.vn\n", "except", "add", "--unit", "x", "--file", "-"); err != nil || len(m.asked) != 1 || !strings.Contains(m.asked[0], `"text":"olm.vn\n"`) {
		t.Errorf("%v, %q", err, m.asked)
	}
}
