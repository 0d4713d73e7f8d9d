package blocklist

import (
	"bytes"
	"regexp"
	"regexp/syntax"
)

// A pattern is a regular expression with the longest text that each of its
// matches contains. Most names do not contain it, and are not matched against
// the expression.
type pattern struct {
	regex
	expr    *regexp.Regexp
	literal []byte
}

// newPattern finds the required text of an expression.
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

// required returns the longest literal that is in each match of the tree, "" if
// it finds none.
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
