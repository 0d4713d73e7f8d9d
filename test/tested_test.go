package test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/tested"
	"lachan/metrics/lull"
)

// TestAServerAsksItselfAtEveryDoor: before lessons, as clients of each group, and what it
// asks is counted for no school and goes to no upstream.
func TestAServerAsksItselfAtEveryDoor(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "", `
timetables: {gio-hoc: {days: all, from: "00:00", to: "24:00", on: any}}
profiles:
  hs: {block: [gambling, malware, adult]}
  gv: {block: [malware]}
units:
  - id: truong
    kind: school
    profile: hs
    networks: [10.20.0.0/16]
    groups: [{id: gv, networks: [10.20.8.0/24], profile: gv}, {id: nha, profile: hs}]
`)
	p.writeConfig(consoleConfig+"feeds: [{name: co-bac, url: list.txt, format: domains, category: gambling}]\n", up.addr)
	p.write("list.txt", "bet.example\n")
	server := `server:
  listen: ["` + freeAddress(t) + `"]
  dot: ["` + freeAddress(t) + `"]
  doh: ["` + freeAddress(t) + `"]
  doq: ["` + freeAddress(t) + `"]
  tls: {cert: cert.pem, key: key.pem, name: ` + servedAs + `}
`
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), "server: {listen: [\"127.0.0.1:0\"]}\n", server, 1))
	p.certify()
	codes := p.invites("operator@", "school@truong")
	p.start()
	var runs []tested.Run
	p.within(2*soon, "the server was tested", func() (done bool) {
		runs, _ = tested.Read(tested.File(filepath.Join(p.dir, "state")), "", "9999") // not yet
		return len(runs) > 0
	})
	r := runs[0]
	shown, _ := json.Marshal(r)
	if r.Failed != 0 || r.Units != 3 || len(r.Doors) != 6 || r.Questions < 6*(3+24) {
		t.Errorf("%s", shown)
	}
	t.Logf("%d questions in %v", r.Questions, r.Ended.Sub(r.Began).Round(time.Millisecond))
	for _, category := range []string{"adult", "gambling", "malware"} {
		if !strings.Contains(string(shown), category) {
			t.Errorf("%s was not asked: %s", category, shown)
		}
	}
	_, body := p.get("/metrics")
	if number(body, "lachan_self_test_questions_total") != float64(r.Questions) ||
		number(body, `lachan_self_test_failed_questions{kind="let-past"}`) != 0 ||
		number(body, "lachan_self_test_timestamp_seconds") < float64(r.Ended.Add(-time.Second).Unix()) {
		t.Errorf("metrics: %s", body)
	}
	if got := number(body, `lachan_queries_total{action="block",transport="udp"}`); got != 0 {
		t.Errorf("%g questions are counted", got)
	}
	if _, body = p.get("/metrics/compliance"); strings.Contains(body, "lachan_school_queries_total{") &&
		number(body, `lachan_school_queries_total{school="truong",group="",decision="blocked",category="gambling"}`) > 0 {
		t.Errorf("questions are counted for the school: %s", body)
	}
	said, err := p.command(os.Getuid(), "selftest", "--json")
	var again tested.State
	if err != nil || json.Unmarshal([]byte(said), &again) != nil || again.Running || again.Last.Failed != 0 || !again.Last.Began.After(r.Ended) {
		t.Errorf("lachan selftest: %v, %s", err, said)
	}
	u, teacher := p.comesIn("operator@", codes["operator@"]), p.comesIn("school@truong", codes["school@truong"])
	if status, page, _ := u.do("POST", "/nodes", values("do", "test")); status != http.StatusOK || !strings.Contains(page, "Tests of itself") {
		t.Errorf("%d %s", status, page)
	}
	if status, _, _ := teacher.do("POST", "/nodes", values("do", "test")); status != http.StatusForbidden {
		t.Errorf("a teacher has the server tested: %d", status)
	}
	for path, want := range map[string]string{"/": "Tested itself on", "/nodes": "Tests of itself"} {
		if _, page, _ := u.do("GET", path, nil, "Accept-Language", "en"); !strings.Contains(page, want) &&
			!strings.Contains(page, "Tự kiểm tra") {
			t.Errorf("%s does not tell of the test: %s", path, page)
		}
	}
	if asked := up.asked.Load(); asked != 0 {
		t.Errorf("the upstream was asked %d times", asked)
	}
}

// TestReportsReadWhatThisServerFound: when it asked itself, and which schools were quiet.
func TestReportsReadWhatThisServerFound(t *testing.T) {
	p := newProcess(t, "", `
units:
  - {id: truong-a, name: Trường A, kind: school, networks: [10.20.0.0/16]}
  - {id: truong-b, name: Trường B, kind: school, networks: [10.21.0.0/16]}
`, "127.0.0.1:1")
	at := time.Date(2026, 9, 8, 5, 0, 0, 0, time.UTC)
	p.counted("truong-a", at)
	err := errors.Join(
		os.MkdirAll(p.state(), 0o700),
		tested.Add(tested.File(p.state()), tested.Run{
			Day: "2026-09-08", Began: at, Ended: at.Add(time.Minute), Questions: 321, Failed: 2,
			Failures: []tested.Failure{{Kind: tested.LetPast, Door: "doq 127.0.0.1:853", Unit: "truong-a", Category: "gambling", Name: "bet.example", Times: 2}},
		}),
		lull.AddJudgement(lull.Dir(p.state()), lull.Judgement{Day: "2026-09-09", Judged: 2, Found: []lull.Found{
			{Day: "2026-09-09", School: "truong-b", Sure: lull.Likely.String(), Asked: 12, Usual: 3456, Run: 2},
		}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(p.dir, "report.html")
	if said, err := p.command(os.Getuid(), "report", "--unit", "all", "--period", "2026-Q3", "--format", "html", "--out", out); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	text := p.read("report.html")
	for _, want := range []string{"321 câu hỏi", "bet.example", "doq 127.0.0.1:853", "Trường B (1 ngày, gần nhất 09/09/2026: 12 lượt, thường lệ 3.456; có lẽ)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
}
