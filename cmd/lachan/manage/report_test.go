package manage

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/job"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/history"
)

// TestMain lets the test program be the job that manage starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == job.Name {
		c := job.Command(wording.English)
		c.SetArgs(os.Args[2:])
		if err := c.Execute(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// countedSchools is a configuration with a history in which th-1 has counted
// in October 2026, and the day after it.
func countedSchools(t *testing.T) (file, stateDir string) {
	t.Helper()
	dir := t.TempDir()
	stateDir = filepath.Join(dir, "state")
	file = filepath.Join(dir, "lachan.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "state_dir: "+stateDir+"\nhttp: {listen: \"\"}\n")
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
	shard, group := counters.Shard(), counters.Group("th-1", "")
	gambling := counters.Category("gambling")
	for at := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC); !at.After(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		for range 2 {
			shard.Record(&metrics.Event{Group: group})
			shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: gambling})
		}
		counters.Protect(time.Hour)
		if _, err := store.Tick(t.Context(), at, counters.Totals()); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return file, stateDir
}

// TestReportsMakeThemselves: what is due is made once, with the time of its
// figures, and made anew while it is provisional.
func TestReportsMakeThemselves(t *testing.T) {
	file, stateDir := countedSchools(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "reports: [{unit: lao-cai, formats: [json, html]}]\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	n := reportingNode(t, file)
	now := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	n.reports.makeDue(t.Context(), now.AddDate(0, 0, -1))
	september := filepath.Join(stateDir, "reports", "bao-cao-lao-cai-2026-09.json")
	if _, err := os.Stat(september); err != nil {
		t.Errorf("the month before is not there: %v, %v", err, n.conditions.List())
	}
	n.reports.makeDue(t.Context(), now)
	october := filepath.Join(stateDir, "reports", "bao-cao-lao-cai-2026-10.html")
	info, err := os.Stat(october)
	if err != nil {
		t.Fatal(err, n.conditions.List())
	}
	if end := time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC); !info.ModTime().Equal(end) {
		t.Errorf("a final report is of %s, not of %s", info.ModTime(), end)
	}
	if err := os.WriteFile(october, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(october, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	n.reports.makeDue(t.Context(), now.Add(time.Hour))
	if text, _ := os.ReadFile(october); string(text) != "kept" {
		t.Error("a final report was made again")
	}

	server := httptest.NewServer(http.HandlerFunc(n.services.api.serveReport))
	defer server.Close()
	f := func(query string, status int, mediaType string) {
		t.Helper()
		reply, err := http.Get(server.URL + "?" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		if reply.StatusCode != status || !strings.HasPrefix(reply.Header.Get("Content-Type"), mediaType) {
			t.Errorf("%s: %s, %s", query, reply.Status, reply.Header.Get("Content-Type"))
		}
	}
	f("unit=lao-cai&period=2026-10&format=pdf", http.StatusOK, "application/pdf")
	f("unit=lao-cai&period=2026-10&format=docx", http.StatusOK, "application/vnd.openxml")
	f("unit=lao-cai&period=2026-10&format=doc", http.StatusBadRequest, "application/json")
	f("unit=lao-cai", http.StatusBadRequest, "application/json")
	f("unit=nowhere&period=2026-10", http.StatusNotFound, "application/json")
}

// reportingNode is a node whose history is open, without a resolver that
// answers.
func reportingNode(t *testing.T, file string) *node {
	t.Helper()
	load := func() (*config.Config, yamlfile.Problems) { return config.Load(file, nil) }
	cfg, problems := load()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	n, problems, err := newNode(t.Context(), cfg, load, []string{"--config", file}, "test")
	if err != nil || n == nil {
		t.Fatal(problems, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	n.counters.Live() // no resolve is there
	go func() {
		defer close(ended)
		n.history.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	if _, err := n.history.Totals(t.Context()); err != nil { // waits until it is open
		t.Fatal(err)
	}
	return n
}
