package printable_test

import (
	"strings"
	"testing"

	"lachan/internal/printable"
)

func TestAnAddressIsShownWithoutItsKeys(t *testing.T) {
	f := func(address, want, host string) {
		t.Helper()
		if got := printable.Address(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		if got := printable.Host(address); got != host {
			t.Errorf("%s: host %s, want %s", address, got, host)
		}
	}
	f("https://lists.example/a/b.txt", "https://lists.example/a/b.txt", "https://lists.example/...")
	f("https://lists.example/b.txt?key=abc&x=1", "https://lists.example/b.txt?...", "https://lists.example/...")
	f("https://u:p@lists.example:8443/b.txt#k", "https://...@lists.example:8443/b.txt#...", "https://...@lists.example:8443/...")
	f("https://token@lists.example", "https://...@lists.example", "https://...@lists.example")
	f("https://u:pa?s/s@lists.example/b", "https://...@lists.example/b", "https://...@lists.example/...")
	f("https://lists.example/b?mail=a@b.example", "https://...@b.example", "https://...@b.example")
	f("http://[::1%/?k", "http://[::1%/?...", "http://[::1%/...")
	f("lists/a?b.txt", "lists/a?b.txt", "lists/a?b.txt")
	f("", "", "")
}

// FuzzAddress: nothing of what stands in front of an at sign, or behind a question mark
// or a number sign, is shown.
func FuzzAddress(f *testing.F) {
	f.Add("https", "u:p", "h.example/x", "key=1")
	f.Fuzz(func(t *testing.T, scheme, user, host, query string) {
		if strings.Contains(scheme+host, "SECRET") || strings.ContainsAny(scheme, ":/") || strings.Contains(query, "@") {
			t.Skip()
		}
		shown := printable.Address(scheme + "://" + user + "SECRET@" + host + "?SECRET" + query)
		if strings.Contains(shown, "SECRET") {
			t.Error(shown)
		}
	})
}
