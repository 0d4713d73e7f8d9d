// Package expression matches names against many regular expressions at once. Each
// match of nearly every expression contains some text that few names do; one pass
// over a name finds these texts, and only the expressions whose text it has are
// tried.
package expression

import (
	"bytes"
	"fmt"
	"regexp"
)

// A Set is regular expressions, numbered from 0. It is immutable and may be used
// by any number of goroutines.
type Set struct {
	compiled []*regexp.Regexp
	always   []int32 // without a text that is looked for
	texts    automaton
}

// Compile makes a set.
func Compile(exprs []string) (*Set, error) {
	s := &Set{compiled: make([]*regexp.Regexp, len(exprs))}
	byText := map[string][]int32{}
	for i, expr := range exprs {
		compiled, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("compile expression %q: %w", expr, err)
		}
		s.compiled[i] = compiled
		texts := required(expr)
		if len(texts) == 0 {
			s.always = append(s.always, int32(i))
		}
		for _, text := range texts {
			byText[text] = append(byText[text], int32(i))
		}
	}
	s.texts = newAutomaton(byText)
	return s, nil
}

// Len returns the number of expressions.
func (s *Set) Len() int { return len(s.compiled) }

// Candidates appends to dst the numbers of the expressions that may match a text,
// each once. seen has a place for each expression; all are false before and
// after. It makes one pass over the text, and does not allocate if dst has room.
func (s *Set) Candidates(dst []int32, seen []bool, text []byte) []int32 {
	begin := len(dst)
	dst = append(dst, s.always...)
	for _, i := range s.always {
		seen[i] = true
	}
	dst = s.texts.find(dst, seen, text)
	if other, ok := inASCII(text); ok {
		dst = s.texts.find(dst, seen, other)
	}
	for _, i := range dst[begin:] {
		seen[i] = false
	}
	return dst
}

// inASCII returns a text with ASCII letters in place of the other letters that are
// the same to an expression that ignores case; ok reports whether it had any.
func inASCII(text []byte) (other []byte, ok bool) {
	if !bytes.ContainsFunc(text, isOtherForm) {
		return nil, false
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\u017f"), []byte("s")), []byte("\u212a"), []byte("k")), true
}

func isOtherForm(r rune) bool { return r == '\u017f' || r == '\u212a' }

// Match reports whether an expression matches a text.
func (s *Set) Match(number int32, text []byte) bool { return s.compiled[number].Match(text) }
