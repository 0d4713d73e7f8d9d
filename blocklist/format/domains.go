package format

import "lachan/blocklist/format/lines"

// domains reads a line with one name, or one URL, of which the host counts. "*.x"
// and ".x" are x and all below it; a '*' elsewhere stands for any characters. It
// accepts lines of hosts files too, which occur in such lists.
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
// alone, "*.x" is x and all below it. In RFC 4592 the latter does not include x
// itself, but publishers of such lists write only "*.x" for a whole site.
func (p *run) wildcard(line []byte) { p.plain(line, Exact) }
