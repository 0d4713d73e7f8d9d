package nodes

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/internal/durable"
)

// TestWhatNodesShareIsOfTheirAreaAlone: it is the same for all its nodes and after a restart;
// when one of them is a node no more all of it is another.
func TestWhatNodesShareIsOfTheirAreaAlone(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	is := map[string]bool{"a": true, "b": true, "c": true}
	s := &secrets{}
	give := func(area, nkey string) [][]byte {
		t.Helper()
		of, err := s.give(dir, area, nkey, func(n string) bool { return is[n] }, now, 24*time.Hour)
		if err != nil || len(of) < 2 {
			t.Fatalf("%d secrets, %v", len(of), err)
		}
		var tickets [][]byte
		for _, one := range of {
			tickets = append(tickets, one.Ticket)
		}
		return tickets
	}
	a, b, c := give("lao-cai", "a"), give("lao-cai", "b"), give("ha-giang", "c")
	if !bytes.Equal(a[0], b[0]) || bytes.Equal(a[0], c[0]) {
		t.Error("nodes of an area do not have the same, or those of two areas have")
	}
	s = &secrets{} // a restart
	if again := give("lao-cai", "a"); !bytes.Equal(again[0], a[0]) {
		t.Error("a restart makes others")
	}
	info, err := os.Stat(filepath.Join(dir, secretsFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	delete(is, "b")
	s = &secrets{} // also if the hub was away when it was removed
	after := give("lao-cai", "a")
	for _, one := range after {
		for _, former := range a {
			if bytes.Equal(one, former) {
				t.Error("what a removed node has is still in use")
			}
		}
	}
	if again := give("ha-giang", "c"); !bytes.Equal(again[0], c[0]) {
		t.Error("the secrets of another area have changed")
	}
	if again := give("lao-cai", "a"); !bytes.Equal(again[0], after[0]) {
		t.Error("they change with each question")
	}
	for _, text := range []string{"", "{", `{"lao-cai":{"secrets":[{"ticket":"AA=="}]}}`} { // a damaged disk
		if err := durable.WriteFile(filepath.Join(dir, secretsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s = &secrets{}
		if again := give("lao-cai", "a"); len(again) != 2 {
			t.Errorf("%q: %d secrets", text, len(again))
		}
	}
}
