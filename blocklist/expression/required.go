package expression

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of the texts that are looked for: they keep the automaton of the largest
// set at a few MiB.
const (
	mostTexts   = 16 // of one expression; one with more is tried on every name
	longestText = 16 // bytes
)

// rareText is the least length of a text that most names do not contain, in bytes.
const rareText = 4

// common are texts that many names contain, whatever their length, or parts of
// such texts.
var common = []string{
	"www.", ".com.", ".com.vn", ".edu.vn", ".gov.vn", ".net.vn", ".org.vn", ".co.uk", ".info", ".in-addr.arpa", ".ip6.arpa",
	"google", "facebook", "microsoft", "apple", "amazon", "cloudfront", "akamai", "youtube", "static", "cdn.", "api.",
}

// Rare reports whether most names need not be matched against an expression,
// since they do not contain a text that each of its matches contains. An
// expression that cannot be parsed is not rare.
func Rare(expr string) bool {
	texts := required(expr)
	for _, text := range texts {
		inCommon := func(c string) bool { return strings.Contains(c, text) }
		if len(text) < rareText || slices.ContainsFunc(common, inCommon) {
			return false
		}
	}
	return len(texts) > 0
}

// required returns texts of which each match of an expression contains at least
// one; nil if there are none that are short enough in number.
func required(expr string) []string {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	texts := textsOf(tree.Simplify())
	for i, text := range texts {
		texts[i] = text[:min(len(text), longestText)]
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// textsOf is required for a tree.
func textsOf(t *syntax.Regexp) (texts []string) {
	switch t.Op {
	case syntax.OpLiteral:
		if text := literal(t); text != "" {
			return []string{text}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return textsOf(t.Sub[0])
	case syntax.OpRepeat:
		if t.Min > 0 {
			return textsOf(t.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range t.Sub {
			if of := textsOf(sub); shortest(of) > shortest(texts) {
				texts = of
			}
		}
	case syntax.OpAlternate:
		for _, sub := range t.Sub {
			of := textsOf(sub)
			if texts = append(texts, of...); of == nil || len(texts) > mostTexts {
				return nil
			}
		}
	}
	return texts
}

// literal returns the longest part of a literal that stands in a name as it
// stands in the expression.
func literal(t *syntax.Regexp) (longest string) {
	text := strings.Map(func(r rune) rune {
		fold := t.Flags&syntax.FoldCase != 0
		switch {
		case r == utf8.RuneError: // matches any byte that is no UTF-8
			return 0
		case fold && r >= utf8.RuneSelf:
			return 0
		case fold && 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, string(t.Rune))
	for part := range strings.SplitSeq(text, "\x00") {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// shortest returns the length of the shortest text, 0 if there is none.
func shortest(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	least := len(texts[0])
	for _, text := range texts {
		least = min(least, len(text))
	}
	return least
}
