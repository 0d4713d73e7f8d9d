package blocklist

import (
	"bytes"
	"regexp"
	"regexp/syntax"
)

// A pattern is a regular expression with the longest text that every match of
// it holds; looking for that first spares most names the expression.
type pattern struct {
	regex
	expr    *regexp.Regexp
	literal []byte
}

func newPattern(r regex, expr *regexp.Regexp) *pattern {
	p := &pattern{regex: r, expr: expr}
	if tree, err := syntax.Parse(r.Expr, syntax.Perl); err == nil {
		p.literal = []byte(required(tree.Simplify()))
	}
	return p
}

// match reports whether a name in canonical text matches. It does not allocate
// once the expression has been used.
func (p *pattern) match(text []byte) bool {
	return bytes.Contains(text, p.literal) && p.expr.Match(text)
}

// required is the longest literal that stands in every match of the tree; ""
// when it cannot tell.
func required(t *syntax.Regexp) string {
	switch t.Op {
	case syntax.OpLiteral:
		if t.Flags&syntax.FoldCase == 0 {
			return string(t.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(t.Sub[0])
	case syntax.OpRepeat:
		if t.Min > 0 {
			return required(t.Sub[0])
		}
	case syntax.OpConcat:
		longest := ""
		for _, sub := range t.Sub {
			if l := required(sub); len(l) > len(longest) {
				longest = l
			}
		}
		return longest
	}
	return ""
}
