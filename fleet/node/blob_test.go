package node_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/fleet/node"
)

// A shelf is a hub's files for nodes, behind HTTP.
type shelf struct {
	*httptest.Server
	blobs *hub.Blobs
	dir   string
	sent  atomic.Int64 // bytes of bodies
	cut   atomic.Int64 // after how many bytes an answer breaks off; 0: it does not
}

func newShelf(t *testing.T, room int64) *shelf {
	t.Helper()
	s := &shelf{dir: t.TempDir()}
	var err error
	if s.blobs, err = hub.OpenBlobs(s.dir, room); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+fleet.BlobPath+"{digest}", func(w http.ResponseWriter, r *http.Request) {
		s.blobs.ServeHTTP(&cutter{ResponseWriter: w, shelf: s}, r)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// A cutter breaks an answer off.
type cutter struct {
	http.ResponseWriter
	shelf *shelf
	sent  int64
}

func (c *cutter) Write(p []byte) (int, error) {
	cut := c.shelf.cut.Load()
	if cut > 0 && c.sent+int64(len(p)) > cut {
		p = p[:cut-c.sent]
	}
	n, err := c.ResponseWriter.Write(p)
	c.sent += int64(n)
	c.shelf.sent.Add(int64(n))
	if err == nil && cut > 0 && c.sent == cut {
		_ = http.NewResponseController(c.ResponseWriter).Flush() // what came before the break
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func (s *shelf) url() string { return s.URL + fleet.BlobPath }

// put gives the shelf a file of so many bytes.
func (s *shelf) put(t *testing.T, size int) (node.Blob, []byte) {
	t.Helper()
	text := make([]byte, size)
	random := rand.NewChaCha8([32]byte{byte(size)})
	if _, err := random.Read(text); err != nil {
		t.Fatal(err)
	}
	digest, n, err := s.blobs.Put(bytes.NewReader(text))
	if err != nil || n != int64(size) {
		t.Fatal(n, err)
	}
	return node.Blob{SHA256: digest, Size: n}, text
}

// A file that breaks off goes on where it was, and is not asked for once it is there.
func TestAFileThatBreaksOffGoesOn(t *testing.T) {
	s, dir := newShelf(t, 8<<20), t.TempDir()
	blob, text := s.put(t, 3<<20)
	s.cut.Store(1 << 20)
	for range 2 {
		if _, err := node.Fetch(t.Context(), s.Client(), dir, blob, s.url()); err == nil {
			t.Fatal("a file that broke off is there")
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != blob.SHA256+".part" {
			t.Fatal(entries, err)
		}
	}
	s.cut.Store(0)
	name, err := node.Fetch(t.Context(), s.Client(), dir, blob, s.url())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, text) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if sent := s.sent.Load(); sent > 3<<20+1<<16 {
		t.Errorf("for 3 MiB the hub sent %d bytes", sent)
	}
	before := s.sent.Load()
	if _, err := node.Fetch(t.Context(), s.Client(), dir, blob, s.url()); err != nil || s.sent.Load() != before {
		t.Errorf("it was asked for again: %v", err)
	}
}

// A file that is not the blob never has its name, and another address is tried.
func TestAFileIsWhatItsRecordNames(t *testing.T) {
	s, dir := newShelf(t, 8<<20), t.TempDir()
	blob, text := s.put(t, 100_000)
	forged := bytes.Clone(text)
	forged[50_000]++
	answer := func(h http.HandlerFunc) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL + "/"
	}
	for what, url := range map[string]string{
		"forged":  answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(forged) }),
		"longer":  answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(append(bytes.Clone(text), 1)) }),
		"shorter": answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text[1:]) }),
		"endless": answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, 1<<30) }),
		"refused": answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }),
		"another part": answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-")
			w.WriteHeader(206)
		}),
		"nobody": "http://127.0.0.1:1/",
	} {
		if name, err := node.Fetch(t.Context(), http.DefaultClient, dir, blob, url); err == nil {
			t.Errorf("%s: %s is there", what, name)
		}
		if _, err := os.Stat(filepath.Join(dir, blob.SHA256)); err == nil {
			t.Fatalf("%s: it is there", what)
		}
		if info, err := os.Stat(filepath.Join(dir, blob.SHA256+".part")); err == nil && info.Size() > blob.Size+1 {
			t.Errorf("%s: %d bytes are kept", what, info.Size())
		}
		name, err := node.Fetch(t.Context(), http.DefaultClient, dir, blob, url, s.url())
		if err != nil {
			t.Errorf("%s, then the hub: %v", what, err)
			continue
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, digest := range []string{"", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 63) + "/"} {
		if _, err := node.Fetch(t.Context(), http.DefaultClient, dir, node.Blob{SHA256: digest, Size: 1}, s.url()); !errors.Is(err, node.ErrBlob) {
			t.Errorf("%q: %v", digest, err)
		}
	}
	flipped := filepath.Join(dir, blob.SHA256)
	if err := os.WriteFile(flipped, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := node.Fetch(t.Context(), http.DefaultClient, dir, blob, s.url())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, text) {
		t.Error("a bit that flipped on disk stays", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A hub gives the files that it has, parts of them too, and nothing else of its disk.
func TestAHubGivesItsFilesAndNothingElse(t *testing.T) {
	s := newShelf(t, 250_000)
	blob, text := s.put(t, 100_000)
	if err := os.WriteFile(filepath.Join(s.dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	get := func(path, part string) (int, []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if part != "" {
			r.Header.Set("Range", part)
		}
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	if status, body := get(fleet.BlobPath+blob.SHA256, ""); status != 200 || !bytes.Equal(body, text) {
		t.Errorf("%d, %d bytes", status, len(body))
	}
	if status, body := get(fleet.BlobPath+blob.SHA256, "bytes=99990-"); status != 206 || !bytes.Equal(body, text[99990:]) {
		t.Errorf("%d, %q", status, body)
	}
	for _, path := range []string{"secret", "..%2Fsecret", strings.Repeat("0", 64), strings.ToUpper(blob.SHA256), ""} {
		if status, _ := get(fleet.BlobPath+path, ""); status != 404 {
			t.Errorf("%q: %d", path, status)
		}
	}
	again, _ := s.put(t, 100_001)
	if _, _, err := s.blobs.Put(bytes.NewReader(make([]byte, 60_000))); !errors.Is(err, hub.ErrBlobs) {
		t.Errorf("more than there is room for: %v", err)
	}
	if err := s.blobs.Keep(map[string]bool{again.SHA256: true}); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(fleet.BlobPath+blob.SHA256, ""); status != 404 {
		t.Error("a file that is not kept is given: " + strconv.Itoa(status))
	}
	if status, _ := get(fleet.BlobPath+again.SHA256, ""); status != 200 {
		t.Errorf("one that is kept: %d", status)
	}
}
