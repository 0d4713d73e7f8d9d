package feed_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"lachan/blocklist/feed"
)

// answering is a handler that answers with headers (pairs) and a body.
func answering(body []byte, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.Write(body)
	}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

func zstded(text string) []byte {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		panic(err) // the options are the default ones
	}
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

func TestWhateverThePublisherDoesTheCopyStays(t *testing.T) {
	list := names(1000)
	p := newPublisher(t, nil)
	dir := t.TempDir()
	s := open(t, dir)
	p.do(serving(list))
	update(t, s, p.source())

	f := func(name string, handle http.HandlerFunc, reason error, says string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			p.do(handle)
			wantRefused(t, s, p.source(), reason, says)
			wantGood(t, s, list)
			wantFiles(t, dir, "source-", "status.json")
		})
	}
	bomb := strings.Repeat("0.example\n", 1<<20) // ten times max_bytes
	packed := gzipped(names(2000))
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-5] ^= 1 // in the checksum

	f("500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, feed.ErrAnswer, "500")
	f("404", http.NotFound, feed.ErrAnswer, "404")
	f("204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, feed.ErrAnswer, "204")
	f("part", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, feed.ErrAnswer, "206")
	f("hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "không tải được")
	f("truncated", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(list)))
		io.WriteString(w, list[:len(list)/2])
	}, feed.ErrTruncated, "cắt giữa chừng")
	f("truncated chunks", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, list[:len(list)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}, feed.ErrTruncated, "cắt giữa chừng")
	f("truncated gzip", answering(packed[:len(packed)/2], "Content-Encoding", "gzip"), feed.ErrTruncated, "cắt giữa chừng")
	f("truncated zstd", answering(zstded(list)[:200], "Content-Encoding", "zstd"), feed.ErrTruncated, "cắt giữa chừng")
	f("empty gzip", answering(nil, "Content-Encoding", "gzip"), feed.ErrTruncated, "cắt giữa chừng")
	f("damaged gzip", answering(flipped, "Content-Encoding", "gzip"), feed.ErrAnswer, "nén")
	f("no gzip", answering([]byte(list), "Content-Encoding", "gzip"), feed.ErrAnswer, "nén")
	f("no zstd", answering([]byte(list), "Content-Encoding", "zstd"), feed.ErrAnswer, "nén")
	f("brotli", answering([]byte(list), "Content-Encoding", "br"), feed.ErrAnswer, `"br"`)
	f("too large", answering([]byte(bomb)), feed.ErrTooLarge, "max_bytes")
	f("too large, as announced", answering(nil, "Content-Length", "1048577"), feed.ErrTooLarge, "max_bytes")
	f("gzip bomb", answering(gzipped(bomb), "Content-Encoding", "gzip"), feed.ErrTooLarge, "max_bytes")
	f("zstd bomb", answering(zstded(bomb), "Content-Encoding", "zstd"), feed.ErrTooLarge, "max_bytes")
	f("web page", answering([]byte(list), "Content-Type", "text/html; charset=utf-8"), feed.ErrAnswer, "trang web")
	f("web page in disguise", answering([]byte("\n<!DOCTYPE html><html>"), "Content-Type", "text/plain"), feed.ErrAnswer, "trang web")
	f("emptied", serving("# không còn gì\n"), feed.ErrNoEntries, "1000 mục")
	f("all rejected", serving("192.0.2.1\n192.0.2.2\n"), feed.ErrNoEntries, "2 dòng")
	f("shrunk", serving(names(699)), feed.ErrShrunk, "1000 mục, bản mới chỉ còn 699, giảm quá 30%")
	f("redirected in a circle", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	}, feed.ErrRedirect, "chuyển hướng quá 5 lần")
	redirected := func(times int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if n := len(r.URL.Query().Get("n")); n < times {
				http.Redirect(w, r, r.URL.Path+"?n="+strings.Repeat("x", n+1), http.StatusFound)
				return
			}
			serving(names(3))(w, r)
		}
	}
	f("redirected six times", redirected(6), feed.ErrRedirect, "chuyển hướng quá 5 lần")
	if s, p := open(t, t.TempDir()), newPublisher(t, redirected(5)); !update(t, s, p.source()).Changed {
		t.Error("redirected five times: not taken")
	}
	f("redirected to a file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/hosts", http.StatusFound)
	}, feed.ErrRedirect, "chuyển hướng")

	p.do(serving(names(700)))
	update(t, s, p.source())
	wantGood(t, s, names(700))
	p.Close()
	wantRefused(t, s, p.source(), nil, "không tải được")
}

