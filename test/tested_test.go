package test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/tested"
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
	p.writeConfig("feeds: [{name: co-bac, url: list.txt, format: domains, category: gambling}]\n", up.addr)
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
	p.start()
	var runs []tested.Run
	p.within(2*soon, "the server was tested", func() (done bool) {
		runs, _ = tested.Read(tested.File(filepath.Join(p.dir, "state")), "", "9999") // not yet
		return len(runs) > 0
	})
	r := runs[0]
	shown, _ := json.Marshal(r)
	if r.Failed != 0 || r.Units != 3 || len(r.Doors) != 5 || r.Questions < 5*(3+24) {
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
	if asked := up.asked.Load(); asked != 0 {
		t.Errorf("the upstream was asked %d times", asked)
	}
}
