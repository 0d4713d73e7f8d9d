package rpz

import (
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/format/lines"
)

// plainCNAME reads a record as nearly all those of a large zone are written:
//
//	owner [TTL] [IN] CNAME target
//
// on one line, in plain lower-case letters, with class and type in upper case.
// All else, also what may be wrong, is left to the parser of master files, which
// takes ten times as long. Both read what they can read alike.
func plainCNAME(line []byte, origin string) (rr *dns.CNAME, ok bool) {
	owner, rest := lines.Field(line)
	word, rest := lines.Field(rest)
	if plainTTL(word) {
		word, rest = lines.Field(rest)
	}
	if string(word) == "IN" {
		word, rest = lines.Field(rest)
	}
	target, rest := lines.Field(rest)
	if string(word) != "CNAME" || len(rest) > 0 || !plainLetters(owner) || !plainLetters(target) {
		return nil, false
	}
	from, to := plainName(owner, origin), plainName(target, origin)
	if from == "" || to == "" {
		return nil, false
	}
	return &dns.CNAME{Hdr: dns.RR_Header{Name: from, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: to}, true
}

// plainTTL reports whether a word is a number small enough for a TTL.
func plainTTL(word []byte) bool {
	for _, c := range word {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(word) >= 1 && len(word) <= 9
}

// plainLetters reports whether a name is of a-z, 0-9, '-', '_', '*' and dots.
func plainLetters(name []byte) bool {
	for _, c := range name {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '*' || c == '.') {
			return false
		}
	}
	return len(name) > 0
}

// plainName returns the absolute name, "" if it or a label is empty or too long
// (RFC 1035 section 2.3.4).
func plainName(name []byte, origin string) string {
	const maxName, maxLabel = 254, 63 // bytes of text
	full := string(name)
	if full == "." {
		return full
	}
	if full[len(full)-1] != '.' {
		if !plainLetters([]byte(origin)) {
			return ""
		}
		full = absolute(full, origin)
	}
	if len(full) > maxName {
		return ""
	}
	for rest := full; rest != ""; {
		label, after, _ := strings.Cut(rest, ".")
		if len(label) == 0 || len(label) > maxLabel {
			return ""
		}
		rest = after
	}
	return full
}
