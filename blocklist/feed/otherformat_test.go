package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

// covered are the entries of the last good copy, each as it covers names.
func covered(t *testing.T, s *feed.Store) string {
	t.Helper()
	c, ok, _ := s.Good("co-bac")
	if !ok {
		t.Fatal("no good copy")
	}
	var all []string
	if err := c.Parse(format.Options{Subdomains: true}, func(r format.Rule) error {
		all = append(all, fmt.Sprint(map[format.Scope]string{format.Tree: "*.", format.Exact: "=", format.Below: "."}[r.Scope], r.Name))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// autoSource is a feed of format auto whose list is a file.
func autoSource(path string) feed.Source {
	src := fileSource(path)
	src.Format, src.MaxShrink = format.Auto, 1
	return src
}

// A rule that somebody pasted into a list of names is read as the rule that it is,
// and changes nothing about the names.
func TestARuleAmongNamesDoesNotChangeWhatTheyMean(t *testing.T) {
	file := filepath.Join(t.TempDir(), "l.txt")
	s, src := open(t, t.TempDir()), autoSource(file)
	const nine = "a.example\nb.example\nc.example\nd.example\ne.example\nf.example\ng.example\nh.example\ni.example\n"
	write(t, file, nine)
	update(t, s, src)
	want := covered(t, s)
	f := func(added, more string, rejected int) {
		t.Helper()
		write(t, file, nine+added)
		st := update(t, s, src)
		if got := covered(t, s); got != strings.TrimSpace(want+" "+more) {
			t.Errorf("with %q: %s", added, got)
		}
		if st.Copy.Rejected != rejected || st.Copy.Format != format.Domains || st.Held.Copy.Digest != "" {
			t.Errorf("with %q: %d rejected, format %s, held %q", added, st.Copy.Rejected, st.Copy.Format, st.Held.EN)
		}
	}
	f("coin.example$third-party\n", "", 1)
	f("||y.example^\n", "*.y.example", 0)
	f("||y.example^\n||z.example^$important\n@@||x.a.example^\n", "*.y.example *.z.example *.x.a.example", 0)
	f("0.0.0.0 y.example\n*.z.example\n", "*.y.example *.z.example", 0)
	f("/^ads[0-9]+/\n", "*.", 0) // an expression has no name
}

// A version of a feed of format auto that looks like another format is held back.
func TestAVersionThatLooksOtherwiseIsHeldBack(t *testing.T) {
	f := func(before, after, says, approved string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "l.txt")
		s, src := open(t, t.TempDir()), autoSource(file)
		write(t, file, before)
		update(t, s, src)
		was := covered(t, s)
		write(t, file, after)
		wantRefused(t, s, src, feed.ErrOtherFormat, says)
		if got := covered(t, s); got != was {
			t.Errorf("%q after %q: in use %s, want %s", after, before, got, was)
		}
		if _, err := s.Approve(t.Context(), src, "cô Lan"); err != nil {
			t.Fatal(err)
		}
		if got := covered(t, s); got != approved {
			t.Errorf("%q after %q, approved: %s, want %s", after, before, got, approved)
		}
		if st := update(t, s, src); st.Changed || covered(t, s) != approved {
			t.Errorf("%q after %q: approved and changed again: %s", after, before, covered(t, s))
		}
	}
	// Below a header of adblock a plain name keeps the meaning it had.
	f("a.example\nb.example\n", "[Adblock Plus 2.0]\na.example\nb.example\n", "domains -> adblock", "*.a.example *.b.example")
	f("0.0.0.0 a.example\n", "[Adblock Plus 2.0]\na.example\n||b.example^\n", "hosts -> adblock", "*.a.example *.b.example")
	f("[Adblock Plus 2.0]\na.example\n", "a.example\nb.example\n", "adblock -> domains", "*.a.example *.b.example")
	f("*.a.example\n*.c.example\nb.example\n", "a.example\nb.example\n", "wildcard -> domains", "*.a.example *.b.example")
	f("a.example\n", "address=/a.example/\n", "domains -> dnsmasq", "*.a.example")
	f("domain,category\na.example,x\n", "||a.example^\n", "csv -> adblock", "*.a.example")
}

// What means the same in either format is not held back.
func TestAListOfNamesMayHaveSinksBeforeThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "l.txt")
	s, src := open(t, t.TempDir()), autoSource(file)
	for _, text := range []string{"a.example\n", "0.0.0.0 a.example\n", "# c\na.example\n", "127.0.0.1 localhost\n0.0.0.0 a.example\n"} {
		write(t, file, text)
		update(t, s, src)
		if got := covered(t, s); got != "*.a.example" {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// Each list of a directory keeps its own format.
func TestListsOfADirectoryKeepTheirFormats(t *testing.T) {
	dir := t.TempDir()
	s, src := open(t, t.TempDir()), autoSource(dir)
	write(t, filepath.Join(dir, "names"), "a.example\nb.example\n")
	write(t, filepath.Join(dir, "rules"), "||c.example^\nd.example\n")
	update(t, s, src)
	const want = "*.a.example *.b.example *.c.example =d.example"
	if got := covered(t, s); got != want {
		t.Fatal(got)
	}
	write(t, filepath.Join(dir, "names"), "a.example\nb.example\n||e.example^\n")
	update(t, s, src)
	if got := covered(t, s); got != "*.a.example *.b.example *.e.example *.c.example =d.example" {
		t.Error(got)
	}
	write(t, filepath.Join(dir, "names"), "[Adblock Plus 2.0]\na.example\nb.example\n||e.example^\n")
	wantRefused(t, s, src, feed.ErrOtherFormat, "names: domains -> adblock")
	if _, err := s.Approve(t.Context(), src, "cô Lan"); err != nil {
		t.Fatal(err)
	}
	if got := covered(t, s); got != "*.a.example *.b.example *.e.example *.c.example =d.example" {
		t.Error(got)
	}
	if err := os.Remove(filepath.Join(dir, "names")); err != nil {
		t.Fatal(err)
	}
	update(t, s, src)
}
