package request

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestManyWordsTakeNoMoreThanTheirRoom fills a store by the bytes of reasons: it stays within
// its bound, what was answered first gives way, and a unit that writes much takes no room of
// another one.
func TestManyWordsTakeNoMoreThanTheirRoom(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	long := func(i int) string { return fmt.Sprintf("%04d", i) + strings.Repeat("<ơ", (mostRunes-4)/2) }
	written := func(r *Request, end string, value any) {
		t.Helper()
		text, err := json.MarshalIndent(value, "", "  ")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, r.ID+end), append(text, '\n'), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var first string
	for size, i := 0, 0; size < mostBytes+1<<20; i++ { // more than there may be, of an older version
		r := Request{Unit: fmt.Sprint("s", i/15), Name: fmt.Sprintf("n%d.example", i), Category: "games", Times: 2 + i%3, First: at, Last: at}
		for n := range mostReasons {
			r.Reasons = append(r.Reasons, long(n))
		}
		r.ID = idOf(r.Unit, r.Name, 0)
		written(&r, requestEnd, &r)
		if i == 77 {
			first = r.ID
			written(&r, answerEnd, Answer{Text: "không", By: "lan", At: at, Outcome: "refuse"})
		}
		info, err := os.Stat(filepath.Join(dir, r.ID+requestEnd))
		if err != nil {
			t.Fatal(err)
		}
		size += int(info.Size())
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	onDisk := func() (size, count int) {
		t.Helper()
		names, err := filepath.Glob(filepath.Join(dir, "*"+requestEnd))
		for _, name := range names {
			info, failed := os.Stat(name)
			if err != nil || failed != nil {
				t.Fatal(err, failed)
			}
			size += int(info.Size())
		}
		return size, len(names)
	}
	add := func(unit, name, reason string) {
		t.Helper()
		if err := s.Add(unit, name, "games", reason, at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		for n := range 12 {
			add("lon", fmt.Sprintf("m%d.example", i), long(n))
		}
		if size, count := onDisk(); size > mostBytes || count != len(s.known) {
			t.Fatalf("%d bytes of %d requests, %d are known, the bound is %d", size, count, len(s.known), mostBytes)
		}
	}
	if _, err := s.Get(first); err == nil {
		t.Error("what was answered has not given way")
	}
	said := 0
	for _, k := range s.known {
		if k.unit == "lon" {
			said += k.said
		}
	}
	if said > mostSaid || said < mostSaid-4096 {
		t.Errorf("one unit has %d bytes of reasons, its bound is %d", said, mostSaid)
	}
	add("nho", "bai.example", "bài tập")
	r, err := s.Get(idOf("nho", "bai.example", 0))
	if err != nil || len(r.Reasons) != 1 {
		t.Errorf("another unit is not heard: %+v %v", r, err)
	}
	if size := s.bytes; size <= 0 || size > mostBytes {
		t.Errorf("%d bytes are counted", size)
	}
}

// TestCountsOfNodesStayWithinTheRoom: where all is taken, a request that is known is counted
// on, and no node more has a count of its own.
func TestCountsOfNodesStayWithinTheRoom(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	r := Request{ID: idOf("s", "game.example", 0), Unit: "s", Name: "game.example", Times: 2, First: at, Last: at}
	if _, err := s.Take("a", r, at); err != nil {
		t.Fatal(err)
	}
	s.bytes = mostBytes // as others have taken it
	r.Times = 5
	for _, node := range []string{"a", "b"} {
		is, err := s.Take(node, r, at)
		if err != nil || is.Times != 5 || len(is.Nodes) != 1 {
			t.Errorf("%s: %+v, %v", node, is, err)
		}
	}
	if s.bytes > mostBytes {
		t.Errorf("%d bytes of %d", s.bytes, mostBytes)
	}
}
