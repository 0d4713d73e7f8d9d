// Package site reads what people write for a site: a name, a URL, host:port, a
// wildcard, or one of these defanged (hxxp://evil[.]example). It also knows the
// hosts that many sites share.
package site

import (
	"strings"

	"lachan/blocklist/domain"
)

// nameBytes are those of a name that needs no cleaning.
var nameBytes = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c == '-' || c == '_' || c == '.' ||
			'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	return t
}()

// IsNameByte reports whether c may be in a name that needs no cleaning.
func IsNameByte(c byte) bool { return nameBytes[c] }

// Is reports whether a text is a name of two labels or more, or a URL.
func Is(text string) bool {
	host, _ := SplitURL(Refang(text))
	host = strings.TrimPrefix(host, ".")
	name, err := domain.Canonical(host)
	return err == nil && strings.Contains(name, ".")
}

// IsPlain reports whether a text is a name that needs no cleaning, or at least
// nothing else.
func IsPlain(text []byte) bool {
	for _, c := range text {
		if !nameBytes[c] {
			return false
		}
	}
	return len(text) > 0 && text[0] != '.'
}

// CutTree cuts off the "*." or "." that stands for a name and all below it.
func CutTree(host string) (name string, ok bool) {
	if name, ok = strings.CutPrefix(host, "*."); ok {
		return name, true
	}
	return strings.CutPrefix(host, ".")
}

var fanged = strings.NewReplacer("[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[:]", ":", "[://]", "://")

// Refang undoes the writing that keeps people from following links to evil
// sites. "hxxp" may stay: no scheme is looked at.
func Refang(s string) string {
	return fanged.Replace(s)
}

// SplitURL finds the host of a URL, whose scheme may be missing; path reports
// that the URL means only a part of what is there: a path or a query. A '#'
// right after the host begins a comment.
func SplitURL(s string) (host string, path bool) {
	_, rest, scheme := strings.Cut(s, "://")
	if scheme {
		s = rest
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		path = s[end] != '#' && strings.Trim(s[end:], "/*") != ""
		s = s[:end]
	}
	if at := strings.LastIndexByte(s, '@'); at >= 0 && scheme {
		s = s[at+1:]
	}
	if v6, port, ok := strings.Cut(s, "]"); ok && strings.HasPrefix(v6, "[") && (port == "" || port[0] == ':') {
		return v6[1:], path
	}
	if name, port, ok := strings.Cut(s, ":"); ok && !strings.Contains(port, ":") && strings.Trim(port, "0123456789") == "" {
		s = name
	}
	return s, path
}
