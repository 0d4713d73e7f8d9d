package feed_test

import (
	"fmt"
	"net/http"
	"testing"

	"lachan/blocklist/feed"
)

func TestOnlyTheListThatThePublisherVouchesForIsTaken(t *testing.T) {
	var sidecar, list string
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/SHA256SUMS" {
			fmt.Fprint(w, sidecar)
			return
		}
		fmt.Fprint(w, list)
	})
	s := open(t, t.TempDir())
	src := p.source()
	src.SHA256URL = p.URL + "/SHA256SUMS"

	list, sidecar = names(3), digest(names(3))+"  list.txt\n"
	update(t, s, src)
	wantGood(t, s, names(3))

	list = names(4)
	wantRefused(t, s, src, feed.ErrDigest, "khác với mã được công bố")
	wantGood(t, s, names(3))

	sidecar = "chưa có\n"
	wantRefused(t, s, src, feed.ErrDigest, "không có mã SHA-256")

	src.SHA256URL = "http://127.0.0.1:1/none"
	wantRefused(t, s, src, nil, "sha256_url")
	wantGood(t, s, names(3))
}

func TestAListIsConfirmedWhenConfirmationIsAskedForLater(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/sum":
			fmt.Fprint(w, digest("something else"))
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"v1"`)
			fmt.Fprint(w, names(3))
		}
	})
	s := open(t, t.TempDir())
	src := p.source()
	update(t, s, src)
	src.SHA256URL = p.URL + "/sum"
	wantRefused(t, s, src, feed.ErrDigest, "khác với mã được công bố")
}
