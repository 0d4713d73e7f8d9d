package backup

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// files are what the archives of these tests hold.
var files = []struct{ name, text string }{
	{"state/ledger/00000001.jsonl", "{\"seq\":1}\n"},
	{"state/feeds/a/status.json", strings.Repeat("a list ", 40)},
	{"state/cookies.key", "secret"},
	{"config/policy.yaml", "units: []\n"},
}

// sourcesOf writes the files to a folder.
func sourcesOf(t *testing.T) (sources []source) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		at := filepath.Join(dir, filepath.Base(f.name))
		if err := os.WriteFile(at, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source{f.name, at, int64(len(f.text))})
	}
	return sources
}

func silent(int) {}

// made is an archive of the files.
func made(t *testing.T, recipients ...age.Recipient) []byte {
	t.Helper()
	m := &Manifest{Format: formatName, Version: formatVersion, Made: time.Now(), Build: "1.0", Ledger: 7, Secrets: true}
	sources := sourcesOf(t)
	var out bytes.Buffer
	if err := describe(m, sources, silent); err != nil {
		t.Fatal(err)
	}
	if err := writeArchive(&out, m, sources, recipients, silent); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// restored puts an archive into a state, and returns what went wrong.
func restored(t *testing.T, archive []byte, dir string, keys ...age.Identity) (before string, err error) {
	t.Helper()
	f, err := os.CreateTemp("", "archive-*")
	if err == nil {
		defer os.Remove(f.Name())
		defer f.Close()
		if _, err = f.Write(archive); err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	_, before, err = putIn(f, keys, dir, func(*Manifest) error { return nil }, silent)
	return before, err
}

// anOldState is a state that is there before; unchanged fails when it is not as it was, or
// something was left beside it.
func anOldState(t *testing.T) (dir string, unchanged func(what any)) {
	t.Helper()
	parent := t.TempDir()
	dir = filepath.Join(parent, "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, func(what any) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, "old"))
		beside, _ := os.ReadDir(parent)
		within, _ := os.ReadDir(dir)
		if err != nil || string(text) != "old" || len(beside) != 1 || len(within) != 1 {
			t.Fatalf("%v: the state that was there is not as it was: %v, %d beside, %d within", what, err, len(beside), len(within))
		}
	}
}

func TestWhatIsRestoredIsWhatWasKept(t *testing.T) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		to  []age.Recipient
		key []age.Identity
	}{"open": {}, "encrypted": {[]age.Recipient{own.Recipient()}, []age.Identity{own}}} {
		archive := made(t, c.to...)
		if name == "encrypted" && bytes.Contains(archive, []byte("state/")) {
			t.Error("names can be read in what is encrypted")
		}
		dir, _ := anOldState(t)
		before, err := restored(t, archive, dir, c.key...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(filepath.Join(before, "old")); err != nil || string(text) != "old" {
			t.Errorf("%s: the state from before is gone: %v", name, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(f.name, stateFolder)))
			if err != nil || string(text) != f.text {
				t.Errorf("%s: %s: %v", name, f.name, err)
			}
		}
		empty := filepath.Join(t.TempDir(), "new", "state")
		if before, err = restored(t, archive, empty, c.key...); err != nil || before != "" {
			t.Errorf("%s: on an empty machine: %q, %v", name, before, err)
		}
		if info, err := os.Stat(empty); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: others can read the state: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestAByteThatIsAnotherIsNamed changes each byte of an archive, one at a time, and cuts it
// at each length. No change goes unnoticed, and the old state stays.
func TestAByteThatIsAnotherIsNamed(t *testing.T) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir, unchanged := anOldState(t)
	try := func(what string, at int, archive []byte, keys ...age.Identity) {
		t.Helper()
		_, err := restored(t, archive, dir, keys...)
		var said *refusal
		if !errors.As(err, &said) {
			t.Fatalf("%s at %d: %v", what, at, err)
		}
		unchanged(what)
	}
	open, closed := made(t), made(t, own.Recipient())
	for at := range open {
		archive := bytes.Clone(open)
		archive[at] ^= 1 << (at % 8)
		try("a byte changed", at, archive)
		if at%5 == 0 {
			try("cut", at, open[:at])
		}
	}
	for at := 0; at < len(closed); at += 3 {
		archive := bytes.Clone(closed)
		archive[at] ^= 0x10
		try("an encrypted byte changed", at, archive, own)
	}
	try("more behind the end", 0, append(bytes.Clone(open), 0))
	try("twice", 0, append(bytes.Clone(open), open...))
	try("without a key", 0, closed)
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	try("with another's key", 0, closed, other)
	try("another's file", 0, []byte("PK\x03\x04 something else"), own)
	t.Logf("%d bytes changed one at a time, %d encrypted ones", len(open), len(closed)/3)
}

// A forged archive is whole in itself, and says what it likes.
func forged(t *testing.T, manifest any, headers ...tar.Header) []byte {
	t.Helper()
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	packed, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(packed)
	put := func(h tar.Header, text []byte) {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	put(tar.Header{Typeflag: tar.TypeReg, Name: manifestName, Size: int64(len(text)), Mode: 0o600}, text)
	for _, h := range headers {
		put(h, make([]byte, h.Size))
	}
	if err := errors.Join(w.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestNoArchiveLeadsOutOfItsFolder has archives that were made to hurt.
func TestNoArchiveLeadsOutOfItsFolder(t *testing.T) {
	manifest := func(entries ...Entry) *Manifest {
		return &Manifest{Format: formatName, Version: formatVersion, Files: entries}
	}
	zero := "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" // of one zero byte
	file := func(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 1} }
	cases := map[string][]byte{}
	for _, name := range []string{
		"../../out", "/etc/out", "state/../../out", "state/./a", "state//a", "state/", "other/a", "manifest.json", `state/..\a`, "state/a\x00b", "",
	} {
		cases["the name "+name] = forged(t, manifest(Entry{name, 1, zero}), file("state/a"))
	}
	cases["twice"] = forged(t, manifest(Entry{"state/a", 1, zero}, Entry{"state/a", 1, zero}), file("state/a"), file("state/a"))
	cases["a link"] = forged(t, manifest(Entry{"state/a", 0, zero}), tar.Header{Typeflag: tar.TypeSymlink, Name: "state/a", Linkname: "/etc/passwd"})
	cases["a hard link"] = forged(t, manifest(Entry{"state/a", 0, zero}), tar.Header{Typeflag: tar.TypeLink, Name: "state/a", Linkname: "/etc/passwd"})
	cases["a folder in place of a file"] = forged(t, manifest(Entry{"state/a", 0, zero}), tar.Header{Typeflag: tar.TypeDir, Name: "state/a"})
	cases["longer than listed"] = forged(t, manifest(Entry{"state/a", 0, zero}), file("state/a"))
	cases["not listed"] = forged(t, manifest(), file("state/a"))
	cases["too large"] = forged(t, manifest(Entry{"state/a", mostBytes / 2, zero}, Entry{"state/b", mostBytes/2 + 1, zero}))
	cases["negative"] = forged(t, manifest(Entry{"state/a", -1, zero}))
	cases["of a newer version"] = forged(t, &Manifest{Format: formatName, Version: formatVersion + 1})
	cases["of another program"] = forged(t, map[string]string{"format": "other"})
	dir, unchanged := anOldState(t)
	for name, archive := range cases {
		_, err := restored(t, archive, dir)
		var said *refusal
		if !errors.As(err, &said) {
			t.Errorf("%s: %v", name, err)
		}
		unchanged(name)
	}
}

// FuzzRestore puts anything in as an archive. Either it is refused and the state that was
// there is as it was, or it is whole; nothing is written anywhere else.
func FuzzRestore(f *testing.F) {
	f.Add([]byte("another's file"), []byte("a"))
	f.Add([]byte(`{"format":"lachan-backup","version":1,"files":[{"name":"state/a","size":1,"sha256":"6e34"}]}`), []byte("a"))
	f.Add([]byte(`{"format":"lachan-backup","version":1,"files":[{"name":"state/../../a","size":1}]}`), []byte("../../a"))
	f.Fuzz(func(t *testing.T, manifest, rest []byte) {
		var out bytes.Buffer
		packed, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(packed)
		put := func(name string, text []byte) {
			h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o600}
			if w.WriteHeader(h) == nil {
				_, _ = w.Write(text)
			}
		}
		put(manifestName, manifest)
		put("state/a", rest)
		_ = w.Close()
		_ = packed.Close()
		for _, archive := range [][]byte{out.Bytes(), manifest} {
			dir, unchanged := anOldState(t)
			before, err := restored(t, archive, dir)
			if err != nil {
				unchanged(err)
				continue
			}
			if beside, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(beside) != 2 || before == "" {
				t.Errorf("%d are beside the state, %v", len(beside), err)
			}
		}
	})
}
