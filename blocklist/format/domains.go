package format

import "lachan/blocklist/format/lines"

// domains reads a line with one name, or one URL of which the host counts.
// "*.x" and ".x" are x and all below it; a '*' elsewhere stands for any
// characters. Lines of hosts files that stray into such lists are taken too.
func (p *run) domains(line []byte) { p.plain(line, p.plainScope()) }

// plain reads a line of names where an entry covers scope.
func (p *run) plain(line []byte, scope Scope) {
	if len(line) == 0 || lines.OpensComment(line) {
		p.comment()
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
// alone, "*.x" is x and all below it. RFC 4592 leaves x itself out, but those
// who publish such lists write only "*.x" for a whole site, and so mean it.
func (p *run) wildcard(line []byte) { p.plain(line, Exact) }
