package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/order"
	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/metrics/report/figures"
)

// countedSchools is a configuration with a history in which th-1 has counted
// in October 2026, and the day after it.
func countedSchools(t *testing.T) (config, stateDir string) {
	t.Helper()
	dir := t.TempDir()
	stateDir = filepath.Join(dir, "state")
	config = filepath.Join(dir, "lachan.yaml")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(config, "state_dir: "+stateDir+"\nhttp: {listen: \"\"}\n")
	write(filepath.Join(dir, "policy.yaml"), `
units:
  - {id: lao-cai, name: Tỉnh Lào Cai, kind: province}
  - {id: sa-pa, parent: lao-cai, name: Phường Sa Pa, kind: commune, allow: [lesson.example]}
  - {id: th-1, parent: sa-pa, name: Trường Tiểu học Kim Đồng, kind: school, level: primary, students: 420, networks: [10.1.0.0/16],
     allow: [{name: over.example, until: 2026-10-30}], groups: [{id: gv, networks: [10.1.9.0/24], allow: [social]}]}
  - {id: th-2, parent: sa-pa, name: Trường Tiểu học Lặng, kind: school, level: primary, students: 80, networks: [10.2.0.0/16]}
`)
	store, err := history.Open(filepath.Join(stateDir, "history"), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counters := metrics.New("nut-1")
	counters.SetSchools([]metrics.School{{ID: "th-1", Province: "lao-cai", Commune: "sa-pa", Level: "primary"}})
	lane, cell := counters.Shard(), counters.Group("th-1", "")
	gambling := counters.Category("gambling")
	for at := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC); !at.After(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		for range 2 {
			lane.Record(&metrics.Event{Group: cell})
			lane.Record(&metrics.Event{Group: cell, Decision: metrics.DecisionBlocked, Category: gambling})
		}
		counters.Protect(time.Hour)
		if _, err := store.Tick(t.Context(), at, counters.Totals()); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return config, stateDir
}

// TestReportFromTheCommandLine makes the report of every format, with what the
// officer has typed the second time.
func TestReportFromTheCommandLine(t *testing.T) {
	config, stateDir := countedSchools(t)
	out := filepath.Join(t.TempDir(), "thang-10.json")
	run := func(args ...string) (string, error) {
		t.Helper()
		root := rootCommand(wording.Both)
		var said bytes.Buffer
		root.SetOut(&said)
		root.SetErr(&said)
		root.SetArgs(append([]string{"report", "--config", config}, args...))
		err := root.ExecuteContext(context.Background())
		return said.String(), err
	}
	said, err := run("--unit", "sa-pa", "--period", "2026-10", "--out", out)
	if err != nil {
		t.Fatal(err)
	}
	typed := strings.TrimSuffix(out, ".json") + ".yaml"
	if !strings.Contains(said, typed) || !strings.Contains(said, out) {
		t.Errorf("it does not say what it has made:\n%s", said)
	}
	var model struct {
		Draft bool
		Data  struct {
			Total    map[string]any
			Coverage map[string]any
		}
		Beside figures.Beside
	}
	read := func() {
		t.Helper()
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &model); err != nil {
			t.Fatal(err)
		}
	}
	read()
	// 31 days of 24 ticks with two queries each way.
	if model.Data.Total["blocked"] != 1488.0 || model.Data.Total["queries"] != 2976.0 || model.Data.Coverage["silent"] != 1.0 || !model.Draft {
		t.Errorf("the report says %+v", model)
	}
	if p := model.Beside.Policy; p.SafeSearch != figures.Number(2) || p.Circumvention != figures.Number(2) || p.Exceptions != figures.Number(2) || p.Expired != figures.Number(1) {
		t.Errorf("of the policy it says %+v", p)
	}
	if err := os.WriteFile(typed, []byte("number: \"7\"\nplans: [Mở rộng ra toàn xã.]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run("--unit", "sa-pa", "--period", "2026-10", "--out", out); err != nil {
		t.Fatal(err)
	}
	if read(); model.Draft {
		t.Error("a report whose number was typed is a draft")
	}
	for _, format := range []string{"pdf", "docx", "xlsx", "html"} {
		file := filepath.Join(filepath.Dir(out), "all."+format)
		if _, err := run("--unit", "all", "--period", "2026-10", "--out", file); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if info, err := os.Stat(file); err != nil || info.Size() < 2000 {
			t.Errorf("%s: %v, %v", format, info, err)
		}
	}

	documentsVerify(t, run, filepath.Join(stateDir, "reports", "figures"), out, typed)

	orders, _, err := order.Open(filepath.Join(stateDir, "orders.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 10, 5, 2, 0, 0, 0, time.UTC)
	if err := orders.Add(
		order.Record{Feed: "a05", Document: "15/A05", Digest: "aa", Received: at, InForce: at.Add(time.Hour)},
		order.Record{Feed: "a05", Document: "16/A05", Digest: "bb", Received: at, InForce: at.Add(time.Hour)},
	); err != nil {
		t.Fatal(err)
	}
	said, err = run("--unit", "sa-pa", "--document", "15/A05", "--format", "json", "--out", "-")
	if err != nil || !strings.Contains(said, "15/A05") || strings.Contains(said, "16/A05") || !strings.Contains(said, "2026-10-05..") || strings.Count(said, `"number": "I`) != 1 {
		t.Errorf("the report on one order: %v\n%s", err, said)
	}

	refused := func(want string, args ...string) {
		t.Helper()
		if _, err := run(args...); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), " | ") {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
	refused("--unit", "--period", "2026-10")
	refused("--period", "--unit", "sa-pa")
	refused("2026-13", "--unit", "sa-pa", "--period", "2026-13")
	refused("pdf, docx", "--unit", "sa-pa", "--period", "2026-10", "--format", "doc")
	refused("sa-ba", "--unit", "sa-ba", "--period", "2026-10", "--out", out)
	refused("15/A05, 16/A05", "--unit", "sa-pa", "--document", "17/A05")
	refused("2099-10", "--unit", "sa-pa", "--period", "2099-10")
	refused("colour", "--unit", "sa-pa", "--period", "2026-10", "--typed", mistyped(t))
}

// documentsVerify holds each format of the report beside out against the figures that were
// kept, and against the history, and finds a changed figure.
func documentsVerify(t *testing.T, run func(...string) (string, error), kept, out, typed string) {
	t.Helper()
	// Each format is what it was made of: by the figures that were kept, and by the history.
	for _, way := range []string{"keeps", "history"} {
		for _, format := range []string{"pdf", "docx", "xlsx", "html"} {
			if said, err := run("--verify", filepath.Join(filepath.Dir(out), "all."+format)); err != nil || !strings.Contains(said, way) {
				t.Errorf("verify %s by what %s: %v\n%s", format, way, err, said)
			}
		}
		if err := os.RemoveAll(kept); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run("--verify", out); err != nil {
		t.Errorf("verify the JSON: %v", err)
	}
	changed := filepath.Join(t.TempDir(), "changed.json")
	if err := os.WriteFile(changed, bytes.Replace(text, []byte(`"blocked": 1488`), []byte(`"blocked": 1487`), -1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run("--verify", changed); err == nil || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("a changed figure: %v", err)
	}
	if _, err := run("--verify", typed); err == nil || !strings.Contains(err.Error(), "is no report") {
		t.Errorf("a file that is no report: %v", err)
	}
}

func mistyped(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "typed.yaml")
	if err := os.WriteFile(file, []byte("colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
