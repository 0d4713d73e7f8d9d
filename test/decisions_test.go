package test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// decides has the server put decisions in force: each is UNIT allow|block NAME. It
// returns when the server says that they are.
func (p *process) decides(decisions ...string) {
	p.t.Helper()
	p.writeDecisions(decisions...)
	p.reload()
}

func (p *process) writeDecisions(decisions ...string) {
	p.t.Helper()
	var b strings.Builder
	b.WriteString("# Sinh tự động\ndecisions:\n")
	for i, d := range decisions {
		var unit, verb, name string
		if _, err := fmt.Sscan(d, &unit, &verb, &name); err != nil {
			p.t.Fatalf("%q: %v", d, err)
		}
		fmt.Fprintf(&b, `- {"unit":%q,%q:%q,"from":"2026-01-01T00:00:00+07:00","who":"acc_1","why":"","document":"","number":%d}`+"\n", unit, verb, name, 100+i)
	}
	if err := os.MkdirAll(filepath.Join(p.dir, "state"), 0o700); err != nil {
		p.t.Fatal(err)
	}
	p.write("state/decided.yaml", b.String())
}

// reload has the server read everything again and returns when that is in force.
func (p *process) reload() {
	p.t.Helper()
	const reloaded = "msg=reloaded"
	before := strings.Count(p.log.String(), reloaded)
	p.signal(syscall.SIGHUP)
	p.until("it is reloaded", func() bool { return strings.Count(p.log.String(), reloaded) > before })
}

// compiled counts the policies that were compiled in the folder of the state.
func (p *process) compiled() string {
	files, _ := filepath.Glob(filepath.Join(p.dir, "state", "policy", "*.policy")) // the pattern is good
	return strings.Join(files, " ")
}

// A watch asks a client's question again and again, and counts the answers that are
// not a block.
type decidedWatch struct {
	open, shut atomic.Int64
	stop, end  chan struct{}
}

func (p *process) watchShut(client, name string) *decidedWatch {
	w := &decidedWatch{stop: make(chan struct{}), end: make(chan struct{})}
	server := p.dns
	go func() {
		defer close(w.end)
		for {
			select {
			case <-w.stop:
				return
			default:
			}
			conn, err := dialFrom(client, server)
			if err != nil {
				continue
			}
			_ = conn.SetDeadline(time.Now().Add(time.Second)) // there may be nobody to answer
			if conn.WriteMsg(question(name)) == nil {
				if m, err := conn.ReadMsg(); err == nil && blocked(m) {
					w.shut.Add(1)
				} else if err == nil && m.Rcode == dns.RcodeSuccess {
					w.open.Add(1)
				}
			}
			conn.Close()
		}
	}()
	return w
}

// always ends the watch and fails the test if the name was open at some moment.
func (p *process) always(w *decidedWatch, while string) {
	p.t.Helper()
	close(w.stop)
	<-w.end
	if w.open.Load() > 0 || w.shut.Load() == 0 {
		p.t.Errorf("while %s: open %d times, shut %d times", while, w.open.Load(), w.shut.Load())
	}
	p.t.Logf("while %s: shut %d times, never open", while, w.shut.Load())
}

// What people decide is in force on the next query, for an answer that is remembered
// too, and nothing is compiled for it. It stays in force whichever process dies, over
// a start, and while the policy below it changes; at no moment is open what was shut.
func TestWhatIsDecidedIsInForceAtOnceAndStays(t *testing.T) {
	t.Parallel()
	p, _ := faulty(t, "", twoSchools, startStandIn(t).addr)
	p.start()
	const client, other = "127.10.1.1", "127.20.1.1"
	want := func(name string, a, b bool) {
		t.Helper()
		for at, shut := range map[string]bool{client: a, other: b} {
			if m := p.from(at, name); blocked(m) != shut {
				t.Fatalf("%s asks for %s: blocked %v, want %v", at, name, blocked(m), shut)
			}
		}
	}
	want("lesson.example", false, false)
	before := p.compiled()
	p.decides("truong-a block lesson.example", "truong-b block chess.example")
	want("lesson.example", true, false)
	want("www.chess.example", false, true)
	p.decides("truong-a block lesson.example", "truong-b block chess.example", "truong-b allow www.chess.example")
	want("www.chess.example", false, false)
	p.decides("truong-a block lesson.example", "truong-b block chess.example") // it was taken back
	want("www.chess.example", false, true)
	if after := p.compiled(); after != before {
		t.Errorf("something was compiled: %s, before %s", after, before)
	}

	w := p.watchShut(client, "lesson.example")
	for range 3 {
		for _, name := range []string{"resolve", "manage"} {
			pid := p.child(name)
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			p.until("there is another "+name, func() bool { return p.child(name) != pid })
		}
	}
	p.metric(`lachan_condition{name="manage-crashed"}`, "1") // it is there, and told
	p.always(w, "resolve and manage are killed")

	w = p.watchShut(client, "lesson.example")
	for i := range 5 {
		p.write("policy.yaml", strings.Replace(twoSchools, "units:", fmt.Sprintf("# %d\nunits:\n  - {id: truong-%d, block: [x.example]}", i, i), 1))
		p.reload()
	}
	p.always(w, "policy.yaml changes")
	want("lesson.example", true, false)
	p.write("policy.yaml", strings.Replace(twoSchools, "id: truong-b", "id: truong-c", 1))
	p.reload()
	p.metric(`lachan_condition{name="orphan-decisions"}`, "1")
	p.write("policy.yaml", twoSchools)
	p.reload()
	want("www.chess.example", false, true) // the unit is there again
	p.until("the condition is gone", func() bool {
		_, page := p.get("/metrics")
		return number(page, `lachan_condition{name="orphan-decisions"}`) != 1
	})

	p.signal(syscall.SIGTERM)
	p.wait()
	p.start()
	want("lesson.example", true, false)
	want("www.chess.example", false, true)
}

