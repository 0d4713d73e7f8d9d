package format

// domains reads a line with one name, or one URL of which the host counts.
// "*.x" and ".x" are x and all below it; a '*' elsewhere stands for any
// characters. Lines of hosts files that stray into such lists are taken too.
func (p *run) domains(line []byte) { p.plain(line, p.plainScope()) }

// plain reads a line of names where an entry covers scope.
func (p *run) plain(line []byte, scope Scope) {
	if len(line) == 0 || opensComment(line) {
		p.comment()
		return
	}
	first, rest := field(line)
	if len(rest) > 0 && !opensComment(rest) {
		p.hostsEntry(line, scope)
		return
	}
	p.site(first, Rule{Scope: scope})
}
