package feed_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"lachan/blocklist/feed"
	"lachan/blocklist/release"
)

// A signer has a key and signs texts with comments.
type signer struct {
	t      *testing.T
	secret minisign.PrivateKey
	key    release.Key
}

func newSigner(t *testing.T) signer {
	t.Helper()
	_, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return signer{t, secret, release.PublicKey(secret)}
}

func (s signer) sign(text, comment string) string {
	s.t.Helper()
	signature, err := release.Sign(s.secret, strings.NewReader(text), comment)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(signature)
}

// A signed list and its signature, as a publisher serves them.
type signed struct{ list, signature string }

func (s *signed) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case !strings.HasSuffix(r.URL.Path, ".minisig"):
		w.Header().Set("ETag", `"`+digest(s.list)+`"`)
		if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, s.list)
	case s.signature == "":
		http.NotFound(w, r)
	default:
		fmt.Fprint(w, s.signature)
	}
}

func TestOnlyAListThatAPinnedKeySignedIsTaken(t *testing.T) {
	authority, next, stranger := newSigner(t), newSigner(t), newSigner(t)
	var served signed
	p := newPublisher(t, served.serve)
	s, src := open(t, t.TempDir()), p.source()
	src.Keys = release.Keys{authority.key}

	served = signed{names(3), ""}
	wantRefused(t, s, src, feed.ErrUnsigned, "chữ ký")
	served.signature = authority.sign(names(3), "")
	if st := update(t, s, src); st.Copy.Release.Key != authority.key.ID() {
		t.Errorf("release %+v", st.Copy.Release)
	}
	wantGood(t, s, names(3))

	f := func(list, signature, says string) {
		t.Helper()
		served = signed{list, signature}
		wantRefused(t, s, src, feed.ErrUnsigned, says)
		wantGood(t, s, names(3))
	}
	f(names(4), "", "chữ ký")
	f(names(4), authority.sign(names(3), ""), "không khớp")
	f(names(4), stranger.sign(names(4), ""), "khóa khác")
	f(names(4), "chữ ký", "minisign")
	f(names(4), authority.sign(names(4), "seq:many"), "minisign")
	f(names(3), "", "chữ ký") // not even the same list again

	served = signed{names(4), next.sign(names(4), "")}
	wantRefused(t, s, src, feed.ErrUnsigned, "khóa khác")
	src.Keys = release.Keys{authority.key, next.key} // rotation: both count
	update(t, s, src)
	wantGood(t, s, names(4))
	served = signed{names(5), authority.sign(names(5), "")}
	update(t, s, src)
	src.Keys = release.Keys{next.key} // then the old one no more, not even for what is there
	wantRefused(t, s, src, feed.ErrUnsigned, "khóa khác")
	wantGood(t, s, names(5))
}

func TestASignedListNeitherGoesBackNorStandsStillForEver(t *testing.T) {
	authority := newSigner(t)
	var served signed
	p := newPublisher(t, served.serve)
	dir := t.TempDir()
	s, src := open(t, dir), p.source()
	src.Keys = release.Keys{authority.key}
	f := func(list, comment string, want error, says string) {
		t.Helper()
		served = signed{list, authority.sign(list, comment)}
		if want != nil {
			wantRefused(t, s, src, want, says)
			return
		}
		update(t, s, src)
		wantGood(t, s, list)
	}
	yesterday, tomorrow := time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	f(names(3), "seq:7", nil, "")
	f(names(4), "seq:6", feed.ErrRollback, "cũ hơn")
	f(names(4), "", feed.ErrRollback, "cũ hơn") // from before versions had numbers
	f(names(4), "seq:7", feed.ErrRollback, "cùng mang số phiên bản")
	f(names(4), release.Comment{Seq: 8, Expires: tomorrow}.String(), nil, "")
	f(names(5), release.Comment{Seq: 9, Expires: yesterday}.String(), feed.ErrExpired, "hết hạn")
	f(names(4), release.Comment{Seq: 8, Expires: yesterday}.String(), feed.ErrExpired, "hết hạn") // the list is a 304
	f(names(4), release.Comment{Seq: 8, Expires: tomorrow}.String(), nil, "")

	// Losing the copy is no way to an older one.
	c, _, _ := s.Good("co-bac")
	write(t, c.Path, "damaged")
	if _, ok, _ := s.Good("co-bac"); ok {
		t.Fatal("the damaged copy is good")
	}
	served = signed{names(3), authority.sign(names(3), "seq:7")}
	if _, err := s.Update(t.Context(), src); !errors.Is(err, feed.ErrRollback) {
		t.Errorf("after damage: %v", err)
	}
	f(names(4), "seq:8", nil, "")
}

func TestASignedFileIsReadFromDiskToo(t *testing.T) {
	authority, dir := newSigner(t), t.TempDir()
	list := filepath.Join(dir, "list.txt")
	write(t, list, names(3))
	write(t, list+".minisig", authority.sign(names(3), "seq:1"))
	s, src := open(t, filepath.Join(dir, "feeds")), fileSource(list)
	src.Keys = release.Keys{authority.key}
	update(t, s, src)
	wantGood(t, s, names(3))
	if err := os.Remove(list + ".minisig"); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, s, src, feed.ErrUnsigned, "không có tệp")
}

func TestASignatureLiesBesideTheListWhateverTheAddressHasBehindIt(t *testing.T) {
	authority := newSigner(t)
	served := signed{names(3), authority.sign(names(3), "")}
	asked := make(chan string, 10)
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.String()
		served.serve(w, r)
	})
	src := p.source()
	src.URL, src.Keys = p.URL+"/a%2Fb/list.txt?token=x", release.Keys{authority.key}
	update(t, open(t, t.TempDir()), src)
	<-asked
	if got := <-asked; got != "/a%2Fb/list.txt.minisig?token=x" {
		t.Errorf("asked for %s", got)
	}
}
