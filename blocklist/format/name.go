package format

import (
	"errors"
	"strings"

	"lachan/blocklist/domain"
)

// nameOf is the canonical form of a name as a list writes it, if a rule such
// as r may have it: no address, no local name and, unless r blocks one name
// alone, no public suffix.
func nameOf(text string, r Rule) (string, Reason) {
	name, err := domain.Canonical(text)
	switch {
	case err == nil:
	case errors.Is(err, domain.ErrAddress):
		return "", AddressAmongNames
	case errors.Is(err, domain.ErrEmpty):
		return "", NoName
	case errors.Is(err, domain.ErrLabelSize), errors.Is(err, domain.ErrLength):
		return "", BadLength
	case errors.Is(err, domain.ErrIDN):
		return "", BadIDN
	default:
		return "", BadName
	}
	if isLocal(name) {
		return "", LocalName
	}
	if (r.Scope != Exact || r.Allow) && domain.IsPublicSuffix(name) {
		return "", PublicSuffix
	}
	return name, accepted
}

// isLocal tells whether a canonical name is one that a machine or a network
// gives itself: localhost, broadcasthost, ip6-loopback, router ... Of single
// labels only the public suffixes are not.
func isLocal(name string) bool {
	if strings.IndexByte(name, '.') < 0 {
		return !domain.IsPublicSuffix(name)
	}
	return name == "localhost.localdomain"
}

// field cuts the first field off a line that does not begin with white space.
func field(line []byte) (first, rest []byte) {
	for i, c := range line {
		if c == ' ' || c == '\t' {
			first, rest = line[:i], line[i:]
			for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
				rest = rest[1:]
			}
			return first, rest
		}
	}
	return line, nil
}

// opensComment tells whether a line or the rest of one is a comment, in the
// ways of files of plain names.
func opensComment(text []byte) bool {
	switch text[0] {
	case '#', '!', ';':
		return true
	}
	return len(text) > 1 && text[0] == '/' && text[1] == '/'
}
