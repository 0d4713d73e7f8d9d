package site

import (
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/domain"
)

func TestSharedHostIsTheNameAndAllBelow(t *testing.T) {
	f := func(name string, want bool) {
		t.Helper()
		if got := isSharedHost(name); got != want {
			t.Errorf("isSharedHost(%q) = %v, want %v", name, got, want)
		}
	}
	f("facebook.com", true)
	f("m.facebook.com", true)
	f("sites.google.com", true)
	f("docs.google.com", true)
	f("somebody.github.io", true)
	f("bucket.s3.ap-southeast-1.amazonaws.com", true)
	f("t.me", true)
	f("zalo.me", true)

	f("notfacebook.com", false) // a suffix of letters is not a suffix of labels
	f("facebook.com.phish.example", false)
	f("com", false)
	f("school.example", false)
	f("", false)
}

func TestSharedHostAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { isSharedHost("a.b.c.school.example") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSharedHostsAreCanonicalSortedAndSaidOnce(t *testing.T) {
	seen := make(map[string]bool)
	for group := range strings.SplitSeq(sharedHostsText, "\n\n") {
		names := slices.DeleteFunc(strings.Split(strings.TrimSpace(group), "\n"), func(s string) bool {
			return strings.HasPrefix(s, "#")
		})
		if !slices.IsSorted(names) {
			t.Errorf("the group of %q is not sorted", names[0])
		}
		for _, name := range names {
			if c, err := domain.Canonical(name); err != nil || c != name {
				t.Errorf("%q is not canonical: %q, %v", name, c, err)
			}
			if domain.IsPublicSuffix(name) {
				t.Errorf("%q is a public suffix", name)
			}
			if seen[name] {
				t.Errorf("%q stands twice", name)
			}
			seen[name] = true
		}
	}
	for name := range seen {
		for _, parent, more := strings.Cut(name, "."); more; _, parent, more = strings.Cut(parent, ".") {
			if seen[parent] {
				t.Errorf("%q is covered by %q", name, parent)
			}
		}
	}
}