// What was proven before is in force with what was decided later: nothing is open
// again because resolve crashes on the newest lists.
func TestWhatWasDecidedIsNotLostWithTheNewestLists(t *testing.T) {
	t.Parallel()
	p, _ := faulty(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%, max_growth: 100000}]\n",
		twoSchools, startStandIn(t).addr)
	p.write("bets.txt", "first.example\n")
	p.start()
	const client = "127.10.1.1"
	p.decides("truong-a block before.example", "truong-a allow first.example")
	p.until("these lists are proven", func() bool {
		kept, _ := filepath.Glob(filepath.Join(p.dir, "state", "proven", "*", "use.json")) // the pattern is good
		return len(kept) > 0
	})
	p.decides("truong-a block before.example", "truong-a block later.example") // the allow was taken back
	p.write("bets.txt", "first.example\npoison.example\n")
	p.signal(syscall.SIGHUP)
	p.metric(`lachan_condition{name="resolve-fallback"}`, "1")
	for _, name := range []string{"before.example", "later.example", "first.example"} {
		p.within(time.Minute, name+" is blocked", func() bool { return p.tries(name) })
	}
	w := p.watchShut(client, "later.example")
	pid := p.child("resolve")
	p.writeDecisions("truong-a block before.example", "truong-a block later.example", "truong-a block meanwhile.example")
	p.signal(syscall.SIGHUP)
	p.within(time.Minute, "what is decided meanwhile is in force", func() bool { return p.tries("meanwhile.example") })
	p.always(w, "what was proven is in force")
	if p.child("resolve") != pid {
		t.Error("the newest lists were tried again because of a decision")
	}
}

