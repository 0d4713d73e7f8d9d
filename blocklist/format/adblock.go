package format

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/blocklist/format/lines"
	"lachan/blocklist/format/rewrite"
	"lachan/blocklist/format/site"
)

// The subset of adblock rules that DNS can follow. A rule is never read as
// more than it says: what holds for a part of a site only is refused.
//
//	||d^    d and all below it            |d^   d alone, also |https://d^
//	d^      d and all below it            .d^   all below d, also ||*.d^
//	d       d alone, as in hosts files    /re/  a regular expression
//	        (or all below too, see Options.NamesBelow)
//	@@...   lifts the other rules of the list
//
// A '*' elsewhere in a name makes a regular expression of it.

// adblock reads a line of an adblock list.
func (p *parser) adblock(line []byte) {
	if isAdblockComment(line) {
		p.comment()
		return
	}
	if isCosmetic(line) {
		p.refuse(Cosmetic, "")
		return
	}
	rewrites := bytes.Contains(line, []byte("dnsrewrite=")) // the value may have spaces
	if !rewrites {
		line = lines.CutComment(line, "#!")
	}
	if first, names := lines.Field(line); len(names) > 0 && line[0] != '/' && !rewrites {
		if _, err := netip.ParseAddr(string(first)); err == nil {
			p.hostsEntry(line, p.ruleScope())
			return
		}
		p.refuse(NotAnEntry, string(names))
		return
	}
	var r Rule
	if rest, ok := bytes.CutPrefix(line, []byte("@@")); ok {
		line, r.Allow = rest, true
	}
	pattern, modifiers, given := cutModifiers(line)
	if given {
		if bad, ok := r.modify(string(modifiers)); !ok {
			p.refuse(modifierReason(bad), bad)
			return
		}
	}
	if r.Rewrite && !r.Allow && !r.blocks() && !p.may.Rewrites {
		p.refuse(OtherAnswer, string(modifiers))
		return
	}
	if len(pattern) > 2 && pattern[0] == '/' && pattern[len(pattern)-1] == '/' {
		p.adblockRegex(string(pattern[1:len(pattern)-1]), r)
		return
	}
	p.adblockPattern(pattern, r)
}

// ruleScope returns what a plain name among adblock rules covers.
func (p *parser) ruleScope() Scope {
	if p.options.NamesBelow {
		return Tree
	}
	return Exact
}

// opensRule reports whether a line is written as adblock rules and expressions are
// and nothing else. In lists of names it is read as the rule that it is.
func opensRule(line []byte) bool {
	return bytes.HasPrefix(line, []byte("||")) || bytes.HasPrefix(line, []byte("@@")) ||
		len(line) > 2 && line[0] == '/' && line[len(line)-1] == '/'
}

// isAdblockComment: "! text", "[Adblock Plus 2.0]", and "# text", which is not
// "##.banner".
func isAdblockComment(line []byte) bool {
	if len(line) == 0 || line[0] == '!' {
		return true
	}
	if line[0] == '[' {
		return !isCosmetic(line)
	}
	if line[0] != '#' {
		return false
	}
	text := bytes.TrimLeft(line, "#")
	return !isCosmetic(line) || len(text) == 0 || text[0] == ' ' || len(line)-len(text) > 2
}

var cosmeticMarks = [][]byte{
	[]byte("##"), []byte("#@#"), []byte("#?#"), []byte("#@?#"), []byte("#$#"), []byte("#@$#"),
	[]byte("#$?#"), []byte("#%#"), []byte("#@%#"), []byte("$$"), []byte("$@$"),
}

func isCosmetic(line []byte) bool {
	if bytes.IndexByte(line, '#') < 0 && bytes.IndexByte(line, '$') < 0 || line[0] == '/' {
		return false
	}
	return slices.ContainsFunc(cosmeticMarks, func(mark []byte) bool { return bytes.Contains(line, mark) })
}

// cutModifiers splits a rule at the '$' before its modifiers. In a regular
// expression it is the one after the closing slash.
func cutModifiers(rule []byte) (pattern, modifiers []byte, given bool) {
	if bytes.HasPrefix(rule, []byte("/")) {
		end := bytes.LastIndex(rule, []byte("/$"))
		if rule[len(rule)-1] == '/' || end < 1 {
			return rule, nil, false
		}
		return rule[:end+1], rule[end+2:], true
	}
	at := bytes.IndexByte(rule, '$')
	if at < 0 {
		return rule, nil, false
	}
	return rule[:at], rule[at+1:], true
}

// adblockRegex emits r for an expression, unless that is about URLs.
func (p *parser) adblockRegex(pattern string, r Rule) {
	if strings.Contains(pattern, "/") {
		p.refuse(Path, pattern)
		return
	}
	p.addRegex(pattern, r)
}

// adblockPattern emits r for a pattern of a name.
func (p *parser) adblockPattern(pattern []byte, r Rule) {
	body, tree := bytes.CutPrefix(pattern, []byte("||"))
	start := false
	if !tree {
		body, start = bytes.CutPrefix(body, []byte("|"))
		if at := bytes.Index(body, []byte("://")); at >= 0 && isScheme(body[:at]) {
			body, start = body[at+3:], true
		}
	}
	body, closed := cutEnd(body)
	below := false
	if name, ok := bytes.CutPrefix(body, []byte("*.")); ok && !start {
		body, below = name, true
	} else if name, ok := bytes.CutPrefix(body, []byte(".")); ok && !start && !tree {
		body, below = name, true
	}
	switch {
	case len(body) == 0:
		p.refuse(TooBroad, "")
	case !isPattern(body):
		p.refuse(Path, string(body))
	case bytes.IndexByte(body, '*') >= 0 || !closed && body[len(body)-1] == '.':
		if below {
			body, below = append([]byte("*."), body...), false
		}
		p.adblockGlob(string(body), tree, start, closed, r)
	default:
		r.Scope = p.patternScope(tree, start, closed, below)
		p.addName(body, r)
	}
}

