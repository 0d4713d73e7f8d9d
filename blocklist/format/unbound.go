package format

import (
	"bytes"
	"net/netip"
	"strings"

	"lachan/blocklist/format/lines"
)

// zoneBlocks says for each type of unbound's local-zone whether it blocks the
// zone; the others leave its names as they are.
var zoneBlocks = map[string]bool{
	"deny": true, "refuse": true, "static": true, "redirect": true,
	"inform_deny": true, "inform_redirect": true,
	"always_refuse": true, "always_nxdomain": true, "always_nodata": true, "always_deny": true, "always_null": true,
	"transparent": false, "typetransparent": false, "always_transparent": false,
	"inform": false, "nodefault": false, "noview": false, "block_a": false, "ipset": false,
}

// unbound reads a line of an unbound configuration:
//
//	local-zone: "x." always_nxdomain     x and all below it
//	local-data: "x. 3600 IN A 0.0.0.0"   x alone, if the address is a sink
func (p *parser) unbound(line []byte) {
	if len(line) == 0 || line[0] == '#' {
		p.comment()
		return
	}
	line = lines.CutComment(line, "#")
	key, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		p.refuse(NotAnEntry, "")
		return
	}
	value = bytes.TrimSpace(value)
	switch directive := string(bytes.TrimSpace(key)); directive {
	case "server":
		p.comment()
	case "local-zone":
		p.localZone(value)
	case "local-data":
		p.localData(unquote(value))
	default:
		p.refuse(Directive, directive)
	}
}

// localZone reads a name and a type.
func (p *parser) localZone(value []byte) {
	fields := bytes.Fields(value)
	if len(fields) != 2 {
		p.refuse(NotAnEntry, string(value))
		return
	}
	name, kind := unquote(fields[0]), strings.ToLower(string(unquote(fields[1])))
	blocks, known := zoneBlocks[kind]
	switch {
	case !known, !blocks:
		p.refuse(Action, kind)
	case string(name) == ".":
		p.refuse(TooBroad, ".")
	default:
		p.site(name, Rule{Scope: Tree})
	}
}

// localData reads a record: owner, perhaps TTL and class, type, data.
func (p *parser) localData(record []byte) {
	fields := bytes.Fields(record)
	for i := 1; i < len(fields)-1; i++ {
		switch kind := strings.ToUpper(string(fields[i])); kind {
		case "A", "AAAA":
			r, ok := p.addressRule(fields[i+1], Exact)
			if ok {
				p.site(fields[0], r)
			}
			return
		case "IN":
		default:
			if kind[0] < '0' || kind[0] > '9' { // no TTL
				p.refuse(Action, kind)
				return
			}
		}
	}
	p.refuse(BadRecord, string(record))
}

// addressRule is the rule of a name that is given an address: a block if it is a
// sink, else another answer, which the list has to be allowed.
func (p *parser) addressRule(text []byte, scope Scope) (r Rule, ok bool) {
	if isSink(text) {
		return Rule{Scope: scope}, true
	}
	address, err := netip.ParseAddr(string(text))
	switch {
	case err != nil:
		p.refuse(BadAddress, string(text))
	case !p.may.Rewrites:
		p.refuse(RealAddress, string(text))
	default:
		return rewriteTo(address, scope), true
	}
	return r, false
}

// unquote takes the quotes off both ends, of either kind.
func unquote(text []byte) []byte {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}
