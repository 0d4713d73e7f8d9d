package packed_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"lachan/blocklist/format/packed"
)

// TestAMemberThatCannotBeUnpackedIsNamed: of an archive whose files are compressed
// themselves, one of which is damaged at its beginning.
func TestAMemberThatCannotBeUnpackedIsNamed(t *testing.T) {
	var good bytes.Buffer
	z := gzip.NewWriter(&good)
	if _, err := io.WriteString(z, "casino.example\n"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(good.Bytes())
	damaged[2] = 9 // a method of compression that there is none of
	lists := func(second []byte) (read []string, err error) {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		for name, text := range map[string][]byte{"a/good.gz": good.Bytes(), "b/second.gz": second} {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(text); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = packed.Lists(bytes.NewReader(archive.Bytes()), 1<<20, func(name string, r io.Reader) error {
			text, err := io.ReadAll(r)
			read = append(read, name+": "+strings.TrimSpace(string(text)))
			return err
		})
		return read, err
	}
	if read, err := lists(good.Bytes()); err != nil || len(read) != 2 {
		t.Errorf("of whole files: %q, %v", read, err)
	}
	read, err := lists(damaged)
	if err == nil || !strings.Contains(err.Error(), "second.gz") || strings.Contains(strings.Join(read, " "), "second") {
		t.Errorf("read %q, %v; want an error that names the file", read, err)
	}
}
