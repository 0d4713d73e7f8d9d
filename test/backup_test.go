package test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/history"
)

// TestARestoredServerSaysTheSame makes a backup of a server that is asked all the while,
// and restores it on a machine that has nothing. There, the same names are blocked for the
// same reasons, figures of a report have the same digest, and the ledger is whole. What
// people have decided before the backup is in it; a server that runs, and a ledger that is
// newer, are not replaced by mistake.
func TestARestoredServerSaysTheSame(t *testing.T) {
	t.Parallel()
	const units = `units:
  - {id: truong-a, name: Trường A, kind: school, level: primary, networks: [127.10.0.0/16], block: [own.example, gambling]}
`
	p := newProcess(t, "feeds: [{name: f, url: list.txt, category: gambling, format: domains}]\n", units, "127.0.0.1:1")
	p.write("list.txt", "bet.example\n")
	p.write("passphrase", "a passphrase of the test\n")
	p.counted("truong-a", time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
	p.start()
	passphrase := filepath.Join(p.dir, "passphrase")
	lachan := func(p *process, args ...string) string {
		t.Helper()
		out, err := p.command(os.Getuid(), append(args, "--lang", "en")...)
		if err != nil {
			t.Fatalf("lachan %q: %v\n%s", args, err, out)
		}
		return out
	}
	p.until("the list is in force", func() bool { return blocked(p.from("127.10.1.1", "bet.example")) })
	lachan(p, "except", "add", "decided.example", "--unit", "truong-a", "--block", "--until", "2036-12-31", "--why", "thi học kỳ")

	// Decisions and questions go on while the backup is made.
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				p.from("127.10.1.1", "bet.example")
			}
		}
	})
	file := filepath.Join(t.TempDir(), "lachan.age")
	var made struct {
		Files  int
		Ledger uint64
	}
	if err := json.Unmarshal([]byte(lachan(p, "backup", file, "--passphrase-file", passphrase, "--json")), &made); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	if out, err := p.command(os.Getuid(), "restore", file, "--passphrase-file", passphrase, "--force", "--lang", "en"); err == nil ||
		!strings.Contains(out, "the server runs") {
		t.Errorf("beside a running server: %v %s", err, out)
	}
	lachan(p, "except", "add", "later.example", "--unit", "truong-a", "--block", "--until", "2036-12-31", "--why", "sau bản sao lưu")
	if text, err := os.ReadFile(file); err != nil || bytes.Contains(text, []byte("bet.example")) {
		t.Errorf("what is encrypted can be read: %v", err)
	}
	p.kill()
	if out, err := p.command(os.Getuid(), "restore", file, "--passphrase-file", passphrase, "--lang", "en"); err == nil ||
		!strings.Contains(out, "the ledger in it is older") {
		t.Errorf("over a newer ledger: %v %s", err, out)
	}

	q := newProcess(t, "feeds: [{name: f, url: list.txt, category: gambling, format: domains}]\n", units, "127.0.0.1:1")
	began := time.Now()
	lachan(q, "restore", file, "--passphrase-file", passphrase)
	t.Logf("%d files, decisions up to no. %d, restored in %s", made.Files, made.Ledger, time.Since(began))
	for _, name := range []string{"bet.example", "decided.example", "open.example"} {
		ask := []string{"explain", name, "--client", "127.10.1.1", "--json", "--at", "2026-11-20 09:00"}
		before, after := lachan(p, ask...), lachan(q, ask...)
		if before = strings.ReplaceAll(before, p.dir, ""); before != strings.ReplaceAll(after, q.dir, "") {
			t.Errorf("%s is explained as\n%s\nbefore, as\n%s\nafter", name, before, after)
		}
	}
	if before, after := p.figures(), q.figures(); before != after || before == "" {
		t.Errorf("figures of the report: %s before, %s after", before, after)
	}
	if out := lachan(q, "ledger", "verify"); !strings.Contains(out, "the ledger is whole") {
		t.Error(out)
	}
	if text, err := os.ReadFile(filepath.Join(q.state(), "config", "policy.yaml")); err != nil || string(text) != units {
		t.Errorf("the policy in the backup: %v", err)
	}
	q.write("list.txt", "bet.example\n")
	q.start()
	if !blocked(q.from("127.10.1.1", "bet.example")) || !blocked(q.from("127.10.1.1", "decided.example")) {
		t.Error("the restored server does not block what the one before did")
	}
}

// counted gives a school a day of history, before the server is started.
func (p *process) counted(school string, day time.Time) {
	p.t.Helper()
	counters := metrics.New("n")
	counters.SetSchools([]metrics.School{{ID: school, Level: "primary"}})
	store, err := history.Open(filepath.Join(p.state(), "history"), history.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	lane, asked := counters.Shard(), &metrics.Event{Group: counters.Group(school, "")}
	for at := day; at.Before(day.AddDate(0, 0, 1)); at = at.Add(time.Hour) {
		lane.Record(asked)
		counters.Protect(time.Hour)
		if _, err := store.Tick(context.Background(), at, counters.Totals()); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// figures is the digest of the figures of a report on a month that is over.
func (p *process) figures() string {
	p.t.Helper()
	out, err := p.command(os.Getuid(), "report", "--unit", "truong-a", "--period", "2026-10", "--format", "json", "--out",
		filepath.Join(p.dir, "report.json"))
	if err != nil {
		p.t.Fatalf("report: %v\n%s", err, out)
	}
	var report struct {
		Hash string `json:"data_sha256"`
	}
	if err := json.Unmarshal([]byte(p.read("report.json")), &report); err != nil {
		p.t.Fatal(err)
	}
	return report.Hash
}
