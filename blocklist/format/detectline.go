package format

import (
	"bytes"
	"regexp/syntax"
	"strings"

	"lachan/blocklist/domain"
	"lachan/blocklist/format/lines"
	"lachan/blocklist/format/site"
	"lachan/blocklist/format/table"
)

// surely returns the format that one line proves, "" if it proves none. Headers
// of adblock and csv do.
func surely(line []byte, row int) Format {
	if bytes.HasPrefix(line, []byte("[Adblock")) {
		return Adblock
	}
	if row < headerWithin && len(line) > 0 && !lines.OpensComment(line) {
		line = lines.ToUTF8(line)
		cells, _ := table.Split(string(line), table.Separator(string(line)))
		if _, header := table.Header(cells); header {
			return CSV
		}
	}
	return ""
}

// typical returns the format that a line is typical of, or unknown; ok is false
// for a comment.
func typical(line []byte) (f Format, ok bool) {
	switch {
	case len(line) == 0,
		line[0] == '#' && isAdblockComment(line),
		line[0] != '#' && lines.OpensComment(line):
		return unknown, false
	}
	if f := directive(line); f != unknown {
		return f, true
	}
	line = lines.CutComment(line, "#!;")
	first, rest := lines.Field(line)
	switch {
	case prefixesOf(string(line)) != nil:
		return Addresses, true
	case len(rest) > 0 && prefixesOf(string(first)) != nil:
		return Hosts, true
	case isRecord(line):
		return RPZ, true
	case len(rest) == 0 && (site.Is(string(first)) || isTopLevel(string(first))):
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
	return unknown, true
}

// isTopLevel reports whether a text is a top-level name of the Internet.
func isTopLevel(text string) bool {
	name, err := domain.Canonical(text)
	return err == nil && !strings.Contains(name, ".") && domain.IsPublicSuffix(name)
}

// openings are how lines begin that occur in one format only.
var openings = []struct {
	text   string
	format Format
}{
	{"||", Adblock}, {"@@", Adblock}, {"|", Adblock},
	{"address=/", Dnsmasq}, {"server=/", Dnsmasq}, {"local=/", Dnsmasq},
	{"local-zone:", Unbound}, {"local-data:", Unbound}, {"server:", Unbound},
	{"$ttl", RPZ}, {"$origin", RPZ},
}

// directive returns the format of a line that occurs in one format only, or
// unknown.
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
	return unknown
}

// isRecord reports whether a line looks like a resource record: owner, TTL and
// class, each of which may be missing, then a type and its data.
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

// isRow reports whether a line is a row of several cells with a site in the
// first.
func isRow(line string) bool {
	cells, open := table.Split(line, table.Separator(line))
	return !open && len(cells) > 1 && site.Is(cells[0])
}

// isGlob reports whether a line is a name with '*'.
func isGlob(line []byte) bool {
	return isPattern(line) && bytes.IndexByte(line, '*') >= 0 && bytes.IndexByte(line, '.') >= 0
}

// isRule reports whether a line is an adblock rule that begins with a name.
func isRule(line []byte) bool {
	pattern, _, given := cutModifiers(line)
	body, closed := cutEnd(pattern)
	return (given || closed) && site.Is(strings.Trim(string(body), "*."))
}

// isExpression reports whether a line is a regular expression and nothing
// simpler.
func isExpression(line string) bool {
	if strings.ContainsAny(line, " \t<>\"';,@") && !strings.Contains(line, `\`) || !strings.ContainsAny(line, `^$\()[]{}+|?*`) {
		return false
	}
	_, err := syntax.Parse(line, syntax.Perl)
	return err == nil
}
