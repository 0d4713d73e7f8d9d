package format

// wildcard reads a line with a name that may have wildcards: "x" is that name
// alone, "*.x" is x and all below it. RFC 4592 leaves x itself out, but those
// who publish such lists write only "*.x" for a whole site, and so mean it.
func (p *run) wildcard(line []byte) { p.plain(line, Exact) }
