package policy

import (
	"net/url"
	"strings"
	"unicode"

	"lachan/internal/wording"
)

// contact reads whom the people of a unit ask, and reports what nobody can
// follow.
func (l *loader) contact(text *unitText) (uris []string) {
	for _, c := range text.Contact {
		if !isContact(c.V) {
			l.fail(text.file, c.Line, wording.PolicyContact.With(c.V))
			continue
		}
		uris = append(uris, c.V)
	}
	return uris
}

// isContact tells whether a text is a URI by which people are reached (RFC 6068,
// RFC 3966, RFC 9110 section 4.2.2).
func isContact(text string) bool {
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return false
	}
	switch u.Scheme {
	case "mailto":
		who, at, both := strings.Cut(u.Opaque, "@")
		return both && who != "" && at != ""
	case "tel":
		return strings.Trim(u.Opaque, "+0123456789.-()") == "" && strings.ContainsAny(u.Opaque, "0123456789")
	case "https":
		return u.Host != ""
	}
	return false
}
