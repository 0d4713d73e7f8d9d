package source

import (
	"net/url"
	"strings"
	"unicode"
)

// IsContact reports whether a text is a URI by which people are reached
// (RFC 6068, RFC 3966, RFC 9110 section 4.2.2).
func IsContact(text string) bool {
	u, err := url.Parse(text)
	if err != nil ||
		strings.ContainsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return false
	}
	switch u.Scheme {
	case "mailto":
		mailbox, host, both := strings.Cut(u.Opaque, "@")
		return both && mailbox != "" && host != ""
	case "tel":
		return strings.Trim(u.Opaque, "+0123456789.-()") == "" && strings.ContainsAny(u.Opaque, "0123456789")
	case "https":
		return u.Host != ""
	}
	return false
}
