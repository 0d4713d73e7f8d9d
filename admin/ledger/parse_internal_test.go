package ledger

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// oneKey is a key that is the same in every run.
func oneKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// someLines are good lines, each after the one before.
func someLines(t testing.TB) (lines [][]byte) {
	t.Helper()
	head := Head{}
	for i, r := range []Record{
		{Area: "lao-cai", Unit: "a", By: "acc_1", Role: "school", Via: "api", What: "except", Object: "allow/a.test", Why: digest(nil), Made: moment(time.UnixMilli(1_700_000_000_000))},
		{Unit: "a", Object: "unit/a", More: 1, New: json.RawMessage(`{"name":"Trường \"A\" \u2028 [{,}]","x":[1,{}]}`)},
		{Unit: "a", Object: "request/1", Request: "3f9a", Of: 1, From: 3, Old: json.RawMessage(`"}\\"`)},
	} {
		r.Seq, r.Prev, r.At = uint64(i+1), head.Hash, moment(time.UnixMilli(1_800_000_000_123))
		line, err := r.line(oneKey())
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
		head = Head{Seq: r.Seq, Hash: digest(line)}
	}
	return lines
}

// TestALineIsReadInOnePass: the reader of known keys reads what this version writes, if
// nothing is escaped in the texts beside the values.
func TestALineIsReadInOnePass(t *testing.T) {
	for _, line := range someLines(t) {
		if _, ok := readKnown(line); !ok {
			t.Errorf("%s", line)
		}
	}
	r, err := read([]byte(`{"seq":7,"object":"a","tags":["of","a","newer","version"],"what":"\u0061"}`))
	if err != nil || r.Seq != 7 || r.What != "a" {
		t.Errorf("%+v, %v", r, err)
	}
}

// FuzzRead: what the reader of known keys takes is what any reader of JSON takes.
func FuzzRead(f *testing.F) {
	for _, line := range someLines(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		known, ok := readKnown(line)
		if _, err := read(line); !ok || err != nil {
			return
		}
		var any Record
		if err := json.Unmarshal(line, &any); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		known.At, any.At = known.At.UTC(), any.At.UTC()
		known.Made, any.Made = known.Made.UTC(), any.Made.UTC()
		if !reflect.DeepEqual(known, any) {
			t.Errorf("%q\n%+v\n%+v", line, known, any)
		}
	})
}

// memoryFolder is a folder whose files need no disk, if there is one.
func memoryFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ledger")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// FuzzOpen: whatever a segment has, the ledger opens, has in force only what was signed,
// goes on, and opens again without more to tell.
func FuzzOpen(f *testing.F) {
	lines := someLines(f)
	good := fmt.Appendf(nil, "%s\n%s\n%s\n", lines[0], lines[1], lines[2])
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Add(fmt.Appendf(nil, "%s\n%s\n{}\n\x00", lines[1], lines[2]))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := memoryFolder(t)
		seed := make([]byte, ed25519.SeedSize)
		for name, data := range map[string][]byte{"key": seed, "00000001.jsonl": text} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		l, err := open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for v := range l.State().Kind("") {
			if v.Seq > 3 || v.Object != []string{"allow/a.test", "unit/a", "request/1"}[v.Seq-1] {
				t.Errorf("%+v is in force", v)
			}
		}
		size := l.State().Size()
		if _, err := l.Append(t.Context(), Draft{Unit: "b", Object: "allow/b.test"}); err != nil {
			t.Fatal(err)
		}
		close(l.stopped) // keep was not started: what it does depends on time
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if l, err = open(dir); err != nil {
			t.Fatal(err)
		}
		if l.State().Size() != size+1 {
			t.Errorf("%d, then %d", size, l.State().Size())
		}
		if _, err := Verify(dir); err != nil {
			t.Error(err)
		}
		close(l.stopped) // keep was not started: what it does depends on time
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
