package format

import (
	"bytes"
	"regexp/syntax"
	"strings"

	"lachan/blocklist/domain"
)

// surely is the format that one line proves, or "": the header of adblock and
// that of csv.
func surely(line []byte, row int) Format {
	if bytes.HasPrefix(line, []byte("[Adblock")) {
		return Adblock
	}
	if row < headerWithin && len(line) > 0 && !opensComment(line) {
		line = inUTF8(line)
		cells, _ := splitRow(string(line), separatorOf(string(line)))
		if _, header := headerOf(cells); header {
			return CSV
		}
	}
	return ""
}

// typical is the format that a line is typical of, or stranger; ok is false of
// a comment.
func typical(line []byte) (f Format, ok bool) {
	switch {
	case len(line) == 0,
		line[0] == '#' && isAdblockComment(line),
		line[0] != '#' && opensComment(line):
		return stranger, false
	}
	if f := directive(line); f != stranger {
		return f, true
	}
	line = cutComment(line, "#!;")
	first, rest := field(line)
	switch {
	case prefixesOf(string(line)) != nil:
		return Addresses, true
	case len(rest) > 0 && prefixesOf(string(first)) != nil:
		return Hosts, true
	case isRecord(line):
		return RPZ, true
	case isSite(string(first)) && len(rest) == 0:
		return Domains, true
	case isRow(string(line)):
		return CSV, true
	case isGlob(line):
		return Wildcard, true
	case isRule(line):
		return Adblock, true
	case isExpression(string(line)):
		return Regex, true
	}
	return stranger, true
}

// openings are what lines of formats begin with that no other one has.
var openings = []struct {
	text   string
	format Format
}{
	{"||", Adblock}, {"@@", Adblock}, {"|", Adblock},
	{"address=/", Dnsmasq}, {"server=/", Dnsmasq}, {"local=/", Dnsmasq},
	{"local-zone:", Unbound}, {"local-data:", Unbound}, {"server:", Unbound},
	{"$ttl", RPZ}, {"$origin", RPZ},
}

func directive(line []byte) Format {
	start := strings.ToLower(string(line[:min(len(line), 16)]))
	for _, o := range openings {
		if strings.HasPrefix(start, o.text) {
			return o.format
		}
	}
	if isCosmetic(line) {
		return Adblock
	}
	return stranger
}

// isRecord tells whether a line looks like a resource record: owner, TTL and
// class, of which any may be missing, then a type and its data.
func isRecord(line []byte) bool {
	fields := bytes.Fields(line)
	for i := 0; i < len(fields)-1 && i < 4; i++ {
		switch strings.ToUpper(string(fields[i])) {
		case "SOA", "NS", "CNAME", "A", "AAAA", "TXT":
			return true
		}
	}
	return false
}

// isSite tells whether a text is a name of two labels or more, or a URL.
func isSite(text string) bool {
	host, _ := splitURL(refang(text))
	host = strings.TrimPrefix(host, ".")
	name, err := domain.Canonical(host)
	return err == nil && strings.Contains(name, ".")
}

// isRow tells whether a line is a row of several cells with a site in the
// first.
func isRow(line string) bool {
	cells, open := splitRow(line, separatorOf(line))
	return !open && len(cells) > 1 && isSite(cells[0])
}

// isGlob tells whether a line is a name with '*'.
func isGlob(line []byte) bool {
	return isPattern(line) && bytes.IndexByte(line, '*') >= 0 && bytes.IndexByte(line, '.') >= 0
}

// isRule tells whether a line is an adblock rule that begins with a name.
func isRule(line []byte) bool {
	pattern, _, given := cutModifiers(line)
	body, closed := cutEnd(pattern)
	return (given || closed) && isSite(strings.Trim(string(body), "*."))
}

// isExpression tells whether a line is a regular expression and nothing
// simpler.
func isExpression(line string) bool {
	if strings.ContainsAny(line, " \t<>\"';,@") && !strings.Contains(line, `\`) || !strings.ContainsAny(line, `^$\()[]{}+|?*`) {
		return false
	}
	_, err := syntax.Parse(line, syntax.Perl)
	return err == nil
}
