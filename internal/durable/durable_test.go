package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"lachan/internal/durable"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	f := func(text string, mode fs.FileMode) {
		t.Helper()
		if err := durable.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("%q, %v, want %q", got, err, text)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %v, %v, want %v", info.Mode(), err, mode)
		}
	}
	f("one", 0o600)
	f("two", 0o644)
	f("", 0o600)
	directory := filepath.Join(dir, "directory")
	if err := os.MkdirAll(filepath.Join(directory, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if durable.WriteFile(directory, []byte("x"), 0o600) == nil {
		t.Error("a directory was replaced by a file")
	}
	if durable.WriteFile(filepath.Join(dir, "none", "file"), nil, 0o600) == nil {
		t.Error("a file was written where there is no directory")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("%v, %v are left, want the file and the directory", left, err)
	}
}

func TestAFileThatIsNotCommittedIsRemoved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, commit := range []bool{false, true} {
		file, err := durable.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !durable.IsTemporary(filepath.Base(file.Name())) || durable.IsTemporary("file") {
			t.Errorf("%s is not told from other files", file.Name())
		}
		if _, err := file.WriteString("text"); err != nil {
			t.Fatal(err)
		}
		if commit {
			if err := file.Commit(path); err != nil {
				t.Fatal(err)
			}
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || (len(left) == 1 && left[0].Name() == "file") != commit || len(left) > 1 {
			t.Errorf("committed %v: %v, %v are left", commit, left, err)
		}
	}
}

func TestADamagedFileIsSetAsideInPlaceOfTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"one", "two"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		aside, err := durable.SetAside(path)
		if err != nil || aside != path+durable.DamagedSuffix {
			t.Fatal(aside, err)
		}
		if got, err := os.ReadFile(aside); err != nil || string(got) != text {
			t.Errorf("%q, %v, want %q", got, err, text)
		}
	}
	if _, err := durable.SetAside(path); err == nil {
		t.Error("a file that is not there was set aside")
	}
}

// A file that is placed has its name at once, and is not removed when it is closed.
func TestAFileThatIsPlacedIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := durable.Keep(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kept what is not there: %v", err)
	}
	for _, text := range []string{"one", "two"} {
		file, err := durable.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(file.Place(path), file.Close(), durable.Keep(path)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v, want %q", got, err, text)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}
