package format

import (
	"bytes"
	"errors"
	"regexp"
	"regexp/syntax"

	"lachan/blocklist/format/lines"
)

// Bounds of a regular expression, so that a feed cannot make every query slow.
const (
	MaxRegex        = 1024 // bytes of the expression
	MaxInstructions = 500  // that it compiles to
)

// regex reads a line with one expression, with or without slashes around it.
func (p *parser) regex(line []byte) {
	if len(line) == 0 || line[0] == '#' || line[0] == '!' {
		p.comment()
		return
	}
	line = lines.CutComment(line, "#!")
	if len(line) > 2 && line[0] == '/' && line[len(line)-1] == '/' {
		line = line[1 : len(line)-1]
	}
	if bytes.IndexByte(line, ';') >= 0 { // a name has none: an option of some other program
		p.refuse(Modifier, string(line[bytes.IndexByte(line, ';'):]))
		return
	}
	p.addRegex(string(line), Rule{})
}

// regexOf checks an expression. Names are lower case, so an expression with
// capitals is made to ignore case. No list may match all names.
func regexOf(pattern string, may May) (checked string, why Reason, detail string) {
	if len(pattern) > MaxRegex {
		return "", CostlyRegex, ""
	}
	if hasCapital(pattern) {
		pattern = "(?i)" + pattern
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", parseReason(err), err.Error()
	}
	if leastInstructions(tree) > MaxInstructions {
		return "", CostlyRegex, pattern
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return "", BadRegex, err.Error()
	}
	if len(program.Inst) > MaxInstructions {
		return "", CostlyRegex, pattern
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return "", BadRegex, err.Error()
	}
	if suffix, broad := coversSuffix(compiled); broad {
		if suffix == "" {
			return "", TooBroad, pattern
		}
		if !may.Suffixes {
			return "", PublicSuffix, suffix
		}
	}
	return pattern, accepted, ""
}

// leastInstructions returns a lower bound of the instructions that a tree
// compiles to. It is cheap, while compiling counts such as {1000} is not. Package
// syntax bounds the product of nested counts, so it does not overflow.
func leastInstructions(tree *syntax.Regexp) int {
	n := 0
	for _, sub := range tree.Sub {
		n += leastInstructions(sub)
	}
	switch tree.Op {
	case syntax.OpRepeat:
		return n * max(tree.Min, tree.Max)
	case syntax.OpConcat:
		return n
	case syntax.OpLiteral:
		return len(tree.Rune)
	}
	return n + 1
}

// parseReason returns why an expression could not be parsed.
func parseReason(err error) Reason {
	var e *syntax.Error
	if errors.As(err, &e) {
		switch e.Code {
		case syntax.ErrLarge, syntax.ErrNestingDepth, syntax.ErrInvalidRepeatSize:
			return CostlyRegex
		}
	}
	return BadRegex
}

// hasCapital reports whether a pattern has a capital letter that is not part of
// an escape such as \S.
func hasCapital(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case 'A' <= c && c <= 'Z':
			return true
		}
	}
	return false
}

// guardedSuffixes are those below which no expression may match everything; the
// first stands for all names.
var guardedSuffixes = []string{".invalid", ".com", ".net", ".org", ".info", ".vn", ".com.vn", ".edu.vn", ".gov.vn"}

// coversSuffix reports whether an expression matches all names below one of
// guardedSuffixes ("" for all names). It tries two names that do not exist.
func coversSuffix(re *regexp.Regexp) (suffix string, broad bool) {
	for i, suffix := range guardedSuffixes {
		if re.MatchString("qzjxkvw"+suffix) && re.MatchString("wmhr"+suffix) {
			if i == 0 {
				suffix = ""
			}
			return suffix, true
		}
	}
	return "", false
}
