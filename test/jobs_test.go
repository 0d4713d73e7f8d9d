package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lachan/blocklist/feed"
)

// This file has what goes wrong in the work that is apart from the answers, and
// looks that no answer is lost by it.

// emojiSchool is a school whose name has characters that no font of reports has.
const emojiSchool = `
units:
  - {id: truong-a, name: "Trường \U0001F3EB 学校 \U00010000 A", networks: ["127.10.0.0/16"], block: [blocked.example]}
`

// TestReportsOfASchoolWithAnyNameCostNoAnswer has a report written in every
// format for a school whose name the fonts do not have.
func TestReportsOfASchoolWithAnyNameCostNoAnswer(t *testing.T) {
	p := serveProcess(t, "", emojiSchool, startStandIn(t).addr)
	s := startPulse(t, p.dns, "blocked.example", 2000, "127.10.1.1", "127.10.1.2")
	p.until("something is counted", func() bool { return p.exposed("truong-a", "blocked") > 0 })
	for _, format := range []string{"pdf", "docx", "xlsx", "html", "json"} {
		q := url.Values{"unit": {"truong-a"}, "period": {time.Now().Format("2006-01")}, "format": {format}}
		status, body := p.get("/api/report?" + q.Encode())
		if status != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: %d %.300q", format, status, body)
		}
		t.Logf("%s: %d, %d bytes", format, status, len(body))
	}
	p.lostNothing(s)
}

// lostNothing ends a pulse of which every question must have had an answer.
func (p *process) lostNothing(s *pulse) {
	p.t.Helper()
	if lost := s.end(); lost > 0 {
		p.t.Errorf("%d of %d questions were lost; %s", lost, s.sent.Load(), p.whereLost())
	}
}

// whereLost says what the server and the kernel know of questions without an answer.
func (p *process) whereLost() string {
	p.t.Helper()
	_, port, _ := net.SplitHostPort(p.dns)
	n, _ := strconv.Atoi(port)
	sockets, _ := os.ReadFile("/proc/net/udp") // none: other systems
	drops := ""
	for line := range strings.Lines(string(sockets)) {
		fields := strings.Fields(line)
		if len(fields) > 12 && (strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", n)) || strings.HasSuffix(fields[2], fmt.Sprintf(":%04X", n))) {
			drops += fmt.Sprintf(" %s>%s:%s", fields[2], fields[1], fields[12])
		}
	}
	_, page := p.get("/metrics")
	counts := ""
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "lachan_queries_total") {
			counts += " " + strings.TrimSpace(strings.TrimPrefix(line, "lachan_queries_total"))
		}
	}
	return "counted" + counts + "; dropped by sockets" + drops
}

// killJob kills the next job of a kind that manage has at work.
func (p *process) killJob(kind string) {
	p.t.Helper()
	manage := p.child("manage")
	p.until("a job "+kind+" is at work", func() bool {
		pid := childOf(manage, "job")
		if pid == 0 {
			return false
		}
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // none if it has ended
		args := strings.Split(string(line), "\x00")
		return len(args) > 2 && args[2] == kind && syscall.Kill(pid, syscall.SIGKILL) == nil
	})
}

// TestAKilledCompilationOfThePolicyKeepsTheOneBefore kills the job while it
// compiles a large policy.
func TestAKilledCompilationOfThePolicyKeepsTheOneBefore(t *testing.T) {
	small := "units: [{id: truong-a, networks: [127.10.0.0/16], block: [blocked.example]}]\n"
	p := serveProcess(t, "", small, startStandIn(t).addr)
	s := startPulse(t, p.dns, "blocked.example", 2000, "127.10.1.1", "127.10.1.2")
	var large strings.Builder
	large.WriteString("units:\n- {id: truong-a, networks: [127.10.0.0/16], block: [other.example]}\n")
	for i := range 20_000 {
		fmt.Fprintf(&large, "- {id: s%d, networks: [10.%d.%d.0/24], block: [n%d.example]}\n", i, i>>8, i&255, i)
	}
	p.write("policy.yaml", large.String())
	p.signal(syscall.SIGHUP)
	p.killJob("policy")
	p.metric(`lachan_condition{name="policy"}`, "1")
	if m := p.from("127.10.1.1", "blocked.example"); !blocked(m) {
		t.Errorf("the policy before is not in force: %s", m)
	}
	p.signal(syscall.SIGHUP)
	p.until("the new policy is in force", func() bool { return blocked(p.from("127.10.1.1", "other.example")) })
	p.lostNothing(s)
}

