package format

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/miekg/dns"
)

// A zone reads a response policy zone (RPZ) from a master file (RFC 1035
// section 5), one record at a time. The zone's own name is the owner of its
// SOA, before that the first $ORIGIN, or else the root.
//
//	x      CNAME .               x alone is blocked; so by "*." (no data),
//	                             rpz-drop. and any data that x is given
//	*.x    CNAME .               all below x, not x
//	x      CNAME rpz-passthru.   x is allowed; so by x CNAME x
//	24.0.2.0.192.rpz-ip CNAME .  addresses in answers
type zone struct {
	*run
	apex   string // absolute, lower case
	origin string // what relative names are below; absolute, "" before the first $ORIGIN
	owner  string // of the record before, absolute; "" before the first

	open  record // its parentheses are not closed
	depth int    // of parentheses
}

func newZone(p *run) *zone { return &zone{run: p, apex: "."} }

// entry reads a line. White space at its beginning has a meaning, so it takes
// the line as it stands.
func (z *zone) entry([]byte) {
	line, depth := stripZoneLine(z.text)
	z.depth += depth
	if z.depth <= 0 && z.open.lines == 0 {
		z.depth = 0
		z.whole(line)
		return
	}
	z.open.append(z.number, line)
	switch {
	case z.depth <= 0:
		z.depth = 0
		z.finish(&z.open)
		z.whole(z.text)
	case z.open.full():
		z.end()
	}
}

// end rejects a record that is still open.
func (z *zone) end() {
	z.depth = 0
	z.abandon(&z.open, BadRecord)
}

// stripZoneLine cuts the comment off a line and counts the parentheses that it
// opens, less those that it closes.
func stripZoneLine(line []byte) (rest []byte, depth int) {
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

// whole reads a record or a directive.
func (z *zone) whole(text []byte) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		z.comment()
	case text[0] == '$':
		z.directive(bytes.Fields(text))
	default:
		z.resource(text)
	}
}

func (z *zone) directive(fields [][]byte) {
	switch strings.ToUpper(string(fields[0])) {
	case "$TTL":
	case "$ORIGIN":
		if len(fields) < 2 {
			z.refuse(BadRecord, "$ORIGIN")
			return
		}
		first := z.origin == ""
		z.origin = absolute(string(fields[1]), z.origin)
		if first && z.owner == "" {
			z.apex = z.origin
		}
	default: // $INCLUDE reads files, $GENERATE makes many rules of one line
		z.refuse(Directive, string(fields[0]))
		return
	}
	z.comment()
}

// absolute is a name of a master file in lower case, below origin unless it
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

// resource reads one resource record; one without an owner has that of the
// record before.
func (z *zone) resource(text []byte) {
	origin := dns.Fqdn(z.origin)
	if text[0] == ' ' || text[0] == '\t' {
		owner := cmp.Or(z.owner, origin)
		text = append([]byte(owner), text...)
	}
	parser := dns.NewZoneParser(bytes.NewReader(text), origin, "")
	parser.SetDefaultTTL(0)
	rr, ok := parser.Next()
	if !ok {
		detail := ""
		if err := parser.Err(); err != nil {
			detail = err.Error()
		}
		z.refuse(BadRecord, detail)
		return
	}
	z.owner = strings.ToLower(rr.Header().Name)
	z.record(rr)
}

// record emits the rule of a record; those that a zone has for itself are
// comments.
func (z *zone) record(rr dns.RR) {
	switch rr.Header().Rrtype {
	case dns.TypeSOA:
		z.apex = z.owner
		z.comment()
		return
	case dns.TypeNS, dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3, dns.TypeNSEC3PARAM, dns.TypeDNSKEY:
		z.comment()
		return
	}
	if z.owner == z.apex {
		z.comment()
		return
	}
	trigger, ok := strings.CutSuffix(z.owner, "."+strings.TrimPrefix(z.apex, "."))
	if !ok {
		z.refuse(OutOfZone, z.owner)
		return
	}
	allow, ok := zoneAction(rr, trigger)
	if !ok {
		z.refuse(Action, rr.(*dns.CNAME).Target)
		return
	}
	z.trigger(trigger, Rule{Allow: allow})
}

// zoneAction tells what a record does to its trigger: allow or block it, or
// (not ok) something else, which only a CNAME can.
func zoneAction(rr dns.RR, trigger string) (allow, ok bool) {
	cname, is := rr.(*dns.CNAME)
	if !is {
		return false, true
	}
	switch target := strings.ToLower(cname.Target); {
	case target == "rpz-passthru.", target == trigger+".":
		return true, true
	case target == "rpz-drop.":
		return false, true
	case strings.HasPrefix(target, "rpz-"):
		return false, false
	}
	return false, true
}

// trigger emits r for the owner of a record, its zone taken off.
func (z *zone) trigger(trigger string, r Rule) {
	last := trigger[strings.LastIndexByte(trigger, '.')+1:]
	switch last {
	case "rpz-ip":
		prefix, ok := zonePrefix(strings.TrimSuffix(trigger, ".rpz-ip"))
		if !ok {
			z.refuse(BadAddress, trigger)
			return
		}
		z.addPrefixes(prefix, r)
		return
	case "rpz-client-ip", "rpz-nsdname", "rpz-nsip":
		z.refuse(Trigger, last)
		return
	case "*":
		z.refuse(TooBroad, trigger)
		return
	}
	name, below := strings.CutPrefix(trigger, "*.")
	r.Scope = Exact
	if below {
		r.Scope = Below
	}
	z.addName([]byte(name), r)
}