func (p *parser) patternScope(tree, start, closed, below bool) Scope {
	switch {
	case below:
		return Below
	case start:
		return Exact
	case !tree && !closed:
		return p.ruleScope()
	}
	return Tree
}

// adblockGlob emits r for a pattern with '*', or for the beginning of a name.
func (p *parser) adblockGlob(glob string, tree, start, closed bool, r Rule) {
	before, after := "", ""
	if tree {
		before = `^(?:.*\.)?`
	} else if start {
		before = "^"
	}
	if closed {
		after = "$"
	}
	p.addGlob(before, glob, after, r)
}

// cutEnd takes off what closes a pattern so that the name must end there.
func cutEnd(body []byte) (rest []byte, closed bool) {
	for _, end := range []string{"^*", "^|", "^", "|", "/*", "/"} {
		if rest, closed = bytes.CutSuffix(body, []byte(end)); closed {
			return rest, true
		}
	}
	return body, false
}

// isScheme: "https", "*", or nothing, before "://".
func isScheme(text []byte) bool {
	switch string(text) {
	case "", "*", "http", "https", "http*", "ws", "wss":
		return true
	}
	return false
}

// isPattern reports whether a pattern speaks of a name only, not of a path, a
// port or a query.
func isPattern(body []byte) bool {
	for _, c := range body {
		if !site.IsNameByte(c) && c != '*' {
			return false
		}
	}
	return true
}

// modify applies the modifiers of an adblock rule. It returns the first one that
// DNS cannot follow, if there is one.
func (r *Rule) modify(modifiers string) (bad string, ok bool) {
	for modifier := range strings.SplitSeq(strings.ReplaceAll(modifiers, `\,`, "\x00"), ",") {
		modifier = strings.ReplaceAll(modifier, "\x00", ",")
		name, value, valued := strings.Cut(strings.TrimSpace(modifier), "=")
		ok = !valued
		switch name {
		case "important":
			r.Important = true
		case "badfilter":
			r.Bad = true
		case "all", "document", "doc", "popup": // the site as a whole, as DNS sees it
		case "denyallow":
			r.DenyAllow, ok = denyAllow(value)
		case "dnstype":
			r.Types, r.NotTypes, ok = queryTypes(value)
		case "dnsrewrite":
			ok = r.rewrite(value)
		default:
			ok = false
		}
		if !ok {
			return modifier, false
		}
	}
	return "", true
}

// modifierReason returns why a modifier is refused.
func modifierReason(modifier string) Reason {
	name, _, _ := strings.Cut(strings.TrimSpace(modifier), "=")
	if name == "client" || name == "ctag" {
		return ClientModifier
	}
	return Modifier
}

// rewriteActs are the actions of the kinds of answers. Without one given a name
// exists without data; of an exception it means every answer.
var rewriteActs = [...]Act{
	rewrite.Any: ActBlock, rewrite.NXDomain: ActNXDomain, rewrite.Refused: ActRefused,
	rewrite.NoData: ActNoData, rewrite.Record: ActData,
}

// rewrite reads the value of dnsrewrite.
func (r *Rule) rewrite(value string) (ok bool) {
	answer, ok := rewrite.Parse(value)
	r.Rewrite, r.Act, r.Data = true, rewriteActs[answer.Kind], answer.Data
	if answer.Kind == rewrite.Any && !r.Allow {
		r.Act = ActNoData
	}
	return ok
}

// blocks reports whether what a Rewrite answers is as good as a block: nothing, or
// an address where nothing answers.
func (r *Rule) blocks() bool {
	kind, value, _ := strings.Cut(r.Data, " ")
	return r.Act != ActData || (kind == "A" || kind == "AAAA") && isSink([]byte(value))
}

// denyAllow reads "a.example|b.example".
func denyAllow(value string) (names []string, ok bool) {
	for text := range strings.SplitSeq(value, "|") {
		name, err := domain.Canonical(text)
		if err != nil {
			return nil, false
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

// queryTypes reads "A|AAAA", or "~A|~AAAA" for all others (not), never both
// kinds.
func queryTypes(value string) (types []uint16, not, ok bool) {
	for i, text := range strings.Split(value, "|") {
		name, negated := strings.CutPrefix(text, "~")
		if i > 0 && negated != not {
			return nil, false, false
		}
		not = negated
		code, known := queryType(strings.ToUpper(name))
		if !known {
			return nil, false, false
		}
		types = append(types, code)
	}
	slices.Sort(types)
	return slices.Compact(types), not, true
}

// queryType returns the code of a type by its name or, per RFC 3597, as TYPE65.
func queryType(name string) (code uint16, known bool) {
	if code, known = dns.StringToType[name]; known {
		return code, true
	}
	digits, ok := strings.CutPrefix(name, "TYPE")
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), ok && err == nil && n > 0
}
