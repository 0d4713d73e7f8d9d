package feed

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Whatever is in status.json: it is refused, or it is of this feed, its copy
// lies in the feed's directory, and it is the same when written and read again.
func FuzzStatus(f *testing.F) {
	f.Add([]byte(`{"version":1,"name":"a","url":"/x"}`))
	f.Add([]byte(`{"version":1,"name":"a","url":"/x","last_attempt":"2026-09-07T03:15:00Z",` +
		`"failure":{"vi":"x","en":"y","since":"2026-09-07T03:15:00Z"},"copy":{"digest":"` + strings.Repeat("0a", 32) +
		`","format":"hosts","asked_format":"auto","bytes":3,"entries":1,"rejects":[{"line":1,"text":"x","reason":"path"}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := decodeStatus(text, "a")
		if err != nil {
			return
		}
		if s.Name != "a" || filepath.Dir(copyPath("/feeds/a", s.Copy.Digest)) != "/feeds/a" {
			t.Fatalf("accepted %+v", s)
		}
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeStatus(again, "a")
		if err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		settled, _ := json.Marshal(back) // formats that are not told are written as auto
		if last, err := decodeStatus(settled, "a"); err != nil || !reflect.DeepEqual(back, last) {
			t.Fatalf("%s, %v\nis read as\n%+v", settled, err, last)
		}
	})
}

// Whatever the publisher writes, the digest is none or 64 lower case
// hexadecimal digits that are in the text.
func FuzzSidecar(f *testing.F) {
	sum := strings.Repeat("0A", 32)
	f.Add(sum)
	f.Add(sum + "  list.txt\n" + sum + " *other.txt\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		digest, ok := parseSidecar(strings.NewReader(text), "list.txt")
		if ok && (len(digest) != 64 || strings.Trim(digest, "0123456789abcdef") != "" || !strings.Contains(strings.ToLower(text), digest)) {
			t.Fatalf("digest %q of %q", digest, text)
		}
	})
}

func TestSidecarNamesTheDigestOfTheList(t *testing.T) {
	a, b := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	f := func(text, want string) {
		t.Helper()
		got, ok := parseSidecar(strings.NewReader(text), "list.txt")
		if got != want && ok || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	f(a, a)
	f(strings.ToUpper(a)+"\r\n", a)
	f(a+"  list.txt\n", a)
	f(a+" *list.txt\n", a)
	f(a+"  renamed.txt\n", a) // the only one
	f(a+"  other.txt\n"+b+"  list.txt\n", b)
	f(a+"  other.txt\n"+b+"  third.txt\n", "")
	f("", "")
	f(a[:62], "")
	f("<!DOCTYPE html>", "")
}
