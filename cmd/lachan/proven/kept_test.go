package proven_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/proven"
)

// What is kept stays as it was, whatever becomes of the files that had its names:
// an overlay that is replaced, a snapshot that is removed.
func TestWhatIsKeptStaysAsItWas(t *testing.T) {
	dir := t.TempDir()
	lists, policy := filepath.Join(dir, "lists"), filepath.Join(dir, "policy")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	k := proven.Kept{Dir: filepath.Join(dir, "proven")}
	now := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	use := inforce.Use{ListsDir: lists, PolicyDir: policy, PolicySerial: 1, Config: []byte("{}")}
	save := func(serial uint64, overlay string) {
		t.Helper()
		use.ListsSerial = serial
		write(filepath.Join(lists, fmt.Sprintf("%08d.snap", serial)), fmt.Sprint("lists ", serial))
		write(filepath.Join(lists, fmt.Sprintf("%08d.over", serial)), overlay)
		now = now.Add(time.Minute)
		if err := k.Save(&use, now); err != nil {
			t.Fatal(err)
		}
	}
	want := func(serial uint64, overlay string) {
		t.Helper()
		before, ok := k.Other(&use)
		if !ok || before.ListsSerial != serial {
			t.Fatalf("goes back to %+v, %t; want lists %d", before, ok, serial)
		}
		for suffix, text := range map[string]string{"snap": fmt.Sprint("lists ", serial), "over": overlay} {
			got, err := os.ReadFile(filepath.Join(before.ListsDir, fmt.Sprintf("%08d.%s", serial, suffix)))
			if err != nil || string(got) != text {
				t.Errorf("%s is %q, %v; want %q", suffix, got, err, text)
			}
		}
	}
	write(filepath.Join(policy, "00000001.policy"), "policy 1")
	if _, ok := k.Other(&use); ok {
		t.Error("there is something to go back to")
	}
	save(7, "first")
	if _, ok := k.Other(&use); ok {
		t.Error("goes back to the newest itself")
	}
	write(filepath.Join(lists, "00000007.over"), "second") // the newest now, not proven
	want(7, "first")
	save(7, "third")
	want(7, "first")
	if err := k.Save(&use, now.Add(time.Hour)); err != nil { // the same again
		t.Fatal(err)
	}
	want(7, "first")
	save(8, "fourth")
	_ = os.Remove(filepath.Join(lists, "00000007.snap")) // as the store does
	want(7, "third")
	use.Config = []byte(`{"other": 1}`) // only settings have changed
	want(8, "fourth")
}
