package test

import (
	"os/exec"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
)

func TestPrometheusAcceptsBothPagesOfMetrics(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: run `make tools`")
	}
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n", twoSchools, up.addr)
	p.write("bets.txt", "bet.example\n")
	p.start()
	p.metric(`lachan_feed_entries{feed="bets"}`, "1")
	for range 3 {
		p.from("127.10.1.7", "bet.example")
		p.from("127.10.8.7", "lesson.example")
		p.from("127.20.1.7", "lesson.example")
	}
	f := func(path string, series ...string) {
		t.Helper()
		_, body := p.get(path)
		check := exec.Command(promtool, "check", "metrics")
		check.Stdin = strings.NewReader(body)
		if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("promtool check metrics of %s: %v\n%s", path, err, out)
		}
		for _, s := range series {
			if !strings.Contains("\n"+body, "\n"+s+"\n") {
				t.Errorf("%s lacks %s", path, s)
			}
		}
	}
	node := (&config.Config{}).NodeName()
	f("/metrics",
		`lachan_queries_total{action="block",transport="udp"} 3`,
		`lachan_feed_rejected_lines{feed="bets"} 0`,
		`lachan_answers_total{source="policy"} 3`)
	f("/metrics/compliance",
		`lachan_school_queries_total{node="`+node+`",school="truong-a",group="",decision="blocked",category="gambling"} 3`,
		`lachan_school_queries_total{node="`+node+`",school="truong-a",group="giao-vien",decision="allowed",category="none"} 3`,
		`lachan_school_queries_total{node="`+node+`",school="truong-b",group="",decision="allowed",category="none"} 3`)
}

func TestReadyWhenAnUpstreamHasAnsweredAndHealthyFromTheStart(t *testing.T) {
	up := startStandIn(t)
	up.mute.Store(true)
	p := serveProcess(t, "", "", up.addr)
	status, body := p.get("/healthz")
	if status != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}
	status, body = p.get("/readyz")
	if status != 503 || !strings.Contains(body, "no upstream has answered yet") {
		t.Errorf("/readyz before the upstream answers: %d %q", status, body)
	}
	if status, body = p.get("/readyz?verbose"); status != 503 || !strings.Contains(body, `"ready":false`) {
		t.Errorf("/readyz?verbose: %d %q", status, body)
	}
	up.mute.Store(false)
	p.until("it is ready", func() bool { status, _ := p.get("/readyz"); return status == 200 })

	cmd := exec.Command(binary, "health", "--url", p.http+"/healthz")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("lachan health: %v %s", err, out)
	}
}