func TestCompressedListsAreUnpacked(t *testing.T) {
	f := func(encoding string, body []byte) {
		t.Helper()
		p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Encoding"); got != "zstd, gzip" {
				t.Errorf("asked with Accept-Encoding %q", got)
			}
			answering(body, "Content-Encoding", encoding)(w, r)
		})
		s := open(t, t.TempDir())
		update(t, s, p.source())
		wantGood(t, s, names(5000))
	}
	f("gzip", gzipped(names(5000)))
	f("x-gzip", gzipped(names(5000)))
	f("zstd", zstded(names(5000)))
	f("identity", []byte(names(5000)))
}

func TestRedirectsAreFollowedWithoutTellingWhereFrom(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/5" {
			if from := r.Header.Get("Referer"); from != "" {
				t.Errorf("told the referer %q", from)
			}
			fmt.Fprint(w, names(3))
			return
		}
		var n int
		fmt.Sscanf(r.URL.Path, "/%d", &n)
		http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusFound)
	})
	s := open(t, t.TempDir())
	src := p.source()
	src.URL = p.URL + "/0?key=bi-mat"
	update(t, s, src)
	wantGood(t, s, names(3))
}

func TestEncryptionIsNotGivenUp(t *testing.T) {
	plain := newPublisher(t, serving(names(3)))
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(secure.Close)
	src := plain.source()
	src.URL = secure.URL
	wantRefused(t, open(t, t.TempDir()), src, feed.ErrRedirect, "từ https sang http")
	if plain.asked.Load() != 0 {
		t.Error("followed the redirect")
	}
}

func TestServersMustProveWhoTheyAre(t *testing.T) {
	known := httptest.NewTLSServer(serving(names(3)))
	known.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(known.Close)
	src := fileSource(known.URL)
	s := open(t, t.TempDir())
	update(t, s, src)
	wantGood(t, s, names(3))

	src.URL = strings.Replace(known.URL, "127.0.0.1", "localhost", 1) // not in its certificate
	wantRefused(t, s, src, nil, "x509")
	wantGood(t, s, names(3))
}

func TestTheServerIsToldWhoAsks(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "lachan/1.2.3" {
			t.Errorf("user agent %q", got)
		}
		fmt.Fprint(w, names(3))
	})
	s := open(t, t.TempDir())
	s.UserAgent = "lachan/1.2.3"
	update(t, s, p.source())
}

func TestErrorsDoNotTellTheAddress(t *testing.T) {
	p := newPublisher(t, nil)
	src := p.source()
	src.URL += "?key=bi-mat"
	p.Close()
	_, err := open(t, t.TempDir()).Update(t.Context(), src)
	if err == nil || strings.Contains(err.Error(), "bi-mat") {
		t.Errorf("error %v", err)
	}
}

func TestAddressesThatCannotBeRead(t *testing.T) {
	f := func(url string, reason error, says string) {
		t.Helper()
		src := fileSource(url)
		wantRefused(t, open(t, t.TempDir()), src, reason, says)
	}
	f("ftp://192.0.2.1/rpz.example", feed.ErrUnsupported, "ftp://192.0.2.1/rpz.example")
	f("ftp://lists.example/a.txt", feed.ErrUnsupported, "http://, https://")
	f("http://", feed.ErrAddress, "không hợp lệ")
	f("http://%zz", feed.ErrAddress, "không hợp lệ")
	f(t.TempDir(), os.ErrNotExist, "thư mục")
	f("/dev/null", feed.ErrUnsupported, "không phải là tệp thường")
	f(filepath.Join(t.TempDir(), "none.txt"), os.ErrNotExist, "không có tệp")
}
