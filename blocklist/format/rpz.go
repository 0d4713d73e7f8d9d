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
//	x      CNAME .               x alone does not exist; so with the other
//	                             actions: *. rpz-drop. rpz-tcp-only. or data
//	*.x    CNAME .               all below x, not x
//	x      CNAME rpz-passthru.   x is let through; so by x CNAME x
//	24.0.2.0.192.rpz-ip CNAME .  addresses in answers; so clients with
//	                             rpz-client-ip
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
	if rr, ok := plainCNAME(text, origin); ok {
		z.owner = rr.Hdr.Name
		z.record(rr)
		return
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
	z.trigger(trigger, zoneRule(rr, trigger))
}

// zoneRule tells what a record does to its trigger.
func zoneRule(rr dns.RR, trigger string) (r Rule) {
	cname, is := rr.(*dns.CNAME)
	if !is {
		r.Act, r.Data = ActData, zoneData(rr)
		return r
	}
	switch target := strings.ToLower(cname.Target); target {
	case ".":
		r.Act = ActNXDomain
	case "*.":
		r.Act = ActNoData
	case "rpz-passthru.", trigger + ".":
		r.Act = ActPassthru
	case "rpz-drop.":
		r.Act = ActDrop
	case "rpz-tcp-only.":
		r.Act = ActTCPOnly
	default:
		r.Act, r.Data = ActData, zoneData(rr)
	}
	return r
}

// zoneData is the type and rdata of a record.
func zoneData(rr dns.RR) string {
	h := rr.Header()
	return dns.TypeToString[h.Rrtype] + " " + strings.TrimPrefix(rr.String(), h.String())
}

// trigger emits r for the owner of a record, its zone taken off.
func (z *zone) trigger(trigger string, r Rule) {
	last := trigger[strings.LastIndexByte(trigger, '.')+1:]
	switch last {
	case "rpz-ip", "rpz-client-ip":
		r.Client = last == "rpz-client-ip"
		prefix, ok := zonePrefix(strings.TrimSuffix(trigger, "."+last))
		if !ok {
			z.refuse(BadAddress, trigger)
			return
		}
		z.addPrefixes(prefix, r)
		return
	case "rpz-nsdname", "rpz-nsip": // a forwarder does not meet the servers of a name
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
