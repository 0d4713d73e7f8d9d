package format

import (
	"strings"

	"github.com/miekg/dns"
)

// plainCNAME reads a record as nearly all of a large zone are written:
//
//	owner [TTL] [IN] CNAME target
//
// on one line, of plain lower-case letters, its class and type in upper case.
// Others, and what may be wrong, are left to the parser of master files,
// which takes ten times as long. What both read they read alike.
func plainCNAME(line []byte, origin string) (rr *dns.CNAME, ok bool) {
	owner, rest := field(line)
	word, rest := field(rest)
	if plainTTL(word) {
		word, rest = field(rest)
	}
	if string(word) == "IN" {
		word, rest = field(rest)
	}
	target, rest := field(rest)
	if string(word) != "CNAME" || len(rest) > 0 || !plainLetters(owner) || !plainLetters(target) {
		return nil, false
	}
	from, to := plainName(owner, origin), plainName(target, origin)
	if from == "" || to == "" {
		return nil, false
	}
	return &dns.CNAME{Hdr: dns.RR_Header{Name: from, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: to}, true
}

// plainTTL tells whether a word is a number that no TTL is too small for.
func plainTTL(word []byte) bool {
	for _, c := range word {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(word) >= 1 && len(word) <= 9
}

// plainLetters tells whether a name is of a-z, 0-9, '-', '_', '*' and dots.
func plainLetters(name []byte) bool {
	for _, c := range name {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '*' || c == '.') {
			return false
		}
	}
	return len(name) > 0
}

// plainName is the absolute name, or "" if a label or all of it has not the
// length that it may (RFC 1035 section 2.3.4).
func plainName(name []byte, origin string) string {
	const maxName, maxLabel = 254, 63 // octets of text
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
