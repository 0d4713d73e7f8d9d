package format

import (
	"bytes"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/format/rpz"
)

// A zoneReader reads a response policy zone (RPZ) from a master file, one
// record at a time.
//
//	x      CNAME .               x alone does not exist; so with the other
//	                             actions: *. rpz-drop. rpz-tcp-only. or data
//	*.x    CNAME .               all below x, not x
//	*      CNAME .               every name
//	x      CNAME rpz-passthru.   x is let through; so by x CNAME x
//	24.0.2.0.192.rpz-ip CNAME .  addresses in answers; so clients with
//	                             rpz-client-ip
//
// A zone is policy that somebody wrote, not a list that was gathered: its triggers
// may be private addresses, local names and top-level names.
type zoneReader struct {
	*collector
	zone *rpz.Zone

	open  record // its parentheses are not closed
	depth int    // of parentheses
}

func newZoneReader(c *collector) *zoneReader { return &zoneReader{collector: c, zone: rpz.NewZone()} }

// entry reads a line. White space at its beginning has a meaning, so it takes
// the line as it stands.
func (z *zoneReader) entry([]byte) {
	line, depth := rpz.StripLine(z.text)
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
func (z *zoneReader) end() {
	z.depth = 0
	z.abandon(&z.open, BadRecord)
}

// whole reads a record or a directive.
func (z *zoneReader) whole(text []byte) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		z.comment()
	case text[0] == '$':
		z.directive(bytes.Fields(text))
	default:
		z.resource(text)
	}
}

func (z *zoneReader) directive(fields [][]byte) {
	switch strings.ToUpper(string(fields[0])) {
	case "$TTL":
	case "$ORIGIN":
		if len(fields) < 2 {
			z.refuse(BadRecord, "$ORIGIN")
			return
		}
		z.zone.SetOrigin(string(fields[1]))
	default: // $INCLUDE reads files, $GENERATE makes many rules of one line
		z.refuse(Directive, string(fields[0]))
		return
	}
	z.comment()
}

// resource emits the rule of a record; those that a zone has for itself are
// comments.
func (z *zoneReader) resource(text []byte) {
	rr, err := z.zone.Record(text)
	if err != nil {
		z.refuse(BadRecord, err.Error())
		return
	}
	trigger, ok := z.zone.Trigger(rr)
	switch {
	case !ok:
		z.refuse(OutOfZone, trigger)
	case trigger == "":
		z.comment()
	default:
		z.trigger(trigger, zoneRule(rr, trigger))
	}
}

// zoneRule says what a record does to its trigger.
func zoneRule(rr dns.RR, trigger string) (r Rule) {
	cname, is := rr.(*dns.CNAME)
	if !is {
		r.Act, r.Data = ActData, rpz.Data(rr)
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
		r.Act, r.Data = ActData, rpz.Data(rr)
	}
	return r
}

// trigger emits r for the owner of a record, its zone taken off.
func (z *zoneReader) trigger(trigger string, r Rule) {
	last := trigger[strings.LastIndexByte(trigger, '.')+1:]
	switch last {
	case "rpz-ip", "rpz-client-ip":
		r.Client = last == "rpz-client-ip"
		prefix, ok := rpz.Prefix(strings.TrimSuffix(trigger, "."+last))
		if !ok {
			z.refuse(BadAddress, trigger)
			return
		}
		r.Prefix = prefix
		z.add(r)
		return
	case "rpz-nsdname", "rpz-nsip": // a forwarder does not meet the servers of a name
		z.refuse(Trigger, last)
		return
	case "*":
		if trigger != "*" {
			z.refuse(TooBroad, trigger)
			return
		}
		r.Name, r.Scope = Every, Below
		z.add(r)
		return
	}
	name, below := strings.CutPrefix(trigger, "*.")
	r.Scope = Exact
	if below {
		r.Scope = Below
	}
	canonical, why := canonicalName(name)
	if why != accepted {
		z.refuse(why, name)
		return
	}
	r.Name = canonical
	z.add(r)
}
