package test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/internal/testserver"
	"lachan/metrics/engine"
	"lachan/policy/catalogue"
)

// scraping runs the Prometheus that operators are given, with their rules and
// every second instead of every half minute, on a node that has something to
// show.
func scraping(t *testing.T) (*testserver.Engine, *process) {
	t.Helper()
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}, {name: gone, url: gone.txt, format: domains, category: games}]\n"+
		"metrics: {node: nut-1}\n", twoSchools, up.addr)
	p.write("bets.txt", "bet.example\n")
	p.start()
	p.metric(`lachan_feed_entries{feed="bets"}`, "1")
	for range 3 {
		p.from("127.10.1.7", "bet.example")
		p.from("127.20.1.7", "lesson.example")
	}
	hurry := strings.NewReplacer(
		"127.0.0.1:8053", strings.TrimPrefix(p.http, "http://"),
		"- lachan-", "- "+p.dir+"/lachan-",
		"interval: 30s", "interval: 1s", "interval: 1m", "interval: 1s", "interval: 5m", "interval: 1s",
	)
	var config string
	for _, name := range []string{"lachan-alerts.yaml", "lachan-rules.yaml", "prometheus.yaml"} {
		text, err := os.ReadFile("../configs/prometheus/" + name)
		if err != nil {
			t.Fatal(err)
		}
		config = hurry.Replace(string(text))
		p.write(name, config)
	}
	return testserver.Prometheus(t, config), p
}

// A dashboard of Grafana, as far as it asks.
type dashboard struct {
	Title  string
	Panels []struct {
		Title   string
		Targets []struct{ Expr string }
	}
	Templating struct {
		List []struct {
			Type  string
			Query json.RawMessage
		}
	}
}

// asked are the expressions of a dashboard, by panel, as Grafana would send
// them.
func (d *dashboard) asked(t *testing.T) map[string][]string {
	t.Helper()
	grafana := strings.NewReplacer("$__rate_interval", "1m", "$__range", "1h", `"$nut"`, `".*"`, `"$truong"`, `".*"`)
	all := map[string][]string{}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			expr := grafana.Replace(target.Expr)
			if strings.Contains(expr, "$") {
				t.Errorf("%s: %s has a variable that nobody fills in", p.Title, expr)
			}
			all[p.Title] = append(all[p.Title], expr)
		}
	}
	for _, v := range d.Templating.List {
		if m := regexp.MustCompile(`label_values\((\w+), \w+\)`).FindSubmatch(v.Query); m != nil {
			all["variable"] = append(all["variable"], string(m[1]))
		} else if v.Type == "query" {
			t.Errorf("a variable asks %s", v.Query)
		}
	}
	return all
}

// empty are the panels that show nothing while all is well, or before an hour
// has passed.
var empty = map[string]bool{
	"Tình trạng cần chú ý": true, "Số liệu: đã gửi đi đến cách đây": true, "Lượt truy vấn mỗi giờ": true,
	"Lượt bị chặn mỗi giờ, theo nhóm": true, "Trường không hỏi gì trong hai giờ qua": true,
	"Dấu hiệu vượt lọc theo trường (VPN, proxy, DoH)": true, "Mã trả lời mỗi giây": true,
	"Máy chủ cấp trên: lỗi mỗi giây": true,
}

func TestDashboardsAskWhatThereIs(t *testing.T) {
	t.Parallel()
	e, p := scraping(t)
	remote, err := engine.NewRemote(e.URL)
	if err != nil {
		t.Fatal(err)
	}
	p.until("prometheus has scraped both pages twice", func() bool {
		samples, err := remote.Query(t.Context(), `count_over_time(lachan_school_info[1m]) > 1 and on (node) count_over_time(lachan_school_info[1m]) > 1 and on () count_over_time(lachan_build_info[1m]) > 1`, time.Now())
		return err == nil && len(samples) > 0
	})
	files, err := filepath.Glob("../configs/grafana/*.json")
	if err != nil || len(files) != 2 {
		t.Fatalf("dashboards: %v %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		knownCategories(t, string(text))
		for title, expressions := range d.asked(t) {
			for _, expr := range expressions {
				var samples []engine.Sample
				samples, err := remote.Query(t.Context(), expr, time.Now())
				if err != nil || len(samples) == 0 && !empty[title] {
					t.Errorf("%s, %s: %s gives %v, %v", d.Title, title, expr, samples, err)
				}
			}
		}
	}
	rulesAreWell(t, p, e)
}

// knownCategories holds the categories that queries name against the catalogue.
func knownCategories(t *testing.T, text string) {
	t.Helper()
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range facts.Categories {
		known[c.Code] = true
	}
	for _, m := range regexp.MustCompile(`category!?=~?\\"([a-z|-]+)\\"`).FindAllStringSubmatch(text, -1) {
		for _, code := range strings.Split(m[1], "|") {
			if !known[code] {
				t.Errorf("there is no category %s", code)
			}
		}
	}
}

// rulesAreWell waits until Prometheus has evaluated every rule, without errors
// and without an alert of severity page.
func rulesAreWell(t *testing.T, p *process, e *testserver.Engine) {
	t.Helper()
	var last string
	p.until("every rule is evaluated", func() bool {
		reply, err := http.Get(e.URL + "/api/v1/rules")
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		text, err := io.ReadAll(reply.Body)
		if err != nil {
			t.Fatal(err)
		}
		last = string(text)
		return strings.Contains(last, `"health":"ok"`) && !strings.Contains(last, `"health":"unknown"`)
	})
	if strings.Contains(last, `"health":"err"`) || strings.Contains(last, `"state":"firing","labels":{"severity":"page"`) {
		t.Errorf("rules: %s", last)
	}
}

func TestPromtoolAcceptsTheRules(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: run `make tools`")
	}
	files, err := filepath.Glob("../configs/prometheus/lachan-*.yaml")
	if err != nil || len(files) != 2 {
		t.Fatalf("rules: %v %v", files, err)
	}
	if out, err := exec.Command(promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := exec.Command(promtool, "check", "config", "../configs/prometheus/prometheus.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
