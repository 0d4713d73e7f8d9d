package policy_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/policy"
)

func TestTheNewestWholePolicyIsOpened(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "policies")
	s := policy.NewStore(dir)
	wants := func(want *policy.Policy, serial uint64, reported int) {
		t.Helper()
		p, n, damaged := s.OpenLatest()
		if (p == nil) != (want == nil) || p != nil && p.Digest() != want.Digest() || n != serial || len(damaged) != reported {
			t.Errorf("serial %d, %v, want %d", n, damaged, serial)
		}
	}
	wants(nil, 0, 0)
	var saved []*policy.Policy
	for i, unit := range []string{"a", "b", "c"} {
		p := newWorld(t, "units: [{id: "+unit+"}]").policy
		serial, err := s.Save(p)
		if err != nil || serial != uint64(i+1) {
			t.Fatal(serial, err)
		}
		saved = append(saved, p)
	}
	wants(saved[2], 3, 0)
	if _, err := s.OpenSerial(1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the oldest is kept: %v", err)
	}
	if p, err := s.OpenSerial(2); err != nil || p.Digest() != saved[1].Digest() {
		t.Errorf("the one before: %v", err)
	}
	newest := filepath.Join(dir, "00000003.policy")
	spoil(t, newest, func(b []byte) { b[len(b)/2] ^= 1 })
	if p, n, damaged := s.OpenLatestReadOnly(); n != 2 || p == nil || len(damaged) != 1 || !errors.Is(damaged[0], policy.ErrDamaged) {
		t.Errorf("serial %d, %v", n, damaged)
	}
	wants(saved[1], 2, 1)
	wants(saved[1], 2, 0) // it is set aside
	if _, err := os.Stat(newest + ".damaged"); err != nil {
		t.Error(err)
	}
	spoil(t, filepath.Join(dir, "00000002.policy"), func(b []byte) { b[8]++ })
	wants(nil, 0, 1)
	wants(nil, 0, 1) // another version's is left for it
	if serial, err := s.Save(saved[0]); err != nil || serial != 3 {
		t.Error(serial, err)
	}
	wants(saved[0], 3, 0)
}

func TestAnOverlayLiesBesideItsPolicy(t *testing.T) {
	dir := t.TempDir()
	s := policy.NewStore(dir)
	w := newWorld(t, "units: [{id: a, block: [x.example]}]")
	serial, err := s.Save(w.policy)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := w.policy.NewOverlay([]policy.OverlayEntry{{Unit: "a", Name: "x.example", Allow: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveOverlay(serial, overlay); err != nil {
		t.Fatal(err)
	}
	f := func(want string, reported int) {
		t.Helper()
		p, _, damaged := s.OpenLatest()
		if p == nil || len(damaged) != reported {
			t.Fatal(damaged)
		}
		w.policy = p
		w.wants("a", "x.example", want)
	}
	const blocked = "block own local nxdomain 15"
	f("pass own explicit", 0)
	spoil(t, filepath.Join(dir, "00000001.over"), func(b []byte) { b[len(b)-1] ^= 1 })
	f(blocked, 1) // what is damaged opens nothing
	f(blocked, 0)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 || !strings.HasSuffix(entries[0].Name(), ".damaged") {
		t.Errorf("%v, %v", entries, err)
	}
}

func spoil(t *testing.T, path string, change func([]byte)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(data)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
