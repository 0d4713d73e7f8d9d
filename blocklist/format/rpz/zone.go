// Package rpz reads the records of a response policy zone from a master file
// (RFC 1035 section 5).
package rpz

import (
	"bytes"
	"cmp"
	"errors"
	"strings"

	"github.com/miekg/dns"
)

// A Zone follows the names of a master file from record to record. The zone's
// own name is the owner of its SOA, before that the first $ORIGIN, or else the
// root.
type Zone struct {
	apex   string // absolute, lower case
	origin string // what relative names are below; absolute, "" before the first $ORIGIN
	owner  string // of the last record, absolute; "" before the first
}

// NewZone returns a Zone before its first line.
func NewZone() *Zone { return &Zone{apex: "."} }

var errRecord = errors.New("not a resource record")

// StripLine cuts the comment off a line. depth counts the parentheses that the
// line opens, minus those that it closes.
func StripLine(line []byte) (rest []byte, depth int) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';':
			return line[:i], depth
		}
	}
	return line, depth
}

// SetOrigin follows an $ORIGIN directive.
func (z *Zone) SetOrigin(name string) {
	first := z.origin == ""
	z.origin = absolute(name, z.origin)
	if first && z.owner == "" {
		z.apex = z.origin
	}
}

// absolute returns a name of a master file in lower case, below origin unless it
// ends with a dot.
func absolute(name, origin string) string {
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, "."):
		return name
	case name == "@":
		return dns.Fqdn(origin)
	}
	return dns.Fqdn(name + "." + strings.TrimPrefix(origin, "."))
}

// Record reads one resource record, which may be on several lines. One that
// begins with white space has the owner of the record before.
func (z *Zone) Record(text []byte) (dns.RR, error) {
	origin := dns.Fqdn(z.origin)
	if text[0] == ' ' || text[0] == '\t' {
		owner := cmp.Or(z.owner, origin)
		text = append([]byte(owner), text...)
	}
	rr, err := parse(text, origin)
	if err != nil {
		return nil, err
	}
	z.owner = strings.ToLower(rr.Header().Name)
	if rr.Header().Rrtype == dns.TypeSOA {
		z.apex = z.owner
	}
	return rr, nil
}

// parse reads a record that has its owner.
func parse(text []byte, origin string) (dns.RR, error) {
	if rr, ok := plainCNAME(text, origin); ok {
		return rr, nil
	}
	parser := dns.NewZoneParser(bytes.NewReader(text), origin, "")
	parser.SetDefaultTTL(0)
	rr, ok := parser.Next()
	if !ok {
		return nil, cmp.Or(parser.Err(), errRecord)
	}
	return rr, nil
}

// Trigger returns the owner of the record that was read last, the zone's name
// taken off. It is "" for records that a zone has for itself. Of an owner
// outside the zone ok is false, and trigger is all of it.
func (z *Zone) Trigger(rr dns.RR) (trigger string, ok bool) {
	switch rr.Header().Rrtype {
	case dns.TypeSOA, dns.TypeNS, dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3, dns.TypeNSEC3PARAM, dns.TypeDNSKEY:
		return "", true
	}
	if z.owner == z.apex {
		return "", true
	}
	trigger, ok = strings.CutSuffix(z.owner, "."+strings.TrimPrefix(z.apex, "."))
	return trigger, ok
}

// Data returns the type and rdata of a record, such as "A 192.0.2.1".
func Data(rr dns.RR) string {
	h := rr.Header()
	return dns.TypeToString[h.Rrtype] + " " + strings.TrimPrefix(rr.String(), h.String())
}