// check tells which decisions have no effect and which end soon, and explain names a
// decision by its number, as the server would that starts now.
func TestCommandsKnowWhatWasDecided(t *testing.T) {
	p := newProcess(t, "", strings.Replace(twoSchools, "name: Trường A", "name: Trường A\n    lock: [gambling]\n    allow: [open.example]", 1), "127.0.0.1:9")
	soon := time.Now().Add(48 * time.Hour).Format(time.RFC3339)
	if err := os.MkdirAll(filepath.Join(p.dir, "state", "ledger"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.write("state/ledger/console.yaml", `decisions:
- {"block":"www.open.example","number":11,"unit":"truong-a"}
- {"block":"lesson.example","number":12,"unit":"truong-c"}
- {"allow":"category:gambling","number":13,"unit":"truong-a"}
- {"block":"chess.example","number":14,"unit":"truong-b","until":"`+soon+`"}
- {"block":"category:games","number":15,"unit":"truong-b","who":"acc_1"}
- {"block":"later.example","number":16,"unit":"truong-b"}
`)
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(binary, append(args, "--lang", "en", "--config", p.dir+"/lachan.yaml")...).CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	said := run("check")
	for _, want := range []string{
		"decision 11 (truong-a, www.open.example) has no effect: truong-a allows open.example",
		"decision 12 (truong-c, lesson.example): there is no such unit",
		"decision 13 (truong-a, category:gambling) has no effect: truong-a locks gambling",
		"decision 14 (truong-b, chess.example) ends soon",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("check does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "decision 15") || strings.Contains(said, "decision 16") {
		t.Errorf("check tells of decisions that are in order:\n%s", said)
	}
	if said := run("explain", "www.later.example", "--unit", "truong-b"); !strings.Contains(said, "truong-b blocks later.example (decision 16)") {
		t.Error(said)
	}
	if said := run("explain", "www.later.example", "--unit", "truong-a"); strings.Contains(said, "decision 16") {
		t.Error(said)
	}
}

// deciders have what is decided read from a file in place of the ledger, and let a test
// put it in force as the desk does: without a reload.
var deciders = []forced{
	{kind: "entries", file: "cmd/lachan/manage/start.go", at: "openFleet(n, cfg, version)", call: "n.forcedEntries()"},
	{kind: "decider", file: "cmd/lachan/manage/manage.go", at: "n.services.started = true", call: "n.forcedDecider(ctx)"},
}

const deciderFile = `package manage

import (
	"context"
	"net"
	"os"

	"lachan/policy"
)

func (n *node) forcedEntries() {
	n.decided.entries = func() []policy.OverlayEntry {
		entries, problems := policy.Decided(n.cfg.StateDir+"/decided.yaml", n.cfg.Timezone.Location)
		if len(problems) > 0 {
			n.log.Error("forced entries", "problems", problems)
		}
		return entries
	}
}

func (n *node) forcedDecider(ctx context.Context) {
	path := os.Getenv("FORCED_FAULTS") + "/decider"
	_ = os.Remove(path) // of the manage before
	l, err := net.Listen("unix", path)
	if err != nil {
		n.log.Error("forced decider", "error", err)
		return
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			text := "done"
			if err := n.decided.decide(ctx); err != nil {
				text = err.Error()
			}
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}()
}
`

// decidesNow is decides without a reload, of a faulty process. It returns how long it
// took from the call until the next query is answered by the decision.
func (p *process) decidesNow(client, name string, want bool) time.Duration {
	p.t.Helper()
	began := time.Now()
	conn, err := net.Dial("unix", filepath.Join(p.faults, "decider"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	text, err := io.ReadAll(conn)
	if string(text) != "done" {
		p.t.Fatalf("decided: %s, %v", text, err)
	}
	if m := p.from(client, name); blocked(m) != want {
		p.t.Fatalf("%s asks for %s right after it was decided: blocked %v, want %v", client, name, blocked(m), want)
	}
	return time.Since(began)
}

// With a country of schools a decision is in force in a fifth of a second, one or
// thousands of them, also for a name whose answer is remembered.
func TestADecisionInACountryOfSchoolsIsInForceAtOnce(t *testing.T) {
	schools := sized(40_000, 2_000)
	var policy strings.Builder
	policy.WriteString("profiles: {hs: {block: [gambling, adult]}}\nunits:\n")
	for i := range schools {
		fmt.Fprintf(&policy, "- {id: s%d, name: Trường %d, profile: hs, networks: [\"127.%d.%d.0/24\"], block: [n%d.example], groups: [{id: gv, profile: hs}, {id: vp, profile: hs}]}\n",
			i, i, 1+i>>8, i&255, i)
	}
	p, _ := faulty(t, "", policy.String(), startStandIn(t).addr)
	p.launch()
	p.within(5*time.Minute, "the policy is compiled", func() bool { return strings.Contains(p.log.String(), "msg=serving ") })
	p.dns = p.logged(`msg=serving address=(\S+)`)
	p.http = "http://" + p.logged(`msg="serving http" address=(\S+)`)
	const client = "127.1.7.9" // of s7
	p.from(client, "lesson.example")
	f := func(entries int, limit time.Duration) {
		t.Helper()
		var all []string
		for i := range entries - 1 {
			all = append(all, fmt.Sprintf("s%d block e%d.example", i%schools, i))
		}
		var times []time.Duration
		for i := range 9 {
			verb := []string{"block", "allow"}[i%2]
			p.writeDecisions(append(all, "s7 "+verb+" lesson.example")...)
			times = append(times, p.decidesNow(client, "lesson.example", verb == "block"))
		}
		slices.Sort(times)
		t.Logf("%d schools, %d decisions: in force after %s (median of %d), at most %s", schools, entries,
			times[len(times)/2].Round(100*time.Microsecond), len(times), times[len(times)-1].Round(100*time.Microsecond))
		if median := times[len(times)/2]; median > limit {
			t.Errorf("%d decisions are in force after %s, more than %s", entries, median, limit)
		}
	}
	f(1, 200*time.Millisecond)
	f(2_000, 200*time.Millisecond)
	f(sized(100_000, 4_000), 2*time.Second)
	t.Logf("manage has %d MB with its mapped files, resolve %d MB", residentOf(t, p.child("manage"))>>20, residentOf(t, p.child("resolve"))>>20)
}
