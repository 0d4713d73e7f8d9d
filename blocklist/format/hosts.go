package format

import (
	"bytes"
	"net/netip"

	"lachan/blocklist/format/lines"
	"lachan/blocklist/format/rewrite"
)

// hosts reads a line of a hosts(5) file: an address and the names that it
// stands for, all of which are blocked. The address must be a sink, unless
// the list may change answers; '#' begins a comment anywhere. A name without an address is taken as well.
func (p *parser) hosts(line []byte) {
	if len(line) == 0 || lines.OpensComment(line) {
		p.comment()
		return
	}
	if opensRule(line) {
		p.adblock(line)
		return
	}
	p.hostsEntry(line, p.plainScope())
}

// hostsEntry reads a line that is not a comment.
func (p *parser) hostsEntry(line []byte, scope Scope) {
	first, names := lines.Field(line)
	if len(names) == 0 || lines.OpensComment(names) {
		p.site(first, Rule{Scope: scope})
		return
	}
	r := Rule{Scope: scope}
	if !isSink(first) {
		address, err := netip.ParseAddr(string(first))
		switch {
		case err != nil:
			p.refuse(NotAnEntry, string(first))
			return
		case !p.may.Rewrites:
			p.refuse(RealAddress, string(first))
			return
		}
		r = rewriteTo(address, Exact)
	}
	for len(names) > 0 {
		var name []byte
		if name, names = lines.Field(names); lines.OpensComment(name) {
			return
		}
		p.site(name, r)
		if bytes.IndexByte(name, '#') >= 0 {
			return // the comment that begins in the name goes on
		}
	}
}

// rewriteTo is the rule that gives names an address.
func rewriteTo(a netip.Addr, scope Scope) Rule {
	return Rule{Scope: scope, Rewrite: true, Act: ActData, Data: rewrite.Address(a)}
}

// domains reads a line with one name, or one URL, of which the host counts. "*.x"
// and ".x" are x and all below it; a '*' elsewhere stands for any characters. It
// accepts lines of hosts files and adblock rules that begin with "||" or "@@" too,
// which occur in such lists.
func (p *parser) domains(line []byte) { p.plain(line, p.plainScope()) }

// plain reads a line of names where an entry covers scope.
func (p *parser) plain(line []byte, scope Scope) {
	if len(line) == 0 || lines.OpensComment(line) {
		p.comment()
		return
	}
	if opensRule(line) {
		p.adblock(line)
		return
	}
	first, rest := lines.Field(line)
	if len(rest) > 0 && !lines.OpensComment(rest) {
		p.hostsEntry(line, scope)
		return
	}
	p.site(first, Rule{Scope: scope})
}

// wildcard reads a line with a name that may have wildcards: "x" is that name
// alone, "*.x" is x and all below it. In RFC 4592 the latter does not include x
// itself, but publishers of such lists write only "*.x" for a whole site.
func (p *parser) wildcard(line []byte) { p.plain(line, Exact) }

// plainScope returns what an entry of hosts and domains covers.
func (p *parser) plainScope() Scope {
	if p.options.Subdomains {
		return Tree
	}
	return Exact
}

// isSink reports whether an address is one that lists give to names in order to
// block them, because nothing answers there: unspecified, loopback, link-local,
// multicast or broadcast.
func isSink(text []byte) bool {
	if string(text) == "0.0.0.0" || string(text) == "127.0.0.1" {
		return true
	}
	a, _ := netip.ParseAddr(string(text)) // an error: the address is none of these
	a = a.Unmap()
	if a.Is4() && (a.As4()[0] == 0 || a.As4()[0] >= 240) {
		return true
	}
	return a.IsUnspecified() || a.IsLoopback() || a.IsMulticast() || a.IsLinkLocalUnicast()
}
