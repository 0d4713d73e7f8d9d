package format

import (
	"bytes"
	"regexp"
	"strings"

	"lachan/blocklist/domain"
)

// plainOctets are those of a name that needs no cleaning.
var plainOctets = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c == '-' || c == '_' || c == '.' ||
			'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	return t
}()

// site emits r for what people write for a site: a name, a URL, host:port, a
// wildcard, or one of these defanged (hxxp://evil[.]example). DNS knows hosts
// only, so a path is dropped, except on a host that many sites share.
func (p *run) site(text []byte, r Rule) {
	if isPlain(text) {
		p.addName(text, r)
		return
	}
	host, path := splitURL(refang(string(text)))
	if tree, ok := cutTree(host); ok && !strings.Contains(tree, "*") {
		host, r.Scope = tree, Tree
	}
	switch {
	case strings.Contains(host, "*"):
		p.addGlob("^", host, "$", r)
	case path && isShared(host):
		p.refuse(PathOnSharedHost, host)
	default:
		p.addName([]byte(host), r)
	}
}

func isPlain(text []byte) bool {
	for _, c := range text {
		if !plainOctets[c] {
			return false
		}
	}
	return len(text) > 0 && text[0] != '.'
}

// cutTree takes the "*." or "." off that stands for a name and all below it.
func cutTree(host string) (name string, ok bool) {
	if name, ok = strings.CutPrefix(host, "*."); ok {
		return name, true
	}
	return strings.CutPrefix(host, ".")
}

func isShared(host string) bool {
	name, err := domain.Canonical(host)
	return err == nil && isSharedHost(name)
}

var fanged = strings.NewReplacer("[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[:]", ":", "[://]", "://")

// refang undoes the writing that keeps links to evil sites from being clicked.
func refang(s string) string {
	s = fanged.Replace(s)
	if len(s) >= 4 && strings.EqualFold(s[:4], "hxxp") {
		s = "http" + s[4:]
	}
	return s
}

// splitURL finds the host of a URL, whose scheme may be missing, and tells
// whether the URL means only a part of what is there: a path or a query. A '#'
// right behind the host begins a comment.
func splitURL(s string) (host string, path bool) {
	_, rest, scheme := strings.Cut(s, "://")
	if scheme {
		s = rest
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		path = s[end] != '#' && strings.Trim(s[end:], "/*") != ""
		s = s[:end]
	}
	if at := strings.LastIndexByte(s, '@'); at >= 0 && scheme {
		s = s[at+1:]
	}
	if v6, port, ok := strings.Cut(s, "]"); ok && strings.HasPrefix(v6, "[") && (port == "" || port[0] == ':') {
		return v6[1:], path
	}
	if name, port, ok := strings.Cut(s, ":"); ok && !strings.Contains(port, ":") && strings.Trim(port, "0123456789") == "" {
		s = name
	}
	return s, path
}

// addGlob emits r as a regular expression for a name in which '*' stands for
// any characters, dots too, between the given anchors.
func (p *run) addGlob(before, glob, after string, r Rule) {
	glob = strings.ToLower(glob)
	if strings.Trim(glob, "abcdefghijklmnopqrstuvwxyz0123456789-_.*") != "" || glob[0] == '.' {
		p.refuse(BadName, glob)
		return
	}
	r.Scope = Tree
	p.addRegex(before+strings.ReplaceAll(regexp.QuoteMeta(glob), `\*`, ".*")+after, r)
}

// cutComment takes a comment off the end of a line: one of marks behind white
// space.
func cutComment(line []byte, marks string) []byte {
	for at := 1; at < len(line); at++ {
		blank := line[at-1] == ' ' || line[at-1] == '\t'
		if blank && strings.IndexByte(marks, line[at]) >= 0 {
			return bytes.TrimSpace(line[:at])
		}
	}
	return line
}
