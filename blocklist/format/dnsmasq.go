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
// With a server after the last slash, local and server forward and block nothing.
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
	target := names[end+1:]
	if why := targetReason(directive, target); why != accepted {
		p.refuse(why, string(target))
		return
	}
	for name := range bytes.SplitSeq(names[:end], []byte("/")) {
		p.dnsmasqName(name)
	}
}

// dnsmasqName reads a name between slashes.
func (p *parser) dnsmasqName(name []byte) {
	switch {
	case len(name) == 0: // names without a dot
		p.refuse(LocalName, "//")
	case string(name) == "#": // every name
		p.refuse(TooBroad, "#")
	default:
		p.site(name, Rule{Scope: Tree})
	}
}

// targetReason judges what is after the last slash.
func targetReason(directive string, target []byte) Reason {
	switch {
	case len(target) == 0:
		return accepted
	case directive != "address":
		return Forwarding
	case string(target) == "#" || isSink(target):
		return accepted
	}
	if _, err := netip.ParseAddr(string(target)); err != nil {
		return NotAnEntry
	}
	return RealAddress
}
