package node_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// packedFiles packs a policy with a table.
func packedFiles(t testing.TB, dir string) []byte {
	t.Helper()
	var files []hub.File
	for _, f := range [][2]string{{"policy.yaml", "units_csv: bang/truong.csv\n"}, {"bang/truong.csv", "mã,tên\n"}} {
		path := filepath.Join(dir, f[0])
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(f[1]))
		files = append(files, hub.File{Path: path, SHA256: hex.EncodeToString(sum[:])})
	}
	var packed, again bytes.Buffer
	if err := errors.Join(hub.Pack(&packed, files...), hub.Pack(&again, files...)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(packed.Bytes(), again.Bytes()) {
		t.Error("the same files make other bytes")
	}
	return packed.Bytes()
}

// What a hub packs a node unpacks; files that lie elsewhere or have changed are not packed.
func TestTheFilesOfAPolicyAreTheSameOnANode(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	packed := filepath.Join(to, "packed")
	if err := os.WriteFile(packed, packedFiles(t, from), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := node.Unpack(packed, filepath.Join(to, "base")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"policy.yaml", "bang/truong.csv"} {
		want, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(to, "base", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	file := hub.File{Path: filepath.Join(from, "policy.yaml"), SHA256: hex.EncodeToString(make([]byte, 32))}
	if err := hub.Pack(&bytes.Buffer{}, file); !errors.Is(err, hub.ErrChanged) {
		t.Errorf("a file that has changed: %v", err)
	}
	sum := sha256.Sum256([]byte("units_csv: bang/truong.csv\n"))
	policy := hub.File{Path: file.Path, SHA256: hex.EncodeToString(sum[:])}
	for _, path := range []string{"/etc/passwd", filepath.Join(filepath.Dir(from), "x.csv")} {
		if err := hub.Pack(&bytes.Buffer{}, policy, hub.File{Path: path}); !errors.Is(err, hub.ErrOutside) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// tarOf packs entries as they are given, whatever they are.
func tarOf(t testing.TB, headers ...*tar.Header) []byte {
	t.Helper()
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	out := tar.NewWriter(compressed)
	for _, h := range headers {
		if err := out.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// FuzzUnpack: whatever comes in place of the files of a policy writes nothing outside of
// their folder, and leaves nothing if it is refused.
func FuzzUnpack(f *testing.F) {
	policy := &tar.Header{Typeflag: tar.TypeReg, Name: "policy.yaml", Size: 3}
	f.Add(packedFiles(f, f.TempDir()))
	f.Add(tarOf(f, policy, &tar.Header{Typeflag: tar.TypeReg, Name: "../outside", Size: 1}))
	f.Add(tarOf(f, policy, &tar.Header{Typeflag: tar.TypeReg, Name: "/tmp/outside", Size: 1}))
	f.Add(tarOf(f, policy, &tar.Header{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "../.."}, &tar.Header{Typeflag: tar.TypeReg, Name: "link/outside"}))
	f.Add(tarOf(f, policy, policy))
	f.Add(tarOf(f))
	f.Add([]byte("none"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		dir := t.TempDir()
		name, base := filepath.Join(dir, "packed"), filepath.Join(dir, "base")
		if err := os.WriteFile(name, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		wrong := node.Unpack(name, base)
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && path != name && (wrong != nil || !e.Type().IsRegular()) {
				t.Errorf("%s is there after %v", path, wrong)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 2 {
			t.Errorf("%d entries beside each other after %v, %v", len(entries), wrong, err)
		}
	})
}
