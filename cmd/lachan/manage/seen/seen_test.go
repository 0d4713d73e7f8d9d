package seen_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/cmd/lachan/manage/seen"
	"lachan/metrics"
	"lachan/resolver/firstseen"
)

func TestWhatWasSeenIsKeptOrSetAside(t *testing.T) {
	f := seen.File{
		Path: filepath.Join(t.TempDir(), "first-seen"), Conditions: &metrics.Conditions{}, Log: slog.New(slog.DiscardHandler),
	}
	if f.Image() != nil {
		t.Error("there is something before there is")
	}
	image, _ := firstseen.New([16]byte{7}, time.Now()).Image()
	f.Take(image)
	f.Take(image[1:]) // is not kept
	if !bytes.Equal(f.Image(), image) {
		t.Error("it is not what was kept")
	}
	if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	long, err := os.Create(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(long.Truncate(1<<40), long.Close()); err != nil { // no memory has it
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, image[:100], append(bytes.Clone(image), 0), []byte("LCSEEN01")} {
		if damaged != nil {
			if err := os.WriteFile(f.Path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if f.Image() != nil {
			t.Errorf("what is damaged is used: %d bytes", len(damaged))
		}
		if _, err := os.Stat(f.Path); err == nil {
			t.Error("it is not set aside")
		}
	}
	told := func(name string) bool {
		return slices.ContainsFunc(f.Conditions.List(), func(c metrics.Condition) bool { return c.Name == name })
	}
	f.Take(image)
	if !told("first-seen-damaged") {
		t.Error("it is not told that it learns anew")
	}
	learned := firstseen.New([16]byte{7}, time.Now().Add(-firstseen.Learns))
	var n domain.Name
	if err := n.SetText("known.example"); err != nil {
		t.Fatal(err)
	}
	learned.First(&n, time.Now())
	image, _ = learned.Image()
	f.Take(image)
	if told("first-seen-damaged") {
		t.Error("it is still told when it has learned")
	}
	path := f.Path
	f.Path = filepath.Join(f.Path, "none")
	f.Take(image)
	if !told("first-seen") {
		t.Error("it is not told that it cannot be kept")
	}
	f.Path = path
	f.Take(image)
	if told("first-seen") {
		t.Error("it is still told when it is kept again")
	}
}
