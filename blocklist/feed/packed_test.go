package feed_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

// xzipped is a file of testdata, as the tool xz has made it.
func xzipped(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".xz"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tarOf is an archive of files, each as "path=content".
func tarOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		name, text, _ := strings.Cut(f, "=")
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		name, text, _ := strings.Cut(f, "=")
		out, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Lists are read as they come packed, from the web and from files.
func TestPackedListsAreRead(t *testing.T) {
	const text = "a.example\nb.example\n"
	ut1 := []string{
		"dating/domains=a.example\nb.example\n", "dating/usage=# about\nblack\ndating\n",
		"dating/urls=university.example/one/page\n", "dating/expressions=(date|meet)\n",
	}
	f := func(name, content, skipped string, want format.Format) {
		t.Helper()
		p := newPublisher(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = io.WriteString(w, content)
		})
		web := p.source()
		web.URL = p.URL + "/" + name
		file := filepath.Join(t.TempDir(), name)
		write(t, file, content)
		for _, src := range []feed.Source{web, fileSource(file)} {
			src.Format = format.Auto
			s := open(t, t.TempDir())
			st := update(t, s, src)
			if got := covered(t, s); got != "*.a.example *.b.example" {
				t.Errorf("%s: %s", name, got)
			}
			if got := strings.Join(st.Copy.Skipped, " "); got != skipped || st.Copy.Format != want || st.Copy.Digest != digest(content) {
				t.Errorf("%s: skipped %q, format %s, digest %s", name, got, st.Copy.Format, st.Copy.Digest)
			}
			if st := update(t, s, src); st.Changed {
				t.Errorf("%s: the same list is a change", name)
			}
		}
	}
	f("l.txt.gz", string(gzipped(text)), "", format.Domains)
	f("l.txt.zst", string(zstded(text)), "", format.Domains)
	f("l.txt.xz", xzipped(t, "names"), "", format.Domains)
	f("l", string(gzipped("a.example\rb.example\r")), "", format.Domains) // by what it is, not by its name
	const beside = "dating/usage dating/urls dating/expressions"
	f("dating.tar", tarOf(t, ut1...), beside, format.Directory)
	f("dating.tar.gz", string(gzipped(tarOf(t, ut1...))), beside, format.Directory)
	f("dating.tar.xz", xzipped(t, "dating.tar"), beside, format.Directory)
	f("dating.zip", zipOf(t, ut1...), beside, format.Directory)
	f("two.zip", zipOf(t, "one.txt=a.example\n", "x/two.hosts=0.0.0.0 b.example\n", "README=words of people\n"), "README", format.Directory)

	dir := filepath.Join(t.TempDir(), "dating")
	for _, file := range ut1 {
		name, text, _ := strings.Cut(file, "=")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(filepath.Dir(dir), name), text)
	}
	write(t, filepath.Join(dir, "more.txt.gz"), string(gzipped("c.example\n")))
	s, src := open(t, t.TempDir()), autoSource(dir)
	if st := update(t, s, src); covered(t, s) != "*.a.example *.b.example *.c.example" || len(st.Copy.Skipped) != 3 {
		t.Errorf("a directory: %s, skipped %q", covered(t, s), st.Copy.Skipped)
	}
}

// What is packed is bounded by what comes out, and what is not read is named.
func TestPackedListsHaveBounds(t *testing.T) {
	f := func(name, content, says string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		write(t, file, content)
		src := autoSource(file)
		src.MaxBytes = 2 << 20
		wantRefused(t, open(t, t.TempDir()), src, feed.ErrUnreadable, says)
		t.Logf("%s: %d bytes refused", name, len(content))
	}
	bomb := strings.Repeat("a.example\n", 2<<20) // 20 MiB
	f("bomb.gz", string(gzipped(bomb)), "max_bytes")
	f("bomb.zst", string(zstded(bomb)), "max_bytes")
	f("bomb.xz", xzipped(t, "bomb"), "max_bytes")
	f("bomb.zip", zipOf(t, "l="+bomb), "max_bytes")
	f("bomb.tar.gz", string(gzipped(tarOf(t, "a/domains="+bomb[:1<<20], "a/x="+bomb[:1<<20], "a/y="+bomb[:1<<20]))), "max_bytes")
	f("two.gz", string(gzipped(string(gzipped(bomb)))), "gzip in gzip")
	f("wide.xz", xzipped(t, "wide"), "bị hỏng") // asks for more memory than is given
	f("cut.gz", string(gzipped(names(5000))[:3000]), "bị hỏng")
	f("cut.zip", zipOf(t, "l=a.example\n")[:60], "bị hỏng")
	f("l.7z", "7z\xbc\xaf\x27\x1c\x00\x04", "7z")
	f("l.rar", "Rar!\x1a\x07\x01\x00", "rar")
	f("l.lz4", "\x04\x22\x4d\x18xxxx", "lz4")
	f("all.tar.gz", string(gzipped(tarOf(t, "bl/adult/domains=a.example\n", "bl/bank/domains=b.example\n"))), "bl/adult, bl/bank")
	f("odd.tar", tarOf(t, "x/one=a.example\n", "x/two=some words of people\nand more of them\n"), "x/two")
	var many []string
	for i := range 1100 {
		many = append(many, strings.Repeat("x", i%50+1)+string(rune('0'+i/50))+"=a.example\n")
	}
	f("many.tar", tarOf(t, many...), "1000")
}
