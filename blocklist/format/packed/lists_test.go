package packed_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"lachan/blocklist/format/packed"
)

// TestHowFarBackACompressedTextMayRefer is how much memory it takes to open it: 64 MiB.
func TestHowFarBackACompressedTextMayRefer(t *testing.T) {
	f := func(window byte, opens bool) {
		t.Helper()
		text := "casino.example\n"
		frame := append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, window}, byte(len(text)<<3|1), 0, 0) // RFC 8878 section 3.1.1
		var got string
		_, err := packed.Lists(bytes.NewReader(append(frame, text...)), 1<<20, func(_ string, r io.Reader) error {
			all, err := io.ReadAll(r)
			got = string(all)
			return err
		})
		if (err == nil) != opens || opens && got != text || !opens && !errors.Is(err, packed.ErrDamaged) {
			t.Errorf("window %#x: %q, %v", window, got, err)
		}
	}
	f(0x00, true)
	f(0x80, true)  // 64 MiB
	f(0x81, false) // 72 MiB
	f(0x88, false)
}

// TestAnArchiveHasAtMostAThousandFiles that are not empty.
func TestAnArchiveHasAtMostAThousandFiles(t *testing.T) {
	kinds := map[string]func(files int) []byte{
		"tar": func(files int) []byte {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for i := range files {
				if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d", i), Mode: 0o600, Size: 1, Typeflag: tar.TypeReg}); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(w, "x"); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		},
		"zip": func(files int) []byte {
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			for i := range files {
				out, err := w.Create(fmt.Sprintf("%d", i))
				if err == nil {
					_, err = io.WriteString(out, "x")
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		},
	}
	for kind, archive := range kinds {
		for _, files := range []int{1000, 1001} {
			read := 0
			_, err := packed.Lists(bytes.NewReader(archive(files)), 1<<20, func(_ string, r io.Reader) error {
				read++
				_, err := io.Copy(io.Discard, r)
				return err
			})
			if files == 1000 && (err != nil || read != files) || files > 1000 && (!errors.Is(err, packed.ErrFiles) || read > 0) {
				t.Errorf("%s of %d files: %d read, %v", kind, files, read, err)
			}
		}
	}
}

// TestListsMayUnpackToABound, all together, and not to one byte more.
func TestListsMayUnpackToABound(t *testing.T) {
	compressed := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range []string{"a", "b"} {
		out, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(out, strings.Repeat("x", 500))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for what, file := range map[string][]byte{"gzip": compressed(strings.Repeat("x", 1000)), "zip": archive.Bytes()} {
		for _, most := range []int64{1000, 999} {
			read := int64(0)
			_, err := packed.Lists(bytes.NewReader(file), most, func(_ string, r io.Reader) error {
				n, err := io.Copy(io.Discard, r)
				read += n
				return err
			})
			if most == 1000 && (err != nil || read != 1000) || most < 1000 && !errors.Is(err, packed.ErrTooLarge) {
				t.Errorf("%s of 1000 bytes, of which %d may be: %d read, %v", what, most, read, err)
			}
		}
	}
}

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
