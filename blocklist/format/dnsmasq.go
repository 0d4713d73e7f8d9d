package format

import (
	"bytes"
	"net/netip"
	"strings"

	"lachan/blocklist/format/lines"
)

// dnsmasq reads a line of a dnsmasq configuration. Each name between the
// slashes is blocked with all below it by
//
//	address=/x/y/[sink]   answered with nothing, with '#' or with a sink
//	local=/x/y/           never forwarded, so unknown
//	server=/x/y/          the same
//
//	server=/x/#                   an exception: x is asked for as usual, though
//	                              a name above it is blocked
//
// With a server after the last slash, local and server forward and block nothing.
// An address that is no sink is an answer, which the list has to be allowed.
func (p *parser) dnsmasq(line []byte) {
	if len(line) == 0 || line[0] == '#' {
		p.comment()
		return
	}
	line = lines.CutComment(line, "#")
	key, value, _ := bytes.Cut(line, []byte("="))
	directive := strings.TrimPrefix(string(bytes.TrimSpace(key)), "--")
	switch directive {
	case "address", "local", "server":
	default:
		p.refuse(Directive, directive)
		return
	}
	names, ok := bytes.CutPrefix(bytes.TrimSpace(value), []byte("/"))
	end := bytes.LastIndexByte(names, '/')
	if !ok || end < 0 {
		p.refuse(NotAnEntry, "")
		return
	}
	r, ok := p.dnsmasqRule(directive, names[end+1:])
	if !ok {
		return
	}
	for name := range bytes.SplitSeq(names[:end], []byte("/")) {
		p.dnsmasqName(name, r)
	}
}

// dnsmasqRule is the rule that a directive with what is after the last slash makes
// of its names.
func (p *parser) dnsmasqRule(directive string, target []byte) (r Rule, ok bool) {
	usual := string(target) == "#"
	switch {
	case len(target) == 0, usual && directive == "address":
		return Rule{Scope: Tree}, true
	case usual:
		return Rule{Scope: Tree, Allow: true, Nearer: true}, true
	case directive != "address":
		p.refuse(Forwarding, string(target))
		return r, false
	}
	if _, err := netip.ParseAddr(string(target)); err != nil {
		p.refuse(NotAnEntry, string(target))
		return r, false
	}
	return p.addressRule(target, Tree)
}

// dnsmasqName reads a name between slashes.
func (p *parser) dnsmasqName(name []byte, r Rule) {
	switch {
	case len(name) == 0: // names without a dot
		p.refuse(LocalName, "//")
	case string(name) == "#": // every name
		p.refuse(TooBroad, "#")
	default:
		p.site(name, r)
	}
}
