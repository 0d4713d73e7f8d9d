package state

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/internal/durable"
)

// write puts files into a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(at), 0o700)
		if err == nil {
			err = os.WriteFile(at, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatPassesIsNotKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"ledger/00000001.jsonl": "{}\n{}\n{half", "ledger/key": "k", "ledger/lock": "", "accounts/a.json": "a", "sessions/s": "s",
		"proven/a/use.json": "p", "crash-manage.txt": "c", "history/wal/00000000": "w", "history/chunks_head/1": "h",
		"feeds/a/.lock": "", "feeds/a/status.json": "f", "feeds/a/.new-1.tmp": "t", "cookies.key": "k", ".before-1/x": "x",
		"orders.jsonl": "one line that does not end", "console/key.pem": "k", "config/lachan.yaml": "old",
	})
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	_, files, release, err := Freeze(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{"accounts/a.json", 1}, {"console/key.pem", 1}, {"cookies.key", 1}, {"feeds/a/status.json", 1}, {"history/wal/00000000", 1},
		{"ledger/00000001.jsonl", 6}, {"ledger/key", 1}, {"orders.jsonl", 0},
	}
	if !slices.Equal(files, want) {
		t.Errorf("kept are %v", files)
	}
	var secrets []string
	for _, f := range files {
		if Secret(f.Name) {
			secrets = append(secrets, f.Name)
		}
	}
	if want := []string{"accounts/a.json", "console/key.pem", "cookies.key", "ledger/key"}; !slices.Equal(secrets, want) {
		t.Errorf("secrets are %v", secrets)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestAFrozenStateIsOfOneMoment freezes a state while it is written to as a server does:
// files that name others are replaced, logs grow.
func TestAFrozenStateIsOfOneMoment(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"feeds/a/source-0": "0", "feeds/a/status.json": "0", "ledger/00000001.jsonl": "", "ledger/head": "0"})
	const mostLines = 3000
	stop, paced := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		log, err := os.OpenFile(filepath.Join(dir, "ledger/00000001.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer log.Close()
		before := "0"
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			case <-paced: // a replacement now and then, lines all the time
				n := fmt.Sprint(i)
				for _, name := range []string{"source-" + n, "status.json"} {
					if err := durable.WriteFile(filepath.Join(dir, "feeds/a", name), []byte(n), 0o600); err != nil {
						t.Error(err)
					}
				}
				if err := os.Remove(filepath.Join(dir, "feeds/a/source-"+before)); err != nil {
					t.Error(err)
				}
				before = n
			default:
			}
			if runtime.Gosched(); i > mostLines {
				continue
			}
			if _, err := fmt.Fprintf(log, "{\"seq\":%d}\n", i); err != nil {
				t.Error(err)
			}
		}
	})
	for range 15 {
		select {
		case paced <- struct{}{}:
		default:
		}
		held, files, release, err := Freeze(dir)
		if err != nil {
			t.Fatal(err)
		}
		status, err := os.ReadFile(filepath.Join(held, "feeds/a/status.json"))
		if err == nil {
			_, err = os.Stat(filepath.Join(held, "feeds/a/source-"+string(status)))
		}
		if err != nil {
			t.Errorf("what a status names is not there: %v", err)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(held, f.Name))
			if err != nil || int64(len(text)) < f.Size || strings.HasSuffix(f.Name, ".jsonl") && f.Size > 0 && text[f.Size-1] != '\n' {
				t.Errorf("%s: %d bytes of %d, %v", f.Name, f.Size, len(text), err)
			}
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}

// TestTheStateIsKeptBeforeAMigration has builds write one format after the other.
// A server writes the end of its ledger a moment after a decision. A backup that begins in
// between has it; where no server runs, or the clock was set back, it does not wait for long.
func TestABackupHasWhatFollowsFromADecision(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"ledger/head": "before", "ledger/00000001.jsonl": "{}\n"})
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(dir, "ledger/head"), past, past); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		<-time.After(100 * time.Millisecond) // as long as a server takes
		written <- os.WriteFile(filepath.Join(dir, "ledger/head"), []byte("after"), 0o600)
	}()
	held := func(want string) {
		t.Helper()
		began := time.Now()
		at, _, release, err := Freeze(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(at, "ledger/head")); err != nil || string(got) != want {
			t.Errorf("the end of the ledger is %q, %v", got, err)
		}
		if took := time.Since(began); took > 5*settleWithin {
			t.Errorf("it took %v", took)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
	}
	held("after")
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "ledger/00000001.jsonl"), future, future); err != nil {
		t.Fatal(err)
	}
	held("after")
}

func TestTheStateIsKeptBeforeAMigration(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"ledger/00000001.jsonl": "{\"seq\":1}\n", "links.json": "old"})
	migrate := func(version string, formats Formats) (string, []string) {
		t.Helper()
		snapshot, newer, err := Migrate(dir, version, formats)
		if err != nil {
			t.Fatal(err)
		}
		return snapshot, newer
	}
	if snapshot, newer := migrate("1.0", Formats{"links": 1}); snapshot != "" || newer != nil {
		t.Errorf("nothing is new, and %q was kept, %v", snapshot, newer)
	}
	snapshot, _ := migrate("2.0", Formats{"links": 2})
	if snapshot != filepath.Join(dir, ".before-1.0") || Snapshot(dir) != snapshot {
		t.Fatalf("kept in %q", snapshot)
	}
	log, err := os.OpenFile(filepath.Join(dir, "ledger/00000001.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = log.WriteString("{\"seq\":2}\n")
		log.Close()
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, "links.json"), []byte("new"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"ledger/00000001.jsonl": "{\"seq\":1}\n", "links.json": "old"} {
		if text, err := os.ReadFile(filepath.Join(snapshot, name)); err != nil || !bytes.Equal(text, []byte(want)) {
			t.Errorf("%s in the snapshot is %q, %v", name, text, err)
		}
	}
	if again, _ := migrate("2.1", Formats{"links": 2}); again != "" {
		t.Errorf("nothing is new, and %q was kept", again)
	}
	if _, newer := migrate("1.0", Formats{"links": 1}); !slices.Equal(newer, []string{"links"}) {
		t.Errorf("an older build may not read %v", newer)
	}
	if note, err := ReadNote(dir); err != nil || note.Version != "2.1" {
		t.Errorf("an older build took the note away: %v, %v", note, err)
	}
	if third, _ := migrate("3.0", Formats{"links": 3}); third == snapshot || Snapshot(dir) != third {
		t.Errorf("kept in %q", third)
	}
}