// TestAKilledCompilationOfListsIsTold kills the jobs of a new list: that which
// reads the copy, then that which compiles it.
func TestAKilledCompilationOfListsIsTold(t *testing.T) {
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%, max_growth: 0}]\n", twoSchools, startStandIn(t).addr)
	p.write("bets.txt", numbered("small", 1000))
	p.start()
	p.metric(`lachan_feed_entries{feed="bets"}`, "1001")
	p.until("the list is in force", func() bool { return blocked(p.from("127.10.1.1", "edition-small.example")) })
	s := startPulse(t, p.dns, "edition-small.example", 2000, "127.10.1.1", "127.10.1.2")
	p.write("bets.txt", numbered("large", 300_000))
	p.signal(syscall.SIGHUP)
	p.killJob("feed")
	p.metric(`lachan_condition{name="feed-failing"}`, "1")
	if status := p.feedStatus("bets"); !strings.Contains(status.Failure.EN, "signal: killed") {
		t.Errorf("the status does not say why: %+v", status)
	}
	p.signal(syscall.SIGHUP)
	p.killJob("lists")
	p.metric(`lachan_condition{name="compile"}`, "1")
	if !blocked(p.from("127.10.1.1", "edition-small.example")) {
		t.Error("the lists before are not in force")
	}
	p.lostNothing(s)
}

// TestHostileFeedsCostNoAnswer has feeds made to harm their reader, and one that
// is as it should be.
func TestHostileFeedsCostNoAnswer(t *testing.T) {
	var feeds strings.Builder
	feeds.WriteString("feeds:\n- {name: bets, url: bets.txt, format: domains, category: gambling}\n")
	hostile := map[string]struct{ format, text, why string }{
		"runs":    {"auto", bookOfRuns(0), "all 1 were rejected"},
		"texts":   {"auto", bookOfTexts(0), "unpacks to too much"},
		"cells":   {"auto", bookOfCells(0), "unpacks to too much"},
		"bomb":    {"auto", bookThatUnpacks(), "unpacks to too much"},
		"columns": {"auto", hostileBook(`<sst/>`, `<row r="1">`+strings.Repeat(`<c t="inlineStr"><is><t>x</t></is></c>`, 1_000_000)+`</row>`), "all 1 were rejected"},
		"lines":   {"domains", strings.Repeat("a", 8<<20) + "\n" + strings.Repeat("\x00\xff\xfe\n", 1<<20), "were rejected"},
	}
	for name, of := range hostile {
		fmt.Fprintf(&feeds, "- {name: %s, url: %s.list, format: %s, category: gambling}\n", name, name, of.format)
	}
	p := newProcess(t, feeds.String(), twoSchools, startStandIn(t).addr)
	p.write("bets.txt", "first.example\n")
	p.start()
	p.until("the list is in force", func() bool { return blocked(p.from("127.10.1.1", "first.example")) })
	manage := p.child("manage")
	s := startPulse(t, p.dns, "first.example", 2000, "127.10.1.1", "127.10.1.2")
	for name, of := range hostile {
		p.write(name+".list", of.text)
	}
	p.write("bets.txt", "first.example\nsecond.example\n")
	p.signal(syscall.SIGHUP)
	p.within(time.Minute, "the other feed is in force", func() bool { return blocked(p.from("127.10.1.1", "second.example")) })
	p.metric(`lachan_condition{name="feed-failing"}`, "1")
	for name, of := range hostile {
		p.refused(name, of.why)
	}
	if p.child("manage") != manage {
		t.Error("a list has ended the process that manages")
	}
	p.lostNothing(s)
}

// feedStatus is what the server has written of a feed.
func (p *process) feedStatus(name string) (status feed.Status) {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "state", "feeds", name, "status.json"))
	if err == nil {
		err = json.Unmarshal(text, &status)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	return status
}

// refused waits until a list was turned down for a reason: one that is refused before
// it was read to what it is made to do would tell nothing.
func (p *process) refused(name, why string) {
	p.t.Helper()
	p.within(2*time.Minute, fmt.Sprintf("%s is refused: %s", name, why), func() bool {
		return strings.Contains(p.feedStatus(name).Failure.EN, why)
	})
	p.t.Logf("%s: %.200s", name, p.feedStatus(name).Failure.EN)
}

// TestAnExportIsMadeApart: what is written may be broken or far too large by the time that it
// is exported; then the command says so, and no answer is lost by it.
func TestAnExportIsMadeApart(t *testing.T) {
	p := serveProcess(t, "memory: 160MiB\n", emojiSchool, startStandIn(t).addr)
	s := startPulse(t, p.dns, "blocked.example", 500, "127.10.1.1", "127.10.1.2")
	export := func() (string, error) { return p.command(os.Getuid(), "policy", "export", "--lang", "en") }
	if out, err := export(); err != nil || !strings.Contains(out, "id: truong-a") {
		t.Errorf("%v %s", err, out)
	}
	for text, want := range map[string]string{
		"units: [\n": "policy.yaml",
		"units:\n- {id: a, block: [" + strings.Repeat("a.example, ", 4<<20) + "b.example]}\n": "memory", // one unit alone
	} {
		p.write("policy.yaml", text)
		if out, err := export(); err == nil || !strings.Contains(out, want) {
			t.Errorf("of %d bytes: %v %.500s", len(text), err, out)
		}
	}
	p.write("policy.yaml", emojiSchool)
	if out, err := export(); err != nil || !strings.Contains(out, "id: truong-a") {
		t.Errorf("and then: %v %s", err, out)
	}
	p.lostNothing(s)
}
